"""Periods as texts: "2025", "2025-Q2", "2025-06", "2025-06-30", "whole"."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

import polars as pl

WHOLE = "whole"
_FORM = re.compile(r"(\d{4})(?:-Q([1-4])|-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


def period_of(day: date, every: str) -> str:
    """The period of the calendar that a day is in; `every`: "day", "month", "quarter", "year" or "once" (all days)."""
    whole = day.isoformat()  # strftime does not fill up years before 1000
    forms = {"day": whole, "month": whole[:7], "quarter": f"{whole[:4]}-Q{(day.month + 2) // 3}", "year": whole[:4]}
    return WHOLE if every == "once" else forms[every]


def period_expression(day: pl.Expr, every: str) -> pl.Expr:
    """`period_of` for a column of dates (String); null where the date is, and everywhere for "once"."""
    if every == "once":
        return pl.lit(None, pl.String)
    if every == "quarter":
        return pl.format("{}-Q{}", day.dt.strftime("%Y"), day.dt.quarter())
    return day.dt.strftime({"day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}[every])


def days_of(period: str) -> tuple[date, date]:
    """The first and the last day of a period; all days there are for "whole".

    Raises:
        ValueError: the text is no period.
    """
    if period == WHOLE:
        return date.min, date.max
    found = _FORM.fullmatch(period)
    if not found:
        raise ValueError(f"“{period}” is no period")
    year, quarter, month, day = (None if part is None else int(part) for part in found.groups())
    first, last = (1, 12) if month is None else (month, month)
    if quarter:
        first, last = quarter * 3 - 2, quarter * 3
    year = year or 0  # which `date` refuses
    begins = date(year, first, 1 if day is None else day)
    return begins, begins if day is not None else date(year, last, monthrange(year, last)[1])


def in_order(periods: Iterable[str]) -> tuple[str, ...]:
    """Each period once, in the order of time; of two that begin on one day the longer comes first.

    Raises:
        ValueError: one is no period.
    """
    return tuple(sorted(set(periods), key=lambda period: (days_of(period)[0], -days_of(period)[1].toordinal())))


def overlap(one: str, other: str) -> bool:
    """Do two periods share a day?"""
    (first, last), (begins, ends) = days_of(one), days_of(other)
    return first <= ends and begins <= last
