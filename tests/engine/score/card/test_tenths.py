"""The record of a test tells in about ten groups what was said and what came."""

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.card import report

ROWS = st.lists(st.tuples(st.integers(1, 20), st.booleans()), min_size=1, max_size=80)


@given(ROWS)
def test_groups_hold_every_row_once_by_rising_probability_and_never_part_equal_ones(
    rows: list[tuple[int, bool]],
) -> None:
    likely = np.array([one for one, _ in rows], dtype=np.float64) / 100
    bad = [one for _, one in rows]
    table = pl.DataFrame({"on": [date(2025, 1, 1)] * len(rows), "outcome": bad})
    found = report._calibration(report.Tested(table, {"card": [(likely, likely)]}, np.zeros(len(rows), np.int64), None))
    assert sum(one["rows"] for one in found) == len(rows)
    assert sum(one["bads"] for one in found) == sum(bad)
    expected = [one["expected"] for one in found]
    assert expected == sorted(set(expected))
    assert len(found) <= min(10, len(set(likely.tolist())))


def test_a_card_that_could_not_be_tested_has_no_groups() -> None:
    table = pl.DataFrame({"on": [date(2025, 1, 1)], "outcome": [True]})
    assert report._calibration(report.Tested(table, {"card": None}, np.zeros(1, np.int64), None)) == []
