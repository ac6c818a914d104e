"""A made-up enterprise or row that a rule pays: found by trying values until every clause holds.

The search is by trial, not complete: where it finds none, nothing is said. What it finds is judged by the plain
evaluator, formulas included, so an amount that is told is one that the rule pays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import inf

from kerong.rulebook.content import Rule
from kerong.rulebook.lint.clauses import together
from kerong.rulebook.lint.days import read_by
from kerong.rulebook.lint.domains import DAYS, MOST, Names, Span
from kerong.rulebook.lint.reach import Known, Name, Scene
from kerong.rulebook.plain import Evaluator, Fault, Parameters, Result, evaluate, prepared, rounded
from kerong.rulebook.tables import Spell
from kerong.rulebook.tree import Node, walk
from kerong.rulebook.types import Type

TYPICAL = {"fen": (100_000_000, 1_000_000_000, 0, 1), "float": (0.5, 1.0, 0.1, 0.0, 100.0)}
COUNTS = (1, 0, 2, 10, 100)
CAPS = ("row", "enterprise", "enterprise_year")
ALWAYS = (Spell(date.min, date.max),)
SWEEPS = 3  # times that every field is tried; fields are few and most are right at once


@dataclass(frozen=True, slots=True)
class Made:
    """How a formula's column is made: its expression, the parameters of its file on the day, its rounding."""

    value: Evaluator
    parameters: Parameters
    divisor: int
    round: str


@dataclass(frozen=True, slots=True)
class Facts(Mapping[Name, Result]):
    """Values of measures and columns; formulas are worked out from them unless they are given."""

    formulas: Mapping[Name, Made]
    on: date
    given: Mapping[Name, Result]
    _found: dict[Name, Result] = field(default_factory=dict)

    def __getitem__(self, name: Name) -> Result:
        if name in self.given:
            return self.given[name]
        if name not in self.formulas:
            return None
        if name not in self._found:
            made = self.formulas[name]
            found = made.value(self, self.on, made.parameters)
            if isinstance(found, int) and made.divisor != 1:
                found = rounded(found, made.divisor, made.round)
            self._found[name] = None if isinstance(found, Fault) else found
        return self._found[name]

    def __iter__(self) -> Iterator[Name]:
        return iter(self.given)

    def __len__(self) -> int:
        return len(self.given)


