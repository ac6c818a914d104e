"""What is known of each enterprise: per register how many rows and periods, from when until when, and how fresh."""

from collections.abc import Mapping

import polars as pl

from kerong.engine.record.dates import period_end
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
    """Of columns as they stand the least and the greatest are looked for: what day these stand for is asked once."""
    period, kind = register.period, _kind(register, register.period)
    times = [name for name in (register.known, period) if name is not None]
    # rows of an enterprise follow each other, so that a running number stands for its id
    rows = table.select(pl.col(ENTERPRISE).rle_id().alias("firm"), *dict.fromkeys(times))
    nothing = pl.lit(None, dtype=pl.Date)
    told = [pl.len().alias("rows")]
    if period is not None:
        rows = rows.with_columns((_months(rows[period]) if kind == "date" else rows[period]).alias("#period"))
        periods = pl.col("#period").drop_nulls().n_unique()
        told += [periods.alias("periods"), pl.col(period).min().alias("first"), pl.col(period).max().alias("last")]
    for number, name in enumerate(times):
        untold = pl.all_horizontal(pl.lit(value=True), *(pl.col(before).is_null() for before in times[:number]))
        told.append(pl.col(name).filter(untold).max().alias(f"#known{number}"))
    found = rows.lazy().group_by("firm").agg(told).sort("firm").collect()
    ends = [period_end(pl.col(f"#known{number}"), _kind(register, name)) for number, name in enumerate(times)]
    first = pl.date(pl.col("first").cast(pl.Int32), 1, 1) if kind == "year" else pl.col("first")
    return found.select(
        table.select(pl.col(ENTERPRISE).rle().struct.field("value").alias(ENTERPRISE)).to_series(),
        pl.lit(register.name).alias("register"),
        "rows",
        (pl.lit(None, dtype=pl.Int64) if period is None else pl.col("periods")).alias("periods"),
        (nothing if period is None else first).alias("first"),
        (nothing if period is None else period_end(pl.col("last"), kind)).alias("last"),
        (pl.max_horizontal(ends) if ends else nothing).alias("known"),
    ).cast(COVERAGE)


def _kind(register: Register, name: str | None) -> str:
    return "" if name is None else register.columns[name].type


def _months(days: pl.Series) -> pl.Series:
    """A number for the month of each day: there are fewer days than rows, each is looked at once."""
    numbers = days.to_physical()
    first, last = numbers.min(), numbers.max()
    if first is None or last is None:
        return numbers
    number = pl.int_range(int(first), int(last) + 1, dtype=pl.Int32)  # type: ignore[arg-type]
    every = pl.select(number.cast(pl.Date).alias("day"))
    month = pl.col("day").dt.year() * 12 + pl.col("day").dt.month()
    return every.select(month.alias("month")).to_series().gather(numbers - first)
