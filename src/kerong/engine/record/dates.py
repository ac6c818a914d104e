"""Texts to dates and months: the written forms that are plain, and nothing that needs a guess.

Years have four digits; two or three (24/01/31, or 113/01/31 of the Minguo calendar) are a problem. A number is a date
only as 20240131, or as days since 1960-01-01 where the register says `format = "sas"`.
"""

import polars as pl

from kerong.engine.record.values import Reading, half_width, trimmed
from kerong.rulebook.content import Register

TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?"
DAY = rf"^([0-9]{{4}})(?:-|/|\.|年)([0-9]{{1,2}})(?:-|/|\.|月)([0-9]{{1,2}})日?{TIME}$"
PACKED_DAY = r"^([0-9]{4})([0-9]{2})([0-9]{2})$"
MONTH = r"^([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})月?$"
PACKED_MONTH = r"^([0-9]{4})([0-9]{2})$"
SAS_DAYS = r"^([0-9]{1,5})(?:\.0+)?$"
SHORT_YEAR = r"^(?:民国)?[0-9]{1,3}(?:-|/|\.|年)[0-9]{1,2}(?:(?:-|/|\.|月)[0-9]{1,2}日?)?$"
NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?$"
SAS_EPOCH = pl.date(1960, 1, 1)


def read_dates(cells: pl.Series, layout: str | None = None) -> Reading:
    """Days; a month alone is a fault, since its day is not known."""
    text = pl.col("text")
    value = pl.coalesce(_day(DAY), _day(PACKED_DAY))
    if layout == "sas":
        days = text.str.extract(SAS_DAYS, 1).cast(pl.Int64)
        value = pl.coalesce(value, SAS_EPOCH + pl.duration(days=days))
    return _read(cells, value, "date_without_day")


def read_months(cells: pl.Series) -> Reading:
    """Months as their first day; a day is read as its month."""
    first_of_month = pl.coalesce(_month(MONTH), _month(PACKED_MONTH))
    whole = pl.coalesce(_day(DAY), _day(PACKED_DAY)).dt.truncate("1mo")
    return _read(cells, pl.coalesce(first_of_month, whole), "no_such_day")


def period_end(column: pl.Expr, type_name: str) -> pl.Expr:
    """The last day of the day, month or year (Int64) in `column`."""
    if type_name == "year":
        return pl.date(column.cast(pl.Int32), 12, 31)
    return column.dt.month_end() if type_name == "month" else column


def known_on(register: Register) -> pl.Expr | None:
    """The day on which a row was known: its column, else the end of its period; None when the register has neither."""
    names = [name for name in (register.known, register.period) if name is not None]
    ends = [period_end(pl.col(name), register.columns[name].type) for name in names]
    return pl.coalesce(ends) if ends else None


def _read(cells: pl.Series, value: pl.Expr, month_alone: str) -> Reading:
    text = half_width(trimmed(cells))
    is_day = pl.col("text").str.contains(f"{DAY}|{PACKED_DAY}")
    is_month = pl.col("text").str.contains(f"{MONTH}|{PACKED_MONTH}")
    fault = (
        pl.when(pl.col("text").is_null() | pl.col("value").is_not_null())
        .then(None)
        .when(is_day)
        .then(pl.lit("no_such_day"))
        .when(is_month)
        .then(pl.lit(month_alone))
        .when(pl.col("text").str.contains(SHORT_YEAR))
        .then(pl.lit("year_not_four_digits"))
        .when(pl.col("text").str.contains(NUMBER))
        .then(pl.lit("date_is_a_number"))
        .otherwise(pl.lit("date_unreadable"))
    )
    frame = text.alias("text").to_frame().with_columns(value=value).with_columns(fault=fault)
    return Reading(frame["value"], frame["fault"])


def _day(pattern: str) -> pl.Expr:
    groups = pl.col("text").str.extract_groups(pattern)
    year, month, day = (groups.struct.field(name) for name in ("1", "2", "3"))
    iso = pl.concat_str(year, month.str.zfill(2), day.str.zfill(2), separator="-")
    return iso.str.to_date("%Y-%m-%d", strict=False)


def _month(pattern: str) -> pl.Expr:
    groups = pl.col("text").str.extract_groups(pattern)
    year, month = groups.struct.field("1"), groups.struct.field("2")
    iso = pl.concat_str(year, month.str.zfill(2), pl.lit("01"), separator="-")
    return iso.str.to_date("%Y-%m-%d", strict=False)
