"""What happens around every request: safe headers, the reader's language, and the gate of routes."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import translation

from kerong.engine.score import ScaleRefused
from kerong.web.base.permissions import ANYONE, is_switched_off, role_of, roles_of_route
from kerong.web.base.readers import reading_as
from kerong.web.base.services.deal_people import reader_of

Handler = Callable[[HttpRequest], HttpResponseBase]
LANGUAGE_COOKIE = "kerong_language"
LANGUAGES = {"zh": "zh-hans", "en": "en"}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def headers(get_response: Handler) -> Handler:
    """Every answer carries the content policy; what a person sees is kept by no cache in between."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=()")
        is_file = request.path.startswith(f"/{settings.STATIC_URL.strip('/')}/") and response.status_code < 400
        if not is_file:  # the page that says that there is no such file shows who is logged in
            response.headers.setdefault("Cache-Control", "no-store")
        return response

    return handle


def language(get_response: Handler) -> Handler:
    """Chinese unless the reader chose English: the choice is kept in a cookie, not taken from the browser."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(LANGUAGE_COOKIE, "zh")
        lang = chosen if chosen in LANGUAGES else "zh"
        request.lang = lang  # type: ignore[attr-defined]
        with translation.override(LANGUAGES[lang]):
            return get_response(request)

    return handle


def reader(get_response: Handler) -> Handler:
    """Whatever a request asks of the database it asks as its person (`readers`: PostgreSQL's second wall)."""

    def handle(request: HttpRequest) -> HttpResponseBase:
        with reading_as(lambda: reader_of(request.user)):
            return get_response(request)

    return handle


class Gate:
    """Lets a request reach its view only if the table names the person's role; what is not declared is refused."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """None lets the request pass; else the log-in page, 401 for the API, 403, or 404 where it is switched off."""
        match = request.resolver_match
        allowed = roles_of_route(match.view_name if match else "")
        if match and is_switched_off(match.view_name):
            raise Http404
        if any("\0" in str(told) for told in kwargs.values()):  # no database keeps such a name
            raise Http404
        if ANYONE in allowed or role_of(request.user) in allowed:
            return None
        if request.user.is_authenticated:
            raise PermissionDenied
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": "log in first"}, status=401)
        return redirect_to_login(request.get_full_path())


class OldRun:
    """Where the published run was made by another version, its index is not shown: a page says that it must be made
    again (503), and the API likewise."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """None for whatever is not about a scale that this program does not read."""
        if not isinstance(exception, ScaleRefused):
            return None
        if request.path.startswith("/api/"):
            return JsonResponse({"detail": f"the published run must be made again: {exception}"}, status=503)
        told = {"code": 503, "title": "failure.503", "why": exception.said}
        return render(request, "failure.html", told, status=503)
