"""The table of node kinds: one row each, with its types and what it does with unknown values.

`unknown` is one of
- "strict": unknown if any operand is unknown, an error if any operand is one;
- "and" / "or": the deciding operand (false / true) wins over errors, errors over unknown;
- "case": conditions in order up to the first that holds; an unknown condition makes the whole unknown;
- "first": the first operand that is known (`coalesce`); an error before it stays an error;
- "exceptions": of the conditions that no other beats exactly one may hold; an unknown one makes the whole unknown;
- "looks": sees the unknown itself (`is null`);
- "leaf": has no operands.
`held_on` is strict, and its spells may leave it unknown all the same: they carry what is not known themselves.
Both evaluators give a form to exactly these kinds; a test compares the names.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import lcm

from kerong.rulebook.types import (
    BOOL,
    COUNT,
    DATE,
    DAYS,
    FEN,
    MONTHS,
    RATIO,
    TEXT,
    YEAR,
    YEARS,
    Type,
    looked_up,
    valued,
)

LIMIT = 9_200_000_000_000_000_000  # whole numbers beyond this are an overflow, in both evaluators


class TypeClash(Exception):
    """An expression that makes no sense; the sentence names both sides, and the hint says what would help."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Kind:
    """`typed` maps the operands' types to the result's, or raises TypeClash; `arity` is (least, most)."""

    name: str
    symbol: str
    arity: tuple[int, int]
    unknown: str
    typed: Callable[[Sequence[Type]], Type]


def common(types: Sequence[Type], what: str) -> Type:
    """The type that all of `types` can be held in: a plain number fits any unit, a code is a text as well."""
    for found in types:
        refuse_unread(found, what)
    result = types[0]
    for other in types[1:]:
        result = _pair(result, other, what)
    return result


def refuse_unread(found: Type, what: str) -> None:
    """Tables and spells are no values of their own: a function reads them."""
    if found.kind == "table":
        reads = "lookup" if found.over in ("text", "district") else "step or marginal"
        raise TypeClash(f"{what}: a {found} is read by {reads}")
    if found.kind == "spells":
        raise TypeClash(f"{what}: spells are asked by held_on(spells, date)")


def _pair(a: Type, b: Type, what: str) -> Type:
    if a.kind == b.kind == "text":
        return _text(a, b, what)
    if a.kind == b.kind and a.unit == b.unit:
        return Type(a.kind, a.unit, lcm(a.divisor, b.divisor))
    if a.is_number and b.is_number:
        a_is_plain = a.unit == "number" and (b.unit != "number" or a.kind == "int")
        plain, other = (a, b) if a_is_plain else (b, a)
        if plain.unit == "number" and (plain.kind == "int" or other.kind == "float"):
            return other
    is_date = {a.kind, b.kind} in ({"date", "text"}, {"date", "int"})
    raise TypeClash(f"{what}: {a} does not go with {b}", "write date '2023-06-30'" if is_date else "")


def _text(a: Type, b: Type, what: str) -> Type:
    if a.codes and b.codes and set(a.codes) != set(b.codes):
        raise TypeClash(f"{what}: {a} does not go with {b}")
    return a if a.codes and b.codes else TEXT


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
    return YEAR if [t.unit for t in types] in (["year", "years"], ["years", "year"]) else common(types, "addition")


def _difference(types: Sequence[Type]) -> Type:
    """Years lie between two calendar years, and a calendar year lies some years before another."""
    _numbers(types, "+ and -")
    if [t.unit for t in types] in (["year", "years"], ["year", "year"]):
        return YEAR if types[1].unit == "years" else YEARS
    return common(types, "subtraction")


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
    if units <= {"count", "days", "months", "years"} or units == {"ratio"}:
        return a
    raise TypeClash(f"multiplication: {a} does not go with {b}")


def _quotient(types: Sequence[Type]) -> Type:
    """A quotient is a statistic (ratio): it never becomes money again."""
    _numbers(types, "/")
    a, b = types
    if a.unit == "fen" and b.unit != "fen" and a.divisor != 1:
        raise TypeClash("an amount that awaits its rounding is divided by amounts only")
    if a.unit == b.unit or b.unit in ("number", "count", "days", "months", "years", "ratio"):
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


