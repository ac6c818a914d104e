"""Which period a row is in, and which period the name of a file states."""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta

import polars as pl

from kerong.engine.record.profile import PERIOD
from kerong.rulebook.content import Register
from kerong.store.archive.periods import days_of, overlap, period_expression, period_of

# 2025, 2025-06, 202506, 2025_06, 2025Q2, 2025年第二季度, 2025年6月, 20250630
NAMED = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:(?:[-_.]?[Qq]|年?第?)([1-4一二三四])(?:季度?)?(?!\d)"
    r"|(?:[-_.]|年)?(\d{1,2})(?:(?:[-_.]|月)?(\d{2})日?)?月?)?年?(?!\d)"
)
QUARTERS = {"一": 1, "二": 2, "三": 3, "四": 4}


def period_column(rows: pl.DataFrame, register: Register) -> pl.Series:
    """The period (String) that each cleaned row belongs to; null where its day is unknown, or files do not part by it.

    Days of one stretch are told once and taken from there: to write a day costs more than to look it up.
    """
    of, every = register.delivery.of, register.delivery.every
    if of is None or every == "once" or register.delivery.extent == "whole":
        return pl.repeat(None, rows.height, dtype=pl.String, eager=True).alias(PERIOD)
    if register.columns[of].type == "year":
        return rows[of].cast(pl.String).str.zfill(4).alias(PERIOD)
    numbers = rows[of].to_physical()
    first, last = numbers.min(), numbers.max()
    if not isinstance(first, int) or not isinstance(last, int) or last - first > rows.height:
        return rows.select(period_expression(pl.col(of), every).alias(PERIOD)).to_series()
    days = pl.int_range(first, last + 1, eager=True).cast(pl.Int32).cast(pl.Date).alias(of)
    told = days.to_frame().select(period_expression(pl.col(of), every).alias(PERIOD)).to_series()
    return told.gather(numbers - first)


def periods_from(first: str, until: date, every: str) -> Iterator[str]:
    """Every period from `first` to the last that has ended by `until`."""
    period = first
    while days_of(period)[1] <= until:
        yield period
        period = period_of(days_of(period)[1] + timedelta(days=1), every)


def named_period(name: str) -> str | None:
    """The one period that the name of a file states; None where it states none or several."""
    found: set[str] = set()
    for year, quarter, month, day in NAMED.findall(name):
        text = year
        if quarter:
            text = f"{year}-Q{QUARTERS.get(quarter) or quarter}"
        elif month:
            text = f"{year}-{int(month):02d}" + (f"-{day}" if day else "")
        try:
            days_of(text)
        except ValueError:
            continue
        found.add(text)
    return found.pop() if len(found) == 1 else None


def outside(periods: Mapping[str, int], stated: str | None) -> dict[str, int]:
    """Rows by period, of the periods that have no day in common with the one that was stated."""
    return {p: rows for p, rows in periods.items() if stated is not None and not overlap(p, stated)}


def ahead(periods: Mapping[str, int], until: date) -> dict[str, int]:
    """Rows by period, of the periods that begin only after `until`."""
    return {period: rows for period, rows in periods.items() if days_of(period)[0] > until}
