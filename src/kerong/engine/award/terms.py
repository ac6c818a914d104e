"""The terms of a day: which caps, choices and layers are in force, with their amounts in fen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kerong.rulebook import plain
from kerong.rulebook.content import Group, Parameter, Rule, Rulebook
from kerong.rulebook.layers import layer_positions
from kerong.rulebook.tree import Node

# the written order; a cut is named after the first limit in it that leaves less
SCOPES = (
    "row",
    "enterprise",
    "payee",
    "enterprise_year",
    "payee_year",
    "affiliates",
    "affiliates_year",
    "joint",
    "budget",
    "budget_year",
)


@dataclass(frozen=True, slots=True)
class Cap:
    """A limit of one rule, or a joint cap of several.

    `scope` is its place in the written order, `per` what it counts by; `fen` None: the base of the claims; `years`:
    first and last year that count.
    """

    name: str
    scope: str
    per: str
    rules: tuple[str, ...]
    fen: int | None
    share: str = "first_come"
    years: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Rules of which an enterprise, a row or a piece of evidence has one alone."""

    name: str
    rules: tuple[str, ...]
    per: str
    by_year: bool
    is_best: bool


@dataclass(frozen=True, slots=True)
class Layers:
    """Rules in order, each on what the earlier ones have left of the base of a row or a piece of evidence."""

    name: str
    rules: tuple[str, ...]
    per: str


@dataclass(frozen=True, slots=True)
class Terms:
    """`caps` in the written order; `positions`: the layer of a rule, 0 if none; `registers`: what a rule looks at."""

    caps: tuple[Cap, ...]
    choices: tuple[Choice, ...] = ()
    layers: tuple[Layers, ...] = ()
    positions: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    registers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all that may cut a claim, in their own order."""
        kinds = (self.caps, self.choices, self.layers)
        return tuple(sorted({one.name for found in kinds for one in found}))


def terms_on(rulebook: Rulebook, on: date) -> Terms:
    """What limits the rules of a rulebook on a day."""
    return terms_of(rulebook.rules, rulebook.groups, on)


def terms_of(rules: Mapping[str, Rule], groups: Mapping[str, Group], on: date) -> Terms:
    """What limits some rules on a day; a cap whose parameter has no value yet is 0 fen: nothing is paid."""
    caps = [cap for rule in rules.values() for cap in _caps(rule, on)]
    caps += [_joint(group, on) for group in groups.values() if group.kind == "joint"]
    return Terms(
        caps=tuple(sorted(caps, key=lambda cap: (SCOPES.index(cap.scope), cap.name, cap.rules, cap.years or (0, 0)))),
        choices=tuple(
            Choice(group.name, group.rules, group.per, group.period == "year", group.choice == "best")
            for group in groups.values()
            if group.kind == "exclusive"
        ),
        layers=tuple(
            Layers(group.name, group.rules, group.per)
            for group in groups.values()
            if group.kind == "layers" and group.base == "left"
        ),
        positions=MappingProxyType(layer_positions(groups.values())),
        registers=MappingProxyType({rule.name: rule.per for rule in rules.values()}),
    )


def _caps(rule: Rule, on: date) -> list[Cap]:
    return [
        Cap(
            name=limit.name,
            scope=limit.scope,
            per="region" if limit.scope == "budget" else limit.scope.removeprefix("budget_"),
            rules=(rule.name,),
            fen=_fen(limit.fen, rule.parameters, on),
            share=limit.share,
            years=limit.years,
        )
        for limit in rule.limits
    ]


def _joint(group: Group, on: date) -> Cap:
    fen = None if group.fen is None else _fen(group.fen, group.parameters, on)
    return Cap(group.name, "joint", group.per, group.rules, fen, years=group.years)


def _fen(node: Node, parameters: Mapping[str, Parameter], on: date) -> int:
    values = {name: parameter.at(on) for name, parameter in parameters.items()}
    found = plain.evaluate(node, {}, on, values)
    return max(0, plain.rounded(found, node.type.divisor, "down")) if isinstance(found, int) else 0
