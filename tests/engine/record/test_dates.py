"""Dates: plain written forms, in any width; nothing that needs a guess."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record.dates import read_dates
from kerong.engine.record.values import as_text
from tests.engine.record.registers import cleaned, column, one_cell, register

DAY = column("paid_on", "date", "日期")
MONTH = column("month", "month", "月份")


@pytest.mark.parametrize(
    "cell",
    [
        "2024-01-31",
        "20240131",
        "2024/1/31",
        "2024.1.31",
        "2024年1月31日",
        "２０２４－０１－３１",
        "2024-01-31 00:00:00",
        " 2024-1-31T08:30:00Z ",
    ],
)
def test_a_written_day_is_read(cell: str) -> None:
    assert one_cell(cell, DAY) == (date(2024, 1, 31), [])


@pytest.mark.parametrize("cell", ["2024-01", "202401", "2024/1", "2024年1月", "2024-01-31", "20240115"])
def test_a_month_is_its_first_day(cell: str) -> None:
    assert one_cell(cell, MONTH) == (date(2024, 1, 1), [])


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("20260230", "there is no day 20260230"),
        ("2023-02-29", "there is no day 2023-02-29"),
        ("113/01/31", "the year of 113/01/31 has not four digits"),
        ("民国113年1月31日", "the year of 民国113年1月31日 has not four digits"),
        ("24/01/31", "the year of 24/01/31 has not four digits"),
        ("2024-01", "2024-01 has no day"),
        ("45322", "45322 is a number, not a written date"),
        ("31.01.2024", "“31.01.2024” is no date"),
        ("昨天", "“昨天” is no date"),
    ],
)
def test_anything_else_is_a_problem_that_names_file_line_and_column(cell: str, words: str) -> None:
    assert one_cell(cell, DAY) == (None, [f"tax.csv, line 2, “日期”: {words}"])


def test_days_since_1960_are_read_where_the_register_says_so_and_beside_written_days() -> None:
    of = column("paid_on", "date", format="sas")
    table, found = cleaned([{"paid_on": cell} for cell in ("15074", "0", "15074.0", "2001-04-09")], register(of))
    assert sorted(table["paid_on"].to_list()) == [date(1960, 1, 1), date(2001, 4, 9)]
    assert found["kind"].unique().to_list() == ["duplicate_row"]


def test_dates_of_a_parquet_file_pass_as_they_are() -> None:
    table, _ = cleaned([{"日期": date(2024, 1, 31)}], register(DAY))
    assert table["paid_on"].to_list() == [date(2024, 1, 31)]


@given(st.dates(min_value=date(1000, 1, 1)), st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d", "%Y年%m月%d日"]))
def test_every_day_reads_back(day: date, form: str) -> None:
    assert read_dates(pl.Series([day.strftime(form)])).values.to_list() == [day]


@given(st.integers(0, 99_999))
def test_every_sas_day_reads_back(days: int) -> None:
    reading = read_dates(pl.Series([str(days)]), "sas")
    assert reading.values.to_list() == [date(1960, 1, 1) + timedelta(days=days)]


@pytest.mark.parametrize("dtype", [pl.Date(), pl.Datetime("ms"), pl.Datetime("us"), pl.Datetime("ns")])
def test_a_stored_day_beyond_all_calendars_is_a_problem_and_no_panic(dtype: pl.DataType) -> None:
    edge = 2**31 - 1 if dtype == pl.Date() else 2**63 - 1
    held = pl.Series([0, edge, None], dtype=pl.Int32 if dtype == pl.Date() else pl.Int64).cast(dtype)
    text = as_text(held)
    assert text is not None
    reading = read_dates(text)
    kept = [date(1970, 1, 1), *([None] if dtype != pl.Datetime("ns") else [date(2262, 4, 11)]), None]
    assert reading.values.to_list() == kept
    assert (reading.faults[1] == "date_is_a_number") == (dtype != pl.Datetime("ns"))


FORMS = [
    ("excel_1900", "45322", date(2024, 1, 31)),
    ("excel_1900", "45322.75", date(2024, 1, 31)),
    ("excel_1900", "59", date(1900, 2, 28)),
    ("excel_1900", "61", date(1900, 3, 1)),
    ("excel_1904", "43860", date(2024, 1, 31)),
    ("excel_1904", "0", date(1904, 1, 1)),
    ("minguo", "113/01/31", date(2024, 1, 31)),
    ("minguo", "民国113年1月31日", date(2024, 1, 31)),
    ("minguo", "民國元年1月1日", date(1912, 1, 1)),
    ("minguo", "1130131", date(2024, 1, 31)),
    ("minguo", "0991231", date(2010, 12, 31)),
    ("day_first", "31/01/2024", date(2024, 1, 31)),
    ("day_first", "1.2.2024", date(2024, 2, 1)),
    ("month_first", "1/2/2024", date(2024, 1, 2)),
]


@pytest.mark.parametrize(("form", "cell", "day"), FORMS)
def test_a_declared_form_is_read_and_plain_days_beside_it(form: str, cell: str, day: date) -> None:
    of = column("paid_on", "date", "日期", format=form)
    assert one_cell(cell, of) == (day, [])
    assert one_cell("2024年1月31日", of) == (date(2024, 1, 31), [])
    assert one_cell("20240131", of) == (date(2024, 1, 31), [])


@pytest.mark.parametrize(("form", "cell", "day"), FORMS)
def test_a_form_that_is_not_declared_is_never_read(form: str, cell: str, day: date) -> None:
    value, words = one_cell(cell, DAY)
    assert value is None
    assert len(words) == 1


@pytest.mark.parametrize(
    ("form", "cell", "words"),
    [
        ("excel_1900", "60", "60 is a spreadsheet's 29 February 1900, a day that never was"),
        ("excel_1900", "0", "there is no day 0"),
        ("excel_1900", "202401", "202401 has no day"),
        ("excel_1900", "20260230", "there is no day 20260230"),
        ("minguo", "113/02/30", "there is no day 113/02/30"),
        ("minguo", "0/1/1", "there is no day 0/1/1"),
        ("day_first", "13/31/2024", "there is no day 13/31/2024"),
        ("month_first", "31/01/2024", "there is no day 31/01/2024"),
        ("day_first", "31/1/24", "the year of 31/1/24 has not four digits"),
    ],
)
def test_a_day_that_the_declared_form_does_not_know_is_a_problem(form: str, cell: str, words: str) -> None:
    of = column("paid_on", "date", "日期", format=form)
    assert one_cell(cell, of) == (None, [f"tax.csv, line 2, “日期”: {words}"])


@given(st.dates(date(1900, 3, 1), date(2173, 10, 14)))
def test_both_epochs_of_spreadsheets_count_every_day_once(day: date) -> None:
    old, new = (day - date(1899, 12, 30)).days, (day - date(1904, 1, 1)).days
    assert read_dates(pl.Series([str(old)]), "excel_1900").values.to_list() == [day]
    if new >= 0:
        assert read_dates(pl.Series([str(new)]), "excel_1904").values.to_list() == [day]


@given(st.dates(date(1912, 1, 1), date(2910, 12, 31)))
def test_a_minguo_day_is_the_same_day_of_1911_years_later(day: date) -> None:
    written = f"{day.year - 1911}/{day.month}/{day.day}"
    assert read_dates(pl.Series([written]), "minguo").values.to_list() == [day]


def test_a_month_of_the_minguo_calendar_is_read_where_it_is_declared() -> None:
    of = column("month", "month", "月份", format="minguo")
    for cell in ("113/01", "11301", "民国113年1月", "202401"):
        assert one_cell(cell, of) == (date(2024, 1, 1), [])
