"""Policies and products: the index, one rule's page, and who meets it."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from django.http import Http404

from kerong.rulebook.content import ALERT_KINDS, POLICY_KINDS, PRODUCT_KINDS, Limit, Parameter, Rule
from kerong.rulebook.plain import evaluate
from kerong.rulebook.types import Type
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rule_figures import RuleFigures, rule_figures

BENEFICIARIES_SHOWN = 25


@dataclass(frozen=True, slots=True)
class Group:
    """Rules of one sort: products or policies."""

    name: str
    rules: list[RuleFigures]


@dataclass(frozen=True, slots=True)
class DatedValue:
    """A parameter's value from a day on; `in_force` on the day of the run."""

    start: date
    value: Any
    source: str
    in_force: bool


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """A parameter with all its values, newest first; `kind` says how they are written."""

    parameter: Parameter
    kind: str
    values: tuple[DatedValue, ...]


@dataclass(frozen=True, slots=True)
class RulePage:
    """What a rule's page shows."""

    rule: Rule
    figures: RuleFigures
    parameters: tuple[ParameterLine, ...]
    limits: tuple[tuple[Limit, int | float | None], ...]
    terms: dict[str, Any]


def groups(published: Published, *, exact: bool) -> list[Group]:
    """Products and policies, each by kind and then by name."""
    order = {kind: place for place, kind in enumerate((*PRODUCT_KINDS, *POLICY_KINDS, *ALERT_KINDS))}
    told = sorted(
        rule_figures(published, exact=exact).values(), key=lambda item: (order[item.rule.kind], item.rule.name)
    )
    found = [
        Group("products", [item for item in told if item.rule.is_product]),
        Group("policies", [item for item in told if item.rule.is_policy]),
        Group("alerts", [item for item in told if item.rule.is_alert]),
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
        parameters=tuple(_line(item, published.on) for item in rule.parameters.values()),
        limits=tuple((limit, limit_fen(rule, limit, published.on)) for limit in rule.limits),
        terms=terms(rule, published.on),
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


def limit_fen(rule: Rule, limit: Limit, on: date) -> int | float | None:
    """The amount of a limit where it is a number or a parameter; None where it depends on the row."""
    values = {name: parameter.at(on) for name, parameter in rule.parameters.items()}
    found = evaluate(limit.fen, {}, on, values)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def kind_of(type_: Type) -> str:
    """How a value of this type is written: money, rate, ratio, count, flag, day, text."""
    by_unit = {"fen": "money", "bp": "rate", "ratio": "ratio", "year": "text"}
    by_kind = {"bool": "flag", "date": "day", "int": "count", "float": "ratio"}
    return by_unit.get(type_.unit) or by_kind.get(type_.kind, "text")


def _line(parameter: Parameter, on: date) -> ParameterLine:
    past = [start for start, _, _ in parameter.values if start <= on]
    current = max(past, default=None)
    values = tuple(
        DatedValue(start, value, source, start == current) for start, value, source in reversed(parameter.values)
    )
    return ParameterLine(parameter, kind_of(parameter.type), values)
