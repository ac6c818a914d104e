"""Credit for a group: a line that its members draw on, each within its own limit, all within the line.

A member draws by a move of the line, or by drawing a loan that stands on it (`deal_open` with the line as its base).
`details["members"]`: the limit of each member in fen, by firm. What is in use is the sum of the deal's entries "used"
less "given_back", whose text is the firm; `outstanding_fen` is that of all. Draws wait for the lock of the deal's row.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from kerong.web.base.models import Deal, DealParty, Role
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_changes import CHANGES
from kerong.web.base.services.deal_deciding import DealDeciding, Doing
from kerong.web.base.services.deal_details import kept_details
from kerong.web.base.services.deal_guards import COMMON, brought, on_offer, seen
from kerong.web.base.services.group_line import GIVEN_BACK, MEMBER, MEMBERS, USED, left_fen, members_of, used_fen
from kerong.web.base.services.ledger_refusals import yuan

LEAST_MEMBERS, LONGEST = 2, 100


def _members(at: DealDeciding) -> None:
    """Firms of the region's record, each once with a limit within the line, at least two; a list, in pairs.

    Examined without a list, the one proposed stands. Who joins stands in the list alone.
    """
    told, fen = at.wish.details.get(MEMBERS), at.wish.fen or at.deal.fen
    if told is None and at.move.name == "examine":
        told = list(members_of(at.deal).items())
    pairs = _pairs(told)
    before = members_of(at.deal) if at.move.name == "join" else {}
    names = [*before, *(name for name, _ in pairs)]
    if not pairs or len(names) < LEAST_MEMBERS or len(set(names)) < len(names):
        raise CaseRefused("deal.refused.members", least=LEAST_MEMBERS)
    for name, limit in pairs:
        if not 1 <= limit <= fen:
            raise CaseRefused("deal.refused.member_limit", member=name, most=yuan(fen))
        if at.published is not None and at.published.enterprise(name) is None:
            raise CaseRefused("deal.refused.member", member=name)
    if at.published is None:
        raise CaseRefused("case.refused.run")


def _pairs(told: object) -> list[tuple[str, int]]:
    """Firms and limits. Raises CaseRefused for anything else."""
    whole = isinstance(told, Sequence) and not isinstance(told, str)
    found: list[Any] = list(told) if whole else [None]  # type: ignore[call-overload]
    for pair in found:
        is_pair = isinstance(pair, Sequence) and not isinstance(pair, str) and len(pair) == 2
        if not is_pair or not isinstance(pair[0], str) or type(pair[1]) is not int or len(pair[0]) > LONGEST:
            raise CaseRefused("deal.refused.members", least=LEAST_MEMBERS)
    return [(name, limit) for name, limit in found]


def _member(at: DealDeciding) -> str:
    """The member that the wish names. Raises CaseRefused where it is none."""
    name = at.wish.details.get(MEMBER)
    if not isinstance(name, str) or name not in members_of(at.deal):
        raise CaseRefused("deal.refused.member", member=str(name or "—")[:LONGEST])
    return name


def _limit(at: DealDeciding) -> None:
    """The draw fits the member's own limit and the line."""
    member = _member(at)
    left = left_fen(at.deal, member)
    if at.fen > left:
        raise CaseRefused("deal.refused.limit", member=member, left=yuan(left))


@reading_as(SYSTEM)
def _not_past_due(at: DealDeciding) -> None:
    """No member's loan with the bank of the line is past due."""
    loans = Deal.objects.filter(
        kind="loan", region=at.deal.region, institution=at.deal.institution, enterprise_id__in=members_of(at.deal)
    )
    late = loans.filter(days_past_due__gt=0).order_by("-days_past_due").first()
    if late is not None:
        raise CaseRefused("deal.refused.past_due", days=late.days_past_due)


def _repaid(at: DealDeciding) -> None:
    if at.deal.outstanding_fen:
        raise CaseRefused("deal.refused.in_use", fen=yuan(at.deal.outstanding_fen))


def _kept(at: DealDeciding, members: Mapping[str, int]) -> None:
    kept_details(at, **{MEMBERS: dict(members)})


def _propose(at: DealDeciding) -> None:
    """The office is part of what it proposes itself."""
    if at.actor is not None and at.actor.role == Role.OFFICIAL:
        with reading_as(SYSTEM):  # it is no party yet
            DealParty.objects.create(deal=at.deal, role=Role.OFFICIAL, code="")
    _kept(at, dict(_pairs(at.wish.details.get(MEMBERS))))


def _examine(at: DealDeciding) -> None:
    """The bank may name the members and their limits anew; the line is what it says."""
    at.deal.fen = at.fen
    told = at.wish.details.get(MEMBERS)
    _kept(at, members_of(at.deal) if told is None else dict(_pairs(told)))


def _join(at: DealDeciding) -> None:
    _kept(at, {**members_of(at.deal), **dict(_pairs(at.wish.details.get(MEMBERS)))})


def _leave(at: DealDeciding) -> None:
    """Who leaves has nothing in use, and a group stays."""
    member = _member(at)
    used = used_fen(at.deal, member)
    if used:
        raise CaseRefused("deal.refused.in_use", fen=yuan(used))
    left = {name: limit for name, limit in members_of(at.deal).items() if name != member}
    if len(left) < LEAST_MEMBERS:
        raise CaseRefused("deal.refused.members", least=LEAST_MEMBERS)
    _kept(at, left)


def _use(at: DealDeciding) -> None:
    at.deal.outstanding_fen += at.fen
    at.detail[MEMBER] = _member(at)
    at.entries.append((USED, at.fen, _member(at)))


def _give_back(at: DealDeciding) -> None:
    member = _member(at)
    used = used_fen(at.deal, member)
    if at.fen > used:
        raise CaseRefused("deal.refused.used", member=member, fen=yuan(used))
    at.deal.outstanding_fen -= at.fen
    at.detail[MEMBER] = member
    at.entries.append((GIVEN_BACK, at.fen, member))


GROUP_CREDIT = Doing(
    guards={
        **COMMON,
        "offer": on_offer,
        "documents": brought,
        "seen": seen,
        "members": _members,
        "limit": _limit,
        "not_past_due": _not_past_due,
        "repaid": _repaid,
    },
    changes={
        "propose": _propose,
        "examine": _examine,
        "sign": CHANGES["sign"],
        "join": _join,
        "leave": _leave,
        "use": _use,
        "give_back": _give_back,
    },
    effects={},
    products=("loan",),
)
