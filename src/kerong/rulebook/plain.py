"""The plain evaluator: one enterprise, one expression, in Python's own numbers.

It explains, serves single cases and is the second opinion on the compiled evaluator, so it imports nothing of it.
A value is Python's; `None` is unknown; a `Fault` is an error (overflow, division by zero, a date out of range).
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite

from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tables import Entries, Spell, Steps, Table
from kerong.rulebook.tree import Node, Value


@dataclass(frozen=True, slots=True)
class Fault:
    """An error of arithmetic, with its reason; it never becomes a value."""

    reason: str


Result = Value | Table | tuple[Spell, ...] | Fault | None
Facts = Mapping[tuple[str, str], Result]
Parameters = Mapping[str, Value | Table | None]


Evaluator = Callable[[Facts, date, Parameters], Result]
"""A prepared expression: facts, day and parameters in, the value out."""


def evaluate(node: Node, facts: Facts, on: date, parameters: Parameters) -> Result:
    """The value of an expression; fields that `facts` does not hold are unknown."""
    return prepared(node)(facts, on, parameters)


def prepared(node: Node) -> Evaluator:
    """The expression as a function, for those who evaluate it many times: whoever prepares it keeps it."""
    if node.kind in _LEAVES:
        return _LEAVES[node.kind](node)
    operands = [prepared(arg) for arg in node.args]
    if node.kind in _SPECIAL:
        return _SPECIAL[node.kind](node, operands)
    if len(operands) == 1:
        return _of_one(node, *operands)
    return _of_two(node, *operands) if len(operands) == 2 else _of_many(node, operands)


def _literal(node: Node) -> Evaluator:
    value = node.value if not isinstance(node.value, tuple) else None
    return lambda facts, on, parameters: value


def _field(node: Node) -> Evaluator:
    field = node.field
    return lambda facts, on, parameters: facts.get(field)


def _parameter(node: Node) -> Evaluator:
    name = str(node.value)
    return lambda facts, on, parameters: parameters.get(name)


def _on(node: Node) -> Evaluator:
    return lambda facts, on, parameters: on


def _of_one(node: Node, operand: Evaluator) -> Evaluator:
    form = FORMS[node.kind]

    def value(facts: Facts, on: date, parameters: Parameters) -> Result:
        x = operand(facts, on, parameters)
        return x if x is None or isinstance(x, Fault) else form(node, x)

    return value


def _of_two(node: Node, first: Evaluator, second: Evaluator) -> Evaluator:
    form = FORMS[node.kind]

    def value(facts: Facts, on: date, parameters: Parameters) -> Result:
        a = first(facts, on, parameters)
        if isinstance(a, Fault):
            return a
        b = second(facts, on, parameters)
        if a is None or b is None:
            return b if isinstance(b, Fault) else None
        return b if isinstance(b, Fault) else form(node, a, b)

    return value


def _of_many(node: Node, operands: Sequence[Evaluator]) -> Evaluator:
    form = FORMS[node.kind]

    def value(facts: Facts, on: date, parameters: Parameters) -> Result:
        values = [operand(facts, on, parameters) for operand in operands]
        for found in values:
            if isinstance(found, Fault):
                return found
        return None if None in values else form(node, *values)

    return value


def _is_null(node: Node, operands: Sequence[Evaluator]) -> Evaluator:
    (operand,) = operands

    def value(facts: Facts, on: date, parameters: Parameters) -> Result:
        x = operand(facts, on, parameters)
        return x if isinstance(x, Fault) else x is None

    return value


def _decided(node: Node, operands: Sequence[Evaluator]) -> Evaluator:
    """`and` is false as soon as one operand is, `or` true as soon as one is; else an error, then the unknown."""
    decisive = node.kind == "or"

    def value(facts: Facts, on: date, parameters: Parameters) -> Result:
        result: Result = not decisive
        for operand in operands:
            found = operand(facts, on, parameters)
            if found is decisive:
                return decisive
            if isinstance(found, Fault):
                result = result if isinstance(result, Fault) else found
            elif found is None and not isinstance(result, Fault):
                result = None
        return result

    return value


def _case(node: Node, operands: Sequence[Evaluator]) -> Evaluator:
    branches = list(zip(operands[:-1:2], operands[1::2], strict=True))
    otherwise = operands[-1]

    def value(facts: Facts, on: date, parameters: Parameters) -> Result:
        for condition, outcome in branches:
            holds = condition(facts, on, parameters)
            if holds is None or isinstance(holds, Fault):
                return holds
            if holds:
                return outcome(facts, on, parameters)
        return otherwise(facts, on, parameters)

    return value


def _first(node: Node, operands: Sequence[Evaluator]) -> Evaluator:
    def value(facts: Facts, on: date, parameters: Parameters) -> Result:
        for operand in operands:
            found = operand(facts, on, parameters)
            if found is not None:
                return found
        return None

    return value


def _exceptions(node: Node, operands: Sequence[Evaluator]) -> Evaluator:
    """What certainly holds beats what it is over; of the rest exactly one may hold, and all must be known."""
    conditions, values, base = operands[:-1:2], operands[1::2], operands[-1]
    labels, beats = node.labels, node.beats

    def value(facts: Facts, on: date, parameters: Parameters) -> Result:
        found = [condition(facts, on, parameters) for condition in conditions]
        beaten = {j for i, j in beats if found[i] is True}
        standing = [i for i in range(len(found)) if i not in beaten]
        for i in standing:
            if isinstance(found[i], Fault):
                return found[i]
        if any(found[i] is None for i in standing):
            return None
        holding = [i for i in standing if found[i]]
        if len(holding) > 1:
            return Fault(f"exceptions {labels[holding[0]]} and {labels[holding[1]]} hold at once")
        return (values[holding[0]] if holding else base)(facts, on, parameters)

    return value


_LEAVES: dict[str, Callable[[Node], Evaluator]] = {
    "literal": _literal,
    "field": _field,
    "parameter": _parameter,
    "on": _on,
}
_SPECIAL: dict[str, Callable[[Node, Sequence[Evaluator]], Evaluator]] = {
    "and": _decided,
    "or": _decided,
    "case": _case,
    "coalesce": _first,
    "is_null": _is_null,
    "exceptions": _exceptions,
}


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


def _add_days(node: Node, start: date, days: int) -> Result:
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return Fault("a date out of range")


def _found(node: Node, value: int | float) -> Result:
    """A table's value in the type of the node: whole numbers of a table of ratios are decimals too."""
    return float(value) if node.type.kind == "float" else value


