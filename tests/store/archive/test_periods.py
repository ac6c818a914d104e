"""Periods: a day lies in one of each length, plainly and by columns alike."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.store.archive import days_of, in_order, overlap, period_expression, period_of

EVERY = ("day", "month", "quarter", "year")


@given(st.dates(), st.sampled_from((*EVERY, "once")))
def test_a_day_lies_in_its_period_and_the_next_day_in_no_earlier_one(day: date, every: str) -> None:
    first, last = days_of(period_of(day, every))
    assert first <= day <= last
    assert period_of(first, every) == period_of(last, every) == period_of(day, every)


@given(st.lists(st.none() | st.dates(), min_size=1), st.sampled_from(EVERY))
def test_a_column_of_days_gives_the_same_periods(days: list[date | None], every: str) -> None:
    frame = pl.DataFrame({"day": days}, schema={"day": pl.Date})
    found = frame.select(period_expression(pl.col("day"), every).alias("period"))["period"]
    assert found.to_list() == [day and period_of(day, every) for day in days]


@given(st.dates(), st.sampled_from(EVERY), st.dates(), st.sampled_from(EVERY))
def test_two_periods_overlap_where_one_holds_a_day_of_the_other(day: date, every: str, other: date, often: str) -> None:
    one, two = period_of(day, every), period_of(other, often)
    shared = any(period_of(edge, every) == one for edge in days_of(two))
    shared |= any(period_of(edge, often) == two for edge in days_of(one))
    assert overlap(one, two) == overlap(two, one) == shared
    assert overlap(one, "whole")


def test_periods_stand_in_the_order_of_time_the_longer_first() -> None:
    listed = ["2025-06-30", "2025-Q2", "2025-04", "2024", "2025-06", "2025", "2025-04"]
    assert in_order(listed) == ("2024", "2025", "2025-Q2", "2025-04", "2025-06", "2025-06-30")


@pytest.mark.parametrize(
    "text", ["2025-13", "2025-Q5", "2025-00", "2025-02-30", "25", "2025-6", "0000", "２０２５", "", "2025-06-"]
)
def test_a_text_that_is_no_period_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"period|month|day|year"):
        days_of(text)
