"""What a group's credit line says of one member: the own limit, what the member has in use, what is left to draw.

A member is no party of the line: of it the member learns this, and nothing of the others.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import Sum

from kerong.web.base.models import Deal, Role, User
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.deal_details import details_of

GROUP, OPEN = "group_credit", "open"
MEMBERS, MEMBER = "members", "member"
USED, GIVEN_BACK = "used", "given_back"


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A line as one of its members knows it, in fen. `left_fen`: what the limit and the whole line still let draw."""

    deal_id: int
    institution: str
    state: str
    limit_fen: int
    used_fen: int
    left_fen: int


def members_of(deal: Deal) -> Mapping[str, int]:
    """The limit of each member in fen, by firm."""
    found: Mapping[str, int] = details_of(deal).get(MEMBERS, {})
    return found


def used_fen(deal: Deal, member: str) -> int:
    """What a member has in use."""
    kinds = (USED, GIVEN_BACK)
    sums = {kind: deal.entries.filter(kind=kind, text=member).aggregate(fen=Sum("fen"))["fen"] or 0 for kind in kinds}
    return int(sums[USED] - sums[GIVEN_BACK])


def left_fen(deal: Deal, member: str) -> int:
    """What a member may still draw: within the own limit and within the line."""
    own = members_of(deal).get(member, 0) - used_fen(deal, member)
    return max(0, min(own, deal.fen - deal.outstanding_fen))


@reading_as(SYSTEM)
def own_lines(actor: User, region: str) -> tuple[OwnLine, ...]:
    """The lines that are signed and of which the actor's firm is a member; nothing for anybody but a firm."""
    firm = actor.enterprise_id if actor.role == Role.ENTERPRISE and actor.is_active else ""
    held = Deal.objects.filter(kind=GROUP, region=region, state__in=(OPEN, "frozen")).order_by("pk") if firm else ()
    return tuple(
        OwnLine(
            deal_id=one.pk,
            institution=one.institution,
            state=one.state,
            limit_fen=members_of(one)[firm],
            used_fen=used_fen(one, firm),
            left_fen=left_fen(one, firm) if one.state == OPEN else 0,
        )
        for one in held
        if firm in members_of(one)
    )
