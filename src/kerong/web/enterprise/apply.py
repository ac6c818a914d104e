"""Applying: a firm, or an institution that is paid, asks for what the run awards it under an open call."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from kerong.web.base.forms import refused_keep, refused_take
from kerong.web.base.pages import person, run_or_404, today
from kerong.web.base.selectors import calls as called
from kerong.web.base.selectors.due import days_of
from kerong.web.base.services.case import CaseRefused, Payee, case_open_from_award
from kerong.web.base.services.ledger import LedgerBusy


def apply(request: HttpRequest, rule: str) -> HttpResponse:
    """The form for what the run awards by the rule, and the application itself."""
    user, published = person(request), run_or_404()
    if request.method == "POST":
        return _applied(request, rule)
    found = next((one for one in called.appliable(user, published, today=today()) if one.call.rule == rule), None)
    if found is None:
        raise Http404
    names = called.payee_names(user, published)
    context = {"found": found, "names": names, "run_id": published.run_id, "rule": published.rulebook.rules[rule]}
    return render(request, "enterprise/apply.html", context | {"refused": refused_take(request, f"apply {rule}")})


def _applied(request: HttpRequest, rule: str) -> HttpResponse:
    user, published, given = person(request), run_or_404(), request.POST
    firm, _, row = given.get("award", "").partition("|")
    payee = Payee(*(given.get(name, "").strip() for name in ("payee_name", "bank", "account")))
    own = {one.call.rule: one for one in called.appliable(user, published, today=today())}.get(rule)
    if own is None or not any((one.enterprise_id, one.row_key) == (firm, row) for one in own.rows):
        raise Http404
    try:
        made = case_open_from_award(
            *(user, published, given.get("run_id", ""), rule, firm, row),
            today=today(),
            days=days_of(published),
            payee=payee,
        )
    except (CaseRefused, LedgerBusy) as error:
        refused_keep(request, f"apply {rule}", error)
        return redirect("apply", rule=rule)
    return redirect("case", case_id=made.pk)
