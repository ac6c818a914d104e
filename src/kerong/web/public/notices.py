"""Public notices of subsidies, open to everybody."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.forms import refused_take
from kerong.web.base.pages import run_or_404, today
from kerong.web.base.selectors import notices as noticed
from kerong.web.base.services.case import LONGEST_NOTE


def notices(request: HttpRequest) -> HttpResponse:
    """Who is to be paid what, and until when one may object."""
    context = {
        "notices": noticed.notices(run_or_404(), today=today()),
        "may_object": noticed.may_object(request.user),
        "refused": refused_take(request, "notices"),
        "longest": LONGEST_NOTE,
    }
    return render(request, "public/notices.html", context)
