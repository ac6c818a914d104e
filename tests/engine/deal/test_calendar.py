"""Working days: as the State Council announced them, counted from the day after, and refused where nobody knows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.deal.calendar import MOST_DAYS, CalendarEnds, WorkingDays, working_days
from kerong.rulebook import load
from kerong.store.packs import read_pack

CHINA = working_days(load(read_pack("demo")).calendars)
NOBODY = working_days({})
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


def test_the_calendars_of_china_run_from_2024_to_2026() -> None:
    assert (CHINA.first, CHINA.last) == (date(2024, 1, 1), date(2026, 12, 31))


# By hand from the notices: weekdays, less those off, and the weekend days worked:
# 2024: 262 - 19 + 8; 2025: 261 - 18 + 5; 2026: 261 - 19 + 6.
@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 248), (2026, 248)])
def test_the_years_have_the_working_days_that_people_count(year: int, count: int) -> None:
    assert sum(day.year == year for day in CHINA.days) == count


# weekdays less eleven holidays; 2027 also gives the New Year of 2028, a Saturday, its Friday
@pytest.mark.parametrize(("year", "count"), [(2024, 251), (2025, 250), (2026, 250), (2027, 249)])
def test_the_united_states_keep_eleven_holidays_and_those_of_weekends_on_the_weekday_beside(
    year: int, count: int
) -> None:
    federal = working_days(load(read_pack("usa")).calendars)
    assert sum(day.year == year for day in federal.days) == count
    beside = (date(2026, 7, 3), date(2027, 6, 18), date(2027, 7, 5), date(2027, 12, 24), date(2027, 12, 31))
    assert not set(beside) & set(federal.days)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        ("2024-02-04", True),  # a Sunday worked for the Spring Festival
        ("2024-02-09", True),  # leave on New Year's Eve is only encouraged: it stays a working day
        ("2024-02-12", False),
        ("2024-05-11", True),
        ("2025-01-01", False),
        ("2025-01-26", True),
        ("2025-10-08", False),
        ("2025-10-11", True),
        ("2026-01-02", False),
        ("2026-01-04", True),
        ("2026-02-14", True),
        ("2026-02-23", False),
        ("2026-09-20", True),
        ("2026-10-10", True),
        ("2026-11-21", False),  # a plain Saturday
        ("2026-11-23", True),
    ],
)
def test_a_day_is_worked_as_the_notice_says(day: str, works: bool) -> None:
    assert CHINA.is_working(date.fromisoformat(day)) is works


@pytest.mark.parametrize(
    ("begin", "count", "end"),
    [
        ("2026-02-11", 5, "2026-02-25"),  # 12, 13, the worked Saturday 14, then 24 and 25
        ("2025-09-28", 1, "2025-09-29"),
        ("2025-09-30", 2, "2025-10-10"),
        ("2024-04-03", 1, "2024-04-07"),
    ],
)
def test_a_span_of_working_days_ends_where_a_clerk_with_the_notice_ends_it(begin: str, count: int, end: str) -> None:
    assert CHINA.after(date.fromisoformat(begin), count) == date.fromisoformat(end)


@given(DAYS, st.integers(0, 60))
def test_the_end_of_a_span_is_worked_and_as_many_working_days_away(day: date, count: int) -> None:
    if CHINA.between(day, date(2026, 12, 31)) < count:
        with pytest.raises(CalendarEnds):
            CHINA.after(day, count)
        return
    end = CHINA.after(day, count)
    assert CHINA.between(day, end) == count
    assert count == 0 or (CHINA.is_working(end) and end > day)


@given(DAYS, DAYS, DAYS)
def test_two_spans_of_working_days_add_up_to_the_whole(first: date, second: date, third: date) -> None:
    assert CHINA.between(first, second) + CHINA.between(second, third) == CHINA.between(first, third)


@given(DAYS, DAYS)
def test_counting_day_by_day_gives_the_same(begin: date, end: date) -> None:
    begin, end = min(begin, end), max(begin, end)
    walked = sum(CHINA.is_working(begin + timedelta(days=n + 1)) for n in range((end - begin).days))
    assert CHINA.between(begin, end) == walked


@pytest.mark.parametrize("calendar", [CHINA, NOBODY], ids=["ends", "none"])
def test_a_day_of_a_year_that_nobody_announced_is_refused_by_name(calendar: WorkingDays) -> None:
    for ask in (calendar.is_working, lambda day: calendar.after(day, 1), lambda day: calendar.between(day, day)):
        with pytest.raises(CalendarEnds, match=r"calendar\.refused\.(ends|none)") as refused:
            ask(date(2027, 1, 4))
        assert refused.value.day == date(2027, 1, 4)


def test_a_span_that_leads_beyond_the_last_year_is_refused() -> None:
    with pytest.raises(CalendarEnds) as refused:
        CHINA.after(date(2026, 11, 22), 30)
    assert refused.value.day == date(2027, 1, 1)  # the first day that nobody knows


@pytest.mark.parametrize("count", [-1, MOST_DAYS + 1])
def test_a_span_of_no_sense_is_an_error(count: int) -> None:
    with pytest.raises(ValueError, match="working days"):
        CHINA.after(date(2025, 1, 2), count)
