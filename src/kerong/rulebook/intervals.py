"""Between which whole numbers an expression can lie, from the least and the greatest value of the fields that it reads.

Where no value can pass the limit of the language, the compiled evaluator leaves out the watch for overflow.
"""

from collections.abc import Callable

from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tree import Node

Interval = tuple[int, int]
DAYS = 4_000_000  # more days, months or years than lie between the first and the last date

CHECKED = frozenset(("add", "subtract", "multiply", "share_bp", "prorate"))
DATED = frozenset(("years_between", "months_between", "days_between", "year_of", "month_of"))


def cannot_overflow(node: Node, leaf: Callable[[Node], Interval | None]) -> bool:
    """Whether a whole-number operation stays within the limit.

    `leaf` bounds a field, a literal, a parameter, or the values of a table.
    """
    if node.kind not in CHECKED or node.type.kind != "int":
        return False
    found = interval(node, leaf)
    return found is not None and max(abs(found[0]), abs(found[1])) <= LIMIT


def interval(node: Node, leaf: Callable[[Node], Interval | None]) -> Interval | None:
    """The least interval that this reasoning can name; None where it cannot name one."""
    if node.type.kind != "int":
        return None
    if node.kind in ("literal", "field", "parameter"):
        return leaf(node)
    if node.kind in DATED:
        return -DAYS, DAYS
    if node.kind in ("step", "lookup"):
        return leaf(node.args[1])
    values = (*node.args[1::2], node.args[-1]) if node.kind in ("case", "exceptions") else node.args
    parts = [interval(arg, leaf) for arg in values]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not known:
        return None
    if node.kind in ("case", "exceptions", "coalesce", "least", "greatest"):
        return min(low for low, _ in known), max(high for _, high in known)
    return _arithmetic(node.kind, known)


def _arithmetic(kind: str, parts: list[Interval]) -> Interval | None:
    low, high = parts[0]
    if kind == "negate":
        return -high, -low
    if kind not in CHECKED:
        return None
    other_low, other_high = parts[1]
    if kind == "add":
        return low + other_low, high + other_high
    if kind == "subtract":
        return low - other_high, high - other_low
    corners = [a * b for a in (low, high) for b in (other_low, other_high)]
    return min(corners), max(corners)
