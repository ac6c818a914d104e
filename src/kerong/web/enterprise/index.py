"""The index of one enterprise, explained: its page and the same on paper."""

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import lang_of, person, run_or_404, today
from kerong.web.base.permissions import reach
from kerong.web.base.selectors import index
from kerong.web.base.selectors.carried import carried
from kerong.web.base.selectors.objections import disputed
from kerong.web.base.services.access import access_record
from kerong.web.base.words import word

CHART_WORDS = ("proven", "reachable", "typical", "points", "trend.high")


def page(request: HttpRequest, enterprise_id: str) -> HttpResponse:
    """The whole report. A foreign id, a missing one and a firm without a score answer the same 404."""
    published, user, lang = run_or_404(), person(request), lang_of(request)
    granted = reach(user, enterprise_id, today())
    firm = published.enterprise(enterprise_id) if granted and granted.covers("score") else None
    if granted is None or firm is None:
        raise Http404
    held = carried(published, granted)
    content = index.content(published, enterprise_id, granted, held, lang)
    if content is None:
        raise Http404
    access_record(user, "page", granted.purpose, enterprise_id, granted.consent)
    name = firm.get("name") if held.has("name") else None
    context = {
        "firm": {"enterprise_id": enterprise_id, "name": name},
        "reach": granted,
        "held": held,
        "index": content,
        "marks": disputed(enterprise_id),
        "show_profile": granted.covers("profile"),
        "chart_words": json.dumps({key: word(f"index.{key}", lang) for key in CHART_WORDS}, ensure_ascii=False),
    }
    return render(request, "enterprise/index.html", context)
