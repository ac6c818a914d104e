"""A guarantee: what its table's words do. It stands on a loan; a counter-guarantee and a re-guarantor stand behind it.

`details`: what was agreed (`counter`, `cover_bp`, `fee_fen`, `until`, `reguarantor`, `reguarantee_bp`,
`report_within_days`), the counter-guarantees (`counters`), `issued_on`, `reported_on`, and the sums of `deal_paying`.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from functools import partial
from typing import Any

from kerong.engine.money.cover import most_fee_fen, sharer_fen
from kerong.engine.money.ledger import movements
from kerong.engine.money.ledger.accounts import account_of
from kerong.engine.money.ledger.transfers import MOST_FEN
from kerong.web.base.models import Deal, Role
from kerong.web.base.services.case_award import pinned
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_changes import CHANGES as OF_LOANS
from kerong.web.base.services.deal_changes import row_of
from kerong.web.base.services.deal_deciding import DealDeciding, Doer, Doing
from kerong.web.base.services.deal_details import (
    day_said,
    details_of,
    flag_said,
    kept_details,
    offered_term,
    product_of,
    text_said,
    whole_said,
)
from kerong.web.base.services.deal_guards import COMMON, is_seen
from kerong.web.base.services.deal_losses import (
    based_on,
    closed_day,
    loan_locked,
    past_due,
    payable,
    refuse_less_lost,
    refuse_loan_gone,
    repaid,
)
from kerong.web.base.services.deal_paying import (
    act_of,
    added,
    back_due,
    borne,
    held,
    money,
    net_fen,
    reservation_noted,
)
from kerong.web.base.services.institution_book import book_of_institution
from kerong.web.base.services.ledger_refusals import yuan

WHOLE_BP, MOST_DAYS, MOST_COUNTERS = 10_000, 3_660, 50
# kinds of counter-guarantees, as a form names them
COUNTERS = ("surety", "mortgage", "pledge", "deposit")
TERMS = ("counter", "cover_bp", "fee_fen", "until", "reguarantor", "reguarantee_bp", "report_within_days")


def offer(at: DealDeciding) -> None:
    """Guard: the page's run is the deal's, and it stands on a loan of the firm."""
    COMMON["offer"](at)
    base = based_on(at.deal)
    if base is None or base.kind != "loan" or base.enterprise_id != at.deal.enterprise_id:
        raise CaseRefused("deal.refused.no_loan")
    refuse_loan_gone(base, 1)


def _offered(at: DealDeciding) -> None:
    COMMON["offered"](at)
    base = based_on(at.deal)
    if base is not None and at.fen > base.fen:
        raise CaseRefused("deal.refused.above_loan", most=yuan(base.fen))


def binding(at: DealDeciding, name: str) -> dict[str, Any]:
    """What was said, with what the product says of a term, which nobody may say otherwise. Raises CaseRefused."""
    said, offered = dict(at.wish.details), offered_term(product_of(at.deal), name, at.today)
    if offered is None:
        return said
    if said.get(name) not in (None, offered):
        raise CaseRefused("deal.refused.not_as_offered")
    return said | {name: offered}


def terms_said(at: DealDeciding) -> dict[str, Any]:
    """The terms of a guarantee, whole: nothing is guessed, and what the product says binds. Raises CaseRefused."""
    said = at.wish.details
    found: dict[str, Any] = {
        "counter": flag_said(_counter_asked(at), "counter"),
        "cover_bp": whole_said(binding(at, "cover_bp"), "cover_bp", 1, WHOLE_BP),
        "fee_fen": fee_said(at, "fee_fen", whole_said(said, "fee_fen", 0, MOST_FEN)),
    }
    if said.get("until") is not None:
        found["until"] = day_said(said, "until").isoformat()
    if said.get("reguarantor") is not None:
        found["reguarantor"] = text_said(said, "reguarantor")
        if account_of(f"sharer:{found['reguarantor']}") is None:
            raise CaseRefused("deal.refused.needs.reguarantor")
        found["reguarantee_bp"] = whole_said(binding(at, "reguarantee_bp"), "reguarantee_bp", 1, WHOLE_BP)
        within = whole_said(binding(at, "report_within_days"), "report_within_days", 0, MOST_DAYS)
        found["report_within_days"] = within
    return found


def _counter_asked(at: DealDeciding) -> dict[str, Any]:
    """Whether a counter-guarantee is asked; a product says so by 0 or 1."""
    offered = offered_term(product_of(at.deal), "counter", at.today)
    if offered is None or at.wish.details.get("counter") in (None, bool(offered)):
        return dict(at.wish.details) if offered is None else {"counter": bool(offered)}
    raise CaseRefused("deal.refused.not_as_offered")


def fee_said(at: DealDeciding, name: str, fen: int) -> int:
    """A fee, at most what the product asks by the year for its term. Raises CaseRefused."""
    rule = product_of(at.deal)
    yearly, months = (offered_term(rule, key, at.today) for key in ("fee_bp", "term_months"))
    if isinstance(yearly, int) and isinstance(months, int):
        amount = at.fen if name == "fee_fen" else at.deal.fen
        most = most_fee_fen(amount, yearly, months)
        if fen > most:
            raise CaseRefused("deal.refused.above_fee", most=yuan(most))
    return fen


def _terms(at: DealDeciding) -> None:
    terms_said(at)


def _recommend(at: DealDeciding) -> None:
    found = terms_said(at)
    at.deal.fen = at.fen
    kept_details(at, **dict.fromkeys(TERMS) | found)


def counters_said(at: DealDeciding) -> list[dict[str, Any]]:
    """The counter-guarantees: kind, giver, value (None: not known), document, which came along. Raises CaseRefused."""
    told = at.wish.details.get("counters")
    if not isinstance(told, list | tuple) or not 1 <= len(told) <= MOST_COUNTERS:
        raise CaseRefused("deal.refused.needs.counters")
    found = []
    for one in told:
        if not isinstance(one, Mapping) or one.get("kind") not in COUNTERS:
            raise CaseRefused("deal.refused.needs.counters")
        document = text_said(one, "document", 500)
        if document not in (at.wish.documents or ()):
            raise CaseRefused("deal.refused.needs.document")
        value = None if one.get("value_fen") is None else whole_said(one, "value_fen", 1, MOST_FEN)
        told_of = {"kind": one["kind"], "giver": text_said(one, "giver"), "value_fen": value, "document": document}
        found.append(told_of)
    return found


def _counters(at: DealDeciding) -> None:
    counters_said(at)


def _counter(at: DealDeciding) -> None:
    kept_details(at, counters=counters_said(at))


def _no_counter(at: DealDeciding) -> None:
    if details_of(at.deal).get("counter") is not False:
        raise CaseRefused("deal.refused.counter_asked")


def _standing(at: DealDeciding) -> None:
    """What is issued stands on a loan that still is, on an open book, and on facts that are frozen now."""
    refuse_loan_gone(loan_locked(at.deal), at.deal.fen)
    book_of_institution(at.deal, Role.GUARANTOR)
    if at.published is None:
        raise CaseRefused("case.refused.run")


def frozen(at: DealDeciding) -> None:
    """What a cover is judged by later: the record's row and the rulebook of the day of issue."""
    if at.published is None:
        raise CaseRefused("case.refused.run")
    at.deal.drawn_on_facts = row_of(at.published, at.deal.enterprise_id)
    at.deal.drawn_rulebook = pinned(at.published)


