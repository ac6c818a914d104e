"""How the portal runs, for officials: nightly jobs, the outbox, what went wrong."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from kerong.web.base.selectors.running import running as how_it_runs


def running(request: HttpRequest) -> HttpResponse:
    """The nightly jobs of the last days, the outbox, what could not be delivered and why."""
    return render(request, "government/running.html", {"running": how_it_runs(timezone.now())})
