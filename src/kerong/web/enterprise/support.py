"""All public support of one firm in one statement: its page and the same on paper."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import lang_of, person, run_or_404, today
from kerong.web.base.permissions import reach
from kerong.web.base.selectors import support
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.access import access_record


def page(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The whole statement."""
    _, content = _asked(request, enterprise_id, "support")
    return render(request, "enterprise/support.html", {"support": content, "is_own": not content["shows_group"]})


def paper(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The statement as PDF; where its font is missing the answer says so."""
    published, content = _asked(request, enterprise_id, "support_pdf")
    try:
        made = support.paper(published, content)
    except support.FontMissing as error:
        return HttpResponse(error.said.in_(lang_of(request)), status=503, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="support-{content["on"]}.pdf"'
    return answer


def _asked(request: HttpRequest, enterprise_id: str, what: str) -> tuple[Published, dict[str, Any]]:
    """What the reader asked for, recorded as a read. A foreign id and a missing one answer the same 404."""
    published, user = run_or_404(), person(request)
    granted = reach(user, enterprise_id, today())
    content = support.content(user, published, enterprise_id, lang_of(request), today=today()) if granted else None
    if granted is None or content is None:
        raise Http404
    access_record(user, what, granted.purpose, enterprise_id, granted.consent)
    return published, content
