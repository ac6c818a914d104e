"""What is measured about a score agrees with its definition, with other programs, and with any order of rows."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.score.card import metrics
from kerong.engine.score.card.metrics import Estimate, Floats, Tally, Truth, Whole, estimates, tally
from kerong.engine.score.card.tested import stepped

ROWS = st.lists(st.tuples(st.booleans(), st.integers(-6, 6), st.integers(1, 9)), min_size=2, max_size=40).filter(
    lambda rows: len({bad for bad, *_ in rows}) == 2
)
Rows = list[tuple[bool, int, int]]


def counted(rows: Rows) -> Tally:
    """The rows as a tally: outcome, risk and probability in tenths."""
    bad, risk, tenths = (np.array(column) for column in zip(*rows, strict=True))
    return tally(bad.astype(bool), risk.astype(float), tenths / 10)


def sure(
    bad: Truth,
    risk: Floats,
    likely: Floats | None = None,
    seed: int = 1,
    draws: int = 100,
    subjects: Whole | None = None,
) -> dict[str, Estimate]:
    """Figures with intervals; without probabilities those of the ranking."""
    asked = metrics.RANKING if likely is None else metrics.ALL
    pair = (risk, np.full(risk.size, 0.5) if likely is None else likely)
    return estimates(bad, [pair], np.random.default_rng(seed), subjects=subjects, metrics=asked, draws=draws)


@given(ROWS)
def test_the_area_is_the_share_of_pairs_that_are_ordered_right_ties_one_half(rows: Rows) -> None:
    bads = [risk for bad, risk, _ in rows if bad]
    goods = [risk for bad, risk, _ in rows if not bad]
    won = [1.0 if b > g else 0.5 if b == g else 0.0 for b, g in itertools.product(bads, goods)]
    assert metrics.auc(counted(rows)) == pytest.approx(sum(won) / len(won), abs=1e-12)


@given(ROWS)
def test_distance_of_distributions_is_the_largest_over_all_cuts(rows: Rows) -> None:
    bads = np.array([risk for bad, risk, _ in rows if bad])
    goods = np.array([risk for bad, risk, _ in rows if not bad])
    largest = max(abs((bads <= cut).mean() - (goods <= cut).mean()) for cut in range(-7, 8))
    assert metrics.ks(counted(rows)) == pytest.approx(largest, abs=1e-12)


@given(ROWS, st.integers(1, 5), st.randoms(use_true_random=False))
def test_no_figure_or_interval_depends_on_the_order_of_rows(rows: Rows, firms: int, random: "object") -> None:
    owned = [(*row, at % firms) for at, row in enumerate(rows)]
    shuffled = sorted(owned, key=lambda _: random.random())  # type: ignore[attr-defined]

    def told(some: list[tuple[bool, int, int, int]]) -> dict[str, Estimate]:
        bad, risk, tenths, whose = (np.array(column) for column in zip(*some, strict=True))
        return sure(bad.astype(bool), risk.astype(float), tenths / 10, 3, 3, whose)

    assert told(owned) == told(shuffled)


@given(ROWS, st.integers(1, 4))
def test_rows_that_a_subject_repeats_change_no_figure_and_no_interval(rows: Rows, times: int) -> None:
    """Months of one firm that are the same fact told again are no more evidence than the one fact."""
    bad, risk, tenths = (np.repeat(np.array(column), times) for column in zip(*rows, strict=True))
    whose = np.repeat(np.arange(len(rows)), times)
    found = sure(bad.astype(bool), risk.astype(float), tenths / 10, 4, 10, whose)
    once = sure(bad[::times].astype(bool), risk[::times].astype(float), tenths[::times] / 10, 4, 10)
    for name, one in once.items():
        for part in ("value", "low", "high"):
            assert getattr(found[name], part) == pytest.approx(getattr(one, part), abs=1e-7), (name, part)


def test_intervals_of_subjects_hold_the_true_area_where_those_of_rows_do_not() -> None:
    rng = np.random.default_rng(22)
    held = {"firms": 0, "rows": 0}
    for _ in range(60):
        bad = np.repeat(rng.random(60) < 0.4, 12)
        risk = np.repeat(rng.normal(size=60), 12) + bad + rng.normal(size=720) * 0.1
        for name, whose in (("firms", np.repeat(np.arange(60), 12)), ("rows", None)):
            found = sure(bad, risk, seed=2, draws=100, subjects=whose)["auc"]
            assert found.low is not None
            assert found.high is not None
            held[name] += found.low <= 0.7592 <= found.high  # Phi(1 / sqrt(2 x 1.01))
    assert held["firms"] >= 50
    assert held["rows"] <= 40


@given(ROWS)
def test_turning_the_score_round_turns_the_area_round(rows: Rows) -> None:
    turned = [(bad, -risk, tenths) for bad, risk, tenths in rows]
    area, other = metrics.auc(counted(rows)), metrics.auc(counted(turned))
    assert area is not None
    assert other == pytest.approx(1 - area)


@given(ROWS, st.floats(0.02, 0.98))
def test_a_weighting_to_a_base_rate_leaves_the_ranking_and_gives_that_rate(rows: Rows, rate: float) -> None:
    held = counted(rows).at_rate(rate)
    assert metrics.observed_rate(held) == pytest.approx(rate)
    assert metrics.auc(held) == pytest.approx(metrics.auc(counted(rows)))
    assert metrics.ks(held) == pytest.approx(metrics.ks(counted(rows)))


def test_a_single_repeat_has_the_figures_of_its_tally_and_two_their_mean() -> None:
    rng = np.random.default_rng(6)
    bad, likely, other = rng.random(200) < 0.4, np.round(rng.random(200), 2), np.round(rng.random(200), 2)
    one, two = (estimates(bad, [(p, p)], rng, draws=0) for p in (likely, other))
    assert one["auc"].value == metrics.auc(tally(bad, likely, likely))
    both = estimates(bad, [(likely, likely), (other, other)], rng, draws=50)
    for name in metrics.ALL:
        assert both[name].value == pytest.approx((one[name].value + two[name].value) / 2)  # type: ignore[operator]
    assert both["auc"].low is not None


def test_one_class_alone_has_no_area_and_says_so_without_an_error() -> None:
    found = sure(np.ones(5, dtype=bool), np.arange(5.0), np.full(5, 0.5), draws=10)
    assert found["auc"] == metrics.Estimate(None, None, None)
    assert found["calibration_slope"].value is None
    assert found["brier"].value == pytest.approx(0.25)


def test_scores_without_a_number_are_refused() -> None:
    with pytest.raises(ValueError, match="finite"):
        tally(np.array([True, False]), np.array([1.0, np.nan]))


def test_perfect_separation_has_no_finite_slope() -> None:
    bad = np.array([False, False, True, True])
    assert metrics.calibration_slope(tally(bad, np.arange(4.0), np.array([0.1, 0.2, 0.8, 0.9]))) is None


def test_true_probabilities_have_slope_one_and_intercept_zero_within_their_intervals() -> None:
    rng = np.random.default_rng(11)
    likely = rng.beta(2, 5, 6_000)
    found = sure(rng.random(6_000) < likely, likely, likely, 2)
    for name, right in (("calibration_slope", 1.0), ("calibration_intercept", 0.0)):
        low, high = found[name].low, found[name].high
        assert low is not None
        assert high is not None
        assert low - 0.03 < right < high + 0.03


def test_intervals_hold_the_true_area_about_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20)
    held = 0
    for _ in range(60):
        bad = rng.random(300) < 0.4
        risk = rng.normal(size=300) + bad  # two normals one apart: the area is Phi(1 / sqrt 2)
        found = sure(bad, risk, seed=int(rng.integers(1_000)), draws=120)["auc"]
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.76025 <= found.high
    assert 50 <= held <= 60


def test_figures_are_those_of_scikit_learn_and_scipy() -> None:
    sklearn = pytest.importorskip("sklearn.metrics", reason="scikit-learn is a peer (extra bench): not installed")
    scipy = pytest.importorskip("scipy.stats", reason="scipy is not installed")
    linear = pytest.importorskip("sklearn.linear_model")
    rng = np.random.default_rng(7)
    bad = rng.random(2_000) < 0.3
    risk = np.round(rng.normal(size=2_000) + bad, 1)
    likely = 1 / (1 + np.exp(1 - 0.6 * risk))
    counts = tally(bad, risk, likely)
    assert metrics.auc(counts) == pytest.approx(sklearn.roc_auc_score(bad, risk), abs=1e-12)
    assert metrics.brier(counts) == pytest.approx(sklearn.brier_score_loss(bad, likely), abs=1e-12)
    assert metrics.ks(counts) == pytest.approx(scipy.ks_2samp(risk[bad], risk[~bad]).statistic, abs=1e-12)
    odds = np.log(likely / (1 - likely)).reshape(-1, 1)
    slope = linear.LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(odds, bad).coef_[0, 0]
    assert metrics.calibration_slope(counts) == pytest.approx(slope, abs=1e-4)


def test_intervals_of_the_largest_distance_hold_the_true_one_and_not_what_luck_adds() -> None:
    """By the middle of the draws alone the truth lay within in 47 of 100 such samples: luck lifts a largest twice."""
    rng = np.random.default_rng(21)
    held = 0
    for _ in range(60):
        bad = np.arange(400) < 40
        risk = rng.normal(size=400) + 0.3 * bad  # the true distance is 2 Phi(0.15) - 1
        found = sure(bad, risk, seed=int(rng.integers(1_000)))["ks"]
        assert found.low is not None
        assert found.high is not None
        held += found.low <= 0.1192 <= found.high
    assert held >= 40


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_probabilities_in_steps_move_a_figure_by_a_few_thousandths_at_most(seed: int) -> None:
    rng = np.random.default_rng(seed)
    likely = rng.beta(1, 20, 2_000)
    bad = rng.random(2_000) < likely
    exact, steps = (sure(bad, p, p, draws=0) for p in (likely, stepped(likely)))
    for name, one in exact.items():
        assert steps[name].value == pytest.approx(one.value, abs=4e-3 if name == "ks" else 1e-3), name
    assert stepped(np.array([0.0, 1.0])) == pytest.approx([0.0, 1.0], abs=1e-9)
