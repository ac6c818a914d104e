"""A sample for a declared model out of the records of past days and of what came after."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import polars as pl

from kerong.engine.problems import joined, problems
from kerong.engine.score.card import Sample
from kerong.engine.score.declared import AT_RISK, ENTERPRISE, SUBJECT, fields_behind, read
from kerong.engine.score.outcomes import judged
from kerong.rulebook.models import Model

KNOWN = "known."  # before the name of a characteristic
FORBIDDEN = "forbidden."


class DayOfRecord(Protocol):
    """The record of a day: all fields of all enterprises, and on which day each was known."""

    @property
    def on(self) -> date: ...
    @property
    def enterprises(self) -> pl.DataFrame: ...
    @property
    def known(self) -> pl.DataFrame: ...


@dataclass(frozen=True, slots=True)
class Gathered:
    """`sample` and, in the order of its rows, the day on which each outcome came and what no characteristic may be.

    `seen`: enterprises and days that were looked at; `not_asked`: those that the question is not about; `unsure`:
    those of which that is not known. `problems`: what could not be worked out.
    """

    sample: Sample
    outcome_on: pl.Series
    forbidden: Mapping[str, pl.Series]
    seen: int
    not_asked: int
    unsure: int
    problems: pl.DataFrame


def gathered(
    days: Iterable[DayOfRecord], happened: pl.DataFrame, reported: Mapping[str, pl.DataFrame], model: Model, until: date
) -> Gathered:
    """The sample of these days.

    `happened`: events as `outcomes.events` gives them; `reported`: by register every report that was known on `until`;
    `until`: the day up to which outcomes were seen. Raises ValueError where the model has no outcome.
    """
    if model.outcome is None:
        raise ValueError(f"model {model.name} is a formula: nothing is learned for it")
    tables, wrong, counts = [], [], {"seen": 0, "not_asked": 0, "unsure": 0}
    for day in days:
        rows, failed = read(day.enterprises, model, day.on, groups=True)
        asked = rows[AT_RISK].fill_null(value=False)
        counts["seen"] += rows.height
        counts["unsure"] += rows[AT_RISK].null_count()
        counts["not_asked"] += int((~rows[AT_RISK]).sum())
        own = rows.with_columns(pl.lit(day.on).alias("on"), *_known(day, model), *_fields(day, model)).filter(asked)
        tables.append(own.drop(AT_RISK))
        wrong.append(failed)
    if not tables:
        raise ValueError("a sample needs at least one day")
    whole = pl.concat(tables, how="vertical_relaxed").sort(SUBJECT, "on")
    whole = whole.hstack(judged(whole, happened, model.outcome, until).select("outcome", "outcome_on"))
    whole = whole.with_columns(_columns(whole, reported, model))
    kept = [name for name in whole.columns if not name.startswith((KNOWN, FORBIDDEN)) and name != "outcome_on"]
    known = {one.name: whole[KNOWN + one.name].alias(one.name) for one in model.characteristics}
    forbidden = {n.removeprefix(FORBIDDEN): whole[n] for n in whole.columns if n.startswith(FORBIDDEN)}
    told = joined([*wrong, problems(_unsure(model, counts["unsure"]))])
    sample = Sample(whole.select(kept), known)
    return Gathered(sample, whole["outcome_on"], forbidden, **counts, problems=told)


def _known(day: DayOfRecord, model: Model) -> list[pl.Series]:
    """Of each characteristic the latest day of its fields, null where one has none; what reads none is of the day."""
    found = []
    for name, fields in fields_behind(model).items():
        days = [day.known[field] for field in sorted(fields) if field != ENTERPRISE]
        if days:
            told = pl.when(pl.all_horizontal(*(one.is_not_null() for one in days))).then(pl.max_horizontal(*days))
            found.append(pl.select(told).to_series().alias(KNOWN + name))
        else:
            found.append(pl.repeat(day.on, day.enterprises.height, dtype=pl.Date, eager=True).alias(KNOWN + name))
    return found


def _fields(day: DayOfRecord, model: Model) -> list[pl.Series]:
    """The forbidden fields of enterprises as they stood on the day."""
    names = [one.name for one in model.forbidden if one.name.startswith("enterprise.")]
    return [_plain(day.enterprises[name.partition(".")[2]]).alias(FORBIDDEN + name) for name in names]


def _columns(rows: pl.DataFrame, reported: Mapping[str, pl.DataFrame], model: Model) -> list[pl.Series]:
    """The greatest value that a forbidden column of a register ever had for the enterprise."""
    found = []
    for one in model.forbidden:
        register, _, column = one.name.partition(".")
        if register in reported:
            told = reported[register].group_by(ENTERPRISE).agg(pl.col(column).max().alias("#"))
            told = told.rename({ENTERPRISE: SUBJECT}).cast({SUBJECT: pl.String})
            wide = rows.select(SUBJECT).join(told, on=SUBJECT, how="left", maintain_order="left")
            found.append(_plain(wide["#"]).alias(FORBIDDEN + one.name))
    return found


def _plain(column: pl.Series) -> pl.Series:
    return column if column.dtype in (pl.String, pl.Date) else column.cast(pl.Float64)


def _unsure(model: Model, count: int) -> Iterable[Mapping[str, object]]:
    if count:
        noted = {"stage": "score", "kind": "at_risk_unknown", "severity": "noted", "rule": model.name}
        yield {**noted, "value": str(count)}
