"""The index of one enterprise, explained: its page and the same on paper."""

import json
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import lang_of, person, run_or_404, today
from kerong.web.base.permissions import Reach, reach
from kerong.web.base.selectors import index
from kerong.web.base.selectors.carried import Carried, carried
from kerong.web.base.selectors.objections import disputed
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.access import access_record
from kerong.web.base.words import word

CHART_WORDS = ("proven", "reachable", "typical", "points", "trend.high")


@dataclass(frozen=True)
class Asked:
    """The report of one enterprise, and what its reader may see."""

    published: Published
    name: str | None
    granted: Reach
    held: Carried
    content: dict[str, Any]


def page(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The whole report."""
    asked, lang = _asked(request, enterprise_id, "page"), lang_of(request)
    context = {
        "firm": {"enterprise_id": enterprise_id, "name": asked.name},
        "reach": asked.granted,
        "held": asked.held,
        "index": asked.content,
        "marks": disputed(enterprise_id),
        "show_profile": asked.granted.covers("profile"),
        "chart_words": json.dumps({key: word(f"index.{key}", lang) for key in CHART_WORDS}, ensure_ascii=False),
    }
    return render(request, "enterprise/index.html", context)


def paper(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The report as PDF; where its font is missing the answer says so."""
    asked, lang = _asked(request, enterprise_id, "index_pdf"), lang_of(request)
    try:
        made = index.paper(asked.published, asked.content, asked.name, asked.granted)
    except index.FontMissing as error:
        return HttpResponse(error.said.in_(lang), status=503, content_type="text/plain; charset=utf-8")
    answer = HttpResponse(made, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="index-{asked.published.on}.pdf"'
    return answer


def _asked(request: HttpRequest, enterprise_id: str, what: str) -> Asked:
    """What the reader asked for, recorded as a read. A foreign id, a missing one, a firm without a score and a consent
    without the score answer the same 404.
    """
    published, user = run_or_404(), person(request)
    granted = reach(user, enterprise_id, today())
    firm = published.enterprise(enterprise_id) if granted and granted.covers("score") else None
    if granted is None or firm is None:
        raise Http404
    held = carried(published, granted)
    content = index.content(published, enterprise_id, granted, held, lang_of(request))
    if content is None:
        raise Http404
    access_record(user, what, granted.purpose, enterprise_id, granted.consent)
    name = firm.get("name") if held.has("name") else None
    return Asked(published, name, granted, held, content)
