"""The exact merge of cells into bins, beside every merge that there is."""

from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kerong.engine.score.card.binning import edges, information, merged, odds
from kerong.engine.score.card.plan import Trend

COUNTS = st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(any), min_size=1, max_size=8)


def value(goods: np.ndarray, bads: np.ndarray, totals: tuple[int, int], starts: list[int]) -> float:
    return float(information(np.add.reduceat(goods, starts), np.add.reduceat(bads, starts), *totals).sum())


def allowed(goods: np.ndarray, bads: np.ndarray, starts: list[int], least: int, trend: Trend) -> bool:
    good, bad = np.add.reduceat(goods, starts), np.add.reduceat(bads, starts)
    steps = [after - before for before, after in pairwise(odds(good, bad).tolist())]
    ways = {"rising": [-1], "falling": [1], "auto": [-1, 1], "none": [0]}[trend]
    in_order = any(all(way == 0 or way * step > 0 for step in steps) for way in ways)
    return bool((good + bad >= least).all()) and in_order


@given(COUNTS, st.integers(0, 12), st.integers(1, 8), st.sampled_from(["rising", "falling", "auto", "none"]))
@example([(9, 0), (0, 9), (9, 0)], 1, 8, "auto")
@example([(0, 9), (1, 1), (0, 1)], 1, 3, "falling")
def test_no_merge_that_is_allowed_tells_more_than_the_one_found(
    cells: list[tuple[int, int]], least: int, most: int, trend: Trend
) -> None:
    goods, bads = (np.array(part, np.int64) for part in zip(*cells, strict=True))
    totals = int(goods.sum()) + 3, int(bads.sum()) + 2
    ways = [
        [0, *cuts]
        for many in range(min(most, len(cells)))
        for cuts in combinations(range(1, len(cells)), many)
        if allowed(goods, bads, [0, *cuts], least, trend)
    ]
    found = merged(goods, bads, totals, least, most, trend)
    if not ways:
        assert found == [0]
        return
    assert found in ways
    best = max(value(goods, bads, totals, way) for way in ways)
    assert value(goods, bads, totals, found) == pytest.approx(best, abs=1e-9)


def test_a_risk_that_first_falls_and_then_rises_is_told_only_where_no_trend_is_asked() -> None:
    goods, bads = np.array([10, 90, 10]), np.array([90, 10, 90])
    assert merged(goods, bads, (110, 190), 1, 8, "none") == [0, 1, 2]
    assert len(merged(goods, bads, (110, 190), 1, 8, "auto")) == 2
    assert merged(goods, bads, (110, 190), 1, 8, "rising") == [0, 2]
    assert merged(goods, bads, (110, 190), 1, 8, "falling") == [0, 1]


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=400))
def test_edges_rise_and_every_cell_holds_a_value(values: list[float]) -> None:
    known = np.sort(np.array(values, np.float64))
    found = edges(known)
    assert (np.diff(found) > 0).all()
    assert np.isin(found, known).all()
    filled = np.bincount(np.searchsorted(found, known, side="right"), minlength=len(found) + 1)
    assert known.size == 0 or (filled > 0).all()


def test_few_values_have_a_cell_each_and_many_have_cells_of_about_a_hundredth() -> None:
    assert edges(np.sort(np.tile(np.arange(7.0), 50))).tolist() == [1, 2, 3, 4, 5, 6]
    found = edges(np.arange(10_000.0))
    assert found.tolist() == list(range(100, 10_000, 100))


def test_a_value_that_most_rows_have_leaves_fine_cells_for_the_others() -> None:
    known = np.sort(np.concatenate((np.zeros(9_000), np.arange(-500.0, 500.0))))
    found = edges(known)
    assert 0.0 in found
    assert 1.0 in found
    assert len(found) > 90
