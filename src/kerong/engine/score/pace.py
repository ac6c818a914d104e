"""How far firms come in a year: measured between two days of the record, by indicator, direction and industry group.

Of the firms that moved that way, nine in ten came no farther: what lies beyond is proposed to nobody. An order
statistic, no interpolation: with n firms and k = ceil(n / 10), the k-th largest distance.
"""

from datetime import date

import polars as pl

from kerong.engine.score.acts import Reach
from kerong.rulebook.months import months_after

LEAST_FIRMS = 20  # that moved: of fewer in a group nothing is measured, and all firms are asked
PACE = pl.Schema(
    {
        "indicator": pl.String(),
        "up": pl.Boolean(),
        "industry_group": pl.String(),  # null: of all firms
        "farthest": pl.Float64(),
        "firms": pl.Int64(),
    }
)


def pace(before: pl.DataFrame, after: pl.DataFrame, firms: pl.DataFrame) -> pl.DataFrame:
    """The table PACE, sorted. `before`, `after`: as `values` gives them, a year apart; `firms`: of the later day.

    Only firms whose value is known on both days count. A row is there where LEAST_FIRMS moved that way.
    """
    names = [name for name in after.columns if name != "enterprise_id" and name in before.columns]
    wide = after.join(before, on="enterprise_id", how="inner", suffix=" before").join(
        firms.select("enterprise_id", "industry_group"), on="enterprise_id", how="left"
    )
    found = [PACE.to_frame()]
    for name in names:
        moved = wide.select(
            pl.lit(name).alias("indicator"),
            (pl.col(name) - pl.col(f"{name} before")).alias("by"),
            "industry_group",
        ).filter(pl.col("by").is_finite() & (pl.col("by") != 0))
        told = moved.with_columns((pl.col("by") > 0).alias("up"), pl.col("by").abs())
        everyone = told.with_columns(pl.lit(None, pl.String).alias("industry_group"))
        found.append(_farthest(pl.concat([everyone, told.drop_nulls("industry_group")])))
    return pl.concat(found).sort(PACE.names()[:3], nulls_last=False)


def reach_of(table: pl.DataFrame, group: str | None) -> Reach:
    """What a firm of a group is offered at most; where the group says nothing, by all firms."""
    own = table.filter(pl.col("industry_group").is_null() | (pl.col("industry_group") == (group or "")))
    rows = own.sort("industry_group", nulls_last=False).select("indicator", "up", "farthest").iter_rows()
    return {(name, up): farthest for name, up, farthest in rows}


def days_of_pace(on: date) -> tuple[date, date]:
    """The two days between which a year is measured."""
    return months_after(on, -12), on


def _farthest(moved: pl.DataFrame) -> pl.DataFrame:
    kept = (pl.len() + 9) // 10
    sums = moved.group_by("indicator", "up", "industry_group").agg(
        pl.col("by").sort(descending=True).get(kept - 1).alias("farthest"), pl.len().cast(pl.Int64).alias("firms")
    )
    return sums.filter(pl.col("firms") >= LEAST_FIRMS).select(PACE.names()).cast(PACE)
