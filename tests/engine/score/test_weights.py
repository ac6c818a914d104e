"""Whole points: every stage hands out 1000."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.score.weights import TOTAL_POINTS, mean_points, points_by_indicator, split
from tests.engine.score.sheet import indicator


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(0, 10_000), min_size=1, max_size=60))
def test_the_parts_of_a_split_add_up_to_the_whole(total: int, shares: list[int]) -> None:
    parts = split(total, shares)
    assert sum(parts) == (total if any(shares) else 0)
    assert all(part >= 0 for part in parts)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 10_000), min_size=1, max_size=60))
def test_no_part_is_a_whole_point_away_from_its_exact_share(total: int, shares: list[int]) -> None:
    for part, share in zip(split(total, shares), shares, strict=True):
        assert abs(part * sum(shares) - total * share) < sum(shares)


def test_equal_remainders_favour_the_earlier_part() -> None:
    assert split(100, [1, 1, 1]) == (34, 33, 33)


def test_a_negative_share_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        split(10, [1, -1])


def test_points_go_to_dimensions_and_then_to_indicators_by_their_weight() -> None:
    sheet = [indicator("a", "input", weight=2), indicator("b", "input", weight=1), indicator("c", "output")]
    assert points_by_indicator({"input": 400, "output": 600}, sheet) == {"a": 267, "b": 133, "c": 600}


def test_a_dimension_without_indicators_gives_its_points_to_the_others_in_proportion() -> None:
    sheet = [indicator("a", "input"), indicator("c", "output")]
    assert points_by_indicator({"input": 200, "output": 600, "talent": 200}, sheet) == {"a": 250, "c": 750}


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(1, 9)), min_size=1, max_size=40))
def test_every_stage_hands_out_exactly_1000_points(held: list[tuple[str, int]]) -> None:
    sheet = [indicator(f"i{n}", dimension, weight=weight) for n, (dimension, weight) in enumerate(held)]
    points = points_by_indicator({"a": 150, "b": 250, "c": 200, "d": 300, "e": 100}, sheet)
    assert sum(points.values()) == TOTAL_POINTS


def test_an_unknown_stage_is_read_with_the_mean_of_all_stages() -> None:
    stages = {"seed": {"input": 700, "output": 300}, "mature": {"input": 200, "output": 800}}
    shares = mean_points(stages, ["input", "output"])
    assert points_by_indicator(shares, [indicator("a", "input"), indicator("b", "output")]) == {"a": 450, "b": 550}
