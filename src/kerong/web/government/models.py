"""The government's face of models: which there are, what each rests on, how it was tested, and what it is not for."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import lang_of, run_or_404
from kerong.web.base.selectors import models as listed


def models(request: HttpRequest) -> HttpResponse:
    """The models and cards of the region."""
    context = {
        "models": listed.models(run_or_404(), lang_of(request)),
        "has_credit_view": listed.has_credit_view(),
    }
    return render(request, "government/models.html", context)


def model(request: HttpRequest, name: str) -> HttpResponse:
    """One model with its card; `card` and `segment` choose among several."""
    asked = request.GET
    lang = lang_of(request)
    found = listed.model_page(run_or_404(), name, asked.get("card", ""), asked.get("segment", ""), lang)
    if found is None:
        raise Http404
    return render(request, "government/model.html", {"page": found})
