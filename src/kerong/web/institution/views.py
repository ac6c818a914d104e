"""The face of banks, guarantors and insurers: their own products, and the enterprises that let them in."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors import partners
from kerong.web.base.selectors.alerts import standing_of


def desk(request: HttpRequest) -> HttpResponse:
    """How many enterprises meet the institution's products, what stops the others, who consented."""
    published, user = run_or_404(), person(request)
    desk = partners.desk(published, user.institution, today())
    return render(request, "institution/desk.html", {"desk": desk, "alerts_standing": standing_of(published, user)})
