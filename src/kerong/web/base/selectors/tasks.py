"""The task box: the cases that wait for one person, and for what; what is due first comes first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from django.db.models import F

from kerong.engine.deal.moves import Move
from kerong.engine.deal.states import KINDS
from kerong.rulebook.content import Text
from kerong.web.base.models import Case, CaseScore, User
from kerong.web.base.selectors.cases import CaseLine, line_of, moves_of
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_people import hands, visible

CHUNK = 100
MOST_COUNTED = 99
BESIDES = ("conclude", "clear")  # on the way to the money, though nothing but the notice sets them a time
ON_TIME = ("lapse",)  # once the time of others is over


@dataclass(frozen=True, slots=True)
class Task:
    """A case that waits for the person: `titles` are the moves that it waits for, `by_file` where a file does them."""

    line: CaseLine
    titles: tuple[Text, ...]
    by_file: bool


def tasks(actor: User, published: Published, *, today: date, most: int) -> tuple[Task, ...]:
    """What waits for the person, due first."""
    found = islice(_waiting(actor, published.rulebook.region.name, today), most)
    return tuple(
        Task(line_of(case, published, today), tuple(m.title for m in moves), any(m.name == "send" for m in moves))
        for case, moves in found
    )


def tasks_counted(actor: User, region: str, *, today: date) -> str:
    """How many cases wait for the person, for the menu: "" for none, "99+" for many."""
    count = sum(1 for _ in islice(_waiting(actor, region, today), MOST_COUNTED + 1))
    return "" if not count else str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


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
