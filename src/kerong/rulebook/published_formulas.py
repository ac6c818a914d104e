"""Formulas of checks: published figures by name, numbers, + - * / and brackets, worked out exactly and with units.

They are no expressions of the rulebook: those look at a row of a city, these at what a text says, in exact fractions.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

from kerong.rulebook.parse import nearest
from kerong.rulebook.published import Figure
from kerong.rulebook.sheets import ELSEWHERE
from kerong.rulebook.units import Dimensions, unit_of

LONGEST = 2_000  # characters
DEEPEST = 40  # brackets within brackets
LARGEST = 10**200  # above and below the line of a fraction: far more than any source publishes, and still a decimal
TOKEN = re.compile(
    r"\s*(?:(?P<number>[0-9][0-9_]*(?:\.[0-9]+)?)|(?P<name>[a-z][a-z0-9_]*(?:\.(?:[\w#]+|'[^']*'))*)|(?P<sign>[-+*/()]))"
)


class FormulaError(ValueError):
    """What is wrong with a formula, and what would help."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Quantity:
    """An exact number with what it counts; `parts` are the figures that it was worked out of."""

    value: Fraction
    dimensions: Dimensions = ()
    parts: tuple[str, ...] = ()


def quantity_of(figure: Figure) -> Quantity:
    """The number of a figure in whole yuan, firms and so on. Its unit is known."""
    unit = unit_of(figure.unit)
    assert unit is not None, figure.unit  # the loader refuses others
    return Quantity(Fraction(figure.value) * unit.scale, unit.dimensions, (figure.name,))


def worked_out(text: str, figures: Mapping[str, Figure], broken: Collection[str] = ()) -> Quantity:
    """The exact result of a formula; `broken` are figures whose own errors have been told.

    Raises FormulaError where it cannot be read, names no figure, adds unlike units or divides by zero.
    """
    if len(text) > LONGEST:
        raise FormulaError(f"a formula of {len(text):,} characters is too long", f"at most {LONGEST:,}")
    reader = _Reader(_tokens(text), figures, broken)
    result = reader.sum(0)
    if reader.rest:
        raise FormulaError(f"{reader.rest[-1][1]!r} is not expected here")
    if not result.parts:
        raise FormulaError("the formula names no figure")
    return result


def _tokens(text: str) -> list[tuple[str, str]]:
    """Kind and text of every token, the first one last."""
    found, at = [], 0
    text = text.rstrip()
    while at < len(text):
        token = TOKEN.match(text, at)
        if token is None:
            raise FormulaError(
                f"{text[at:].strip()[:12]!r} is not expected here", "figures by name, numbers, + - * / and brackets"
            )
        found.append((str(token.lastgroup), token[str(token.lastgroup)]))
        at = token.end()
    return found[::-1]


@dataclass(slots=True)
class _Reader:
    """Works a formula out while it reads it."""

    rest: list[tuple[str, str]]
    figures: Mapping[str, Figure]
    broken: Collection[str]

    def _sign(self, among: str) -> str | None:
        """Take the next sign if it is one of `among`."""
        if self.rest and self.rest[-1][0] == "sign" and self.rest[-1][1] in among:
            return self.rest.pop()[1]
        return None

    def sum(self, depth: int) -> Quantity:
        """Products with + and - between them."""
        if depth > DEEPEST:
            raise FormulaError("nested too deeply", f"at most {DEEPEST} brackets")
        result = self._product(depth)
        while sign := self._sign("+-"):
            result = _added(result, self._product(depth), sign)
        return result

    def _product(self, depth: int) -> Quantity:
        result = self._one(depth)
        while sign := self._sign("*/"):
            result = _multiplied(result, self._one(depth), sign)
        return result

    def _one(self, depth: int) -> Quantity:
        if self._sign("("):
            inner = self.sum(depth + 1)
            if not self._sign(")"):
                raise FormulaError("a bracket is not closed")
            return inner
        if not self.rest:
            raise FormulaError("the formula ends too early")
        kind, text = self.rest.pop()
        if kind == "number":
            return Quantity(_held(Fraction(text.replace("_", ""))))
        if kind == "name":
            return self._figure(text.replace("'", ""))
        raise FormulaError(f"{text!r} is not expected here", "a figure or a number")

    def _figure(self, name: str) -> Quantity:
        if name in self.figures:
            return quantity_of(self.figures[name])
        if name in self.broken or name.partition(".")[0] in self.broken:
            raise FormulaError(f"{name} {ELSEWHERE}")
        raise FormulaError(f"there is no figure {name}", nearest(name, self.figures))


def _added(a: Quantity, b: Quantity, sign: str) -> Quantity:
    if a.dimensions != b.dimensions:
        raise FormulaError(
            f"{_in_words(a)} and {_in_words(b)} are unlike units", "only figures of one kind are added or subtracted"
        )
    value = a.value + b.value if sign == "+" else a.value - b.value
    return Quantity(_held(value), a.dimensions, (*a.parts, *b.parts))


def _multiplied(a: Quantity, b: Quantity, sign: str) -> Quantity:
    if sign == "/" and b.value == 0:
        raise FormulaError("the formula divides by zero")
    powers = dict(a.dimensions)
    for what, power in b.dimensions:
        powers[what] = powers.get(what, 0) + (power if sign == "*" else -power)
    left = tuple(sorted((what, power) for what, power in powers.items() if power))
    value = a.value * b.value if sign == "*" else a.value / b.value
    return Quantity(_held(value), left, (*a.parts, *b.parts))


def _held(value: Fraction) -> Fraction:
    """A number that can be shown; raises FormulaError for one that is too large or too small for that."""
    if max(abs(value.numerator), value.denominator) > LARGEST:
        raise FormulaError("the formula makes a number of more than 200 digits")
    return value


def _in_words(quantity: Quantity) -> str:
    what = " ".join(name if power == 1 else f"{name}^{power}" for name, power in quantity.dimensions) or "a bare number"
    return f"{what} ({', '.join(quantity.parts)})" if quantity.parts else what
