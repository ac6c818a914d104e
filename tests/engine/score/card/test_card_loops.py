"""Machine code says what the plain forms say, on any number of cores."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from polars.testing import assert_frame_equal

from kerong.engine.score.card import Sample, fit, loops, score, total_points
from tests.engine.score.card.samples import FITTED, crowd, plan

VALUES = st.floats() | st.sampled_from([-0.0, 0.0, 1.0, 2.0, -1.7e308])
SEEDS = st.integers(0, 2**32 - 1)


@given(st.lists(VALUES, max_size=40), st.sets(st.floats(allow_nan=False, allow_infinity=False) | st.integers(0, 30)))
def test_a_value_falls_into_the_same_cell(values: list[float], cuts: set[float]) -> None:
    table, edges = np.array(values, np.float64), np.unique(np.array(sorted(cuts), np.float64) + 0.0)
    plain, compiled = np.empty((2, len(table)), np.uint8)
    loops.coded(table, edges, plain, False)
    loops.coded(table, edges, compiled, True)
    assert plain.tolist() == compiled.tolist()
    for value, cell in zip(values, plain.tolist(), strict=True):
        assert cell == (int((edges <= value).sum()) if np.isfinite(value) else len(edges) + 1)


def test_two_hundred_cuts_are_held_against_every_value() -> None:
    edges = np.arange(200.0)
    codes = np.empty(4, np.uint8)
    loops.coded(np.array([-1.0, 0.0, 199.0, np.nan]), edges, codes, True)
    assert codes.tolist() == [0, 1, 200, 201]


def drawn(seed: int, lines: int, rows: int) -> tuple[NDArray[np.uint8], np.random.Generator]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 7, (lines, rows)).astype(np.uint8), rng


@settings(max_examples=30)
@given(SEEDS, st.integers(1, 9), st.integers(1, 300))
def test_sums_points_gaps_and_reasons_are_the_same(seed: int, lines: int, rows: int) -> None:
    codes, rng = drawn(seed, lines, rows)
    bad, found, table = rng.random(rows) < 0.3, rng.normal(size=lines + 1), rng.normal(size=(lines, 7))
    loss, slope, curve = loops.sums(codes, table, bad, found)
    again = loops.sums(codes, table, bad, found, True)
    assert again[0] == pytest.approx(loss, rel=1e-9)
    np.testing.assert_allclose(again[1], slope, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(again[2], curve, rtol=1e-9, atol=1e-9)
    points, gaps = rng.integers(-9, 9, (lines, 7)).astype(np.int32), rng.integers(-9, 9, (3, lines)).astype(np.int32)
    missing, cost = np.full(lines, 6, np.uint8), rng.integers(0, 5, (lines, 7)).astype(np.int32)
    totals, unsure = np.zeros((2, rows), np.int32), np.zeros((2, 3, rows), np.int32)
    for is_many in (False, True):
        loops.total(codes, points, totals[int(is_many)], is_many)
        loops.unknown(codes, missing, gaps, unsure[int(is_many)], is_many)
    assert (totals[0] == totals[1]).all()
    assert (unsure[0] == unsure[1]).all()
    plain, compiled = (loops.dearest(codes, cost, 4, is_many) for is_many in (False, True))
    assert (plain[1] == compiled[1]).all()
    for row, count in enumerate(plain[1]):
        assert plain[0][row, :count].tolist() == compiled[0][row, :count].tolist()
    assert all(
        (one == other).all()
        for one, other in zip(
            loops.counted(codes[0], bad, 7, False), loops.counted(codes[0], bad, 7, True), strict=True
        )
    )


def test_a_card_and_its_scores_are_the_same_bytes_on_any_number_of_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    rows, wanted = crowd(40_000), plan("age", "debt", "noise", "trade")
    monkeypatch.setattr(loops, "MANY", 0)
    cards, tables = [], []
    for cores in (1, 2, 7):
        monkeypatch.setattr(loops, "thread_pool_size", lambda cores=cores: cores)
        cards.append(fit(Sample(rows), wanted, on=FITTED)[0])
        assert cards[-1] is not None
        tables.append(score(rows, cards[-1]))
    assert cards[0] is not None
    assert cards[1] == cards[2] == cards[0]
    assert_frame_equal(tables[0], tables[1])
    assert_frame_equal(tables[0], tables[2])
    monkeypatch.setattr(loops, "MANY", 1 << 60)
    assert fit(Sample(rows), wanted, on=FITTED)[0] == cards[0]
    assert_frame_equal(score(rows, cards[0]), tables[0])
    assert total_points(rows, cards[0]).equals(tables[0]["points"])