def _step(node: Node, x: int | float, table: Steps) -> Result:
    place = bisect_right(table.starts, x // node.args[0].type.divisor if isinstance(x, int) else x)
    return _found(node, table.values[place - 1]) if place else Fault("below the first step of the table")


def _marginal(node: Node, x: int, table: Steps) -> Result:
    """Every slice of x, from a start to the next, at its own value."""
    divisor, total = node.args[0].type.divisor, 0
    ends = [*(int(start) * divisor for start in table.starts[1:]), x]
    for start, end, value in zip(table.starts, ends, table.values, strict=True):
        total += max(0, min(end, x) - int(start) * divisor) * int(value)
    return _whole(total)


def _lookup(node: Node, x: str, table: Entries) -> Result:
    value = table.entries.get(x, table.otherwise)
    return Fault(f"no entry for {x} in {node.args[1].value}") if value is None else _found(node, value)


def _held_on(node: Node, spells: tuple[Spell, ...], day: date) -> Result:
    """Whether a spell covers the day; unknown where only one whose begin or end is not known may cover it."""
    covering = [s for s in spells if (s.begins is None or s.begins <= day) and (s.ends is None or day <= s.ends)]
    if any(s.begins is not None and s.ends is not None for s in covering):
        return True
    return None if covering else False


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
    "add_days": _add_days,
    "left": lambda node, x: x[: node.value],
    "step": _step,
    "marginal": _marginal,
    "lookup": _lookup,
    "held_on": _held_on,
}


def rounded(value: int, divisor: int, how: str) -> int:
    """`value / divisor` to a whole number: "down" (to zero), "up" (from zero) or "half_up" (halves from zero)."""
    whole, rest = divmod(abs(value), divisor)
    if (how == "up" and rest) or (how == "half_up" and 2 * rest >= divisor):
        whole += 1
    return whole if value >= 0 else -whole
