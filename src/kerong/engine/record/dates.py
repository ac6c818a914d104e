"""Texts to dates and months: the written forms that are plain, and nothing that needs a guess.

Years have four digits; two or three (24/01/31, or 113/01/31 of the Minguo calendar) are a problem, and so is a bare
number other than 20240131. What else a column holds its `format` declares, and only there is it read:

- "sas": days since 1960-01-01;
- "excel_1900", "excel_1904": days of a spreadsheet with either of its two epochs (a fraction is the time of day). The
  first counts a 29 February 1900 that never was: its number, 60, is a problem;
- "minguo": years since 1912 = 1, in up to three digits (113/01/31, 民国113年1月31日, 1130131);
- "day_first", "month_first": 31/01/2024 or 01/31/2024.

Plain forms are read beside the declared one, where they cannot be taken for it.
"""

from collections.abc import Mapping

import polars as pl

from kerong.engine.record.values import Reading, half_width, trimmed
from kerong.rulebook.content import Register

TIME = r"(?:[T ][0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?Z?)?"
DAY = rf"^([0-9]{{4}})(?:-|/|\.|年)([0-9]{{1,2}})(?:-|/|\.|月)([0-9]{{1,2}})日?{TIME}$"
PACKED_DAY = r"^([0-9]{4})([0-9]{2})([0-9]{2})$"
MONTH = r"^([0-9]{4})(?:-|/|\.|年)([0-9]{1,2})月?$"
PACKED_MONTH = r"^([0-9]{4})([0-9]{2})$"
SHORT_YEAR = r"^(?:民[国國])?[0-9]{1,3}(?:-|/|\.|年)[0-9]{1,2}(?:(?:-|/|\.|月)[0-9]{1,2}日?)?$"
NUMBER = r"^-?[0-9]+(?:\.[0-9]+)?$"
MINGUO_YEAR = r"(?:中华)?(?:中華)?(?:民[国國])?([0-9]{1,3}|元)"
MINGUO_DAY = rf"^{MINGUO_YEAR}(?:-|/|\.|年)([0-9]{{1,2}})(?:-|/|\.|月)([0-9]{{1,2}})日?{TIME}$"
PACKED_MINGUO_DAY = r"^([0-9]{2,3})([0-9]{2})([0-9]{2})$"
MINGUO_MONTH = rf"^{MINGUO_YEAR}(?:-|/|\.|年)([0-9]{{1,2}})月?$"
PACKED_MINGUO_MONTH = r"^([0-9]{2,3})([0-9]{2})$"
BEFORE_MINGUO = 1911
YEAR_LAST = rf"^([0-9]{{1,2}})(?:-|/|\.)([0-9]{{1,2}})(?:-|/|\.)([0-9]{{4}}){TIME}$"
WHOLE_DAYS = r"^([0-9]{1,5})(?:\.0+)?$"
DAYS_AND_TIME = r"^([0-9]{1,5})(?:\.[0-9]+)?$"  # to the year 2173: six digits are a month, eight a day
FALSE_LEAP_DAY = 60  # of 1900, which spreadsheets took over from an older one's mistake
# forms of a day by the column's format: pattern, and which of its groups are year, month and day
YMD = ("1", "2", "3")
FORMS: Mapping[str | None, tuple[tuple[str, tuple[str, str, str]], ...]] = {
    "minguo": ((MINGUO_DAY, YMD), (PACKED_MINGUO_DAY, YMD)),
    "day_first": ((YEAR_LAST, ("3", "2", "1")),),
    "month_first": ((YEAR_LAST, ("3", "1", "2")),),
}
MINGUO = frozenset({MINGUO_DAY, PACKED_MINGUO_DAY, MINGUO_MONTH, PACKED_MINGUO_MONTH})


def read_dates(cells: pl.Series, layout: str | None = None) -> Reading:
    """Days, `layout` being the column's format; a month alone is a fault, since its day is not known."""
    return _read(cells, _days(layout), "date_without_day", layout)


