"""The task box: the cases and deals that wait for one person, and for what; what is due first comes first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import islice

from django.db.models import F, Q

from kerong.engine.deal.moves import Move
from kerong.engine.deal.states import DEALS, KINDS
from kerong.rulebook.content import Text
from kerong.web.base.models import Case, CaseScore, Deal, User
from kerong.web.base.selectors import deals
from kerong.web.base.selectors.cases import CaseLine, line_of, moves_of
from kerong.web.base.selectors.deals import DealLine
from kerong.web.base.selectors.published import Published
from kerong.web.base.services import deal_people
from kerong.web.base.services.case_people import hands, visible

CHUNK = 100
MOST_COUNTED = 99
BESIDES = ("conclude", "clear")  # on the way to the money, though nothing but the notice sets them a time
ON_TIME = ("lapse",)  # once the time of others is over


@dataclass(frozen=True, slots=True)
class Task:
    """A case or deal that waits for the person: `titles` are the moves that it waits for, `by_file` where a file does
    them."""

    line: CaseLine | DealLine
    titles: tuple[Text, ...]
    by_file: bool


def tasks(actor: User, published: Published, *, today: date, most: int) -> tuple[Task, ...]:
    """What waits for the person, due first; a case before a deal that is due on the same day."""
    found = islice(_all_waiting(actor, published.rulebook.region.name, today), most)
    return tuple(_task(one, moves, published, today) for one, moves in found)


def tasks_counted(actor: User, region: str, *, today: date) -> str:
    """How many cases and deals wait for the person, for the menu: "" for none, "99+" for many."""
    count = sum(1 for _ in islice(_all_waiting(actor, region, today), MOST_COUNTED + 1))
    return "" if not count else str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _task(one: Case | Deal, moves: tuple[Move, ...], published: Published, today: date) -> Task:
    titles = tuple(move.title for move in moves)
    if isinstance(one, Deal):
        return Task(deals.line_of(one, published, today), titles, by_file=False)
    return Task(line_of(one, published, today), titles, any(move.name == "send" for move in moves))


def _all_waiting(actor: User, region: str, today: date) -> Iterator[tuple[Case | Deal, tuple[Move, ...]]]:
    return merge(
        _waiting(actor, region, today),
        _deals_waiting(actor, region, today),
        key=lambda found: (found[0].due_on or date.max, isinstance(found[0], Deal), found[0].pk),
    )


def is_awaited(case: Case, move: Move, today: date) -> bool:
    """Does the case wait for this move, rather than merely allow it?"""
    is_late = case.due_on is not None and today > case.due_on
    if move.name in ON_TIME:
        return is_late and "overdue" in move.guards
    if move.name == "clear":
        return is_late
    return move.due_working_days is not None or move.name in BESIDES


def _waiting(actor: User, region: str, today: date) -> Iterator[tuple[Case, tuple[Move, ...]]]:
    """In chunks: whoever counts to a hundred reads no thousands."""
    table = KINDS["subsidy"].moves.values()
    begins = {
        m.begin for m in table if actor.role in m.roles and (m.due_working_days or m.name in (*BESIDES, *ON_TIME))
    }
    held = visible(actor, region).filter(state__in=begins).select_related("call")
    ordered = held.order_by(F("due_on").asc(nulls_last=True), "pk")
    first = 0
    while chunk := list(ordered[first : first + CHUNK]):
        first += CHUNK
        moves, scored = moves_of(actor, chunk), _scored(actor, chunk)
        for case in chunk:
            asked = tuple(m for m in moves[case.pk] if is_awaited(case, m, today) and _stands(case, m, scored[case.pk]))
            if asked:
                yield case, asked


def _deals_waiting(actor: User, region: str, today: date) -> Iterator[tuple[Deal, tuple[Move, ...]]]:
    """The deals that the person is part of and has the next hand in, in chunks as well."""
    begins = Q(pk__in=())
    for kind in DEALS:
        asked = {move.begin for move in kind.moves.values() if actor.role in move.roles and _may_wait(move)}
        begins |= Q(kind=kind.name, state__in=asked - {""})
    ordered = deal_people.visible(actor, region).filter(begins).order_by(F("due_on").asc(nulls_last=True), "pk")
    first = 0
    while chunk := list(ordered[first : first + CHUNK]):
        first += CHUNK
        moves, once = deals.moves_of(actor, chunk), deals.made_since(chunk)
        for deal in chunk:
            found = (move for move in moves[deal.pk] if deals.is_awaited(deal, move, today))
            asked_of = tuple(move for move in found if move.name not in once.get(deal.pk, ()))
            if asked_of:
                yield deal, asked_of


def _may_wait(move: Move) -> bool:
    return move.due_working_days is not None or "overdue" in move.guards


def _stands(case: Case, move: Move, scored: tuple[int, bool]) -> bool:
    """Nobody scores twice, and a review is concluded once enough have scored."""
    count, is_own = scored
    if move.name == "score":
        return not is_own and count < case.call.experts
    return move.name != "conclude" or count >= case.call.experts


def _scored(actor: User, cases: list[Case]) -> dict[int, tuple[int, bool]]:
    own, found = hands(actor), {case.pk: (0, False) for case in cases}
    for case, person in CaseScore.objects.filter(case__in=found).values_list("case_id", "person"):
        count, is_own = found[case]
        found[case] = (count + 1, is_own or person in own)
    return found
