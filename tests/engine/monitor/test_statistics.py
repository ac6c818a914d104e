"""Regional tables over registers."""

import math

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.monitor import statistics
from kerong.rulebook.content import Statistic
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, FEN, RATIO, TEXT
from tests.engine.monitor.book import ON, aggregate, field, rulebook, statistic

BANK, FEN_, RATIO_ = field("loan", "bank", TEXT), field("loan", "fen", FEN), field("loan", "ratio", RATIO)
DISTRICT = field("enterprise", "district", TEXT)
ALL = [
    aggregate("count"),
    aggregate("count_distinct", FEN_),
    aggregate("sum", FEN_),
    aggregate("min", FEN_),
    aggregate("max", FEN_),
    aggregate("mean", FEN_),
]
ENTERPRISES = pl.DataFrame({"enterprise_id": ["E1", "E2"], "district": ["one", None]})
LOAN = {"enterprise_id": pl.String, "bank": pl.String, "fen": pl.Int64, "ratio": pl.Float64}
Row = tuple[str | None, str | None, int | None, float | None]


def table(rows: list[Row]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=LOAN, orient="row")


def made(asked: Statistic, rows: list[Row]) -> tuple[list[tuple[object, ...]], list[tuple[object, ...]]]:
    """The statistic's rows, and its problems as kind, column, value."""
    found, noted = statistics({"loan": table(rows)}, ENTERPRISES, rulebook(statistics=[asked]), ON)
    return found["s"].rows(), noted.select("kind", "column", "value").rows()


def test_groups_are_sorted_by_their_keys_with_the_unknown_last() -> None:
    rows: list[Row] = [("E1", None, 1, None), ("E1", "b", 2, None), ("E2", "a", 3, None), ("E2", "b", 2, None)]
    found, noted = made(statistic(ALL, [("bank", BANK)]), rows)
    assert found == [("a", 1, 1, 3, 3, 3, 3.0), ("b", 2, 1, 4, 2, 2, 2.0), (None, 1, 1, 1, 1, 1, 1.0)]
    assert noted == []


def test_unknown_values_are_left_out_and_counted() -> None:
    rows: list[Row] = [("E1", "a", None, None), ("E1", "a", 2, None), ("E2", "b", None, None)]
    found, noted = made(statistic([aggregate("count"), aggregate("sum", FEN_)], [("bank", BANK)]), rows)
    assert found == [("a", 2, 2), ("b", 1, None)]
    assert noted == [("statistic_unknown", "sum", "2")]


def test_rows_for_which_the_condition_fails_or_is_unknown_are_left_out() -> None:
    small = Node("lt", BOOL, (FEN_, Node("literal", FEN, value=10)))
    rows: list[Row] = [("E1", "a", 5, None), ("E1", "a", 50, None), ("E1", "a", None, None)]
    found, noted = made(statistic([aggregate("count")], [("bank", BANK)], small), rows)
    assert found == [("a", 1)]
    assert noted == [("statistic_unknown", "where", "1")]


def test_facts_of_the_enterprise_may_be_keys_and_rows_without_one_are_kept() -> None:
    rows: list[Row] = [("E1", "a", 5, None), ("E9", "a", 6, None), (None, "a", 7, None)]
    found, _ = made(statistic([aggregate("sum", FEN_)], [("district", DISTRICT)]), rows)
    assert found == [("one", 5), (None, 13)]


def test_without_keys_the_whole_register_is_one_row() -> None:
    assert made(statistic(ALL), [("E1", "a", 4, None), ("E1", "b", 6, None)])[0] == [(2, 2, 10, 4, 6, 5.0)]
    assert made(statistic(ALL), [])[0] == [(0, 0, None, None, None, None)]


def test_a_register_that_is_not_there_counts_as_empty() -> None:
    found, _ = statistics({}, ENTERPRISES, rulebook(statistics=[statistic(ALL, [("bank", BANK)])]), ON)
    assert found["s"].columns == ["bank", *(item.name for item in ALL)]
    assert found["s"].is_empty()


