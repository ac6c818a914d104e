"""Between which whole numbers an expression can lie, from the least and the greatest value of the fields that it reads.

Where no value can pass the limit of the language, the compiled evaluator leaves out the watch for overflow.
"""

from collections.abc import Callable

from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tables import Entries, Steps, Table
from kerong.rulebook.tree import Node

Interval = tuple[int, int]
Leaf = Callable[[Node], Interval | None]
TableOf = Callable[[Node], Table | None]
DAYS = 4_000_000  # more days, months or years than lie between the first and the last date

CHECKED = frozenset(("add", "subtract", "multiply", "share_bp", "prorate"))
WATCHED = CHECKED | {"marginal"}
DATED = frozenset(("years_between", "months_between", "days_between", "year_of", "month_of"))


def no_table(node: Node) -> None:
    """The answer of those who have no tables at hand."""


def cannot_overflow(node: Node, leaf: Leaf, table: TableOf = no_table) -> bool:
    """Whether a whole-number operation stays within the limit.

    `leaf` bounds a field, a literal, a parameter, or the values of a table; `table` gives the table of a parameter.
    """
    if node.kind not in WATCHED or node.type.kind != "int":
        return False
    found = interval(node, leaf, table)
    return found is not None and max(abs(found[0]), abs(found[1])) <= LIMIT


def begins_within(node: Node, leaf: Leaf, table: TableOf) -> bool:
    """Whether a `step` is never asked below its first start."""
    steps, x = table(node.args[1]), interval(node.args[0], leaf, table)
    return isinstance(steps, Steps) and x is not None and x[0] >= steps.starts[0] * node.args[0].type.divisor


def interval(node: Node, leaf: Leaf, table: TableOf = no_table) -> Interval | None:
    """The least interval that this reasoning can name; None where it cannot name one."""
    if node.type.kind != "int":
        return None
    if node.kind in ("literal", "field", "parameter"):
        return leaf(node)
    if node.kind in DATED:
        return -DAYS, DAYS
    if node.kind in ("step", "lookup"):
        return leaf(node.args[1])
    if node.kind == "marginal":
        steps, x = table(node.args[1]), interval(node.args[0], leaf, table)
        return _sums(steps, x, node.args[0].type.divisor) if isinstance(steps, Steps) and x is not None else None
    values = (*node.args[1::2], node.args[-1]) if node.kind in ("case", "exceptions") else node.args
    parts = [interval(arg, leaf, table) for arg in values]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or not known:
        return None
    lows, highs = zip(*known, strict=True)
    if node.kind == "least":
        return min(lows), min(highs)
    if node.kind == "greatest":
        return max(lows), max(highs)
    if node.kind in ("case", "exceptions", "coalesce"):
        return min(lows), max(highs)
    return _arithmetic(node.kind, known)


def _sums(steps: Steps, x: Interval, divisor: int) -> Interval:
    """Between its starts a sum of slices runs straight: its extremes lie at starts or at the ends of the interval."""
    starts = [int(start) * divisor for start in steps.starts]
    turns = [*x, *(start for start in starts if x[0] < start < x[1])]
    sums = [_sum(starts, [int(value) for value in steps.values], amount) for amount in turns]
    return min(sums), max(sums)


def _sum(starts: list[int], values: list[int], amount: int) -> int:
    ends = [*starts[1:], max(amount, starts[-1])]
    slices = zip(starts, ends, values, strict=True)
    return sum((min(amount, end) - start) * value for start, end, value in slices if amount > start)


def range_of(value: object) -> Interval | None:
    """Between which whole numbers a value, or the values of a table, lie; what is unknown is never more than 0."""
    if isinstance(value, Steps | Entries):
        values = value.values if isinstance(value, Steps) else (*value.entries.values(), value.otherwise)
        whole = [found for found in values if isinstance(found, int)]
        is_whole = whole and not any(isinstance(found, float) for found in values)
        return (min(whole), max(whole)) if is_whole else None
    return (value, value) if isinstance(value, int) else (0, 0) if value is None else None


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