def read_months(cells: pl.Series, layout: str | None = None) -> Reading:
    """Months as their first day; a day is read as its month."""
    months = [_month(MONTH), _month(PACKED_MONTH)]
    if layout == "minguo":
        months += [_month(MINGUO_MONTH), _month(PACKED_MINGUO_MONTH)]
    return _read(cells, pl.coalesce(*months, _days(layout).dt.truncate("1mo")), "no_such_day", layout)


def _days(layout: str | None) -> pl.Expr:
    """Days of the plain forms and of those that the column's format declares."""
    days = [_day(DAY), _day(PACKED_DAY), *(_day(pattern, groups) for pattern, groups in FORMS.get(layout, ()))]
    if layout == "sas":
        days.append(_since(pl.date(1960, 1, 1), WHOLE_DAYS))
    elif layout == "excel_1904":
        days.append(_since(pl.date(1904, 1, 1), DAYS_AND_TIME))
    elif layout == "excel_1900":
        number = pl.col("text").str.extract(DAYS_AND_TIME, 1).cast(pl.Int64)
        late = _since(pl.date(1899, 12, 30), DAYS_AND_TIME)
        early = _since(pl.date(1899, 12, 31), DAYS_AND_TIME)
        days.append(pl.when(number > FALSE_LEAP_DAY).then(late).when(number.is_between(1, 59)).then(early))
    return pl.coalesce(days)


def _since(epoch: pl.Expr, pattern: str) -> pl.Expr:
    return epoch + pl.duration(days=pl.col("text").str.extract(pattern, 1).cast(pl.Int64))


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


def _read(cells: pl.Series, value: pl.Expr, month_alone: str, layout: str | None) -> Reading:
    text = half_width(trimmed(cells))
    patterns = [DAY, PACKED_DAY, *(pattern for pattern, _ in FORMS.get(layout, ()))]
    is_day = pl.col("text").str.contains("|".join(patterns))
    is_month = pl.col("text").str.contains(f"{MONTH}|{PACKED_MONTH}")
    is_false_day = pl.col("text").str.contains(rf"^{FALSE_LEAP_DAY}(?:\.[0-9]+)?$") & pl.lit(layout == "excel_1900")
    is_serial = pl.col("text").str.contains(DAYS_AND_TIME) & pl.lit((layout or "").startswith("excel"))
    fault = (
        pl.when(pl.col("text").is_null() | pl.col("value").is_not_null())
        .then(None)
        .when(is_false_day)
        .then(pl.lit("false_leap_day"))
        .when(is_day)
        .then(pl.lit("no_such_day"))
        .when(is_month & ~is_serial)
        .then(pl.lit(month_alone))
        .when(pl.col("text").str.contains(SHORT_YEAR))
        .then(pl.lit("year_not_four_digits"))
        .when(is_serial)
        .then(pl.lit("no_such_day"))
        .when(pl.col("text").str.contains(NUMBER))
        .then(pl.lit("date_is_a_number"))
        .otherwise(pl.lit("date_unreadable"))
    )
    frame = text.alias("text").to_frame().with_columns(value=value).with_columns(fault=fault)
    return Reading(frame["value"], frame["fault"])


def _day(pattern: str, groups: tuple[str, str, str] = YMD) -> pl.Expr:
    found = pl.col("text").str.extract_groups(pattern)
    year, month, day = (found.struct.field(name) for name in groups)
    return _written(_year(year, pattern), month, day)


def _month(pattern: str) -> pl.Expr:
    found = pl.col("text").str.extract_groups(pattern)
    return _written(_year(found.struct.field("1"), pattern), found.struct.field("2"), pl.lit("01"))


def _year(digits: pl.Expr, pattern: str) -> pl.Expr:
    """Four digits of a year; those of the Minguo calendar count from 1912, its first, which is also called 元."""
    if pattern not in MINGUO:
        return digits
    counted = digits.replace("元", "1").cast(pl.Int64)
    return pl.when(counted > 0).then(counted + BEFORE_MINGUO).cast(pl.String)


def _written(year: pl.Expr, month: pl.Expr, day: pl.Expr) -> pl.Expr:
    iso = pl.concat_str(year, month.str.zfill(2), day.str.zfill(2), separator="-")
    return iso.str.to_date("%Y-%m-%d", strict=False)
