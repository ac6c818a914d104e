"""Files of `calendars/`: the holidays of a year and the weekend days worked for them, from TOML to records."""

from collections.abc import Mapping
from datetime import date, timedelta

from kerong.rulebook.calendars import Holiday, YearCalendar, years_missing
from kerong.rulebook.load_source import source_of
from kerong.rulebook.sheets import Sheet, Stop

KEYS = ("year", "title", "source", "holiday")
HOLIDAY_KEYS = ("title", "clause", "from", "to", "worked")
YEARS = (1950, 2200)
SATURDAY = 5


def calendars_of(sheets: list[Sheet]) -> dict[int, YearCalendar]:
    """All calendars of a pack by year, the years in order; no year between two of them may be missing."""
    found: dict[int, YearCalendar] = {}
    last: dict[int, Sheet] = {}
    for sheet in sheets:
        try:
            calendar = calendar_of(sheet)
        except Stop:
            continue
        if calendar.year in found:
            sheet.fail(
                f"the calendar of {calendar.year} is given twice",
                "year",
                hint=f"first in {found[calendar.year].place.file}",
            )
        else:
            found[calendar.year], last[calendar.year] = calendar, sheet
    missing = years_missing(found)
    if missing:
        last[max(found)].fail(f"no calendar of {missing[0]}", "year", hint="a calendar for every year in between")
    _no_contradiction(found, last)
    return dict(sorted(found.items()))


def calendar_of(sheet: Sheet) -> YearCalendar:
    """One `calendars/<year>.toml`."""
    sheet.only(KEYS)
    year = sheet.whole("year")
    if not YEARS[0] <= year <= YEARS[1]:
        raise sheet.fail(f"year = {year}", "year", hint=f"{YEARS[0]} to {YEARS[1]}")
    holidays = tuple(_holiday(item, year) for item in sheet.tables("holiday"))
    if not holidays:
        raise sheet.fail("no holiday stands here", "holiday", hint="[[holiday]] with title, clause, from and to")
    return YearCalendar(year, sheet.title(), source_of(sheet.table("source")), holidays, sheet.place())


def _holiday(sheet: Sheet, year: int) -> Holiday:
    sheet.only(HOLIDAY_KEYS)
    first, last = sheet.day("from"), sheet.day("to")
    worked = sheet.get("worked", list, "a list of dates", [])
    if last < first:
        raise sheet.fail(f"ends on {last}, before it begins on {first}", "to")
    if year not in (first.year, last.year):
        raise sheet.fail(f"{first} to {last} is not in {year}", "from")
    for number, day in enumerate(worked):
        if type(day) is not date:
            raise sheet.fail("worked must be a list of dates", "worked", number, hint="worked = [2026-01-04]")
        if day.weekday() < SATURDAY:
            raise sheet.fail(f"{day} is no Saturday or Sunday: it is worked anyway", "worked", number)
    return Holiday(sheet.title(), sheet.text("clause"), first, last, tuple(worked), sheet.place())


def _no_contradiction(calendars: Mapping[int, YearCalendar], sheets: Mapping[int, Sheet]) -> None:
    """No day is off twice, worked twice, or both."""
    said: dict[date, str] = {}
    for year, calendar in sorted(calendars.items()):
        for number, holiday in enumerate(calendar.holidays):
            off = [holiday.first + timedelta(days=n) for n in range((holiday.last - holiday.first).days + 1)]
            for day in (*off, *holiday.worked):
                if day in said:
                    at = sheets[year]
                    at.fail(f"{day} is named twice", "holiday", number, hint=f"first by {said[day]}")
                said[day] = holiday.title.en