def _add_days(types: Sequence[Type]) -> Type:
    _each(DATE, types[:1], "add_days")
    if types[1].kind != "int" or types[1].unit not in ("days", "number", "count"):
        raise TypeClash(f"add_days needs a whole number of days, not {types[1]}")
    return DATE


def _branches(what: str) -> Callable[[Sequence[Type]], Type]:
    """Operands are condition, value, condition, value, …, otherwise."""

    def typed(types: Sequence[Type]) -> Type:
        _each(BOOL, types[:-1:2], "when")
        return common([*types[1::2], types[-1]], what)

    return typed


def _table(types: Sequence[Type], what: str, keyed: bool = False) -> Type:
    table = types[1]
    if table.kind != "table":
        raise TypeClash(f"{what} reads a table, not {table}")
    if (table.over in ("text", "district")) != keyed:
        raise TypeClash(f"{what} does not read a {table}: use {'step or marginal' if keyed else 'lookup'}")
    return table


def _step(types: Sequence[Type]) -> Type:
    table = _table(types, "step")
    _numbers(types[:1], "step")
    common([types[0], looked_up(table)], "step")
    return valued(table)


def _marginal(types: Sequence[Type]) -> Type:
    """A part of an amount by slices of it, or fen for every one of what is counted."""
    table = _table(types, "marginal")
    _numbers(types[:1], "marginal")
    amount = common([types[0], looked_up(table)], "marginal")
    if table.over == "fen" and table.unit == "bp":
        return Type("int", "fen", amount.divisor * 10_000)
    if table.unit == "fen" and table.over in ("count", "days", "months", "years"):
        return FEN
    raise TypeClash(f"marginal takes basis points of fen or fen for every count, not a {table}")


def _lookup(types: Sequence[Type]) -> Type:
    table = _table(types, "lookup", keyed=True)
    _each(TEXT, types[:1], "lookup")
    return valued(table)


def _held_on(types: Sequence[Type]) -> Type:
    if types[0].kind != "spells":
        raise TypeClash(f"held_on asks spells, not {types[0]}")
    _each(DATE, types[1:], "held_on")
    return BOOL


def _is_null(types: Sequence[Type]) -> Type:
    if types[0].kind == "table":
        refuse_unread(types[0], "is null")
    return BOOL


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
        Kind("is_null", "is null", (1, 1), "looks", _is_null),
        Kind("add", "+", (2, 2), "strict", _sum),
        Kind("subtract", "-", (2, 2), "strict", _difference),
        Kind("negate", "-", (1, 1), "strict", _negate),
        Kind("multiply", "*", (2, 2), "strict", _product),
        Kind("divide", "/", (2, 2), "strict", _quotient),
        Kind("number", "number", (1, 1), "strict", _number),
        Kind("share_bp", "share_bp", (2, 2), "strict", _share),
        Kind("prorate", "prorate", (2, 2), "strict", _prorate),
        Kind("case", "case", (3, _MANY), "case", _branches("case")),
        Kind("exceptions", "exceptions", (3, _MANY), "exceptions", _branches("exceptions")),
        Kind("least", "least", (2, _MANY), "strict", _extreme("least")),
        Kind("greatest", "greatest", (2, _MANY), "strict", _extreme("greatest")),
        Kind("coalesce", "coalesce", (2, _MANY), "first", _any_of("coalesce")),
        Kind("years_between", "years_between", (2, 2), "strict", _dates(YEARS)),
        Kind("months_between", "months_between", (2, 2), "strict", _dates(MONTHS)),
        Kind("days_between", "days_between", (2, 2), "strict", _dates(DAYS)),
        Kind("year_of", "year_of", (1, 1), "strict", _dates(YEAR)),
        Kind("month_of", "month_of", (1, 1), "strict", _dates(COUNT)),
        Kind("add_months", "add_months", (2, 2), "strict", _add_months),
        Kind("add_days", "add_days", (2, 2), "strict", _add_days),
        Kind("left", "left", (1, 1), "strict", _left),
        Kind("step", "step", (2, 2), "strict", _step),
        Kind("marginal", "marginal", (2, 2), "strict", _marginal),
        Kind("lookup", "lookup", (2, 2), "strict", _lookup),
        Kind("held_on", "held_on", (2, 2), "strict", _held_on),
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
    "add_days",
    "left",
    "step",
    "marginal",
    "lookup",
    "held_on",
)
