"""Deals as lists show them, and what a person may do with each now."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from django.core.paginator import Paginator
from django.db.models import Count, F, QuerySet

from kerong.engine.deal.moves import Move, clash
from kerong.engine.deal.states import KINDS
from kerong.rulebook.content import Text
from kerong.web.base.models import Deal, DealMove, Role, User
from kerong.web.base.selectors.due import Due, days_of, due_of
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_people import hands
from kerong.web.base.services.deal_deciding import limit_on
from kerong.web.base.services.deal_people import visible

PAGE = 50
VIEWS = ("standing", "late", "past_due", "ended")
ENDS = frozenset((kind.name, name) for kind in KINDS.values() for name, one in kind.states.items() if one.is_end)


@dataclass(frozen=True, slots=True)
class DealLine:
    """A deal in a list: what it is, of which firm, with whom, where it stands and how long it may wait."""

    deal: Deal
    title: Text
    kind: Text
    state: Text
    firm: str
    provider: Text
    due: Due

    @property
    def fen(self) -> int:
        """The amount of the deal."""
        return self.deal.fen


@dataclass(frozen=True, slots=True)
class StateCount:
    """So many deals of a kind stand in a state."""

    key: str
    kind: Text
    state: Text
    count: int


@dataclass(frozen=True, slots=True)
class DealList:
    """One page of the deals that a person is part of; `states`: how many stand where, of the view."""

    lines: tuple[DealLine, ...]
    states: tuple[StateCount, ...]
    state: str
    total: int
    page: int
    pages: int


def deal_list(actor: User, published: Published, view: str, state: str, number: int, *, today: date) -> DealList:
    """A page of one of VIEWS, those due first; `state` ("loan.taken") keeps those that stand there."""
    held = viewed(visible(actor, published.rulebook.region.name), view, today)
    states = _states(held)
    kind, _, name = state.partition(".")
    if any(one.key == state for one in states):
        held = held.filter(kind=kind, state=name)
    else:
        state = ""
    found = Paginator(held.order_by(F("due_on").asc(nulls_last=True), "pk"), PAGE).get_page(number)
    lines = tuple(line_of(deal, published, today) for deal in found)
    return DealList(lines, states, state, found.paginator.count, found.number, found.paginator.num_pages)


def viewed(held: "QuerySet[Deal]", view: str, today: date) -> "QuerySet[Deal]":
    """The deals of one of VIEWS: under way, beyond a time limit, with an amount past due, at an end."""
    ends = Deal.objects.none()
    for kind, state in sorted(ENDS):
        ends = ends | Deal.objects.filter(kind=kind, state=state)
    if view == "ended":
        return held.filter(pk__in=ends.values("pk"))
    standing = held.exclude(pk__in=ends.values("pk"))
    if view == "late":
        return standing.filter(due_on__lt=today)
    return standing.filter(days_past_due__gt=0) if view == "past_due" else standing


def line_of(deal: Deal, published: Published, today: date) -> DealLine:
    """A deal as a list has it."""
    firm = published.enterprise(deal.enterprise_id) or {}
    rule, kind = published.rulebook.rules.get(deal.product), KINDS[deal.kind]
    return DealLine(
        deal=deal,
        title=kind.title if rule is None else rule.title,
        kind=kind.title,
        state=kind.states[deal.state].title,
        firm=str(firm.get("name") or deal.enterprise_id),
        provider=institution_of(published, deal.institution),
        due=_due(deal, published, today),
    )


def _due(deal: Deal, published: Published, today: date) -> Due:
    """Its time limit; one that no calendar reached when it began is worked out as soon as one does."""
    if deal.due_on is not None or KINDS[deal.kind].due_working_days(deal.state) is None:
        return due_of(deal.due_on, published, today)
    on = limit_on(deal, deal.since, days_of(published))
    return due_of(on, published, today) if on else replace(due_of(None, published, today), is_announced=False)


def institution_of(published: Published, code: str) -> Text:
    """The title of an institution; one that the region does not name stays as it is."""
    found = next((one.title for one in published.rulebook.region.institutions if one.code == code), None)
    return found or Text(code, code)


def moves_of(actor: User, deals: Collection[Deal]) -> Mapping[int, tuple[Move, ...]]:
    """By deal the lines of its table that the person may use now: by role, by side and by hand; guards come later."""
    own, keys = hands(actor), [deal.pk for deal in deals]
    acted: dict[int, list[tuple[frozenset[str], str]]] = {key: [] for key in keys}
    for move in DealMove.objects.filter(deal__in=keys).exclude(by=None).select_related("by"):
        if move.by is not None:
            acted[move.deal_id].append((hands(move.by) | {move.person}, move.duty))
    of_firms: dict[str, set[str]] = {deal.enterprise_id: set() for deal in deals}
    for person in User.objects.filter(enterprise_id__in=of_firms):
        of_firms[person.enterprise_id] |= hands(person)

    def may(deal: Deal, move: Move) -> bool:
        if actor.role not in move.roles or clash(move.duty, own, acted[deal.pk]) is not None:
            return False
        is_firm = actor.role == Role.ENTERPRISE
        return actor.enterprise_id == deal.enterprise_id if is_firm else not own & of_firms[deal.enterprise_id]

    return {
        deal.pk: tuple(move for move in KINDS[deal.kind].moves_from(deal.state) if may(deal, move)) for deal in deals
    }


def is_awaited(deal: Deal, move: Move, today: date) -> bool:
    """Does the deal wait for this move, rather than merely allow it?"""
    is_late = deal.due_on is not None and today > deal.due_on
    if "overdue" in move.guards:
        return is_late
    if "in_time" in move.guards and (is_late or not (deal.details or {}).get("reguarantor")):
        return False  # nothing is reported where nobody guarantees anew
    return move.due_working_days is not None


def made_since(deals: Collection[Deal]) -> Mapping[int, frozenset[str]]:
    """By deal the moves that left it where it stands, since it came there: what was done once is not waited for."""
    found: dict[int, frozenset[str]] = {}
    states = {deal.pk: deal.state for deal in deals}
    for move in DealMove.objects.filter(deal__in=states).order_by("deal", "version"):
        before = found.get(move.deal_id, frozenset())
        is_stay = move.begin == move.end == states[move.deal_id]
        found[move.deal_id] = before | {move.name} if is_stay else frozenset()
    return found


def _states(held: "QuerySet[Deal]") -> tuple[StateCount, ...]:
    counted = {
        (kind, state): count
        for kind, state, count in held.order_by().values_list("kind", "state").annotate(count=Count("pk"))
    }
    return tuple(
        StateCount(f"{kind.name}.{name}", kind.title, state.title, counted[kind.name, name])
        for kind in KINDS.values()
        for name, state in kind.states.items()
        if (kind.name, name) in counted
    )
