"""A year's calendar as a government announced it: the days off, and the days of a weekend that are worked instead."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from kerong.rulebook.said import Place, Source, Text


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday: every day off from `first` to `last`, weekends within it too, and the days worked for it."""

    title: Text
    clause: str
    first: date
    last: date
    worked: tuple[date, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class YearCalendar:
    """A file of `calendars/`: what was announced of one year; days that it does not name are as the week has it."""

    year: int
    title: Text
    source: Source
    holidays: tuple[Holiday, ...]
    place: Place


def years_missing(calendars: Mapping[int, YearCalendar]) -> tuple[int, ...]:
    """Years between the first and the last calendar of which nobody says anything."""
    return tuple(year for year in range(min(calendars, default=0), max(calendars, default=0)) if year not in calendars)


def holidays_of(calendars: Iterable[YearCalendar]) -> tuple[Holiday, ...]:
    """All holidays in the order of their days."""
    found = [holiday for calendar in calendars for holiday in calendar.holidays]
    return tuple(sorted(found, key=lambda holiday: (holiday.first, holiday.last)))
