"""The face of funds: programmes that invest or reward investors, and the enterprises that let the fund in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors import partners
from kerong.web.base.selectors.alerts import standing_of


def desk(request: HttpRequest) -> HttpResponse:
    """The fund's own programmes, rewards that pay funds, the pipeline by stage, who consented."""
    published, user = run_or_404(), person(request)
    shown = partners.desk(published, user.institution, today())
    rewards = partners.paying(published, "fund")
    context = {"desk": shown, "rewards": rewards, "alerts_standing": standing_of(published, user)}
    return render(request, "fund/desk.html", context)
