"""What is known of each enterprise: per register how many rows and periods, from when until when, and how fresh."""

from collections.abc import Mapping

import polars as pl

from kerong.engine.record.dates import known_on, period_end
from kerong.rulebook.content import Register, Rulebook

ENTERPRISE = "enterprise_id"
COVERAGE = pl.Schema(
    {
        ENTERPRISE: pl.String(),
        "register": pl.String(),
        "rows": pl.Int64(),
        "periods": pl.Int64(),
        "first": pl.Date(),
        "last": pl.Date(),
        "known": pl.Date(),
    }
)


def coverage(registers: Mapping[str, pl.DataFrame], rulebook: Rulebook) -> pl.DataFrame:
    """A line per enterprise and register in which it has rows, sorted by both.

    `periods`: months, years or, where a period is a day, the months of these days (null where the register has no
    period); `first`, `last`: the first day of the first period and the last day of the last; `known`: the day on which
    the latest row was known (null where no day is told).
    """
    found = [COVERAGE.to_frame()]
    for name, table in registers.items():
        if ENTERPRISE in table.columns:
            found.append(_of_register(table, rulebook.registers[name]))
    return pl.concat(found).sort(ENTERPRISE, "register")


def _of_register(table: pl.DataFrame, register: Register) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.Date)
    known, period = known_on(register), register.period
    kind = register.columns[period].type if period is not None else ""
    own = pl.col(str(period))
    begun = nothing if period is None else pl.date(own.cast(pl.Int32), 1, 1) if kind == "year" else own
    # rows of an enterprise follow each other, so that a running number stands for its id
    rows = table.select(
        pl.col(ENTERPRISE).rle_id().alias("firm"),
        begun.dt.truncate("1mo").alias("period"),
        begun.alias("first"),
        (nothing if period is None else period_end(own, kind)).alias("last"),
        (nothing if known is None else known).alias("known"),
    )
    periods = pl.col("period").drop_nulls().n_unique() if period is not None else pl.lit(None, dtype=pl.Int64)
    told = (
        rows.lazy()
        .group_by("firm")
        .agg(pl.len().alias("rows"), periods.alias("periods"), pl.col("first").min(), pl.col("last", "known").max())
    )
    ids = table.select(pl.col(ENTERPRISE).rle().struct.field("value").alias(ENTERPRISE)).to_series()
    told_of = told.sort("firm").collect()
    return told_of.select(ids, pl.lit(register.name).alias("register"), *list(COVERAGE)[2:]).cast(COVERAGE)
