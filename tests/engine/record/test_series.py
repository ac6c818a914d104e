"""Trend, season, silence and the largest partners: laws, plain second implementations, and what stays unknown."""

import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import linear_regression

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record import features
from kerong.engine.record.series import Real, Whole, largest_share, longest_gap, seasonality, trend
from tests.engine.record.test_features import ON, book, tax

VALUES = st.lists(st.integers(-1_000_000, 1_000_000), min_size=1, max_size=40)


def one(function: Callable[..., tuple[Whole, Real]], periods: list[int], values: Sequence[float]) -> float:
    """The value of a single enterprise."""
    _, found = function(np.zeros(len(periods), np.int64), np.array(periods), np.array(values, dtype=np.float64))
    return float(found[0])


@given(VALUES)
def test_a_trend_is_the_slope_of_the_line_over_the_mean(values: list[int]) -> None:
    periods = list(range(len(values)))
    found = one(trend, periods, values)
    mean = sum(values) / len(values)
    if len(values) < 3 or mean == 0:
        assert math.isnan(found)
    else:
        assert found == pytest.approx(linear_regression(periods, values).slope / abs(mean), rel=1e-6, abs=1e-9)


def test_a_month_that_is_missing_is_left_out_of_the_line_and_not_taken_for_zero() -> None:
    straight = one(trend, [0, 1, 2, 5], [10.0, 12.0, 14.0, 20.0])
    assert straight == pytest.approx(2 / 14)


@given(st.lists(st.integers(0, 1000), min_size=12, max_size=12), st.integers(2, 4))
def test_a_year_that_repeats_itself_is_all_season_and_a_flat_one_is_none(year: list[int], years: int) -> None:
    months = list(range(12 * years))
    found = one(seasonality, months, year * years)
    assert found == pytest.approx(1.0 if len(set(year)) > 1 else 0.0)


def test_chance_alone_shows_no_season_on_average() -> None:
    rng = np.random.default_rng(5)
    place, month = np.repeat(np.arange(2000), 24), np.tile(np.arange(24), 2000)
    signed = rng.normal(100, 10, len(place))
    _, found = seasonality(place, month, signed)
    assert 0 <= found.mean() < 0.15  # what lies below 0 is cut, so that the mean stays a little above
    assert np.median(found) < 0.1


def test_less_than_two_of_each_calendar_month_tells_no_season() -> None:
    months = list(range(23))
    assert math.isnan(one(seasonality, months, months))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5000)), max_size=60))
def test_the_longest_gap_is_the_one_that_a_plain_search_finds(rows: list[tuple[int, int]]) -> None:
    ordered = np.array(sorted(rows), dtype=np.int64).reshape(-1, 2)
    there, found = longest_gap(ordered[:, 0], ordered[:, 1])
    for place, gap in zip(there, found, strict=True):
        days = sorted(day for of, day in rows if of == place)
        assert (math.isnan(gap) and len(days) < 2) or gap == max(b - a for a, b in pairwise(days))


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(-50, 1000)), max_size=60), st.integers(1, 6))
def test_the_largest_partners_share_what_a_plain_sum_says(rows: list[tuple[int, int]], largest: int) -> None:
    ordered = sorted(rows)
    there, found = largest_share(
        np.array([p for p, _ in ordered], dtype=np.int64), np.array([float(v) for _, v in ordered]), largest
    )
    plain = {}
    for place in {of for of, _ in rows}:
        positive = sorted((max(value, 0) for of, value in rows if of == place), reverse=True)
        if sum(positive):
            plain[place] = math.floor(sum(positive[:largest]) / sum(positive) * 10_000 + 0.5)
    assert dict(zip(there.tolist(), found.tolist(), strict=True)) == plain


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("trend(tax.sales_fen)", [0.5, None]),
        ("top_five_share(tax.sales_fen, tax.customer)", [10_000, 10_000]),
        ("longest_gap(tax.month)", [31, None]),
        ("seasonality(tax.sales_fen)", [None, None]),
    ],
)
def test_the_new_measures_are_content_and_unknown_stays_unknown(value: str, expected: list[float | None]) -> None:
    table = tax(("a", 1, 30, "x"), ("a", 2, 20, "y"), ("a", 3, 10, "z"), ("b", 1, 7, "x"))
    firms = pl.DataFrame({"enterprise_id": ["a", "b"]})
    table = table.sort("enterprise_id", "month")
    found, _, problems = features(firms, {"tax": table}, book(f'value = "{value}"'), ON)
    assert found["m"].to_list() == expected
    assert problems.is_empty()


def test_a_value_that_is_unknown_leaves_the_trend_unknown() -> None:
    table = tax(("a", 1, 30, "x"), ("a", 2, None, "y"), ("a", 3, 10, "z"), ("a", 4, 10, "z")).sort("month")
    firms = pl.DataFrame({"enterprise_id": ["a"]})
    found, _, _ = features(firms, {"tax": table}, book('value = "trend(tax.sales_fen)"'), ON)
    assert found["m"].to_list() == [None]