def _issue(at: DealDeciding) -> None:
    OF_LOANS["sign"](at)
    frozen(at)
    kept_details(at, issued_on=at.on.isoformat())


def _in_time(at: DealDeciding) -> None:
    """Within the days after issue that were agreed when it was issued; reported once."""
    told = details_of(at.deal)
    if not told.get("reguarantor"):
        raise CaseRefused("deal.refused.no_reguarantor")
    if told.get("reported_on"):
        raise CaseRefused("deal.refused.reported")
    last = date.fromisoformat(told["issued_on"]) + timedelta(days=int(told["report_within_days"]))
    if at.today > last:
        raise CaseRefused("deal.refused.report_late", last=last)


def _share(at: DealDeciding) -> None:
    kept_details(at, reported_on=at.on.isoformat())


def due_now(at: DealDeciding) -> int:
    """What the guarantor still pays of the loan's loss, at most what it stands for. Raises CaseRefused."""
    until = details_of(at.deal).get("until")
    if until and at.today > date.fromisoformat(until):
        raise CaseRefused("deal.refused.cover_over", until=until)
    share = int(details_of(at.deal)["cover_bp"])
    return payable(at, loan_locked(at.deal), Role.GUARANTOR, share, at.deal.fen)


def _payable(at: DealDeciding) -> None:
    most = due_now(at)
    if at.fen > most:
        raise CaseRefused("deal.refused.payable", most=yuan(most))


