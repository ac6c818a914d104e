"""The index of many past days, all read with one scale: what moves is the firm, not the yardstick."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from kerong.engine.score.apply import points, ranked
from kerong.engine.score.gathered import DayOfRecord
from kerong.engine.score.outcomes import months_after
from kerong.engine.score.population import Known, population
from kerong.engine.score.scale import Scale
from kerong.engine.score.values import values
from kerong.rulebook.content import Rulebook
from kerong.rulebook.tree import fields_of

TREND = pl.Schema(
    {
        "enterprise_id": pl.String(),
        "on": pl.Date(),
        "points": pl.Int32(),
        "points_high": pl.Int32(),
        "coverage_bp": pl.Int64(),
        "rank": pl.Int32(),
    }
)


def trend(days: Iterable[DayOfRecord], rulebook: Rulebook, scale: Scale) -> pl.DataFrame:
    """The columns of TREND, a row per enterprise and day, sorted by both."""
    found = [TREND.to_frame()]
    for day in days:
        held = Known.of(values(day.enterprises, rulebook, day.on)[0], population(day.enterprises, rulebook))
        found.append(
            ranked(points(held, scale)).with_columns(pl.lit(day.on).alias("on")).select(TREND.names()).cast(TREND)
        )
    return pl.concat(found).sort("enterprise_id", "on")


def quarters_before(on: date, quarters: int) -> list[date]:
    """`on` and the days so many quarters before it, the earliest first."""
    return [months_after(on, -3 * back) for back in range(quarters, -1, -1)]


def fields_of_index(rulebook: Rulebook) -> list[str]:
    """The fields of an enterprise that indicators, stage and industry group read, sorted."""
    read = {
        column
        for one in rulebook.indicators.values()
        for table, column in fields_of(one.value)
        if table == "enterprise"
    }
    named = {(name or "").removeprefix("enterprise.") for name in (rulebook.region.stage, rulebook.region.group)}
    return sorted((read | named) - {"", "enterprise_id"})
