"""The plain evaluator: one enterprise, one expression, in Python's own numbers.

It explains, serves single cases and is the second opinion on the compiled evaluator, so it imports nothing of it.
A value is Python's; `None` is unknown; a `Fault` is an error (overflow, division by zero, a date out of range).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite

from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tables import Spell, Table
from kerong.rulebook.tree import Node, Value


@dataclass(frozen=True, slots=True)
class Fault:
    """An error of arithmetic, with its reason; it never becomes a value."""

    reason: str


Result = Value | Table | tuple[Spell, ...] | Fault | None
Facts = Mapping[tuple[str, str], Result]
Parameters = Mapping[str, Value | Table | None]


def evaluate(node: Node, facts: Facts, on: date, parameters: Parameters) -> Result:
    """The value of an expression; fields that `facts` does not hold are unknown."""
    match node.kind:
        case "literal":
            return node.value if not isinstance(node.value, tuple) else None
        case "field":
            return facts.get(node.field)
        case "parameter":
            return parameters.get(str(node.value))
        case "on":
            return on
        case "and" | "or":
            return _decided(node, facts, on, parameters, decisive=node.kind == "or")
        case "case":
            return _case(node, facts, on, parameters)
        case "coalesce":
            return _first(node, facts, on, parameters)
    values = [evaluate(arg, facts, on, parameters) for arg in node.args]
    for value in values:
        if isinstance(value, Fault):
            return value
    if node.kind == "is_null":
        return values[0] is None
    if any(value is None for value in values):
        return None
    return FORMS[node.kind](node, *values)


def _decided(node: Node, facts: Facts, on: date, parameters: Parameters, decisive: bool) -> Result:
    result: Result = not decisive
    for arg in node.args:
        value = evaluate(arg, facts, on, parameters)
        if value is decisive:
            return decisive
        if isinstance(value, Fault):
            result = result if isinstance(result, Fault) else value
        elif value is None and not isinstance(result, Fault):
            result = None
    return result


def _case(node: Node, facts: Facts, on: date, parameters: Parameters) -> Result:
    for condition, value in zip(node.args[:-1:2], node.args[1::2], strict=True):
        holds = evaluate(condition, facts, on, parameters)
        if holds is None or isinstance(holds, Fault):
            return holds
        if holds:
            return evaluate(value, facts, on, parameters)
    return evaluate(node.args[-1], facts, on, parameters)


def _first(node: Node, facts: Facts, on: date, parameters: Parameters) -> Result:
    for arg in node.args:
        value = evaluate(arg, facts, on, parameters)
        if value is not None:
            return value
    return None


def _whole(value: int) -> Result:
    return value if abs(value) <= LIMIT else Fault("overflow")


def _held(value: int | float) -> Result:
    """A number inside the range of the language, or the fault."""
    if isinstance(value, float):
        return value if isfinite(value) else Fault("overflow")
    return _whole(value)


def _divide(node: Node, a: float, b: float) -> Result:
    if b == 0:
        return Fault("division by zero")
    try:
        return _held(float(a) / float(b))
    except OverflowError:
        return Fault("overflow")


def _years(node: Node, a: date, b: date) -> int:
    return b.year - a.year - ((b.month, b.day) < (a.month, a.day))


def _months(node: Node, a: date, b: date) -> int:
    return (b.year - a.year) * 12 + b.month - a.month - (b.day < a.day)


def month_end(year: int, month: int) -> int:
    """The last day of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _add_months(node: Node, start: date, months: int) -> Result:
    """The same day that many months on, or the month's last where it has no such day."""
    total = start.year * 12 + start.month - 1 + months
    year, month = total // 12, total % 12 + 1
    if not 1 <= year <= 9999:
        return Fault("a date out of range")
    return date(year, month, min(start.day, month_end(year, month)))


FORMS: dict[str, Callable[..., Result]] = {
    "not": lambda node, x: not x,
    "eq": lambda node, a, b: a == b,
    "lt": lambda node, a, b: a < b,
    "le": lambda node, a, b: a <= b,
    "in": lambda node, x: x in node.value,
    "add": lambda node, a, b: _held(a + b),
    "subtract": lambda node, a, b: _held(a - b),
    "negate": lambda node, x: _held(-x),
    "multiply": lambda node, a, b: _held(a * b),
    "divide": _divide,
    "number": lambda node, x: float(x),
    "share_bp": lambda node, a, b: _whole(a * b),
    "prorate": lambda node, a, days: _whole(a * days),
    "least": lambda node, *values: min(values),
    "greatest": lambda node, *values: max(values),
    "years_between": _years,
    "months_between": _months,
    "days_between": lambda node, a, b: (b - a).days,
    "year_of": lambda node, x: x.year,
    "month_of": lambda node, x: x.month,
    "add_months": _add_months,
    "left": lambda node, x: x[: node.value],
}


def rounded(value: int, divisor: int, how: str) -> int:
    """`value / divisor` to a whole number: "down" (to zero), "up" (from zero) or "half_up" (halves from zero)."""
    whole, rest = divmod(abs(value), divisor)
    if (how == "up" and rest) or (how == "half_up" and 2 * rest >= divisor):
        whole += 1
    return whole if value >= 0 else -whole
