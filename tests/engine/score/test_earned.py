"""What a value earns between its bounds."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.score.earned import earned

finite = st.floats(allow_nan=False, allow_infinity=False)


def part(full: float, value: float, low: float, high: float, better: str = "more", best: float | None = None) -> float:
    whole, given, least, most = (np.array([x], dtype=np.float64) for x in (full, value, low, high))
    return float(earned(whole, given, least, most, better, best)[0])


def at(value: float, low: float, high: float, better: str = "more", best: float | None = None) -> float:
    return part(1.0, value, low, high, better, best)


def test_more_runs_from_the_low_bound_to_the_high_one_and_values_beyond_count_as_the_bound() -> None:
    assert [at(v, 10, 20) for v in (5, 10, 12.5, 20, 99)] == [0, 0, 0.25, 1, 1]


def test_less_is_more_turned_round() -> None:
    assert [at(v, 10, 20, "less") for v in (5, 12.5, 99)] == [1, 0.75, 0]


def test_the_middle_rises_to_its_best_value_and_falls_behind_it() -> None:
    assert [at(v, 0, 10, "middle", 4) for v in (0, 2, 4, 7, 10, 50)] == [0, 0.5, 1, 0.5, 0, 0]


def test_a_best_value_beyond_a_bound_moves_that_bound() -> None:
    assert [at(v, 4, 10, "middle", 0) for v in (-3, 0, 5, 10)] == [1, 1, 0.5, 0]
    assert [at(v, 0, 6, "middle", 10) for v in (0, 5, 10, 11)] == [0, 0.5, 1, 1]


@pytest.mark.parametrize(("better", "expected"), [("more", [0, 0.5, 1]), ("less", [1, 0.5, 0])])
def test_where_bounds_coincide_equal_is_half_and_better_is_all(better: str, expected: list[float]) -> None:
    assert [at(v, 3, 3, better) for v in (2, 3, 4)] == expected


def test_where_bounds_of_a_middle_coincide_nearer_to_the_best_is_better() -> None:
    assert [at(v, 3, 3, "middle", 5) for v in (2, 3, 4, 7, 9)] == [0, 0.5, 1, 0.5, 0]
    assert [at(v, 3, 3, "middle", 3) for v in (2, 3, 4)] == [0, 0.5, 0]


def test_an_unknown_value_or_bound_earns_no_share() -> None:
    for better, best in (("more", None), ("less", None), ("middle", 1.0)):
        assert np.isnan(at(np.nan, 0, 2, better, best))
        assert np.isnan(at(1, np.nan, np.nan, better, best))


def test_an_unknown_direction_is_refused() -> None:
    with pytest.raises(ValueError, match="better is 'most'"):
        at(1, 0, 2, "most")
    with pytest.raises(ValueError, match="middle"):
        at(1, 0, 2, "middle")


@settings(deadline=None)
@given(finite, finite, finite, st.sampled_from(["more", "less", "middle"]), finite)
def test_every_share_lies_between_nought_and_one(a: float, b: float, value: float, better: str, best: float) -> None:
    assert 0 <= at(value, min(a, b), max(a, b), better, best) <= 1


@settings(deadline=None)
@given(finite, finite, finite, finite)
def test_more_never_lowers_what_a_more_indicator_earns(a: float, b: float, value: float, other: float) -> None:
    low, high = min(a, b), max(a, b)
    assert at(min(value, other), low, high) <= at(max(value, other), low, high)


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(1, 60), st.integers(0, 60), st.sampled_from(["more", "less"]))
def test_a_half_point_on_paper_is_a_half_point_here(full: int, high: int, value: int, better: str) -> None:
    share = Fraction(min(value, high), high)
    exact = full * (share if better == "more" else 1 - share)
    assert math.floor(part(full, value, 0, high, better) + 0.5) == math.floor(exact + Fraction(1, 2))
