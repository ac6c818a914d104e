"""The face of funds: programmes that invest or reward investors, and the enterprises that let the fund in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors import partners


def desk(request: HttpRequest) -> HttpResponse:
    """The fund's own programmes, rewards that pay funds, the pipeline by stage, who consented."""
    published = run_or_404()
    shown = partners.desk(published, person(request).institution, today())
    rewards = partners.paying(published, "fund")
    return render(request, "fund/desk.html", {"desk": shown, "rewards": rewards})
