"""The ridge logit whose coefficients are never below zero."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import minimize

from kerong.engine.score.card import loops
from kerong.engine.score.card.logit import RIDGE, logit


def penalised(found: np.ndarray, features: np.ndarray, bad: np.ndarray) -> float:
    told = found[0] + features @ found[1:]
    return float(np.sum(np.logaddexp(0, told) - bad * told) + RIDGE / 2 * found[1:] @ found[1:])


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.integers(20, 200))
def test_no_other_coefficients_at_or_above_zero_fit_better(seed: int, lines: int, rows: int) -> None:
    rng = np.random.default_rng(seed)
    codes, weights = rng.integers(0, 4, (lines, rows)).astype(np.uint8), rng.normal(size=(lines, 4))
    bad = rng.random(rows) < 0.4
    bad[:2] = True, False
    features = -np.take_along_axis(weights, codes.astype(np.int64), axis=1).T
    found = logit(codes, weights, bad)
    ours = np.concatenate(([found.intercept], found.coefficients))
    assert (found.coefficients >= 0).all()
    bounds = [(None, None)] + [(0, None)] * lines
    other = minimize(penalised, np.zeros(lines + 1), (features, bad), bounds=bounds, method="L-BFGS-B")
    assert penalised(ours, features, bad) <= other.fun + 1e-6


def test_a_characteristic_that_is_the_outcome_keeps_a_finite_coefficient() -> None:
    bad = np.arange(1_000) % 4 == 0
    found = logit(bad[None].astype(np.uint8), np.array([[7.0, -7.0]]), bad)
    assert 0 < found.coefficients[0] < 10
    assert np.isfinite(found.intercept)


def test_a_line_that_says_nothing_gets_nothing() -> None:
    bad = np.arange(100) % 3 == 0
    found = logit(np.zeros((2, 100), np.uint8), np.zeros((2, 1)), bad)
    assert found.coefficients.tolist() == [0, 0]
    assert found.intercept == pytest.approx(np.log(34 / 66))


def test_sums_do_not_depend_on_where_blocks_end(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(4)
    codes, table = rng.integers(0, 5, (3, 1_000)).astype(np.uint8), rng.normal(size=(3, 5))
    bad, found = rng.random(1_000) < 0.2, rng.normal(size=4)
    whole = loops.sums(codes, table, bad, found)
    monkeypatch.setattr(loops, "BLOCK", 64)
    loss, slope, curve = loops.sums(codes, table, bad, found)
    assert loss == pytest.approx(whole[0], rel=1e-12)
    np.testing.assert_allclose(slope, whole[1], rtol=1e-12)
    np.testing.assert_allclose(curve, whole[2], rtol=1e-12)
