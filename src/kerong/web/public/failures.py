"""Pages for what went wrong, in the reader's language; the last one needs neither database nor run."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.middleware import LANGUAGE_COOKIE


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the request makes no sense."""
    return _page(request, 404, 400)


def forbidden(request: HttpRequest, exception: Exception | None = None, reason: str = "") -> HttpResponse:
    """403: the role has no such right, or the form was too old."""
    return _page(request, 403, 403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: the same words for what does not exist and for what one may not know of."""
    return _page(request, 404, 404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: something failed; this page stands alone."""
    lang = "en" if request.COOKIES.get(LANGUAGE_COOKIE) == "en" else "zh"
    return render(request, "failure_alone.html", {"lang": lang}, status=500, using=None)


def _page(request: HttpRequest, words: int, status: int) -> HttpResponse:
    return render(request, "failure.html", {"code": status, "title": f"failure.{words}"}, status=status)
