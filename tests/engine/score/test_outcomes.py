"""What came of a decision: events after it and within the horizon, and nothing that could not be known yet."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.outcomes import EVENTS, days_between, judged, last_decision, months_after
from kerong.rulebook.models import Outcome
from kerong.rulebook.said import Place, Text

DAYS = st.dates(date(2019, 1, 1), date(2026, 12, 31))


def outcome(horizon: int = 12, delay: int = 0) -> Outcome:
    return Outcome(Text("", ""), (), horizon, None, delay, Place("models/m.toml", 1))


def happened(*rows: tuple[str, date, date]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=EVENTS, orient="row")


def decisions(*rows: tuple[str, date]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema={"subject": pl.String, "on": pl.Date}, orient="row")


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), DAYS, st.integers(0, 400)), max_size=8),
    st.lists(st.tuples(st.sampled_from("ABC"), DAYS), min_size=1, max_size=6),
    st.integers(1, 24),
    st.integers(0, 200),
    DAYS,
)
def test_an_outcome_is_what_the_definition_says_of_every_decision(
    found: list[tuple[str, date, int]], asked: list[tuple[str, date]], horizon: int, delay: int, seen: date
) -> None:
    rows = [(who, day, day + timedelta(days=late)) for who, day, late in found]
    told = judged(decisions(*asked), happened(*rows), outcome(horizon, delay), seen)
    assert told.select("subject", "on").rows() == asked
    for who, on, said, day in told.iter_rows():
        end = months_after(on, horizon)
        own = [when for one, when, known in rows if one == who and on < when <= end and known <= seen]
        if end + timedelta(days=delay) > seen:
            assert (said, day) == (None, None)
        else:
            assert (said, day) == (bool(own), min(own, default=None))


def test_a_bad_outcome_whose_horizon_is_not_over_is_left_out_like_the_good_ones() -> None:
    rows = happened(("A", date(2024, 3, 1), date(2024, 3, 1)))
    told = judged(decisions(("A", date(2024, 1, 1)), ("B", date(2024, 1, 1))), rows, outcome(12), date(2024, 6, 30))
    assert told["outcome"].to_list() == [None, None]


@given(DAYS, st.integers(1, 60), st.integers(0, 366))
def test_the_last_decision_is_the_last_whose_outcome_is_in(seen: date, horizon: int, delay: int) -> None:
    of = outcome(horizon, delay)
    last = last_decision(of, seen)
    assert months_after(last, horizon) + timedelta(days=delay) <= seen
    assert months_after(last + timedelta(days=1), horizon) + timedelta(days=delay) > seen


@given(DAYS, st.integers(-60, 60))
def test_a_last_day_of_a_month_stays_one_and_no_other_day_changes_its_number_without_need(
    day: date, months: int
) -> None:
    found = months_after(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    is_last = (day + timedelta(days=1)).month != day.month
    assert found.day == day.day or (found + timedelta(days=1)).month != found.month
    assert not is_last or (found + timedelta(days=1)).month != found.month


def test_quarters_between_two_days_are_ends_of_months() -> None:
    assert days_between(date(2023, 12, 31), date(2024, 9, 30), "quarter") == [
        date(2023, 12, 31),
        date(2024, 3, 31),
        date(2024, 6, 30),
        date(2024, 9, 30),
    ]
    with pytest.raises(ValueError, match="is after"):
        days_between(date(2024, 1, 2), date(2024, 1, 1), "month")
