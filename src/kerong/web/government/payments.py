"""Payment: the file of what waits goes out to the treasury or bank, and what it sends back is taken line by line."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from kerong.web.base.forms import refused_keep, refused_take
from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors import payments as paying
from kerong.web.base.selectors.due import days_of
from kerong.web.base.services.access import access_record
from kerong.web.base.services.case_payment import FileRefused, payment_file_send, return_file_settle
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger import LedgerBusy, LedgerRefused
from kerong.web.base.uploads import RETURN_BYTES, is_too_large

FAULTS_SHOWN = 50


def payments(request: HttpRequest) -> HttpResponse:
    """What waits to be sent, the files that went out, the form for a return file, and the lines in quarantine."""
    return _page(request)


@require_POST
def send(request: HttpRequest, budget_id: int) -> HttpResponse:
    """Puts every instruction that waits on the budget into one file."""
    published = run_or_404()
    budget = paying.budget_of(published.rulebook.region.name, budget_id)
    if budget is None:
        raise Http404
    try:
        payment_file_send(person(request), budget, today=today(), days=days_of(published))
    except (CaseRefused, LedgerRefused, LedgerBusy) as error:
        refused_keep(request, "payments", error)
    return redirect("payments")


def file(request: HttpRequest, file_id: int) -> HttpResponse:
    """A payment file as it was made; the export goes into the log of reads."""
    found = paying.file_of(run_or_404().rulebook.region.name, file_id)
    if found is None:
        raise Http404
    access_record(person(request), "export", "public_duty")
    answer = HttpResponse(found.text, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="payment-{found.number}.csv"'
    return answer


@require_POST
def returned(request: HttpRequest) -> HttpResponse:
    """Takes a return file and tells what became of every line; a file that cannot be read whole changes nothing."""
    published = run_or_404()
    try:
        if is_too_large(request):
            raise CaseRefused("attachment.refused.size", most=RETURN_BYTES >> 20)
        sent = request.FILES.get("file")
        if sent is None:
            raise CaseRefused("attachment.refused.none")
        region = published.rulebook.region.name
        done = return_file_settle(person(request), region, sent.read(), today=today(), days=days_of(published))
    except FileRefused as refused:
        told = [CaseRefused(f.key, line=f.line, value=f.value) for f in refused.faults]
        return _page(request, faults=[one.sentence(str(getattr(request, "lang", "zh"))) for one in told])
    except (CaseRefused, LedgerBusy) as error:
        refused_keep(request, "payments", error)
        return redirect("payments")
    return _page(request, settled=done)


def _page(request: HttpRequest, **told: object) -> HttpResponse:
    context = {
        "page": paying.payments(run_or_404().rulebook.region.name),
        "refused": refused_take(request, "payments"),
        "shown": FAULTS_SHOWN,
    }
    return render(request, "government/payments.html", context | told)
