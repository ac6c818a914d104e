"""The abstract form of every kind of node: from what its operands may be to what it may be."""

from collections.abc import Callable, Sequence
from datetime import date
from math import inf

from kerong.rulebook.lint.domains import (
    ANY_TEXT,
    DAYS,
    EITHER,
    Domain,
    Names,
    Span,
    Values,
    below,
    corners,
    everything,
    exactly,
    held,
    is_single,
    join,
    joined,
    meet,
)
from kerong.rulebook.plain import FORMS as PLAIN
from kerong.rulebook.plain import Fault
from kerong.rulebook.tables import Entries, Steps, Table
from kerong.rulebook.tree import Node

Form = Callable[[Node, Sequence[Domain], Table | None], Domain]


def _flag(can_be_true: bool, can_be_false: bool) -> Domain:
    low, high = (0 if can_be_false else 1), (1 if can_be_true else 0)
    return Domain(Span(low, high) if low <= high else None)


def can_be(domain: Domain, truth: bool) -> bool:
    """Can a condition come out so?"""
    return isinstance(domain.values, Span) and domain.values.low <= truth <= domain.values.high


def spans(parts: Sequence[Domain]) -> list[Span]:
    """The operands' spans; an operand without one was asked for a number and has none."""
    return [part.values for part in parts if isinstance(part.values, Span)]


