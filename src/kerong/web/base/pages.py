"""Small pieces that every face's views share: the logged-in person, the current run, today."""

from datetime import date
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from kerong.web.base.models import User
from kerong.web.base.selectors.attachments import FileHeld
from kerong.web.base.selectors.published import Published, current


def lang_of(request: HttpRequest) -> str:
    """The reader's language, "zh" or "en"."""
    return cast(str, getattr(request, "lang", "zh"))


def person(request: HttpRequest) -> User:
    """The logged-in person; the gate has let nobody else through."""
    return cast(User, request.user)


def today() -> date:
    """The day in the portal's time zone: consents are judged by it."""
    return timezone.localdate()


def run_or_404() -> Published:
    """The current run. Raises Http404 before anything is published."""
    published = current()
    if published is None:
        raise Http404("nothing is published")
    return published


def is_partial(request: HttpRequest) -> bool:
    """Did htmx ask for a part of the page?"""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Request-Type") != "full"


def file_saved(found: FileHeld) -> HttpResponse:
    """A file that somebody handed in, to be saved and never shown in place."""
    answer = HttpResponse(found.data, content_type=found.content_type)
    answer["Content-Disposition"] = content_disposition_header(True, found.title) or "attachment"
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
