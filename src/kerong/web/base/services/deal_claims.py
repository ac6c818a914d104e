"""A claim on a policy: what its table's words do. Who is insured is paid: the bank of the policy, else the firm.

`details`: `loss_on`, `asked_fen` (what was asked for; `fen` is then what was found), `debtor` (from whom is recovered
where no loan is insured), and the sums of `deal_paying`.
"""

from collections.abc import Mapping
from functools import partial

from kerong.engine.money.ledger.accounts import account_of
from kerong.web.base.models import Deal, Role
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_cover import WHOLE_BP
from kerong.web.base.services.deal_deciding import DealDeciding, Doer, Doing
from kerong.web.base.services.deal_details import day_said, details_of, kept_details, text_said
from kerong.web.base.services.deal_guards import is_seen
from kerong.web.base.services.deal_losses import is_parted, payable, refuse_less_lost, refuse_open_days
from kerong.web.base.services.deal_paying import back_due, borne, covered_loan, held, money, reservation_noted
from kerong.web.base.services.deal_policies import left_fen, refuse_day
from kerong.web.base.services.ledger_refusals import yuan


@reading_as(SYSTEM)
def policy_locked(deal: Deal) -> Deal:
    """The policy that the claim stands on, locked. Raises CaseRefused where it stands on none of the firm's."""
    found = Deal.objects.select_for_update(of=("self",)).filter(pk=deal.base_id or 0, kind="insurance").first()
    if found is None or found.enterprise_id != deal.enterprise_id:
        raise CaseRefused("deal.refused.no_policy")
    return found


def _cover(at: DealDeciding) -> None:
    """The loss was reported on a policy that covers its day, within what other claims leave of the sum insured."""
    policy = policy_locked(at.deal)
    is_new = not at.move.begin
    on = day_said(at.wish.details if is_new else details_of(at.deal), "loss_on")
    if policy.state != "claimed" or on.isoformat() not in details_of(policy).get("losses", []):
        raise CaseRefused("deal.refused.loss_not_reported")
    refuse_day(policy, on, at.today)
    left = left_fen(policy, at.deal)
    if at.fen > left:
        raise CaseRefused("deal.refused.cover_left", left=yuan(max(0, left)))
    loan = covered_loan(at)
    if loan is not None:
        if not loan.days_past_due:
            raise CaseRefused("deal.refused.not_past_due")
        refuse_open_days(loan, at)


def _report(at: DealDeciding) -> None:
    kept_details(at, loss_on=day_said(at.wish.details, "loss_on").isoformat(), asked_fen=at.fen)
    at.entries.append(("called", at.fen, ""))


def _documents(at: DealDeciding) -> None:
    """Whoever claims has handed in something."""
    if not any(move.detail.get("documents") for move in at.deal.moves.filter(name__in=("report", "hand_in"))):
        raise CaseRefused("deal.refused.documents")


def _survey(at: DealDeciding) -> None:
    """What was found of what was asked for; where no loan is insured, somebody may be named who pays back."""
    if at.fen > held(at.deal, "asked_fen"):
        raise CaseRefused("deal.refused.payable", most=yuan(held(at.deal, "asked_fen")))
    at.deal.fen = at.fen
    if at.wish.details.get("debtor") is not None:
        debtor = text_said(at.wish.details, "debtor")
        if account_of(f"debtor:{debtor}") is None:
            raise CaseRefused("deal.refused.needs.debtor")
        kept_details(at, debtor=debtor)


def due_now(at: DealDeciding) -> int:
    """What the insurer pays: its part of what was found; of a loan no more than nobody else bears.

    Raises CaseRefused where that is nothing.
    """
    policy, loan = policy_locked(at.deal), covered_loan(at)
    share, left = int(details_of(policy)["cover_bp"]), max(0, left_fen(policy, at.deal))
    part = at.deal.fen * share // WHOLE_BP
    if loan is not None:
        most = at.deal.fen if is_parted(loan, Role.INSURER) else part
        return payable(at, loan, Role.INSURER, share, min(most, left))
    if not min(part, left):
        raise CaseRefused("deal.refused.nothing_payable")
    return min(part, left)


def _seen(at: DealDeciding) -> None:
    """Whoever approves or pays does so on the amount that the page showed."""
    if at.move.name == "approve":
        is_seen(at, due_now(at))
        return
    is_seen(at, held(at.deal, "reserved_fen"))
    policy, loan = policy_locked(at.deal), covered_loan(at)
    if loan is not None:
        refuse_less_lost(at, loan, Role.INSURER, int(details_of(policy)["cover_bp"]))


def _borne(at: DealDeciding) -> None:
    """From whom is recovered is known: of a loan its borrower, else who was named."""
    if covered_loan(at) is None and not details_of(at.deal).get("debtor"):
        raise CaseRefused("deal.refused.needs.debtor")
    borne("insurer", at)


GUARDS: Mapping[str, Doer] = {
    "cover": _cover,
    "documents": _documents,
    "seen": _seen,
    "borne": _borne,
    "back_due": partial(back_due, "insurer"),
}
CHANGES: Mapping[str, Doer] = {"report": _report, "survey": _survey}
CLAIM = Doing(GUARDS, CHANGES, money("insurer"), reservation_noted)