def _not(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    return _flag(can_be(parts[0], truth=False), can_be(parts[0], truth=True))


def _eq(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    a, b = parts[0].values, parts[1].values
    shared = meet(a, b) is not None
    return _flag(shared, not (shared and is_single(a) and is_single(b)))


def _lt(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    a, b = spans(parts)
    return _flag(a.low < b.high, a.high >= b.low)


def _le(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    a, b = spans(parts)
    return _flag(a.low <= b.high, a.high > b.low)


def options(node: Node) -> list[Values]:
    """The values that an `in` lists."""
    return [exactly(value) for value in node.value] if isinstance(node.value, tuple) else []


def _in(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    x = parts[0].values
    hit = any(meet(x, option) is not None for option in options(node))
    if isinstance(x, Names):
        missed = x.some is None or not all(any(meet(exactly(t), o) for o in options(node)) for t in x.some)
    else:
        missed = not (hit and is_single(x))
    return _flag(hit, missed)


def _add(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    a, b = spans(parts)
    return held(a.low + b.low, a.high + b.high, node.type)


def _subtract(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    a, b = spans(parts)
    return held(a.low - b.high, a.high - b.low, node.type)


def _negate(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    (a,) = spans(parts)
    return held(-a.high, -a.low, node.type)


def _times(x: float, y: float) -> float:
    return 0 if x == 0 or y == 0 else x * y  # an endless bound is never reached, so nothing times it stays nothing


def _multiply(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    a, b = spans(parts)
    low, high = corners(a, b, _times)
    if node.type.kind == "float":
        low, high = float(low), float(high)
    return held(low, high, node.type)


def _divide(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    a, b = spans(parts)
    by_zero = b.low <= 0 <= b.high
    if by_zero and b.low == b.high:
        return Domain(None, fault=True)
    whole = node.args[1].type.kind == "int"
    if b.low == 0 and whole:
        b = Span(1, b.high)
    elif b.high == 0 and whole:
        b = Span(b.low, -1)
    elif by_zero:
        return Domain(Span(-inf, inf), fault=True)
    low, high = corners(Span(float(a.low), float(a.high)), Span(float(b.low), float(b.high)), lambda x, y: x / y)
    found = held(low, high, node.type)
    return Domain(found.values, fault=found.fault or by_zero)


def _number(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    (a,) = spans(parts)
    return Domain(Span(float(a.low), float(a.high)))


def _least(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    found = spans(parts)
    return Domain(Span(min(s.low for s in found), min(s.high for s in found)))


def _greatest(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    found = spans(parts)
    return Domain(Span(max(s.low for s in found), max(s.high for s in found)))


def _day(ordinal: int | float) -> date:
    return date.fromordinal(int(min(max(ordinal, DAYS.low), DAYS.high)))


def _between(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    a, b = spans(parts)
    form = PLAIN[node.kind]
    return Domain(Span(form(node, _day(a.high), _day(b.low)), form(node, _day(a.low), _day(b.high))))  # type: ignore[arg-type]


def _part_of_day(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    (a,) = spans(parts)
    first, last = _day(a.low), _day(a.high)
    if node.kind == "year_of":
        return Domain(Span(first.year, last.year))
    return Domain(Span(first.month, last.month) if first.year == last.year else Span(1, 12))


def _moved(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    """Days or months added to a day: what leaves the calendar is an error."""
    start, by = spans(parts)
    first = PLAIN[node.kind](node, _day(start.low), int(by.low))
    last = PLAIN[node.kind](node, _day(start.high), int(by.high))
    fault = isinstance(first, Fault) or isinstance(last, Fault)
    if (isinstance(first, Fault) and by.low > 0) or (isinstance(last, Fault) and by.high < 0):
        return Domain(None, fault=True)
    low = first.toordinal() if isinstance(first, date) else DAYS.low
    high = last.toordinal() if isinstance(last, date) else DAYS.high
    return Domain(Span(low, high), fault=fault)


def _left(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    x = parts[0].values
    if isinstance(x, Names) and x.some is not None and isinstance(node.value, int):
        return Domain(Names(frozenset(text[: node.value] for text in x.some)))
    return Domain(ANY_TEXT)


def tier_spans(table: Steps, *, whole: bool) -> list[Span]:
    """Where each step lies, the last without an end; `whole` says that what is looked up are whole numbers."""
    ends = [below(start, included=False).high for start in table.starts[1:]] + [inf]
    if not whole:
        ends = [below(float(start), included=False).high for start in table.starts[1:]] + [inf]
    return [Span(start, end) for start, end in zip(table.starts, ends, strict=True)]


def looked_up(node: Node, x: Values) -> Values:
    """What a step compares with its starts: an amount that awaits its rounding is brought to whole fen."""
    divisor = node.args[0].type.divisor
    return Span(x.low // divisor, x.high // divisor) if isinstance(x, Span) and divisor != 1 else x


def _step(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    x = looked_up(node, parts[0].values)
    if not isinstance(table, Steps) or not isinstance(x, Span):
        return Domain(everything(node.type) if x is not None else None, fault=parts[0].fault)
    values: Values = None
    tiers = tier_spans(table, whole=node.args[0].type.kind == "int")
    for tier, value in zip(tiers, table.values, strict=True):
        if meet(x, tier) is not None:
            values = join(values, exactly(float(value) if node.type.kind == "float" else value))
    return Domain(values, fault=parts[0].fault or x.low < table.starts[0])


def _marginal(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    found = everything(node.type)
    if isinstance(table, Steps) and all(value >= 0 for value in table.values) and isinstance(found, Span):
        return Domain(Span(0, found.high), fault=True)
    return Domain(found, fault=True)


def _lookup(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    x = parts[0].values
    if not isinstance(table, Entries) or not isinstance(x, Names):
        return Domain(everything(node.type) if x is not None else None, fault=True)
    others = x.some is None or not x.some <= set(table.entries)
    hits = [v for key, v in table.entries.items() if (key in x.some if x.some is not None else key not in x.but)]
    if others and table.otherwise is not None:
        hits.append(table.otherwise)
    values: Values = None
    for value in hits:
        values = join(values, exactly(float(value) if node.type.kind == "float" else value))
    return Domain(values, fault=parts[0].fault or (others and table.otherwise is None))


def _held_on(node: Node, parts: Sequence[Domain], table: Table | None) -> Domain:
    return Domain(EITHER, null=True)


FORMS: dict[str, Form] = {
    "not": _not,
    "eq": _eq,
    "lt": _lt,
    "le": _le,
    "in": _in,
    "add": _add,
    "subtract": _subtract,
    "negate": _negate,
    "multiply": _multiply,
    "divide": _divide,
    "number": _number,
    "share_bp": _multiply,
    "prorate": _multiply,
    "least": _least,
    "greatest": _greatest,
    "years_between": _between,
    "months_between": _between,
    "days_between": _between,
    "year_of": _part_of_day,
    "month_of": _part_of_day,
    "add_months": _moved,
    "add_days": _moved,
    "left": _left,
    "step": _step,
    "marginal": _marginal,
    "lookup": _lookup,
    "held_on": _held_on,
}


def _decided(node: Node, parts: Sequence[Domain]) -> Domain:
    """`and` is false as soon as one side is, `or` true as soon as one is, whatever else is unknown or an error."""
    decisive = node.kind == "or"
    some = any(can_be(part, decisive) for part in parts)
    all_other = all(can_be(part, not decisive) for part in parts)
    sure = any(can_be(p, decisive) and not can_be(p, not decisive) and not p.null and not p.fault for p in parts)
    flag = _flag(some if decisive else all_other, all_other if decisive else some)
    return Domain(flag.values, any(p.null for p in parts) and not sure, any(p.fault for p in parts) and not sure)


def _branches(node: Node, parts: Sequence[Domain]) -> Domain:
    reached: list[Domain] = []
    for condition, value in zip(parts[:-1:2], parts[1::2], strict=True):
        reached.append(Domain(None, condition.null, condition.fault))
        if can_be(condition, truth=True):
            reached.append(value)
        if not can_be(condition, truth=False):
            return joined(reached)
    return joined([*reached, parts[-1]])


def _exceptions(node: Node, parts: Sequence[Domain]) -> Domain:
    """Which exception beats which is left open, so every one that can hold may decide; two at once are an error."""
    conditions = parts[:-1:2]
    holding = [value for condition, value in zip(conditions, parts[1::2], strict=True) if can_be(condition, truth=True)]
    base = [parts[-1]] if all(can_be(condition, truth=False) for condition in conditions) else []
    null, fault = any(c.null for c in conditions), any(c.fault for c in conditions) or len(holding) > 1
    return joined([*holding, *base, Domain(None, null, fault)])


def _first(node: Node, parts: Sequence[Domain]) -> Domain:
    reached = []
    for part in parts:
        reached.append(Domain(part.values, fault=part.fault))
        if not part.null:
            return joined(reached)
    return joined([*reached, Domain(None, null=True)])


def _is_null(node: Node, parts: Sequence[Domain]) -> Domain:
    flag = _flag(parts[0].null, parts[0].values is not None)
    return Domain(flag.values, fault=parts[0].fault)


DECIDED: dict[str, Callable[[Node, Sequence[Domain]], Domain]] = {
    "and": _decided,
    "or": _decided,
    "case": _branches,
    "exceptions": _exceptions,
    "coalesce": _first,
    "is_null": _is_null,
}
