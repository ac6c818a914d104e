"""The record of a test tells in about ten groups what was said and what came."""

from datetime import date

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.card import Card, Sample, fit, report
from tests.engine.score.card.samples import FITTED, crowd, plan

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


def test_rows_of_a_segment_without_a_card_of_its_own_are_told_with_those_that_everybodys_card_reads() -> None:
    rows = crowd(3_000).with_columns(segment=pl.Series(["young", "old", "odd"] * 1_000))
    rows = rows.filter(~((pl.col("segment") == "odd") & (pl.int_range(3_000) > 200)))
    card, _ = fit(Sample(rows), plan("age", "debt", segments=("young", "old", "odd")), on=FITTED)
    assert isinstance(card, Card)
    assert [one.name for one in card.segments] == ["young", "old", "all"]
    scores = {"card": [(np.zeros(rows.height), np.full(rows.height, 0.2))]}
    told = report._segments(
        card, report.Tested(rows, scores, np.zeros(rows.height, np.int64), None), np.random.default_rng(1), 20
    )
    assert {one["segment"]: one["rows"] for one in told} == {"young": 1_000, "old": 1_000, "all": rows.height - 2_000}
