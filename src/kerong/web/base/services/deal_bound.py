"""Deals that stand on a joint one: what the joint deal lets a loan draw, who has agreed to it, whether all is over.

The joint deal says from when the money may flow; the money itself is that of the loans bound to it (`Deal.base`).
"""

from collections.abc import Mapping

from django.db.models import QuerySet, Sum

from kerong.engine.deal.states import KINDS
from kerong.web.base.models import Deal, Role
from kerong.web.base.models.user import INSTITUTION_ROLES
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_deciding import DealDeciding
from kerong.web.base.services.ledger_refusals import yuan

# the kinds of joint deal whose loans are deals of their own, and the states in which these may be drawn
LENDING: Mapping[str, tuple[str, ...]] = {
    "investment_loan": ("lent", "exercised"),
    "joint_growth": ("lent", "sharing"),
    "government_bank_guarantee": ("lent",),
    "double_cover": ("lent",),
}


@reading_as(SYSTEM)
def lock_base(loans: QuerySet[Deal]) -> None:
    """Locks what loans stand on before they are locked themselves: moves of a joint deal lock it, and then its loan."""
    bases = loans.filter(kind="loan").exclude(base=None).order_by().values("base")
    list(Deal.objects.filter(pk__in=bases).order_by("id").select_for_update(of=("self",)))


@reading_as(SYSTEM)
def let_draw(at: DealDeciding) -> None:
    """A loan on a joint deal is drawn once that lets it, by its bank, and all its loans within what was agreed.

    Raises CaseRefused. The joint deal stays locked until the end of the transaction.
    """
    base = at.deal.base
    if base is None or base.kind not in LENDING:
        return
    joint = Deal.objects.select_for_update(of=("self",)).get(pk=base.pk)
    is_bank = joint.parties.filter(role=Role.BANK, code=at.deal.institution).exists()
    if joint.state not in LENDING[joint.kind] or not is_bank:
        raise CaseRefused("deal.refused.joint")
    drawn = joint.bound.filter(kind="loan").aggregate(fen=Sum("drawn_fen"))["fen"] or 0
    if drawn + at.fen > joint.fen:
        raise CaseRefused("deal.refused.joint_left", left=yuan(joint.fen - drawn))


def all_agreed(at: DealDeciding) -> None:
    """Guard: every party of the deal has made a move of its own on it, this one included."""
    acted = set(at.deal.moves.exclude(by=None).values_list("role", "institution"))
    if at.actor is not None:
        acted.add((str(at.actor.role), at.actor.institution))
    parties = at.deal.parties.values_list("role", "code")
    needed = {(role, code if role in INSTITUTION_ROLES else "") for role, code in parties}
    missing = sorted(f"{role} {code}".strip() for role, code in needed - acted)
    if missing:
        raise CaseRefused("deal.refused.all_agreed", who=", ".join(missing))


@reading_as(SYSTEM)
def bound_over(at: DealDeciding) -> None:
    """Guard: every loan that stands on the deal has come to its end."""
    ends = [name for name, state in KINDS["loan"].states.items() if state.is_end]
    if at.deal.bound.filter(kind="loan").exclude(state__in=ends).exists():
        raise CaseRefused("deal.refused.bound")