def test_a_register_without_enterprises_can_be_summed_as_well() -> None:
    rows = table([("E1", "a", 4, None)]).drop("enterprise_id")
    asked = statistic([aggregate("sum", FEN_)], [("bank", BANK)])
    assert statistics({"loan": rows}, ENTERPRISES, rulebook(statistics=[asked]), ON)[0]["s"].rows() == [("a", 4)]


def test_a_sum_beyond_int64_is_left_empty_and_named() -> None:
    rows: list[Row] = [("E1", "a", 2**62, None), ("E1", "a", 2**62, None), ("E1", "b", 1, None)]
    found, noted = made(statistic([aggregate("sum", FEN_), aggregate("mean", FEN_)], [("bank", BANK)]), rows)
    assert found == [("a", None, 2.0**62), ("b", 1, 1.0)]
    assert noted == [("statistic_too_large", "sum", "1")]


def test_a_sum_of_ratios_beyond_a_float_is_left_empty_and_named() -> None:
    rows: list[Row] = [("E1", "a", None, 1.7e308), ("E1", "a", None, 1.7e308)]
    found, noted = made(statistic([aggregate("sum", RATIO_)]), rows)
    assert found == [(None,)]
    assert noted == [("statistic_too_large", "sum", "1")]


def test_a_value_in_error_is_left_out_and_counted_apart_from_the_unknown() -> None:
    part = Node("divide", RATIO, (FEN_, field("loan", "ratio", RATIO)))
    rows: list[Row] = [("E1", "a", 1, 0.0), ("E1", "a", 1, 0.5), ("E1", "a", None, 1.0)]
    found, noted = made(statistic([aggregate("mean", part)]), rows)
    assert found == [(2.0,)]
    assert noted == [("statistic_in_error", "mean", "1"), ("statistic_unknown", "mean", "1")]


def test_a_row_whose_key_is_in_error_is_left_out_and_counted() -> None:
    part = Node("divide", RATIO, (FEN_, field("loan", "ratio", RATIO)))
    rows: list[Row] = [("E1", "a", 1, 0.0), ("E1", "a", 1, 0.5)]
    found, noted = made(statistic([aggregate("count")], [("part", part)]), rows)
    assert found == [(2.0, 1)]
    assert noted == [("statistic_in_error", "part", "1")]


def test_an_aggregate_that_is_not_for_statistics_is_refused() -> None:
    with pytest.raises(ValueError, match="latest is no aggregate"):
        made(statistic([aggregate("latest", FEN_)]), [])


loans = st.lists(
    st.tuples(
        st.sampled_from(["E1", "E2", None]),
        st.sampled_from(["a", "b", None]),
        st.one_of(st.none(), st.integers(-(2**60), 2**60)),
        st.one_of(st.none(), st.floats(-1e12, 1e12)),
    ),
    max_size=50,
)


@settings(deadline=None)
@given(loans, st.integers(0, 2**32 - 1))
def test_the_order_of_rows_never_shows(rows: list[Row], seed: int) -> None:
    asked = statistic([*ALL, aggregate("mean", RATIO_)], [("bank", BANK), ("district", DISTRICT)])
    asked = statistic([item for item in asked.columns if item.name != "mean" or item.value == RATIO_], asked.by)
    book, whole = rulebook(statistics=[asked]), table(rows)
    one, noted = statistics({"loan": whole}, ENTERPRISES, book, ON)
    shuffled = whole.sample(fraction=1.0, shuffle=True, seed=seed)
    other, again = statistics({"loan": shuffled}, ENTERPRISES, book, ON)
    assert_frame_equal(one["s"], other["s"], check_exact=True)
    assert_frame_equal(noted, again)


@settings(deadline=None)
@given(loans)
def test_sums_agree_with_plain_arithmetic(rows: list[Row]) -> None:
    found, _ = made(statistic([aggregate("sum", FEN_)], [("bank", BANK)]), rows)
    for bank, total in found:
        known = [fen for _, of, fen, _ in rows if of == bank and fen is not None]
        assert total == (None if not known or abs(sum(known)) >= 2**63 else sum(known))
    ratios = [ratio for *_, ratio in rows if ratio is not None]
    assert made(statistic([aggregate("sum", RATIO_)]), rows)[0] == [(math.fsum(ratios) if ratios else None,)]
