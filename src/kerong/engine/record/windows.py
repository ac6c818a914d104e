"""Windows of measures: which rows of a register a measure looks at, seen from the day of the run."""

from datetime import date

import polars as pl

from kerong.rulebook.content import Measure, Register


def span(text: str | None) -> int:
    """A window such as "12 months" or "3 years" in months; none is 0."""
    if not text or text == "all":
        return 0
    number, unit = text.split(" ")
    return int(number) * (12 if unit.startswith("year") else 1)


def shifted(day: date, months: int) -> date:
    """The first day of the month that many months from the month of `day`, in the years that there are: 1 to 9999."""
    total = min(max(day.year * 12 + day.month - 1 + months, date.min.year * 12), date.max.year * 12 + 11)
    return date(total // 12, total % 12 + 1, 1)


def bounds(measure: Measure, on: date) -> tuple[date, date]:
    """[first day, day after the last) of a window of months: complete months before the month of `on`."""
    skip, length = span(measure.skip), span(measure.window)
    return shifted(on, -skip - length), shifted(on, -skip)


def first_day(measure: Measure, on: date) -> date:
    """The first day that a measure's window holds."""
    return bounds(measure, on)[0]


def days(measure: Measure, register: Register, on: date) -> tuple[date, date]:
    """[first day, day after the last) of what a measure looks at; of a yearly register whole years."""
    if register.period is None or register.columns[register.period].type != "year":
        return bounds(measure, on)
    skip, length = _years(measure)
    return date(max(on.year - skip - length, date.min.year), 1, 1), date(max(on.year - skip, date.min.year), 1, 1)


def _years(measure: Measure) -> tuple[int, int]:
    """How many years before the year of the run a window ends, and how many it holds."""
    return -(-span(measure.skip) // 12), -(-span(measure.window) // 12)


def in_window(measure: Measure, register: Register, on: date) -> pl.Expr:
    """Whether a row's period is in the window; a yearly register counts complete years before the year of `on`."""
    period = str(register.period)
    column = pl.col(f"{register.name}.{period}")
    if register.columns[period].type == "year":
        skip, length = _years(measure)
        return column.is_between(on.year - skip - length, on.year - skip - 1)
    first, end = bounds(measure, on)
    return (column >= first) & (column < end)
