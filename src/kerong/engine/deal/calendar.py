"""Working days: the week's, less the holidays that a government announced, and with the weekend days worked for them.

A span of working days begins on the day after the act (the day itself is not counted: 民法典 第二百零一条), and only
working days count (行政许可法 第八十二条). A day of a year that nobody has announced is refused by name, never guessed.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kerong.rulebook.calendars import YearCalendar, holidays_of

SATURDAY = 5
MOST_DAYS = 1_000  # of a span; a longer one is a slip of the pen


class CalendarEnds(ValueError):
    """A day that no calendar of the region is about; `day` is what was asked for, `last` the last known day."""

    def __init__(self, day: date, last: date | None) -> None:
        super().__init__("calendar.refused.none" if last is None else "calendar.refused.ends")
        self.day, self.last = day, last


@dataclass(frozen=True, slots=True)
class WorkingDays:
    """Every working day from `first` to `last`, in order; `first` and `last` are ends of years."""

    first: date | None
    last: date | None
    days: tuple[date, ...]

    def is_working(self, day: date) -> bool:
        """Is `day` worked? Raises CalendarEnds for a day outside the calendars."""
        place = self._place(day)
        return place > 0 and self.days[place - 1] == day

    def after(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which is not counted itself; for 0 `day` itself.

        Raises CalendarEnds where it lies outside the calendars, ValueError for a negative count or more than MOST_DAYS.
        """
        if not 0 <= count <= MOST_DAYS:
            raise ValueError(f"{count} working days: 0 to {MOST_DAYS}")
        place = self._place(day) + count - 1
        if not count:
            return day
        if self.last is not None and place >= len(self.days):
            raise CalendarEnds(self.last + timedelta(days=1), self.last)
        return self.days[place]

    def between(self, begin: date, end: date) -> int:
        """How many working days lie after `begin` up to and with `end`; negative where `end` is before `begin`.

        Raises CalendarEnds for a day outside the calendars.
        """
        return self._place(end) - self._place(begin)

    def _place(self, day: date) -> int:
        """How many working days there are up to and with `day`."""
        if self.first is None or self.last is None or not self.first <= day <= self.last:
            raise CalendarEnds(day, self.last)
        return bisect_right(self.days, day)


def working_days(calendars: Mapping[int, YearCalendar]) -> WorkingDays:
    """The working days of the years that `calendars` (by year, none missing in between) are about."""
    if not calendars:
        return WorkingDays(None, None, ())
    first, last = date(min(calendars), 1, 1), date(max(calendars), 12, 31)
    off: set[date] = set()
    worked: set[date] = set()
    for holiday in holidays_of(calendars.values()):
        off |= {holiday.first + timedelta(days=n) for n in range((holiday.last - holiday.first).days + 1)}
        worked |= set(holiday.worked)
    every = (first + timedelta(days=n) for n in range((last - first).days + 1))
    days = tuple(day for day in every if day in worked or (day.weekday() < SATURDAY and day not in off))
    return WorkingDays(first, last, days)
