"""What a declared model reads of enterprises: its segment, its characteristics as plain columns, who is at risk."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.problems import problems
from kerong.engine.score.card import Characteristic, Plan, Scaling, Segment
from kerong.engine.score.card.plan import Kind, Trend
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.models import EVERYONE, Model
from kerong.rulebook.tree import Node, fields_of

ENTERPRISE, SUBJECT = "enterprise_id", "subject"
AT_RISK = "at_risk"
GROUP = "group."  # before the name of a group, as samples have it


def plan_of(model: Model) -> Plan:
    """The model without its expressions, as fitting takes it."""
    kinds: Mapping[str, Kind] = {"number": "number", "category": "category"}
    trends: Mapping[str, Trend] = {"rising": "rising", "falling": "falling", "auto": "auto", "none": "none"}
    return Plan(
        name=model.name,
        characteristics=tuple(
            Characteristic(one.name, kinds[one.kind], trends[one.trend], one.title, one.believed)
            for one in model.characteristics
        ),
        segments=tuple(Segment(one.name, one.text) for one in model.segments),
        scaling=Scaling(model.points, model.odds, model.pdo),
        bins_most=model.bins_most,
        bin_least_bp=model.bin_least_bp,
        seed=model.seed,
    )


def fields_read(model: Model) -> list[str]:
    """The fields of an enterprise that the model reads or forbids, sorted."""
    read = {column for node in model.nodes() for table, column in fields_of(node) if table == "enterprise"}
    forbidden = {one.name.removeprefix("enterprise.") for one in model.forbidden if one.name.startswith("enterprise.")}
    return sorted((read | forbidden) - {ENTERPRISE})


def registers_read(model: Model) -> list[str]:
    """The registers whose every report tells the outcome, or holds what is forbidden."""
    events = {one.register for one in (model.outcome.events if model.outcome else ())}
    forbidden = {one.name.partition(".")[0] for one in model.forbidden} - {"enterprise"}
    return sorted(events | forbidden)


def fields_behind(model: Model) -> dict[str, frozenset[str]]:
    """By characteristic the fields that it reads."""
    return {one.name: frozenset(column for _, column in fields_of(one.value)) for one in model.characteristics}


def read(enterprises: pl.DataFrame, model: Model, on: date, groups: bool = False) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(`subject`, `segment`, `at_risk` and a column per characteristic, in the order of enterprises; problems).

    Numbers are Float64 in their own unit, flags 0 and 1, categories String. What cannot be worked out is missing, and a
    problem names it. `at_risk`: null where it is not known. `class`: of a model that
    is a formula. With `groups` also `group.<name>`.
    """
    wanted: dict[str, Node] = {one.name: one.value for one in model.characteristics}
    wanted |= {f"#{one.name}": one.when for one in model.segments}
    if model.outcome is not None and model.outcome.at_risk is not None:
        wanted[AT_RISK] = model.outcome.at_risk
    if model.value is not None:
        wanted["class"] = model.value
    if groups:
        wanted |= {GROUP + name: node for name, node in model.groups.items()}
    found = evaluate(enterprises, wanted, on)
    segment = pl.lit(EVERYONE)
    for one in reversed(model.segments):
        segment = pl.when(pl.col(f"#{one.name}")).then(pl.lit(one.name)).otherwise(segment)
    at_risk = pl.col(AT_RISK) if AT_RISK in wanted else pl.lit(value=True)
    columns = [_plain(one.name, one.value) for one in model.characteristics]
    columns += [pl.col("class")] if model.value is not None else []
    table = found.frame.with_columns(enterprises[ENTERPRISE].alias(SUBJECT)).select(
        SUBJECT, segment.alias("segment"), at_risk.alias(AT_RISK), *columns, *(n for n in wanted if n.startswith(GROUP))
    )
    ids = enterprises[ENTERPRISE]
    return table, problems(
        {
            "stage": "score",
            "kind": "characteristic_in_error",
            "severity": "noted",
            "rule": model.name,
            "column": name.removeprefix("#"),
            "enterprise_id": ids[row],
        }
        for row, name in found.errors.select("row", "name").iter_rows()
    )


def _plain(name: str, node: Node) -> pl.Expr:
    """As Float64 in the unit itself; minus zero is zero."""
    if node.type.kind == "text":
        return pl.col(name)
    number = pl.col(name).cast(pl.Float64) / node.type.divisor
    return pl.when(number == 0).then(0.0).otherwise(number).alias(name)
