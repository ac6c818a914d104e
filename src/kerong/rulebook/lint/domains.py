"""What a value may be when only its bounds are known: spans of numbers, sets of texts, unknown, error.

A domain always holds at least every value that can occur; it may hold more. Flags are 0 and 1, dates their ordinals, so
one kind of span serves numbers, dates and flags. Spans are closed: a decimal below 0.5 is at most the next one below.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from math import inf, isnan, nextafter

from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tree import Value
from kerong.rulebook.types import Type

MOST = 2**63  # no cell of a table is larger


@dataclass(frozen=True, slots=True)
class Span:
    """Numbers from `low` to `high`, both included."""

    low: int | float
    high: int | float


@dataclass(frozen=True, slots=True)
class Names:
    """The texts of `some`; without it every text but those of `but`."""

    some: frozenset[str] | None = None
    but: frozenset[str] = frozenset()


Values = Span | Names | None  # None: no value at all


@dataclass(frozen=True, slots=True)
class Domain:
    """The values that may occur, and whether the unknown and an error may."""

    values: Values
    null: bool = False
    fault: bool = False

    @property
    def is_empty(self) -> bool:
        return self.values is None and not self.null and not self.fault


NOTHING = Domain(None)
UNKNOWN = Domain(None, null=True)
ANY_TEXT = Names()
EITHER = Span(0, 1)
DAYS = Span(date.min.toordinal(), date.max.toordinal())


def everything(kind: Type) -> Values:
    """All values of a type; of a code list its codes."""
    match kind.kind:
        case "bool":
            return EITHER
        case "int":
            return Span(-MOST, MOST)
        case "float":
            return Span(-inf, inf)
        case "date":
            return DAYS
    codes = getattr(kind, "codes", ())
    return Names(frozenset(codes)) if codes else ANY_TEXT


def exactly(value: Value) -> Values:
    """The domain's values where only this one can occur."""
    if isinstance(value, str):
        return Names(frozenset([value]))
    number = value.toordinal() if isinstance(value, date) else int(value) if isinstance(value, bool) else value
    return Span(number, number)


def span(low: int | float, high: int | float) -> Span | None:
    """Numbers from low to high; none where low is above high."""
    return Span(low, high) if low <= high else None


def meet(a: Values, b: Values) -> Values:
    """The values that are in both."""
    if isinstance(a, Span) and isinstance(b, Span):
        return span(max(a.low, b.low), min(a.high, b.high))
    if isinstance(a, Names) and isinstance(b, Names):
        if a.some is None and b.some is None:
            return Names(None, a.but | b.but)
        some = a.some if b.some is None else b.some if a.some is None else a.some & b.some
        left = (some or frozenset()) - a.but - b.but
        return Names(left) if left else None
    return None


def join(a: Values, b: Values) -> Values:
    """At least the values that are in either."""
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, Span) and isinstance(b, Span):
        return Span(min(a.low, b.low), max(a.high, b.high))
    if isinstance(a, Names) and isinstance(b, Names):
        if a.some is not None and b.some is not None:
            return Names(a.some | b.some)
        closed = [n.some for n in (a, b) if n.some is not None]
        open_but = [n.but for n in (a, b) if n.some is None]
        return Names(None, frozenset.intersection(*open_but) - frozenset().union(*closed))
    raise TypeError("spans and names are never alternatives of one value")


def joined(parts: Iterable[Domain]) -> Domain:
    """At least what is in any of the domains."""
    result = NOTHING
    for part in parts:
        result = Domain(join(result.values, part.values), result.null or part.null, result.fault or part.fault)
    return result


def met(a: Domain, b: Domain) -> Domain:
    """What is in both domains."""
    return Domain(meet(a.values, b.values), a.null and b.null, a.fault and b.fault)


def below(value: int | float, *, included: bool) -> Span:
    """Numbers less than `value`, or up to it."""
    if not included:
        value = nextafter(value, -inf) if isinstance(value, float) else value - 1
    return Span(-inf, value)


def above(value: int | float, *, included: bool) -> Span:
    """Numbers greater than `value`, or from it on."""
    if not included:
        value = nextafter(value, inf) if isinstance(value, float) else value + 1
    return Span(value, inf)


def without(values: Values, value: Values) -> Values:
    """The values that differ from one single value, as far as a span can say it."""
    if isinstance(values, Span) and isinstance(value, Span) and value.low == value.high:
        low, high, gone = values.low, values.high, value.low
        if low == gone:
            low = nextafter(low, inf) if isinstance(low, float) else low + 1
        if high == gone:
            high = nextafter(high, -inf) if isinstance(high, float) else high - 1
        return span(low, high)
    if isinstance(values, Names) and isinstance(value, Names) and value.some is not None and len(value.some) == 1:
        if values.some is None:
            return Names(None, values.but | value.some)
        return Names(values.some - value.some) if values.some - value.some else None
    return values


def is_single(values: Values) -> bool:
    """Is there exactly one value?"""
    if isinstance(values, Span):
        return values.low == values.high
    return isinstance(values, Names) and values.some is not None and len(values.some) == 1


def held(low: int | float, high: int | float, kind: Type) -> Domain:
    """The result of arithmetic: what leaves the range of the language is an error."""
    if kind.kind == "float":
        low, high = (-inf if isnan(low) else low), (inf if isnan(high) else high)
        return Domain(span(low, high), fault=low == -inf or high == inf)
    return Domain(span(max(low, -LIMIT), min(high, LIMIT)), fault=low < -LIMIT or high > LIMIT)


def corners(a: Span, b: Span, of: Callable[[float, float], float]) -> tuple[float, float]:
    """Least and greatest of `of` over the corners; an undefined one (infinity / infinity) bounds nothing."""
    found = [of(x, y) for x in (a.low, a.high) for y in (b.low, b.high)]
    if any(isnan(value) for value in found):
        return -inf, inf
    return min(found), max(found)
