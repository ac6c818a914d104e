"""What published figures are held against: each other, and what their own parts make.

A check works a published ratio, share, sum or growth out again; the outcome is one of three. Two figures of one subject
and date contradict each other where no number could be both.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Literal

from kerong.rulebook.published import Check, Figure, Published
from kerong.rulebook.published_formulas import FormulaError, quantity_of, worked_out
from kerong.rulebook.units import money_of, unit_of

Outcome = Literal["agrees", "differs", "cannot_be_derived"]
TENTH, TWENTIETH = Fraction(1, 10), Fraction(1, 20)


@dataclass(frozen=True, slots=True)
class Checked:
    """A check with its outcome. `result` is exact and in the unit of the published figure, as `by` is.

    `by` is result less published, `by_share` the same as a part of the published value (None where that is zero).
    `inexact` names the parts that were published with a qualifier: the result is then no surer than they are.
    """

    check: Check
    outcome: Outcome
    published: Figure
    result: Fraction | None = None
    by: Fraction | None = None
    by_share: Fraction | None = None
    inexact: tuple[str, ...] = ()


def checked(check: Check, figures: Mapping[str, Figure], broken: Collection[str] = ()) -> Checked:
    """The outcome of a check. Raises FormulaError where its formula cannot be worked out."""
    published = figures[check.of]
    if check.formula is None:
        return Checked(check, "cannot_be_derived", published)
    quantity = worked_out(check.formula, figures, broken)
    unit = unit_of(published.unit)
    assert unit is not None, published.unit  # the loader refuses others
    if money_of(quantity.dimensions) != money_of(unit.dimensions):
        made = ", ".join(money_of(quantity.dimensions)) or "no money"
        raise FormulaError(f"the formula yields {made}, but {check.of} is published in {published.unit}")
    result = quantity.value / unit.scale
    value = Fraction(published.value)
    inexact = dict.fromkeys(part for part in quantity.parts if figures[part].qualifier != "exact")
    return Checked(
        check=check,
        outcome="agrees" if _agrees(result, published) else "differs",
        published=published,
        result=result,
        by=result - value,
        by_share=(result - value) / value if value else None,
        inexact=tuple(inexact),
    )


def all_checked(published: Published) -> Iterator[Checked]:
    """Every check of a pack with its outcome."""
    return (checked(check, published.numbers) for check in published.checks.values())


def _agrees(result: Fraction, figure: Figure) -> bool:
    value = Fraction(figure.value)
    if figure.qualifier in ("exact", "target"):
        return rounded(result, digits_of(figure.value)) == figure.value
    if figure.qualifier == "at_least":
        return result >= value
    if figure.qualifier == "at_most":
        return result <= value
    slack = abs(value) * (TWENTIETH if figure.qualifier == "about" else TENTH)
    if figure.qualifier == "about":
        return abs(result - value) <= slack
    return value <= result < value + slack if figure.qualifier == "over" else value - slack < result < value


def digits_of(value: Decimal) -> int:
    """Digits behind the point, as published."""
    return max(0, -int(value.as_tuple().exponent))


def rounded(value: Fraction, digits: int) -> Decimal:
    """Rounded to so many digits behind the point, a half away from zero, as one learns at school."""
    whole, rest = divmod(abs(value) * 10**digits, 1)
    sign = 1 if value < 0 and (whole or rest * 2 >= 1) else 0
    return Decimal((sign, tuple(map(int, str(whole + (rest * 2 >= 1)))), -digits))


def contradictions(figures: Collection[Figure], excused: Collection[frozenset[str]]) -> Iterator[tuple[Figure, Figure]]:
    """Pairs of figures of one subject and date that cannot both be true, but for those that an error names together."""
    together: dict[tuple[str, str], list[Figure]] = {}
    for figure in figures:
        if figure.subject:
            together.setdefault((figure.subject, figure.as_of), []).append(figure)
    for group in together.values():
        for one, other in combinations(group, 2):
            named = any({one.name, other.name} <= names for names in excused)
            if not named and not _can_both_be(one, other):
                yield one, other


def _can_both_be(one: Figure, other: Figure) -> bool:
    a, b = quantity_of(one), quantity_of(other)
    if a.dimensions != b.dimensions:
        # yuan and dollars of one thing are no contradiction, yuan and firms are
        return bool(money_of(a.dimensions)) and bool(money_of(b.dimensions))
    if (one.qualifier == "target") != (other.qualifier == "target"):
        return True  # what was wanted, and what came of it
    if one.qualifier in ("exact", "target") and other.qualifier in ("exact", "target"):
        return _is_rounding(one, b.value) or _is_rounding(other, a.value)
    low, high = _span(one, a.value), _span(other, b.value)
    return _meet(low, high)


def _is_rounding(figure: Figure, value: Fraction) -> bool:
    """Whether a number in whole units, rounded to the digits of a figure, is that figure."""
    unit = unit_of(figure.unit)
    assert unit is not None, figure.unit
    return rounded(value / unit.scale, digits_of(figure.value)) == figure.value


Span = tuple[Fraction | None, Fraction | None, bool, bool]  # from, to, and whether the ends belong to it


def _span(figure: Figure, value: Fraction) -> Span:
    """The numbers that a figure may stand for."""
    slack = abs(value) * TENTH
    match figure.qualifier:
        case "at_least":
            return value, None, True, True
        case "at_most":
            return None, value, True, True
        case "about":
            return value - slack / 2, value + slack / 2, True, True
        case "over":
            return value, value + slack, True, False
        case "nearly":
            return value - slack, value, False, False
    return value, value, True, True


def _meet(a: Span, b: Span) -> bool:
    return _reaches(a, b) and _reaches(b, a)


def _reaches(a: Span, b: Span) -> bool:
    """Whether the upper end of `a` is not below the lower end of `b`."""
    upper, lower = a[1], b[0]
    if upper is None or lower is None or upper > lower:
        return True
    return upper == lower and a[3] and b[2]
