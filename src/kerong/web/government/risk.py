"""The map of risk: where the firms with standing alerts are, by district and industry."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import lang_of, run_or_404
from kerong.web.base.selectors.risk_map import LEAST_FIRMS
from kerong.web.base.selectors.risk_map import risk_map as mapped


def risk_map(request: HttpRequest) -> HttpResponse:
    """The heat map, and a table beside it that says the same."""
    context = {"map": mapped(run_or_404(), lang_of(request)), "least": LEAST_FIRMS}
    return render(request, "government/risk_map.html", context)
