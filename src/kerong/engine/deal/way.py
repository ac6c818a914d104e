"""The way of a deal through its kind's table: the states that it came by, and the shortest way on to a good end."""

from collections import deque
from collections.abc import Iterable, Sequence

from kerong.engine.deal.moves import Kind


def trail(states: Iterable[str]) -> tuple[str, ...]:
    """States in the order in which they were come by; where one was come to again, what lay between is left out."""
    found: list[str] = []
    for state in states:
        if state in found:
            del found[found.index(state) + 1 :]
        else:
            found.append(state)
    return tuple(found)


def ahead(kind: Kind, state: str, past: Sequence[str] = ()) -> tuple[str, ...]:
    """The states after `state` on the shortest way to an end that is not a failure, the first such end of the table.

    A way that does not lead back to `past` is preferred. Empty at an end, or where only failures are left. Ties go to
    the move that stands first in the table.
    """
    failures = came_to_nothing(kind)
    ends = [name for name, one in kind.states.items() if one.is_end and name not in failures]
    for avoided in (frozenset(past) - {state}, frozenset[str]()):
        ways = _ways(kind, state, avoided | failures)
        for end in ends:
            if end in ways and end != state:
                return ways[end]
    return ()


def came_to_nothing(kind: Kind) -> frozenset[str]:
    """The ends to which a deal can go as soon as it is opened: refused or withdrawn."""
    first = {move.end for move in kind.moves_from("")}
    return frozenset(move.end for begin in first for move in kind.moves_from(begin) if kind.states[move.end].is_end)


def _ways(kind: Kind, state: str, avoided: frozenset[str]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {state: ()}
    waiting = deque([state])
    while waiting:
        at = waiting.popleft()
        for move in kind.moves_from(at):
            if move.end not in found and move.end not in avoided:
                found[move.end] = (*found[at], move.end)
                waiting.append(move.end)
    return found
