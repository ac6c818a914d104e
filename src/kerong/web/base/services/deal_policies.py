"""An insurance policy: what its table's words do. It may stand on a loan, whose loss it then covers, or on none.

`details`: what was quoted (`premium_fen`, `begins`, `until`, `cover_bp`), `issued_on`, the days of losses that were
reported (`losses`), and `refunded_fen` where it was cancelled. What was claimed on it is what its claims say.
"""

from collections.abc import Mapping
from datetime import date

from kerong.engine.deal.states import KINDS
from kerong.engine.money.cover import unearned_fen
from kerong.engine.money.ledger import movements
from kerong.web.base.models import Deal, Role
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_changes import CHANGES as OF_LOANS
from kerong.web.base.services.deal_cover import WHOLE_BP, binding, fee_said, frozen
from kerong.web.base.services.deal_deciding import DealDeciding, Doer, Doing
from kerong.web.base.services.deal_details import day_said, details_of, kept_details, whole_said
from kerong.web.base.services.deal_guards import COMMON, is_seen
from kerong.web.base.services.deal_losses import based_on, loan_locked, refuse_loan_gone, used_fen
from kerong.web.base.services.deal_paying import act_of, bank_of, held
from kerong.web.base.services.institution_book import book_of_institution

MOST_LOSSES = 100


@reading_as(SYSTEM)
def claims_on(policy: Deal) -> list[Deal]:
    """Every claim on a policy."""
    return list(Deal.objects.filter(base=policy, kind="claim").order_by("id"))


def is_over(claim: Deal) -> bool:
    """Has the claim come to its end, or been paid?"""
    return claim.state == "paid" or KINDS["claim"].states[claim.state].is_end


def left_fen(policy: Deal, own: Deal | None = None) -> int:
    """The sum insured less what other claims ask, have set aside or were paid."""
    others = [claim for claim in claims_on(policy) if own is None or claim.pk != own.pk]
    return policy.fen - sum(used_fen(claim) or (0 if is_over(claim) else claim.fen) for claim in others)


def refuse_day(policy: Deal, on: date, today: date) -> None:
    """Raises CaseRefused where the policy did not cover that day, or it is to come."""
    told = details_of(policy)
    begins, until = (date.fromisoformat(told[name]) for name in ("begins", "until"))
    if not begins <= on <= until or on > today:
        raise CaseRefused("deal.refused.loss_day", begins=begins, until=until)


def _offer(at: DealDeciding) -> None:
    """The page's run is the deal's; where it stands on anything, that is a loan of the firm."""
    COMMON["offer"](at)
    base = based_on(at.deal)
    if base is None and bank_of(at.deal):  # who lends is insured against the loss of a loan, and of no other thing
        raise CaseRefused("deal.refused.no_loan")
    if base is not None:
        if base.kind != "loan" or base.enterprise_id != at.deal.enterprise_id:
            raise CaseRefused("deal.refused.no_loan")
        refuse_loan_gone(base, at.fen)


def _terms(at: DealDeciding) -> None:
    """First and last day, the part of a loss that is paid, and the premium (the amount of the quote)."""
    begins, until = (day_said(at.wish.details, name) for name in ("begins", "until"))
    if not at.today <= begins <= until:
        raise CaseRefused("deal.refused.term")
    whole_said(binding(at, "cover_bp"), "cover_bp", 1, WHOLE_BP)
    fee_said(at, "premium_fen", at.fen)


def _quote(at: DealDeciding) -> None:
    begins, until = (day_said(at.wish.details, name).isoformat() for name in ("begins", "until"))
    cover = whole_said(binding(at, "cover_bp"), "cover_bp", 1, WHOLE_BP)
    kept_details(at, premium_fen=at.fen, begins=begins, until=until, cover_bp=cover)


def _seen(at: DealDeciding) -> None:
    is_seen(at, refundable_fen(at) if at.move.name == "cancel" else held(at.deal, "premium_fen"))


def _standing(at: DealDeciding) -> None:
    if at.deal.base_id is not None:
        refuse_loan_gone(loan_locked(at.deal), at.deal.fen)
    book_of_institution(at.deal, Role.INSURER)


def _issue(at: DealDeciding) -> None:
    OF_LOANS["sign"](at)
    frozen(at)
    kept_details(at, issued_on=at.on.isoformat())


def _cover(at: DealDeciding) -> None:
    """The day of the loss lies within the term."""
    refuse_day(at.deal, day_said(at.wish.details, "loss_on"), at.today)


def _report_loss(at: DealDeciding) -> None:
    on, known = day_said(at.wish.details, "loss_on").isoformat(), list(details_of(at.deal).get("losses", []))
    if on not in known and len(known) >= MOST_LOSSES:
        raise CaseRefused("deal.refused.needs.loss_on")
    kept_details(at, losses=sorted({*known, on}))


def _claim_ended(at: DealDeciding) -> None:
    if not all(map(is_over, claims_on(at.deal))):
        raise CaseRefused("deal.refused.claims_open")


def _term_over(at: DealDeciding) -> None:
    until = date.fromisoformat(details_of(at.deal)["until"])
    if at.today <= until:
        raise CaseRefused("deal.refused.term_over", until=until)


def refundable_fen(at: DealDeciding) -> int:
    """What of the premium goes back if the policy is cancelled now: nothing once something was paid on it."""
    if any(map(used_fen, claims_on(at.deal))):
        return 0
    told = details_of(at.deal)
    begins, until = (date.fromisoformat(told[name]) for name in ("begins", "until"))
    return unearned_fen(int(told["premium_fen"]), begins, until, at.today)


def _premium(at: DealDeciding) -> None:
    fen = held(at.deal, "premium_fen")
    book = book_of_institution(at.deal, Role.INSURER)
    at.transfers += movements.premium(act_of(at), book, at.deal.enterprise_id, fen)
    at.entries.append(("fee", fen, ""))


def _return_premium(at: DealDeciding) -> None:
    fen = refundable_fen(at)
    kept_details(at, refunded_fen=fen)
    if fen:
        book = book_of_institution(at.deal, Role.INSURER)
        at.transfers += movements.return_premium(act_of(at), book, at.deal.enterprise_id, fen)
        at.entries.append(("refunded", fen, ""))


GUARDS: Mapping[str, Doer] = {
    **COMMON,
    "offer": _offer,
    "policy_terms": _terms,
    "seen": _seen,
    "standing": _standing,
    "cover": _cover,
    "claim_ended": _claim_ended,
    "term_over": _term_over,
}
CHANGES: Mapping[str, Doer] = {"quote": _quote, "pay_premium": _issue, "report_loss": _report_loss}
EFFECTS: Mapping[str, Doer] = {"premium": _premium, "return_premium": _return_premium}
INSURANCE = Doing(GUARDS, CHANGES, EFFECTS, products=("insurance",))