@dataclass(frozen=True)
class Trial:
    """A rule on one day, to be tried on made-up subjects."""

    rule: Rule
    scene: Scene
    on: date

    @cached_property
    def parameters(self) -> Parameters:
        return {name: parameter.at(self.on) for name, parameter in self.rule.parameters.items()}

    @cached_property
    def conditions(self) -> list[Evaluator]:
        return [prepared(clause.condition) for clause in self.rule.clauses]

    @cached_property
    def nodes(self) -> list[Node]:
        """Clauses and amount."""
        amount = self.rule.amount
        parts = [node for node in (amount.fen, amount.base) if node is not None] if amount else []
        return [*(clause.condition for clause in self.rule.clauses), *parts]

    @cached_property
    def types(self) -> dict[Name, Type]:
        """Every field that is read, directly or by formulas, with its type."""
        found = {}
        reached = read_by(self.nodes, self.scene.rulebook)
        formulas = [f.value for f in map(self.scene.formula, sorted(reached)) if f is not None]
        for node in (*self.nodes, *formulas):
            found.update({leaf.field: leaf.type for leaf in walk(node) if leaf.kind == "field"})
        return found

    @cached_property
    def leaves(self) -> list[Name]:
        """The fields that no formula makes: what a subject is made of."""
        return [name for name in sorted(self.types) if self.scene.formula(name) is None and name[0]]

    def facts(self, given: Mapping[Name, Result]) -> Facts:
        """A subject of which only `given` is set."""
        return Facts(self.formulas, self.on, given)

    @cached_property
    def formulas(self) -> dict[Name, Made]:
        """The formulas behind the rule, prepared."""
        found = {}
        for name in self.types:
            formula = self.scene.formula(name)
            if formula is not None:
                parameters = {key: parameter.at(self.on) for key, parameter in formula.parameters.items()}
                value = prepared(formula.value)
                found[name] = Made(value, parameters, formula.value.type.divisor, formula.round)
        return found

    def held(self, given: Mapping[Name, Result]) -> int:
        """How many clauses hold."""
        facts = self.facts(given)
        return sum(condition(facts, self.on, self.parameters) is True for condition in self.conditions)

    def amount(self, given: Mapping[Name, Result]) -> int | None:
        """What the subject is paid after the caps of the row and of the enterprise: 0 where a clause refuses it."""
        amount = self.rule.amount
        if amount is None or self.held(given) < len(self.rule.clauses):
            return 0
        facts = self.facts(given)
        fen, base = self.payment
        if base is not None:
            facts = self.facts({**given, ("", "base"): base(facts, self.on, self.parameters)})
        found = fen(facts, self.on, self.parameters) if fen is not None else None
        if not isinstance(found, int):
            return None
        return min([rounded(found, amount.fen.type.divisor, amount.round), *self.caps])

    @cached_property
    def payment(self) -> tuple[Evaluator | None, Evaluator | None]:
        """The amount and its base, prepared."""
        amount = self.rule.amount
        parts = (amount.fen, amount.base) if amount is not None else (None, None)
        return prepared(parts[0]) if parts[0] else None, prepared(parts[1]) if parts[1] else None

    @cached_property
    def caps(self) -> list[int]:
        """The caps of the row and of the enterprise."""
        limits = [limit for limit in self.rule.limits if limit.scope in CAPS]
        found = [evaluate(limit.fen, {}, self.on, self.parameters) for limit in limits]
        return [cap for cap in found if isinstance(cap, int)]

    @cached_property
    def known(self) -> Known:
        """What the clauses say of the fields."""
        return together(self.scene, self.rule, list(self.rule.clauses)) or Known()

    def options(self, name: Name) -> list[Result]:
        """Values of a field worth trying, the likeliest first."""
        kind, values = self.types[name], self.scene.field(name, self.types[name], self.known).values
        if kind.kind == "spells":
            return [ALWAYS, (), None]
        if isinstance(values, Names):
            texts = sorted(values.some)[:8] if values.some is not None else []
            said = {v for node in self.said for v in _texts(node) if values.some is None and v not in values.but}
            return [*texts, *sorted(said)[:8], "" if values.some is None else None]
        if not isinstance(values, Span):
            return [None]
        if kind.kind == "bool":
            return [bool(v) for v in (0, 1) if values.low <= v <= values.high] + [None]
        if kind.kind == "date":
            tried: list[int | float] = [self.on.toordinal() - days for days in (100, 0, -100, 800)]
            inner = [v for v in (values.low, values.high) if v not in (DAYS.low, DAYS.high)]
            return [date.fromordinal(int(v)) for v in (*tried, *inner) if values.low <= v <= values.high] + [None]
        tried = list(TYPICAL.get(kind.unit) or TYPICAL.get(kind.kind) or COUNTS)
        tried += [v for v in (values.low, values.high) if abs(v) not in (MOST, inf)]
        return [v for v in tried if values.low <= v <= values.high] + [None]

    @cached_property
    def said(self) -> list[Node]:
        """Literals and lists of literals in the expressions and in the formulas behind them."""
        formulas = [f.value for f in map(self.scene.formula, sorted(self.types)) if f is not None]
        return [n for node in (*self.nodes, *formulas) for n in walk(node) if n.kind in ("literal", "in")]

    def subject(self, fixed: Mapping[Name, Result]) -> dict[Name, Result] | None:
        """A subject that every clause admits and that is paid something, with `fixed` as given; None: not found."""
        tried = {name: self.options(name) for name in self.leaves if name not in fixed}
        given: dict[Name, Result] = {**{name: found[0] for name, found in tried.items()}, **fixed}
        best, perfect = self._merit(given), (len(self.rule.clauses), True)
        for _ in range(SWEEPS):
            before = best
            for name, value in ((name, value) for name, found in tried.items() for value in found[1:]):
                if best == perfect:
                    return given
                other = {**given, name: value}
                merit = self._merit(other)
                if merit > best:
                    given, best = other, merit
            if best == before:
                break
        return given if best == perfect else None

    def _merit(self, given: Mapping[Name, Result]) -> tuple[int, bool]:
        held = self.held(given)
        return held, held == len(self.rule.clauses) and bool(self.amount(given))


def _texts(node: Node) -> Iterator[str]:
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    yield from (value for value in values if isinstance(value, str))
