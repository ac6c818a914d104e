"""Amounts: read exactly or named as a problem, never guessed."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record.money import read_rates, read_whole
from tests.engine.record.registers import cleaned, column, one_cell, register

AMOUNT = column("sales_fen", "fen", "销售额", unit="yuan")
FEN = st.integers(min_value=-(2**63), max_value=2**63 - 1)


@pytest.mark.parametrize(
    ("cell", "fen"),
    [
        ("1,234.50", 123_450),
        ("１２３", 12_300),
        ("１，２３４．５", 123_450),
        (" 12 ", 1_200),
        ("　12　", 1_200),
        ("-12.3", -1_230),
        ("25.0", 2_500),
        ("0.10000", 10),
        ("0", 0),
        ("92233720368547758.07", 2**63 - 1),
        ("", None),
    ],
)
def test_an_amount_is_read_exactly(cell: str, fen: int | None) -> None:
    assert one_cell(cell, AMOUNT) == (fen, [])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("NaN", "“NaN” is no finite number"),
        ("sNaN", "“sNaN” is no finite number"),
        ("-Infinity", "“-Infinity” is no finite number"),
        ("1e400000", "exponents are not read: 1e400000"),
        ("1e5", "exponents are not read: 1e5"),
        ("-0", "-0 is minus zero"),
        ("-0.00", "-0.00 is minus zero"),
        ("٣", "digits other than 0-9: ٣"),
        ("1_000", "underscores among digits: 1_000"),
        ("1,23", "commas do not part groups of three: 1,23"),
        ("12.345", "12.345 is finer than the column's smallest unit (fen, basis point)"),
        ("92233720368547758.08", "92233720368547758.08 is too large to be held"),
        ("9" * 60, f"{'9' * 60} is too large to be held"),
        ("#N/A", "#N/A is an error of a spreadsheet"),
        ("约100", "“约100” is no number"),
        ("-", "“-” is no number"),
        ("+5", "“+5” is no number"),
        ("1.", "“1.” is no number"),
    ],
)
def test_anything_else_is_a_problem_that_names_file_line_and_column(cell: str, words: str) -> None:
    assert one_cell(cell, AMOUNT) == (None, [f"tax.csv, line 2, “销售额”: {words}"])


@given(FEN, st.sampled_from([(0, 1), (2, 100), (6, 10**6), (10, 10**10)]), st.booleans(), st.integers(0, 3))
def test_every_amount_printed_in_any_unit_reads_back_exactly(
    fen: int, unit: tuple[int, int], grouped: bool, zeros: int
) -> None:
    exponent, size = unit
    whole, fraction = divmod(abs(fen), size)
    digits = f"{whole:,}" if grouped else str(whole)
    tail = f"{fraction:0{exponent}d}" if exponent else ""
    printed = ("-" if fen < 0 else "") + digits + (f".{tail}{'0' * zeros}" if tail else "")
    reading = read_whole(pl.Series([printed]), exponent)
    assert (reading.values.to_list(), reading.faults.to_list()) == ([fen], [None])


@given(st.decimals(min_value=-(10**15), max_value=10**15, places=4, allow_nan=False))
def test_a_fraction_of_a_fen_is_never_rounded_away(amount: Decimal) -> None:
    reading = read_whole(pl.Series([f"{amount:f}"]), 2)
    exact = amount * 100
    is_whole = exact == exact.to_integral_value() and not (exact == 0 and amount.is_signed())
    assert reading.values.to_list() == [int(exact) if is_whole else None]


@pytest.mark.parametrize(
    ("header", "fen"),
    [
        ("销售额", 1_200),
        ("销售额(元)", 1_200),
        ("销售额（万元）", 12_000_000),
        ("销售额【亿元】", 120_000_000_000),
        ("销售额_万元", 12_000_000),
        ("销 售 额（单位：万元）", 12_000_000),
    ],
)
def test_a_unit_in_the_header_counts(header: str, fen: int) -> None:
    table, found = cleaned([{header: "12"}], register(AMOUNT))
    assert table["sales_fen"].to_list() == [fen]
    assert found.is_empty()


def test_each_row_may_have_its_own_unit() -> None:
    column_with_unit = column("sales_fen", "fen", "销售额", unit="yuan", unit_column="单位")
    rows = [
        {"销售额": amount, "单位": unit}
        for amount, unit in [("1.5", "万元"), ("3", "元"), ("0.2", "亿元"), ("7", None), ("8", "斤"), (None, "斤")]
    ]
    table, found = cleaned(rows, register(column_with_unit))
    assert sorted(table["sales_fen"].to_list(), key=str) == [1_500_000, 2_000_000_000, 300, 700, None]
    assert found.select("kind", "line", "severity").rows() == [("unit_unknown_in_row", 6, "quarantined")]


def test_a_row_whose_unit_contradicts_the_header_is_set_aside() -> None:
    of = column("sales_fen", "fen", "销售额", unit_column="单位")
    table, found = cleaned([{"销售额(万元)": "1", "单位": "元"}, {"销售额(万元)": "1", "单位": "万元"}], register(of))
    assert table["sales_fen"].to_list() == [1_000_000]
    assert found["kind"].to_list() == ["unit_in_conflict"]


@pytest.mark.parametrize(("header", "kind"), [("销售额", "unit_not_stated"), ("销售额(美元)", "unit_unknown")])
def test_a_file_whose_unit_nobody_can_know_is_refused(header: str, kind: str) -> None:
    table, found = cleaned([{header: "1"}], register(column("sales_fen", "fen", "销售额")))
    assert table.is_empty()
    assert found.select("kind", "severity", "file", "line", "column").rows() == [
        (kind, "refused", "tax.csv", 1, header)
    ]


def test_rates_are_per_cent_unless_the_register_says_basis_points() -> None:
    cells = pl.Series(["4.35", "4.35%", "０．５％", "4.355", None])
    assert read_rates(cells, None).values.to_list() == [435, 435, 50, None, None]
    assert read_rates(pl.Series(["435", "4.35%"]), "bp").values.to_list() == [435, 435]


def test_floats_of_a_parquet_file_are_money_only_when_they_are_whole_fen() -> None:
    rows = [{"销售额": 1234.5}, {"销售额": 0.1 + 0.2}, {"销售额": float("nan")}]
    table, found = cleaned(rows, register(AMOUNT))
    assert table["sales_fen"].to_list() == [123_450]
    assert found.select("kind", "line").sort("line").rows() == [("number_too_fine", 3), ("number_not_finite", 4)]


@pytest.mark.parametrize("count", [0, 1, 3])
def test_without_any_unit_every_number_is_a_fault(count: int) -> None:
    reading = read_whole(pl.Series(["5"] * count, dtype=pl.String), pl.Series([None] * count, dtype=pl.UInt32))
    assert reading.values.to_list() == [None] * count
    assert reading.faults.to_list() == ["unit_missing"] * count
