"""The government's face: the desk, the list of enterprises and its export, data quality, published runs."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kerong.web.base.pages import is_partial, lang_of, person, run_or_404
from kerong.web.base.selectors import enterprises as listed
from kerong.web.base.selectors import office as desk
from kerong.web.base.selectors import quality as checked
from kerong.web.base.selectors.export import as_csv
from kerong.web.base.selectors.objections import in_dispute
from kerong.web.base.services.access import access_record


def office(request: HttpRequest) -> HttpResponse:
    """The desk: what the programmes do, who is one document away from money, where data are weak."""
    return render(request, "government/office.html", {"desk": desk.desk(run_or_404())})


def enterprises(request: HttpRequest) -> HttpResponse:
    """The list; htmx asks for the results alone."""
    published, lang = run_or_404(), lang_of(request)
    question = listed.Question.of(request.GET.dict())
    context = {
        "question": question,
        "listing": listed.listing(published, question),
        "columns": listed.columns(question),
        "in_dispute": in_dispute(),
    }
    if is_partial(request):
        return render(request, "government/results.html", context)
    context |= {"choices": listed.choices(published, lang)}
    return render(request, "government/enterprises.html", context)


def enterprises_export(request: HttpRequest) -> HttpResponse:
    """The list that was asked for as CSV, every row; the export goes into the log of reads."""
    published, lang = run_or_404(), lang_of(request)
    rows = listed.found(published, listed.Question.of(request.GET.dict()))
    access_record(person(request), "export", "public_duty")
    answer = HttpResponse(as_csv(published, rows, lang), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="enterprises-{published.on}.csv"'
    return answer


def quality(request: HttpRequest) -> HttpResponse:
    """What was wrong with the registers, by kind, with examples in words."""
    return render(request, "government/quality.html", {"quality": checked.quality(run_or_404(), lang_of(request))})


def runs(request: HttpRequest) -> HttpResponse:
    """The runs that were published, and how the current one was made."""
    return render(request, "government/runs.html", {"runs": desk.runs()})
