"""Institutions that are watched: rows of statistics by institution, held against the lines of watches."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from kerong.engine.score.warning.table import KEY, WARNINGS, shaped, written
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Rule, Rulebook
from kerong.rulebook.models import Reading
from kerong.rulebook.rows import prefixed
from kerong.rulebook.tree import fields_of


def of_institutions(statistics: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date) -> pl.DataFrame:
    """Warnings of the region's watches, sorted; a row whose institution is not said warns of nobody.

    `statistics`: tables by name, as a run has them.
    """
    found = [WARNINGS.to_frame()]
    for rule in rulebook.watches.values():
        if rule.per in statistics:
            key = rulebook.statistics[rule.per].by[0][0]
            found.append(_of_watch(rule, statistics[rule.per].drop_nulls(key), key, on))
    return pl.concat(found).sort(KEY)


def holds(rule: Rule, rows: pl.DataFrame, on: date) -> pl.Series:
    """Of each row of a statistic whether the watch is met (null: not known)."""
    nodes = {f"clause_{number}": clause.condition for number, clause in enumerate(rule.clauses, 1)}
    told = evaluate(prefixed(rows, rule.per), nodes, on, rule.parameters).frame
    return told.select(pl.all_horizontal(*nodes).alias("met")).to_series()


READINGS = pl.Schema({"event": pl.String(), "subject": pl.String(), "on": pl.Date(), "holds": pl.Boolean()})


def readings(
    statistics: Mapping[str, pl.DataFrame], rulebook: Rulebook, events: Mapping[str, Sequence[Reading]], on: date
) -> pl.DataFrame:
    """READINGS of a day: of each institution with a row, whether an event is known to hold of it, by any reading."""
    found = [READINGS.to_frame()]
    for name, held in events.items():
        for one in held:
            key = rulebook.statistics[one.statistic].by[0][0]
            rows = statistics[one.statistic].drop_nulls(key)
            told = evaluate(prefixed(rows, one.statistic), {"holds": one.where}, on).frame["holds"]
            table = pl.DataFrame(
                [rows[key].cast(pl.String).alias("subject"), told.fill_null(value=False).alias("holds")]
            )
            same = (pl.lit(name).alias("event"), pl.lit(on).alias("on"))
            found.append(table.with_columns(*same).select(READINGS.names()).cast(READINGS))
    return pl.concat(found).group_by("event", "subject", "on").agg(pl.col("holds").any()).sort("event", "subject", "on")


def begun(days: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """`event`, `subject`, `happened`, `known`: the days on which a reading holds that did not on the reading before.

    `days`: READINGS of days. An institution's first reading begins nothing: nobody knows since when it holds.
    """
    whole = pl.concat([READINGS.to_frame(), *days]).sort("event", "subject", "on")
    before = pl.col("holds").shift(1).over("event", "subject", order_by="on")
    first = whole.filter(pl.col("holds") & before.eq(False))
    return first.select("event", "subject", pl.col("on").alias("happened"), pl.col("on").alias("known"))


def _of_watch(rule: Rule, rows: pl.DataFrame, key: str, on: date) -> pl.DataFrame:
    met = rows.filter(holds(rule, rows, on).fill_null(value=False))
    if met.is_empty():
        return WARNINGS.to_frame()
    read = sorted({column for clause in rule.clauses for _, column in fields_of(clause.condition)})
    return shaped(rule.name, rule.alert, met[key], written(met, read), on)
