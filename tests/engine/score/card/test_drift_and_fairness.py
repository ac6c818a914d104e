"""What has moved is said beyond chance only; groups are compared where they are large enough."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.card.drift import psi
from kerong.engine.score.card.fairness import LEAST_OUTCOMES, LEAST_ROWS, cut_for, fairness

COUNTS = st.lists(st.integers(0, 1_000), min_size=2, max_size=9).filter(sum)


@given(COUNTS)
def test_what_did_not_move_has_no_shift(counts: list[int]) -> None:
    found = psi(np.array(counts), np.array(counts))
    assert found is not None
    assert found.value == pytest.approx(0, abs=1e-12)
    assert found.word == "stable"


@given(COUNTS, st.randoms(use_true_random=False))
def test_a_shift_is_never_below_zero_and_the_same_both_ways(counts: list[int], random: "object") -> None:
    other = sorted(counts, key=lambda _: random.random())  # type: ignore[attr-defined]
    there, back = psi(np.array(counts), np.array(other)), psi(np.array(other), np.array(counts))
    assert there is not None
    assert back is not None
    assert there.value >= 0
    assert there.value == pytest.approx(back.value)


def test_an_empty_bin_has_a_finite_shift_and_no_rows_have_none() -> None:
    found = psi(np.array([500, 500]), np.array([1_000, 0]))
    assert found is not None
    assert found.word == "shifted"
    assert np.isfinite(found.value)
    assert psi(np.array([1, 2]), np.array([0, 0])) is None
    assert psi(np.array([3]), np.array([3])) is None


def test_chance_alone_is_rarely_called_a_shift() -> None:
    rng = np.random.default_rng(1)
    share = np.full(10, 0.1)
    found = [psi(rng.multinomial(5_000, share), rng.multinomial(60, share)) for _ in range(200)]
    assert sum(one is not None and one.value > one.noise for one in found) <= 24
    assert sum(one is not None and one.value > 0.1 for one in found) > 50  # which a bare limit of 0.10 would call so
    assert {one.word for one in found if one and one.value > 0.1 and one.value <= one.noise} == {"unclear"}


def test_a_cut_approves_at_least_the_share_asked_for() -> None:
    points = np.array([500, 600, 600, 700])
    assert (points >= cut_for(points, 5_000)).mean() >= 0.5
    assert cut_for(points, 2_500) == 700
    assert cut_for(points, 10_000) == 500


def people(sizes: dict[str, int], shift: float = 0.0) -> tuple[pl.Series, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(4)
    names = [name for name, size in sizes.items() for _ in range(size)]
    points = np.round(rng.normal(600, 30, len(names)) - shift * (np.array(names) == "b")).astype(np.int64)
    return pl.Series(names), points, rng.random(len(names)) < 0.3


def test_groups_that_fare_alike_have_ratios_near_one() -> None:
    groups, points, bad = people({"a": 3_000, "b": 1_500})
    found = fairness("size", groups, points, bad, 600, np.random.default_rng(1), 200)
    assert found.largest == "a"
    ratio = found.groups[1].approved_ratio
    assert ratio is not None
    assert ratio.low is not None
    assert ratio.high is not None
    assert ratio.low < 1.05
    assert ratio.high > 0.95
    assert not found.groups[1].low


def test_a_group_that_is_approved_much_less_is_marked() -> None:
    groups, points, bad = people({"a": 3_000, "b": 1_500}, shift=40)
    assert fairness("size", groups, points, bad, 600, np.random.default_rng(1), 200).groups[1].low


def test_small_groups_are_counted_together_and_shown_by_no_figure() -> None:
    groups, points, bad = people({"a": 1_000, "b": LEAST_ROWS - 1, "c": 5})
    found = fairness("size", groups, points, bad, 600, np.random.default_rng(1), 50)
    assert [row.group for row in found.groups] == ["a"]
    assert (found.small, found.small_rows) == (2, LEAST_ROWS + 4)


def test_a_group_with_few_outcomes_is_small_however_many_its_rows() -> None:
    groups, points, _ = people({"a": 1_000, "b": 500})
    bad = np.arange(1_500) < 400
    bad[1_000 : 1_000 + LEAST_OUTCOMES - 1] = True
    found = fairness("size", groups, points, bad, 600, np.random.default_rng(1), 50)
    assert [row.group for row in found.groups] == ["a"]


def test_with_small_groups_only_nothing_is_compared() -> None:
    groups, points, bad = people({"a": 20, "b": 10})
    found = fairness("size", groups, points, bad, 600, np.random.default_rng(1), 50)
    assert (found.largest, found.groups, found.small_rows) == (None, (), 30)
