"""What the public may see of small numbers: counts of one or two are shown as "<3".

Where the parts of a known whole are shown together, one hidden part could be found by subtraction; then the next
smallest part is hidden as well.
"""

from collections.abc import Mapping

SMALLEST_SHOWN = 3
FEW = f"<{SMALLEST_SHOWN}"
HIDDEN = "·"


def shown(count: int) -> int | str:
    """The count, or "<3" where it is one or two."""
    return FEW if 0 < count < SMALLEST_SHOWN else count


def shown_parts(parts: Mapping[str, int]) -> dict[str, int | str]:
    """The parts of a published whole with small ones as "<3" and, where only one is small, its next smallest as "·"."""
    result = {name: shown(count) for name, count in parts.items()}
    few = [name for name, count in result.items() if count == FEW]
    if len(few) == 1:
        rest = sorted((count, name) for name, count in parts.items() if name not in few and count > 0)
        if rest:
            result[rest[0][1]] = HIDDEN
    return result


def may_show_amount(count: int) -> bool:
    """Sums and medians are shown only when three or more stand behind them, or nobody at all."""
    return count == 0 or count >= SMALLEST_SHOWN
