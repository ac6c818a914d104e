"""What a move changes on the case itself, before its money moves: one function for each move that changes something."""

from collections.abc import Callable, Mapping
from dataclasses import asdict

from django.db import IntegrityError, transaction

from kerong.engine.deal.subsidy import FULL_MARK
from kerong.web.base.models import CaseScore, EvidenceUse, Instruction
from kerong.web.base.services.case_deciding import Deciding
from kerong.web.base.services.case_guards import evidence_keys
from kerong.web.base.services.case_money import parts_make
from kerong.web.base.services.case_people import person_of
from kerong.web.base.services.case_refusals import CaseRefused

Change = Callable[[Deciding], None]


def changed(at: Deciding) -> None:
    """Changes what the move changes; evidence is free again where the money is, and nothing was paid."""
    change = CHANGES.get(at.move.name)
    if change is not None:
        change(at)
    if "release_grant" in at.move.effects and "reserve_grant" not in at.move.effects and not at.case.paid_fen:
        at.case.evidence_uses.filter(stands=True).update(stands=False)


def _payee(at: Deciding) -> None:
    payee, case = at.wish.payee, at.case
    if payee is None:
        raise CaseRefused("case.refused.payee.missing")
    case.payee_name, case.bank, case.account = payee.name.strip(), payee.bank.strip(), payee.account
    case.is_approved = False
    at.detail["payee"] = asdict(payee)


def _amount(at: Deciding) -> None:
    case = at.case
    case.fen = at.wish.fen or 0
    case.is_approved, case.approved_fen = False, 0


def _reserve(at: Deciding) -> None:
    try:
        with transaction.atomic():
            for group, key in evidence_keys(at):
                EvidenceUse.objects.create(region=at.case.region, group=group, key=key, case=at.case)
    except IntegrityError as error:
        raise CaseRefused("case.refused.evidence", case="") from error
    parts_make(at)


def _approve(at: Deciding) -> None:
    at.case.is_approved, at.case.approved_fen = True, at.case.fen


def _score(at: Deciding) -> None:
    if at.actor is None or at.wish.score is None or not 0 <= at.wish.score <= FULL_MARK:
        raise CaseRefused("case.refused.score")
    CaseScore.objects.create(case=at.case, by=at.actor, person=person_of(at.actor), points=at.wish.score)
    at.detail["score"] = at.wish.score


def _evaluate(at: Deciding) -> None:
    if at.wish.score is None or not 0 <= at.wish.score <= FULL_MARK:
        raise CaseRefused("case.refused.score")
    at.detail["score"] = at.wish.score


def _meet(at: Deciding) -> None:
    parts = [part for part in at.parts(at.wish.stage) if part.milestone and part.met_on is None]
    if not parts:
        raise CaseRefused("case.refused.stage")
    for part in parts:
        part.met_on = at.today
        part.save()
    at.detail["stage"] = at.wish.stage


def _instruct(at: Deciding) -> None:
    """One instruction for each part of the stage that is not paid yet, to the account that was approved."""
    case = at.case
    if not case.is_approved:
        raise CaseRefused("case.refused.not_approved")
    for part in at.parts(at.wish.stage):
        left = part.fen - part.paid_fen
        if left:
            made = Instruction.objects.create(
                number=f"{case.pk}-{at.version}-{part.pk}",
                part=part,
                fen=left,
                payee_name=case.payee_name,
                bank=case.bank,
                account=case.account,
                on=at.today,
            )
            at.detail.setdefault("instructions", []).append(made.number)
    at.detail["stage"] = at.wish.stage


def _recall(at: Deciding) -> None:
    Instruction.objects.filter(part__case=at.case, state="made").update(state="recalled")


def _order_back(at: Deciding) -> None:
    at.case.ordered_fen = at.wish.fen or 0


CHANGES: Mapping[str, Change] = {
    "apply": _payee,
    "confirm": _payee,
    "change_payee": _payee,
    "verify": _amount,
    "revise": _amount,
    "reserve": _reserve,
    "approve": _approve,
    "score": _score,
    "evaluate": _evaluate,
    "meet": _meet,
    "instruct": _instruct,
    **dict.fromkeys(("recall", "recall_one", "recall_rest", "recall_all"), _recall),
    "order_back": _order_back,
}
