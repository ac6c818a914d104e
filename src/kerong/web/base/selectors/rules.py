"""Policies and products: the index, one rule's page, and who meets it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.http import Http404

from kerong.rulebook.content import ALERT_KINDS, CHECK_KINDS, POLICY_KINDS, PRODUCT_KINDS, Level, Limit, Parameter, Rule
from kerong.rulebook.content import Group as RuleGroup
from kerong.rulebook.plain import evaluate
from kerong.rulebook.quotes import bare
from kerong.rulebook.tables import Entries, Steps
from kerong.rulebook.tree import Node
from kerong.rulebook.types import Type
from kerong.rulebook.waterfalls import Waterfall
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rule_figures import RuleFigures, rule_figures

BENEFICIARIES_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one sort: products or policies."""

    name: str
    rules: list[RuleFigures]


@dataclass(frozen=True, slots=True)
class TableLine:
    """A line of a table: from where to where (None: no end), or for which key (None: every other), which value."""

    value: int | float
    begins: int | float | None = None
    ends: int | float | None = None
    key: str | None = None


@dataclass(frozen=True, slots=True)
class SharedLimit:
    """What a rule shares with others: the group, a joint cap in fen where it is a number, and the other rules."""

    group: RuleGroup
    fen: int | None
    others: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value from a day on; `in_force` on the day of the run."""

    start: date
    value: Any
    source: str
    in_force: bool
    lines: tuple["TableLine", ...] = ()
    assumed: str | None = None  # why we chose it, where nobody published it


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """A parameter with all its values, newest first; `kind` says how they are written, `over` what a table asks."""

    parameter: Parameter
    kind: str
    over: str
    values: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True)
class RulePage:
    """What a rule's page shows."""

    rule: Rule
    figures: RuleFigures
    parameters: tuple[ParameterLine, ...]
    limits: tuple[tuple[Limit, int | None], ...]
    shared: tuple[SharedLimit, ...]
    terms: dict[str, Any]
    level: Level | None = None

    @property
    def quotes(self) -> tuple[str, ...]:
        """The quoted words that the rule's own text does not say already."""
        return unsaid_quotes(self.rule)

    @property
    def assumes(self) -> bool:
        """Whether one of its numbers was published nowhere."""
        return any(held.assumed for line in self.parameters for held in line.values)


def groups(published: Published, *, exact: bool) -> list[Group]:
    """Products and policies, each by kind and then by name."""
    order = {kind: place for place, kind in enumerate((*PRODUCT_KINDS, *POLICY_KINDS, *ALERT_KINDS, *CHECK_KINDS))}
    told = sorted(
        rule_figures(published, exact=exact).values(), key=lambda item: (order[item.rule.kind], item.rule.name)
    )
    found = [
        Group("products", [item for item in told if item.rule.is_product]),
        Group("policies", [item for item in told if item.rule.is_policy]),
        Group("alerts", [item for item in told if item.rule.is_alert]),
        Group("checks", [item for item in told if item.rule.is_check]),
    ]
    return [group for group in found if group.rules]


def rule_or_404(published: Published, name: str) -> Rule:
    """The rule of that name. Raises Http404 where the rulebook has none."""
    if name not in published.rulebook.rules:
        raise Http404(f"no rule {name}")
    return published.rulebook.rules[name]


def rule_page(published: Published, rule: Rule, *, exact: bool) -> RulePage:
    """The page of one rule; without `exact` small counts are hidden."""
    return RulePage(
        rule=rule,
        figures=rule_figures(published, exact=exact)[rule.name],
        parameters=tuple(parameter_line(item, published.on) for item in rule.parameters.values()),
        limits=tuple((limit, _fen(limit.fen, rule.parameters, published.on)) for limit in rule.limits),
        shared=tuple(_shared(rule, published)),
        terms=terms(rule, published.on),
        level=level_of(rule.level, published),
    )


def beneficiaries(published: Published, name: str) -> list[dict[str, Any]]:
    """Enterprises that meet the rule, by what they are awarded, with name and grade; the first few."""
    met = published.verdicts.lazy().filter((pl.col("rule") == name) & (pl.col("outcome") == 1))
    sums = met.group_by("number").agg(
        pl.when(pl.col("awarded_fen").is_not_null().any()).then(pl.col("awarded_fen").sum()).alias("awarded_fen"),
        pl.len().alias("rows"),
    )
    firms = published.sheet.lazy().drop("words").with_row_index("number")
    told = sums.join(firms, on="number", how="left")
    ordered = told.sort(["awarded_fen", "points", "enterprise_id"], descending=[True, True, False], nulls_last=True)
    return ordered.head(BENEFICIARIES_SHOWN).collect().to_dicts()


def terms(rule: Rule, on: date) -> dict[str, Any]:
    """What the offer says of rate, fee, term and security on a day; rates may be parameters."""
    told: dict[str, Any] = {}
    for key, value in rule.offer.items():
        parameter = rule.parameters.get(value) if isinstance(value, str) else None
        told[key] = parameter.at(on) if parameter else value
    return told


def _fen(amount: Node, parameters: Mapping[str, Parameter], on: date) -> int | None:
    """The amount of a limit where it is a number or a parameter in force; None where it is not."""
    found = evaluate(amount, {}, on, {name: parameter.at(on) for name, parameter in parameters.items()})
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _shared(rule: Rule, published: Published) -> Iterator[SharedLimit]:
    """The groups that a rule stands in, by name."""
    book = published.rulebook
    for group in book.groups.values():
        if rule.name in group.rules:
            fen = _fen(group.fen, group.parameters, published.on) if group.fen is not None else None
            yield SharedLimit(group, fen, tuple(book.rules[name] for name in group.rules if name != rule.name))


def unsaid_quotes(item: Rule | Waterfall) -> tuple[str, ...]:
    """The quoted words of a source that the text beside it does not say already."""
    return tuple(quote for quote in item.source.quotes if bare(quote) not in bare(item.text))


def level_of(code: str | None, published: Published) -> Level | None:
    """The level of government of that code."""
    return next((level for level in published.rulebook.region.levels if level.code == code), None)


def kind_of(type_: Type) -> str:
    """How a value of this type is written: money, rate, ratio, count, flag, day, text."""
    by_unit = {"fen": "money", "bp": "rate", "ratio": "ratio", "year": "text"}
    by_kind = {"bool": "flag", "date": "day", "int": "count", "float": "ratio"}
    return by_unit.get(type_.unit) or by_kind.get(type_.kind, "text")


def parameter_line(parameter: Parameter, on: date) -> ParameterLine:
    """A parameter with all its values, as of a day."""
    past = [start for start, _, _ in parameter.values if start <= on]
    current = max(past, default=None)
    values = tuple(
        DatedValue(start, value, source, start == current, tuple(_lines(value)), parameter.assumed.get(start))
        for start, value, source in reversed(parameter.values)
    )
    over = parameter.type.over
    return ParameterLine(parameter, kind_of(parameter.type), kind_of(Type("int", over)) if over else "", values)


def _lines(value: object) -> Iterator[TableLine]:
    """The lines of a table; a number has none."""
    match value:
        case Steps():
            for begins, ends, held in zip(value.starts, (*value.starts[1:], None), value.values, strict=True):
                yield TableLine(held, begins, ends)
        case Entries():
            yield from (TableLine(held, key=key) for key, held in value.entries.items())
            if value.otherwise is not None:
                yield TableLine(value.otherwise)
