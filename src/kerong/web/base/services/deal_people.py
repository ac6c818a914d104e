"""Who may see and move a deal: its parties, by natural person, never by log-in."""

from collections.abc import Mapping

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from kerong.engine.deal.moves import Move, clash
from kerong.web.base.models import Deal, DealMove, DealParty, Role, User
from kerong.web.base.readers import NOBODY, SYSTEM, Reader, reading_as
from kerong.web.base.services.case_people import OFFICERS, hands

# in whose hand an institution acts that is none of the four of the portal: who lends, and who invests
ACTS_AS: Mapping[str, str] = {
    "lease": Role.BANK,
    "small_loan": Role.BANK,
    "factor": Role.BANK,
    "fund_manager": Role.FUND,
    "platform": Role.FUND,
}


def hand_of(kind: str) -> str:
    """The role in which the people of an institution of a kind (region.toml) are part of a deal."""
    return ACTS_AS.get(kind, kind)


def code_of(actor: User) -> str | None:
    """By which code a person's firm or institution is a party; "" is the region's office, None: nobody's."""
    if actor.role == Role.ENTERPRISE:
        return actor.enterprise_id or None
    if actor.role in OFFICERS:
        return actor.institution or None
    return "" if actor.role == Role.OFFICIAL else None


def reader_of(person: User | AnonymousUser) -> Reader:
    """As whom a person reads (the second wall)."""
    return Reader(str(person.role), code_of(person) or "") if isinstance(person, User) else NOBODY


def visible(actor: User, region: str) -> QuerySet[Deal]:
    """The deals that a person is part of; an official sees what was brought before the office (a pool's loans)."""
    held, code = Deal.objects.filter(region=region), code_of(actor)
    if code is None or not actor.is_active:
        return held.none()
    return held.filter(pk__in=DealParty.objects.filter(role=actor.role, code=code).values("deal"))


def earlier_duty(actor: User, deal: Deal, move: Move) -> str | None:
    """The separated duty that the natural person already had on the deal; None where the hands are apart."""
    acted = deal.moves.exclude(by=None).select_related("by")
    return clash(move.duty, hands(actor), ((hands(one.by) | {one.person}, one.duty) for one in acted if one.by))


@reading_as(SYSTEM)
def family_of(deal: Deal) -> list[int]:
    """The deals that stand together, by their keys: what it stands on, down to the first, and all that stands there."""
    while deal.base_id is not None:
        deal = Deal.objects.get(pk=deal.base_id)
    found, more = [deal.pk], [deal.pk]
    while more:
        more = list(Deal.objects.filter(base__in=more).order_by("id").values_list("pk", flat=True))
        found += more
    return found


@reading_as(SYSTEM)
def acted_for_another(actor: User, deal: Deal) -> bool:
    """Has the natural person, under whichever log-in, moved the deal for another party of it?

    A deal and what it stands on are one: nobody lends for the bank and pays for the guarantor behind the loan.
    """
    names, acts_for = hands(actor), (actor.role, actor.institution)
    acted = DealMove.objects.filter(deal__in=family_of(deal)).exclude(by=None).select_related("by")
    return any(
        names & (hands(one.by) | {one.person}) and (one.role, one.institution) != acts_for for one in acted if one.by
    )


def is_of_firm(actor: User, deal: Deal) -> bool:
    """Is the natural person, under whichever log-in, also one of the firm's?"""
    names = hands(actor)
    return any(names & hands(person) for person in User.objects.filter(enterprise_id=deal.enterprise_id))
