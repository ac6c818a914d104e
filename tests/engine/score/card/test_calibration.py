"""Probabilities fall with the points, tell what came, and move to another base rate without touching the ranking."""

from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.card.calibration import Method, calibrated, folds, probability_bp, with_prior
from kerong.engine.score.card.card import Card, CardSegment
from kerong.engine.score.card.plan import Scaling

ROWS = st.lists(st.tuples(st.integers(400, 700), st.booleans()), min_size=1, max_size=60)
METHODS = st.sampled_from(["isotonic", "platt"])


def made(rows: int = 4_000, rate: float = 0.5) -> tuple[np.ndarray, np.ndarray]:
    """Points and outcomes in which 20 points double the odds."""
    rng = np.random.default_rng(5)
    points = np.round(rng.normal(600, 30, rows)).astype(np.int64)
    odds = np.log(rate / (1 - rate)) - (points - 600) * np.log(2) / 20
    return points, rng.random(rows) < 1 / (1 + np.exp(-odds))


def carded(steps: tuple[tuple[int, int], ...], rate_bp: int) -> Card:
    everyone = CardSegment("all", None, 600, (), steps)
    window = (date(2001, 1, 1), date(2004, 12, 31))
    return Card("made_up", 1, date(2005, 1, 1), window, 4_000, 2_000, rate_bp, None, Scaling(), (everyone,))


@given(ROWS, METHODS)
def test_more_points_are_never_more_likely_to_turn_bad_and_nothing_is_certain(
    rows: list[tuple[int, bool]], method: Method
) -> None:
    points, bad = (np.array(column) for column in zip(*rows, strict=True))
    steps = calibrated(points.astype(np.int64), bad.astype(bool), method)
    starts, likely = zip(*steps, strict=True)
    assert list(starts) == sorted(set(starts))
    assert list(likely) == sorted(set(likely), reverse=True)
    assert all(0 < value < 10_000 for value in likely)


@given(ROWS, METHODS, st.randoms(use_true_random=False))
def test_the_order_of_rows_moves_no_step(rows: list[tuple[int, bool]], method: Method, random: "object") -> None:
    shuffled = sorted(rows, key=lambda _: random.random())  # type: ignore[attr-defined]
    one, other = (tuple(np.array(column) for column in zip(*given, strict=True)) for given in (rows, shuffled))
    assert calibrated(one[0], one[1], method) == calibrated(other[0], other[1], method)


@pytest.mark.parametrize("method", ["isotonic", "platt"])
def test_the_mean_probability_is_the_share_that_turned_bad(method: Method) -> None:
    points, bad = made(rate=0.3)
    likely = probability_bp(points, calibrated(points, bad, method)) / 10_000
    assert likely.mean() == pytest.approx(bad.mean(), abs=0.002)


def test_the_isotonic_rates_are_those_of_scikit_learn_where_many_rows_stand() -> None:
    sklearn = pytest.importorskip("sklearn.isotonic", reason="scikit-learn is a peer (extra bench): not installed")
    points, bad = made(20_000)
    theirs = sklearn.IsotonicRegression(increasing=False).fit(points, bad)
    middle = np.arange(560, 640)
    ours = probability_bp(middle, calibrated(points, bad, "isotonic")) / 10_000
    seen = np.isin(middle, points)
    assert np.abs(ours - theirs.predict(middle))[seen].max() < 0.004


def test_points_beyond_what_was_seen_read_as_the_nearest_step() -> None:
    assert probability_bp(np.array([0, 550, 600, 999]), ((550, 3_000), (600, 1_000))).tolist() == [
        3_000,
        3_000,
        1_000,
        1_000,
    ]


@given(st.integers(1, 9_999))
def test_another_base_rate_moves_no_rank_and_leaves_the_steps_falling(rate_bp: int) -> None:
    points, bad = made()
    card = carded(calibrated(points, bad, "isotonic"), 5_000)
    moved = with_prior(card, rate_bp)
    assert moved.prior_bp == rate_bp
    assert replace(moved.segments[0], calibration=()) == replace(card.segments[0], calibration=())
    before, after = (probability_bp(np.arange(450, 750), item.segments[0].calibration) for item in (card, moved))
    assert (np.diff(after) <= 0).all()
    assert (np.sign(after - before) * np.sign(rate_bp - 5_000) >= 0).all()


@given(st.integers(100, 9_900))
def test_in_a_world_with_that_rate_the_mean_probability_is_that_rate(rate_bp: int) -> None:
    points, bad = made(20_000)
    held = bad.mean()
    card = carded(calibrated(points, bad, "isotonic"), round(held * 10_000))
    likely = probability_bp(points, with_prior(card, rate_bp).segments[0].calibration) / 10_000
    rate = rate_bp / 10_000
    weights = np.where(bad, rate / held, (1 - rate) / (1 - held))
    assert (likely * weights).sum() / weights.sum() == pytest.approx(rate, abs=0.003)


def test_going_to_another_rate_and_back_is_where_it_was_within_rounding() -> None:
    points, bad = made()
    card = carded(calibrated(points, bad, "platt"), 5_000)
    back = with_prior(with_prior(card, 2_000), 5_000)
    before, after = (probability_bp(points, item.segments[0].calibration) for item in (card, back))
    assert np.abs(before - after).max() <= 3


@pytest.mark.parametrize("rate_bp", [-1, 0, 10_000, 20_000])
def test_a_base_rate_of_nothing_or_everything_is_refused_by_name(rate_bp: int) -> None:
    with pytest.raises(ValueError, match="base rate lies between 0 and 1"):
        with_prior(carded(((0, 5_000),), 5_000), rate_bp)


def test_a_card_from_one_class_alone_has_no_odds_to_shift() -> None:
    with pytest.raises(ValueError, match="no odds to shift"):
        with_prior(carded(((0, 9_999),), 10_000), 2_000)


def test_no_row_and_an_unknown_method_are_refused() -> None:
    nothing = np.array([], dtype=np.int64)
    with pytest.raises(ValueError, match="no row"):
        calibrated(nothing, nothing.astype(bool), "isotonic")
    with pytest.raises(ValueError, match="isotonic or platt"):
        calibrated(np.array([1]), np.array([True]), "guess")  # type: ignore[arg-type]


def test_all_rows_of_a_subject_share_a_fold_whatever_their_order() -> None:
    subjects = pl.Series([f"s{number % 300}" for number in range(900)])
    found = folds(subjects, 5, 1)
    assert pl.DataFrame({"s": subjects, "f": found}).group_by("s").agg(pl.col("f").n_unique())["f"].max() == 1
    assert set(found.tolist()) == set(range(5))
    assert folds(subjects.reverse(), 5, 1)[::-1].tolist() == found.tolist()
