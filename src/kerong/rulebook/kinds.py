"""The table of node kinds: one row each, with its types and what it does with unknown values.

`unknown` is one of
- "strict": unknown if any operand is unknown, an error if any operand is one;
- "and" / "or": the deciding operand (false / true) wins over errors, errors over unknown;
- "case": conditions in order up to the first that holds; an unknown condition makes the whole unknown;
- "first": the first operand that is known (`coalesce`); an error before it stays an error;
- "looks": sees the unknown itself (`is null`);
- "leaf": has no operands.
Both evaluators give a form to exactly these kinds; a test compares the names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lcm

from kerong.rulebook.types import BOOL, COUNT, DATE, DAYS, MONTHS, RATIO, TEXT, YEAR, Type

LIMIT = 9_200_000_000_000_000_000  # whole numbers beyond this are an overflow, in both evaluators


class TypeClash(Exception):
    """An expression that makes no sense; the sentence names both sides."""


@dataclass(frozen=True, slots=True)
class Kind:
    """`typed` maps the operands' types to the result's, or raises TypeClash; `arity` is (least, most)."""

    name: str
    symbol: str
    arity: tuple[int, int]
    unknown: str
    typed: Callable[[Sequence[Type]], Type]


def common(types: Sequence[Type], what: str) -> Type:
    """The type that all of `types` can be held in; a plain number fits any unit."""
    result = types[0]
    for other in types[1:]:
        result = _pair(result, other, what)
    return result


def _pair(a: Type, b: Type, what: str) -> Type:
    if a.kind == b.kind and a.unit == b.unit:
        return Type(a.kind, a.unit, lcm(a.divisor, b.divisor))
    if a.is_number and b.is_number:
        a_is_plain = a.unit == "number" and (b.unit != "number" or a.kind == "int")
        plain, other = (a, b) if a_is_plain else (b, a)
        if plain.unit == "number" and (plain.kind == "int" or other.kind == "float"):
            return other
    raise TypeClash(f"{what}: {a} does not go with {b}")


def _each(wanted: Type, types: Sequence[Type], what: str) -> None:
    for found in types:
        if found.kind != wanted.kind:
            raise TypeClash(f"{what} needs a {wanted}, not {found}")


def _logical(types: Sequence[Type]) -> Type:
    _each(BOOL, types, "and / or / not")
    return BOOL


def _compare(types: Sequence[Type]) -> Type:
    common(types, "comparison")
    return BOOL


def _ordered(types: Sequence[Type]) -> Type:
    if common(types, "comparison").kind in ("bool", "text"):
        raise TypeClash(f"a {types[0]} has no order: use = or in")
    return BOOL


def _sum(types: Sequence[Type]) -> Type:
    _numbers(types, "+ and -")
    return common(types, "addition")


def _numbers(types: Sequence[Type], what: str) -> None:
    for found in types:
        if not found.is_number:
            raise TypeClash(f"{what} needs numbers, not {found}")


def _negate(types: Sequence[Type]) -> Type:
    _numbers(types, "-")
    return types[0]


def _product(types: Sequence[Type]) -> Type:
    _numbers(types, "*")
    a, b = types
    units = {a.unit, b.unit}
    if "fen" in units:
        other = b if a.unit == "fen" else a
        if other.unit not in ("count", "number") or other.kind != "int":
            hint = "; use share_bp(amount, rate)" if other.unit in ("bp", "ratio", "number") else ""
            raise TypeClash(f"multiplication: {a} does not go with {b}{hint}")
        return a if a.unit == "fen" else b
    if "number" in units:
        return common(types, "multiplication")
    if units <= {"count", "days", "months"} or units == {"ratio"}:
        return a
    raise TypeClash(f"multiplication: {a} does not go with {b}")


def _quotient(types: Sequence[Type]) -> Type:
    """A quotient is a statistic (ratio): it never becomes money again."""
    _numbers(types, "/")
    a, b = types
    if a.unit == "fen" and b.unit != "fen" and a.divisor != 1:
        raise TypeClash("an amount that awaits its rounding is divided by amounts only")
    if a.unit == b.unit or b.unit in ("number", "count", "days", "months", "ratio"):
        return RATIO
    raise TypeClash(f"division: {a} does not go with {b}")


def _share(types: Sequence[Type]) -> Type:
    amount, rate = types
    if amount.unit != "fen":
        raise TypeClash(f"share_bp needs an amount in fen, not {amount}")
    if rate.kind != "int" or rate.unit not in ("bp", "number"):
        raise TypeClash(f"share_bp needs a rate in basis points, not {rate}")
    return Type("int", "fen", amount.divisor * 10_000)


def _prorate(types: Sequence[Type]) -> Type:
    """The parser multiplies the divisor by the year's basis, a literal."""
    amount, days = types
    if amount.unit != "fen":
        raise TypeClash(f"prorate needs an amount in fen, not {amount}")
    if days.kind != "int" or days.unit not in ("days", "number"):
        raise TypeClash(f"prorate needs a number of days, not {days}")
    return amount


