"""What the public may see of small numbers: counts of one or two are shown as "<3".

Where the parts of a known whole are shown together, one hidden part could be found by subtraction; then another part is
hidden as well ("·"): the one that may yield, else the smallest that suffice.
"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

SMALLEST_SHOWN = 3
FEW = f"<{SMALLEST_SHOWN}"
HIDDEN = "·"

Key = TypeVar("Key", bound=Hashable)


def shown(count: int) -> int | str:
    """The count, or "<3" where it is one or two."""
    return FEW if 0 < count < SMALLEST_SHOWN else count


def shown_parts(
    parts: Mapping[Key, int], *, yields: Key | None = None, whole_hidden: bool = False
) -> dict[Key, int | str]:
    """The parts of a whole, protected against subtraction; `yields` names the part that is hidden first.

    `whole_hidden`: the whole itself is not shown, so its parts must not add up to it.
    """
    told = {name: shown(count) for name, count in parts.items()}
    rest = sorted(
        (name for name in parts if parts[name] >= SMALLEST_SHOWN), key=lambda name: (name != yields, parts[name])
    )
    few = [count for count in parts.values() if 0 < count < SMALLEST_SHOWN]
    hidden: list[int] = []
    while rest and (not _safe(few, hidden) or (whole_hidden and not few and not hidden)):
        told[rest[0]] = HIDDEN
        hidden.append(parts[rest.pop(0)])
    return told


def _safe(few: list[int], hidden: list[int]) -> bool:
    """Could each small part be one as well as two, for a reader who knows their sum and that hidden ones are larger?"""
    if not few:
        return True
    total, least_rest = sum(few) + sum(hidden), len(few) - 1 + SMALLEST_SHOWN * len(hidden)
    return total - 2 >= least_rest and (bool(hidden) or total - 1 <= 2 * (len(few) - 1))


def may_show_amount(count: int) -> bool:
    """Sums and medians are shown only when three or more stand behind them, or nobody at all."""
    return count == 0 or count >= SMALLEST_SHOWN
