"""Budgets: what is left of each, its book transfer by transfer, and the money that the treasury gives."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kerong.web.base.forms import fen_of, refused_keep, refused_take, whole_of
from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors import books
from kerong.web.base.selectors.payments import budget_of
from kerong.web.base.services.access import access_record
from kerong.web.base.services.budget_change import budget_change_decide, budget_change_propose
from kerong.web.base.services.call import budget_open
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.ledger import LedgerBusy, LedgerRefused


def budgets(request: HttpRequest) -> HttpResponse:
    """Every budget with what was given, reserved, paid, carried, and what is left."""
    context = {
        "budgets": books.budgets_shown(_region()),
        "year": today().year,
        "refused": refused_take(request, "budget"),
    }
    return render(request, "government/budgets.html", context)


def budget(request: HttpRequest, budget_id: int) -> HttpResponse:
    """A budget's book, newest transfer first."""
    found = books.book_page(_region(), budget_id, whole_of(request.GET.get("page", "")) or 1)
    if found is None:
        raise Http404
    context = {"page": found, "refused": refused_take(request, f"budget {budget_id}"), "key": uuid.uuid4().hex}
    context |= books.changes(budget_id, person(request))
    return render(request, "government/budget.html", context)


def export(request: HttpRequest, budget_id: int) -> HttpResponse:
    """Every transfer of the book as CSV; the export goes into the log of reads."""
    found = books.book_csv(_region(), budget_id)
    if found is None:
        raise Http404
    access_record(person(request), "export", "public_duty")
    answer = HttpResponse(found[1], content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="budget-{found[0]}"'
    return answer


@require_POST
def open_budget(request: HttpRequest) -> HttpResponse:
    """A budget for a programme, a level and a year, with no money yet."""
    given, book = request.POST, run_or_404().rulebook
    year, programme, level = whole_of(given.get("year", "")), given.get("programme", ""), given.get("level", "")
    try:
        if year is None or not 2000 <= year <= 2100:
            raise CaseRefused("form.refused.number", value=given.get("year", "")[:40])
        made = budget_open(
            person(request), book.region.name, programme.strip(), level.strip(), year, book.region.currency
        )
    except (CaseRefused, LedgerRefused) as error:
        refused_keep(request, "budget", error)
        return redirect(f"{reverse('budgets')}#open")
    return redirect("budget", budget_id=made.pk)


@require_POST
def change(request: HttpRequest, budget_id: int) -> HttpResponse:
    """Proposes to give the budget money or to cut it, once for the key that the page carried."""
    found, given = budget_of(_region(), budget_id), request.POST
    if found is None:
        raise Http404
    try:
        fen = fen_of(given.get("fen", ""))
        if fen is None:
            raise CaseRefused("case.refused.needs.fen")
        told = (given.get("kind", ""), fen, given.get("note", ""))
        budget_change_propose(person(request), given.get("key", ""), found, *told)
    except (CaseRefused, LedgerRefused, LedgerBusy) as error:
        refused_keep(request, f"budget {budget_id}", error)
    return redirect("budget", budget_id=budget_id)


@require_POST
def decide(request: HttpRequest, budget_id: int, change_id: int) -> HttpResponse:
    """Confirms or refuses what somebody proposed."""
    found, is_confirmed = budget_of(_region(), budget_id), request.POST.get("decide") == "confirm"
    try:
        if (
            found is None
            or budget_change_decide(person(request), found, change_id, is_confirmed, today=today()) is None
        ):
            raise Http404
    except (CaseRefused, LedgerRefused, LedgerBusy) as error:
        refused_keep(request, f"budget {budget_id}", error)
    return redirect("budget", budget_id=budget_id)


def _region() -> str:
    return run_or_404().rulebook.region.name
