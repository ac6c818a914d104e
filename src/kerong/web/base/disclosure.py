"""What the public may see of small numbers: counts of one or two are shown as "<3".

Where the parts of a known whole are shown together, one hidden part could be found by subtraction; then another part is
hidden as well ("·"): the one that may yield, else the smallest that suffice. Amounts are hidden where one or two stand
behind them, and where their sum is known with one that more stand behind.
"""

from collections.abc import Hashable, Iterable, Mapping
from typing import TypeVar

SMALLEST_SHOWN = 3
FEW = f"<{SMALLEST_SHOWN}"
HIDDEN = "·"

Key = TypeVar("Key", bound=Hashable)
Row = TypeVar("Row", bound=Hashable)
Column = TypeVar("Column", bound=Hashable)


def shown(count: int) -> int | str:
    """The count, or "<3" where it is one or two."""
    return FEW if 0 < count < SMALLEST_SHOWN else count


def shown_parts(
    parts: Mapping[Key, int], *, yields: Key | None = None, whole: int | str | None = None
) -> dict[Key, int | str]:
    """The parts of a whole, protected against subtraction; `yields` names the part that is hidden first.

    `whole`: how the whole itself is shown, where it is a part of something larger; None stands for a known whole. The
    parts of "<3" would tell one from two, so they are all hidden; those of "·" must leave it open.
    """
    if whole == FEW:
        return dict.fromkeys(parts, HIDDEN)
    told = {name: shown(count) for name, count in parts.items()}
    rest = sorted(
        (name for name in parts if parts[name] >= SMALLEST_SHOWN), key=lambda name: (name != yields, parts[name])
    )
    few = [count for count in parts.values() if 0 < count < SMALLEST_SHOWN]
    hidden: list[int] = []
    while rest and not (_safe(few, hidden) and (whole != HIDDEN or _leaves_open(few, hidden))):
        told[rest[0]] = HIDDEN
        hidden.append(parts[rest.pop(0)])
    return told


def joined(told: Iterable[int | str]) -> int | str:
    """The sum of parts as they are shown, as far as a reader could work it out himself."""
    counts = [count for count in told if count != 0]
    if all(isinstance(count, int) for count in counts):
        return sum(int(count) for count in counts)
    return FEW if counts == [FEW] else HIDDEN


def withheld(behind: Mapping[Key, int]) -> frozenset[Key]:
    """Which amounts of a known sum are hidden, by how many enterprises stand behind each.

    The hidden ones add up to what is left of the sum, so an amount of three or more is among them: the same one or two
    enterprises may stand behind several of the others.
    """
    hidden = {name for name, count in behind.items() if not may_show_amount(count)}
    rest = [name for name, count in behind.items() if count >= SMALLEST_SHOWN]
    if hidden and rest:
        hidden.add(min(rest, key=lambda name: behind[name]))
    return frozenset(hidden)


def _safe(few: list[int], hidden: list[int]) -> bool:
    """Could each small part be one as well as two, for a reader who knows their sum and that hidden ones are larger?"""
    if not few:
        return True
    total, least_rest = sum(few) + sum(hidden), len(few) - 1 + SMALLEST_SHOWN * len(hidden)
    return total - 2 >= least_rest and (bool(hidden) or total - 1 <= 2 * (len(few) - 1))


def _leaves_open(few: list[int], hidden: list[int]) -> bool:
    """Could the whole be one more and one less, for a reader who sees its parts?"""
    less = sum(few) + sum(hidden) > len(few) + SMALLEST_SHOWN * len(hidden)
    return less and (bool(hidden) or sum(few) < 2 * len(few))


def hidden_cells(firms: Mapping[tuple[Row, Column], int], least: int) -> frozenset[tuple[Row, Column]]:
    """Which cells of a table of shares are hidden, by how many firms stand in each (cells without any are no cells).

    Those with fewer than `least`; and as rows, columns and the whole may be known from elsewhere, a row or column never
    hides one cell alone where it has another, and the hidden ones together hold at least `least` firms: the smallest
    that suffice go as well. Any order of the cells gives the same.
    """
    held = {cell: count for cell, count in firms.items() if count}
    order = sorted(held, key=lambda cell: (held[cell], str(cell)))
    hidden = {cell for cell in order if held[cell] < least}
    while hidden:
        lines = [(side, name) for side in (0, 1) for name in sorted({cell[side] for cell in hidden}, key=str)]
        alone = next((line for line in lines if _one_hidden(order, hidden, *line)), None)
        rest = [cell for cell in order if cell not in hidden and (alone is None or cell[alone[0]] == alone[1])]
        if alone is None and (sum(held[cell] for cell in hidden) >= least or not rest):
            break
        hidden.add(rest[0])
    return frozenset(hidden)


def _one_hidden(
    order: Iterable[tuple[Hashable, Hashable]], hidden: set[tuple[Row, Column]], side: int, name: Hashable
) -> bool:
    """Does the row or column hide one cell alone, and has it another?"""
    own = [cell in hidden for cell in order if cell[side] == name]
    return sum(own) == 1 and len(own) > 1


def may_show_amount(count: int) -> bool:
    """Sums and medians are shown only when three or more stand behind them, or nobody at all."""
    return count == 0 or count >= SMALLEST_SHOWN
