"""What the treasury gives a budget or cuts from it: one official proposes, another natural person confirms."""

from datetime import date

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from kerong.engine.deal.subsidy import is_one_line
from kerong.engine.money.ledger import movements
from kerong.engine.money.ledger.transfers import MOST_FEN, Act
from kerong.web.base.models import Budget, BudgetChange, Role, User
from kerong.web.base.models.call import CHANGES
from kerong.web.base.services.case_money import book_of
from kerong.web.base.services.case_people import hands
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.idempotency import Request, answered, busy_told
from kerong.web.base.services.ledger import posted
from kerong.web.base.services.ledger_refusals import LedgerRefused

MOVES = {"appropriate": movements.appropriate, "cut": movements.cut_appropriation}
LONGEST_NOTE = 200


def budget_change_propose(actor: User, key: str, budget: Budget, kind: str, fen: int, note: str) -> BudgetChange:
    """Proposes to give the budget `fen` or to cut it by so much, once for the key. Nothing moves yet.

    `note`: the document that says so. Raises PermissionDenied for anybody but an official, CaseRefused where that is
    missing, LedgerRefused for a key that was used for something else or an amount out of bounds.
    """
    _only_official(actor)
    told = note.strip()
    if not 0 < len(told) <= LONGEST_NOTE or not is_one_line(told):
        raise CaseRefused("budget.refused.note")
    if kind not in CHANGES or not 1 <= fen <= MOST_FEN:
        raise LedgerRefused("ledger.refused.amount")

    def work() -> int:
        return BudgetChange.objects.create(budget=budget, kind=kind, fen=fen, note=told, proposed_by=actor).pk

    body = {"budget": budget.pk, "kind": kind, "fen": fen, "note": told}
    return BudgetChange.objects.get(pk=answered(Request(actor, key, "budget_change_propose", body), work).told)


def budget_change_decide(
    actor: User, budget: Budget, change_id: int, is_confirmed: bool, *, today: date
) -> BudgetChange | None:
    """Confirms a proposal, and the money moves on `today`, or refuses it; None where the budget has none of that id.

    Raises PermissionDenied for anybody but an official, CaseRefused where it is decided already, or whoever confirms
    is the natural person who proposed it (to take it back is open to both); LedgerRefused, LedgerBusy as the ledger.
    """
    _only_official(actor)
    with busy_told(), transaction.atomic():
        found = BudgetChange.objects.select_for_update(of=("self",)).filter(budget=budget, pk=change_id).first()
        if found is None:
            return None
        if found.state != "proposed":
            raise CaseRefused("budget.refused.decided")
        if is_confirmed and hands(actor) & hands(found.proposed_by):
            raise CaseRefused("budget.refused.hands")
        found.state, found.decided_by, found.decided_at = "refused", actor, timezone.now()
        if is_confirmed:
            act = Act(f"budget change {found.pk}", today, about=f"budget:{budget.pk}", evidence=found.note)
            found.state = "confirmed"
            (found.transfer_id,) = posted(MOVES[found.kind](act, book_of(budget), found.fen), actor)
        found.save()
    return found


def _only_official(actor: User) -> None:
    if actor.role != Role.OFFICIAL:
        raise PermissionDenied