def _dates(result: Type) -> Callable[[Sequence[Type]], Type]:
    def typed(types: Sequence[Type]) -> Type:
        _each(DATE, types, "this function")
        return result

    return typed


def _add_months(types: Sequence[Type]) -> Type:
    _each(DATE, types[:1], "add_months")
    if types[1].kind != "int" or types[1].unit not in ("months", "number", "count"):
        raise TypeClash(f"add_months needs a whole number of months, not {types[1]}")
    return DATE


def _case(types: Sequence[Type]) -> Type:
    """Operands are condition, value, condition, value, …, otherwise."""
    _each(BOOL, types[:-1:2], "when")
    return common([*types[1::2], types[-1]], "case")


def _left(types: Sequence[Type]) -> Type:
    _each(TEXT, types, "left")
    return TEXT


def _number(types: Sequence[Type]) -> Type:
    _numbers(types, "number")
    if types[0].unit == "fen":
        raise TypeClash("money never becomes a plain number: divide it by an amount instead")
    return RATIO


def _leaf(types: Sequence[Type]) -> Type:
    raise TypeClash("a leaf has no operands")


def _any_of(what: str) -> Callable[[Sequence[Type]], Type]:
    return lambda types: common(types, what)


def _extreme(what: str) -> Callable[[Sequence[Type]], Type]:
    def typed(types: Sequence[Type]) -> Type:
        result = common(types, what)
        if result.kind in ("bool", "text"):
            raise TypeClash(f"{what} needs numbers or dates, not {result}")
        return result

    return typed


_MANY = 200
KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind("literal", "", (0, 0), "leaf", _leaf),
        Kind("field", "", (0, 0), "leaf", _leaf),
        Kind("parameter", "", (0, 0), "leaf", _leaf),
        Kind("on", "on", (0, 0), "leaf", _leaf),
        Kind("and", "and", (2, _MANY), "and", _logical),
        Kind("or", "or", (2, _MANY), "or", _logical),
        Kind("not", "not", (1, 1), "strict", _logical),
        Kind("eq", "=", (2, 2), "strict", _compare),
        Kind("lt", "<", (2, 2), "strict", _ordered),
        Kind("le", "<=", (2, 2), "strict", _ordered),
        Kind("in", "in", (1, 1), "strict", lambda types: BOOL),
        Kind("is_null", "is null", (1, 1), "looks", lambda types: BOOL),
        Kind("add", "+", (2, 2), "strict", _sum),
        Kind("subtract", "-", (2, 2), "strict", _sum),
        Kind("negate", "-", (1, 1), "strict", _negate),
        Kind("multiply", "*", (2, 2), "strict", _product),
        Kind("divide", "/", (2, 2), "strict", _quotient),
        Kind("number", "number", (1, 1), "strict", _number),
        Kind("share_bp", "share_bp", (2, 2), "strict", _share),
        Kind("prorate", "prorate", (2, 2), "strict", _prorate),
        Kind("case", "case", (3, _MANY), "case", _case),
        Kind("least", "least", (2, _MANY), "strict", _extreme("least")),
        Kind("greatest", "greatest", (2, _MANY), "strict", _extreme("greatest")),
        Kind("coalesce", "coalesce", (2, _MANY), "first", _any_of("coalesce")),
        Kind("years_between", "years_between", (2, 2), "strict", _dates(COUNT)),
        Kind("months_between", "months_between", (2, 2), "strict", _dates(MONTHS)),
        Kind("days_between", "days_between", (2, 2), "strict", _dates(DAYS)),
        Kind("year_of", "year_of", (1, 1), "strict", _dates(YEAR)),
        Kind("month_of", "month_of", (1, 1), "strict", _dates(COUNT)),
        Kind("add_months", "add_months", (2, 2), "strict", _add_months),
        Kind("left", "left", (1, 1), "strict", _left),
    )
}
FUNCTIONS = (
    "share_bp",
    "prorate",
    "number",
    "least",
    "greatest",
    "coalesce",
    "years_between",
    "months_between",
    "days_between",
    "year_of",
    "month_of",
    "add_months",
    "left",
)
