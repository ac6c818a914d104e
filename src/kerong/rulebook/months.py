"""The same day some months away."""

import calendar
from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day that many months later (or earlier), or the last day of that month; a last day stays a last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    length, own = calendar.monthrange(year, month + 1)[1], calendar.monthrange(day.year, day.month)[1]
    return date(year, month + 1, length if day.day == own else min(day.day, length))