def _call(at: DealDeciding) -> None:
    kept_details(at, called_fen=at.fen)
    at.entries.append(("called", at.fen, ""))


def _amount(at: DealDeciding) -> int | None:
    """A call is verified as it was called and paid as it was verified; what the re-guarantor is owed is passed on."""
    match at.move.name:
        case "verify":
            return held(at.deal, "called_fen")
        case "pay":
            return held(at.deal, "reserved_fen")
        case "pass_on":
            return -share_owed(at.deal)
    return None


def _seen(at: DealDeciding) -> None:
    """Whoever decides decides on the amount that the page showed."""
    name, now = at.move.name, at.deal.fen
    if name == "verify":
        now = min(held(at.deal, "called_fen"), due_now(at))
    elif name == "pay":
        now = held(at.deal, "reserved_fen")
        refuse_less_lost(at, loan_locked(at.deal), Role.GUARANTOR, int(details_of(at.deal)["cover_bp"]))
    elif name == "pass_on":
        now = -share_owed(at.deal)
    is_seen(at, now)


def share_owed(deal: Deal) -> int:
    """What the re-guarantor still owes the guarantor; below 0: what the guarantor owes it."""
    told = details_of(deal)
    if not told.get("reported_on"):
        return 0
    owed = sharer_fen(net_fen(deal), int(told["reguarantee_bp"]))
    return owed - (held(deal, "shared_fen") - held(deal, "passed_fen"))


def _share_due(at: DealDeciding) -> None:
    if not details_of(at.deal).get("reported_on"):
        raise CaseRefused("deal.refused.not_reported")
    most = max(0, share_owed(at.deal))
    if at.fen > most:
        raise CaseRefused("deal.refused.share_due", most=yuan(most))


def _share_back(at: DealDeciding) -> None:
    if share_owed(at.deal) >= 0:
        raise CaseRefused("deal.refused.share_back")


def _share_settled(at: DealDeciding) -> None:
    owed = share_owed(at.deal)
    if owed < 0:
        raise CaseRefused("deal.refused.share_settled", owed=yuan(-owed))


def _premium(at: DealDeciding) -> None:
    fen = held(at.deal, "fee_fen")
    if fen:  # a guarantee may be free
        book = book_of_institution(at.deal, Role.GUARANTOR)
        at.transfers += movements.premium(act_of(at), book, at.deal.enterprise_id, fen)
        at.entries.append(("fee", fen, ""))


def _receive_share(at: DealDeciding) -> None:
    book, party = book_of_institution(at.deal, Role.GUARANTOR), str(details_of(at.deal)["reguarantor"])
    at.transfers += movements.receive_share(act_of(at), book, party, at.fen)
    added(at, "shared_fen", at.fen, "shared")


def _return_share(at: DealDeciding) -> None:
    book, party = book_of_institution(at.deal, Role.GUARANTOR), str(details_of(at.deal)["reguarantor"])
    at.transfers += movements.return_share(act_of(at), book, party, at.fen)
    added(at, "passed_fen", at.fen, "passed_on")


GUARDS: Mapping[str, Doer] = {
    **COMMON,
    "offer": offer,
    "offered": _offered,
    "cover_terms": _terms,
    "counters": _counters,
    "no_counter": _no_counter,
    "standing": _standing,
    "in_time": _in_time,
    "repaid": repaid,
    "past_due": past_due,
    "closed_day": closed_day,
    "payable": _payable,
    "seen": _seen,
    "borne": partial(borne, "guarantor"),
    "back_due": partial(back_due, "guarantor"),
    "share_due": _share_due,
    "share_back": _share_back,
    "share_settled": _share_settled,
}
CHANGES: Mapping[str, Doer] = {
    "recommend": _recommend,
    "counter": _counter,
    "issue": _issue,
    "share": _share,
    "call": _call,
}
EFFECTS: Mapping[str, Doer] = {
    **money("guarantor"),
    "premium": _premium,
    "receive_share": _receive_share,
    "return_share": _return_share,
}
GUARANTEE = Doing(GUARDS, CHANGES, EFFECTS, reservation_noted, ("guarantee",), amount=_amount)
