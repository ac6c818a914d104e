"""Day counts: which part of a year lies between two days, as a whole number of parts of a whole year.

The first day counts, the last does not (算头不算尾). A count is `parts(begin, end)` over `base`, without rounding.
"""

from calendar import isleap, monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from kerong.rulebook.said import Text

COMMON, LEAP = 365, 366


@dataclass(frozen=True, slots=True)
class DayCount:
    """`parts(begin, end) / base` years lie between two days; `source` says whose definition it is."""

    base: int
    title: Text
    source: str
    parts: Callable[[date, date], int]


def plus_months(start: date, months: int, on_day: int | None = None) -> date:
    """The day `months` later with the day of the month of `start` or `on_day`; where the month lacks it, its last."""
    index = start.year * 12 + start.month - 1 + months
    year, month = index // 12, index % 12 + 1
    return date(year, month, min(on_day or start.day, monthrange(year, month)[1]))


def _actual(begin: date, end: date) -> int:
    return (end - begin).days


def _of_each_year(begin: date, end: date) -> int:
    """Days of leap years over 366 and the others over 365, brought to one base."""
    total = 0
    for year in range(begin.year, end.year + 1):
        first, last = max(begin, date(year, 1, 1)), min(end, date(year + 1, 1, 1))
        total += (last - first).days * (COMMON if isleap(year) else LEAP)
    return total


def _bond_basis(begin: date, end: date) -> int:
    first = min(begin.day, 30)
    last = 30 if end.day == 31 and first == 30 else end.day
    return (end.year - begin.year) * 360 + (end.month - begin.month) * 30 + last - first


def _months_and_days(begin: date, end: date) -> int:
    months = (end.year - begin.year) * 12 + end.month - begin.month
    months -= plus_months(begin, months) > end
    return months * 30 + (end - plus_months(begin, months)).days


COUNTS: Mapping[str, DayCount] = MappingProxyType(
    {
        "act_360": DayCount(
            360,
            Text("实际天数/360", "actual/360"),
            "银发〔2005〕129号 (interest = cumulated balances x yearly rate / 360); 2006 ISDA 4.16(e)",
            _actual,
        ),
        "act_365": DayCount(365, Text("实际天数/365", "actual/365 (fixed)"), "2006 ISDA 4.16(d)", _actual),
        "act_act": DayCount(
            COMMON * LEAP, Text("实际天数/当年天数", "actual/actual (ISDA)"), "2006 ISDA 4.16(b)", _of_each_year
        ),
        "30_360": DayCount(360, Text("30/360（债券基础）", "30/360 (bond basis)"), "2006 ISDA 4.16(f)", _bond_basis),
        "months_360": DayCount(
            360,
            Text("对年对月对日，零头天数/360", "whole months, odd days of 360"),
            "银发〔2005〕129号 (逐笔计息: whole months at a twelfth, odd days at a 360th of the yearly rate)",
            _months_and_days,
        ),
    }
)
