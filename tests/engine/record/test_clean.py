"""Registers: headers, required cells, time, duplicates and order."""

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.problems import joined, sentence
from kerong.engine.record.clean import clean
from tests.engine.record.registers import FIRM, ON, OTHER_FIRM, Part, Raw, cleaned, column, register, tax


def row(
    month: str = "2024-01", sales: str | None = "100", filed: str | None = "2024-02-10", code: str = FIRM
) -> dict[str, Any]:
    return {"纳税人识别号": code, "所属期": month, "销售额": sales, "申报日期": filed}


def kinds(found: pl.DataFrame) -> list[tuple[Any, ...]]:
    return found.select("kind", "severity", "line").sort("line", "kind").rows()


def test_a_row_with_a_bad_credit_code_is_quarantined_and_counted() -> None:
    table, found = cleaned([row(), row(code="9199O105MA1MEAB35P")], tax())
    assert table["enterprise_id"].to_list() == [FIRM]
    assert kinds(found) == [("credit_code_letter", "quarantined", 3)]


@pytest.mark.parametrize("header", ["销售额", " 销售额 ", "销　售额", "销售额（元）", "\ufeff销售额"])
def test_headers_match_whatever_their_blanks_and_width(header: str) -> None:
    table, _ = cleaned(
        [{"Ｎａｍｅ": "x", header: "1"}], register(column("name", "text", "name"), tax().columns["sales_fen"])
    )
    assert table.rows() == [("x", 100)]


@pytest.mark.parametrize(
    ("frame", "kind", "column_name"),
    [
        ({"所属期": ["2024-01"]}, "column_missing", "纳税人识别号"),
        (
            {"纳税人识别号": [FIRM], "纳税人识别号 ": [FIRM], "所属期": ["2024-01"]},
            "columns_for_one_field",
            "credit_code",
        ),
        ({"绾崇◣浜鸿瘑鍒\ue0a2彿": [FIRM], "所属期": ["2024-01"]}, "header_mojibake", "纳税人识别号"),
    ],
)
def test_a_file_without_usable_header_is_refused(frame: dict[str, list[str]], kind: str, column_name: str) -> None:
    table, found = clean(Raw("tax", [Part("tax.csv", pl.DataFrame(frame))]), tax(), ON)
    refused = found.filter(pl.col("severity") == "refused")
    assert refused.select("kind", "file", "line", "column").rows() == [(kind, "tax.csv", 1, column_name)]
    assert table.is_empty()


def test_a_file_with_a_header_and_no_row_is_an_empty_register() -> None:
    frame = pl.DataFrame(schema=dict.fromkeys(row(), pl.String))
    table, found = clean(Raw("tax", [Part("tax.csv", frame)]), tax(), ON)
    assert table.is_empty()
    assert found.is_empty()


def test_what_a_terminal_would_act_on_is_shown_as_its_code() -> None:
    frame = pl.DataFrame({"\x1b[2J\u202e纳税人": [FIRM]})
    _, found = clean(Raw("tax", [Part("tax\x9b.csv", frame)]), tax(), ON)
    words = " ".join(sentence(problem, "en") for problem in found.iter_rows(named=True))
    assert "\\x1b[2J\\u202e纳税人" in words
    assert "tax\\x9b.csv" in words
    assert words.isprintable()


def test_a_missing_required_register_is_refused_and_an_optional_one_is_empty() -> None:
    table, found = clean(Raw("tax"), tax(required=True), ON)
    assert found.select("kind", "severity", "register").rows() == [("missing_register", "refused", "tax")]
    table, found = clean(Raw("tax"), tax(), ON)
    assert (table.columns[0], table.height, found.height) == ("enterprise_id", 0, 0)


def test_an_empty_cell_is_unknown_and_an_empty_required_one_sets_the_row_aside() -> None:
    table, found = cleaned([row(sales=""), row(month=" ")], tax())
    assert table["sales_fen"].to_list() == [None]
    assert kinds(found) == [("required_cell_empty", "quarantined", 3)]


def test_what_was_known_after_the_day_is_left_out_and_counted() -> None:
    rows = [row("2025-04", filed="2025-05-10"), row("2025-05", filed="2025-07-10"), row("2025-06", filed=None)]
    table, found = cleaned(rows, tax(), date(2025, 6, 29))
    assert table["month"].to_list() == [date(2025, 4, 1)]
    assert found.select("kind", "severity", "line", "value").rows() == [("later_than_on", "noted", None, "2")]


def test_equal_rows_count_once_and_the_others_are_noted() -> None:
    table, found = cleaned([row(), row(), row("2024-02")], tax())
    assert table.height == 2
    assert kinds(found) == [("duplicate_row", "noted", 3)]


def test_of_rows_with_one_key_the_latest_known_speaks() -> None:
    rows = [row(sales="200", filed="2024-03-01"), row(sales="100", filed="2024-02-10")]
    table, found = cleaned(rows, tax())
    assert table["sales_fen"].to_list() == [20_000]
    assert kinds(found) == [("row_superseded", "noted", 3)]


def test_of_rows_known_on_one_day_one_is_kept_and_the_other_quarantined() -> None:
    for rows in ([row(sales="100"), row(sales="200")], [row(sales="200"), row(sales="100")]):
        table, found = cleaned(rows, tax())
        assert table["sales_fen"].to_list() == [20_000]
        assert found.select("kind", "severity").rows() == [("row_in_conflict", "quarantined")]


def test_where_no_duplicate_may_be_kept_all_are_quarantined() -> None:
    table, found = cleaned([row(sales="100"), row(sales="200"), row("2024-02")], tax(keep="none"))
    assert table["month"].to_list() == [date(2024, 2, 1)]
    assert kinds(found) == [("rows_in_conflict", "quarantined", 2), ("rows_in_conflict", "quarantined", 3)]


def test_rows_whose_key_is_unknown_are_not_taken_for_one_fact() -> None:
    of = register(column("number", "text"), column("fee_fen", "fen", "fee", unit="yuan"), row=("number",))
    table, _ = cleaned([{"number": None, "fee": "1"}, {"number": None, "fee": "2"}], of)
    assert table["fee_fen"].to_list() == [100, 200]


def test_a_cell_that_is_not_yet_known_is_hidden_though_its_row_is_known() -> None:
    of = register(
        column("loan", "text"),
        column("lost_fen", "fen", unit="dollar", known="lost_on"),
        column("lost_on", "date", known="lost_on"),
    )
    rows = [{"loan": name, "lost_fen": "5", "lost_on": day} for name, day in [("a", "2024-01-01"), ("b", "2026-01-01")]]
    table, _ = cleaned([*rows, {"loan": "c", "lost_fen": "5", "lost_on": None}], of)
    assert table.rows() == [("a", 500, date(2024, 1, 1)), ("b", None, None), ("c", None, None)]


def test_a_firm_is_found_by_its_name_within_its_state() -> None:
    of = register(
        column("name", "text"),
        column("state", "district"),
        identify="name_state",
        name_column="name",
        state_column="state",
    )
    rows = [
        {"name": name, "state": state}
        for name, state in [("Acton, Inc.", "ma"), ("#N.A.", ""), ("N/A", "MA"), ("Acton", None)]
    ]
    table, found = cleaned(rows, of)
    assert table["enterprise_id"].to_list() == ["MA-ACTON"]
    assert kinds(found) == [
        ("state_missing", "quarantined", 3),
        ("not_a_name", "quarantined", 4),
        ("state_missing", "quarantined", 5),
    ]


def test_columns_that_a_file_lacks_are_unknown_and_noted() -> None:
    table, found = cleaned([{"纳税人识别号": FIRM, "所属期": "2024-01"}], tax())
    assert table.row(0) == (FIRM, FIRM, date(2024, 1, 1), None, None)
    assert found["kind"].unique().to_list() == ["optional_column_missing"]


ROWS = st.lists(
    st.builds(
        row,
        month=st.sampled_from(["2024-01", "2024-02", "2024-13", "2026-01"]),
        sales=st.sampled_from(["1", "2", "3.5", "x", None]),
        filed=st.sampled_from(["2024-02-10", "2024-03-10", None]),
        code=st.sampled_from([FIRM, OTHER_FIRM, FIRM.lower(), "9.14E+17"]),
    ),
    min_size=1,
    max_size=14,
)


@settings(max_examples=40)
@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_moves_line_numbers_and_nothing_else(rows: list[dict[str, Any]], random: Any) -> None:
    schema = dict.fromkeys(("纳税人识别号", "所属期", "销售额", "申报日期"), pl.String)
    shuffled = random.sample(rows, len(rows))
    outcomes = [
        clean(Raw("tax", [Part("tax.csv", pl.DataFrame(order, schema=schema))]), tax(), ON)
        for order in (rows, shuffled)
    ]
    (table, found), (other_table, other_found) = outcomes
    assert table.equals(other_table)
    assert joined([found.with_columns(line=None)]).equals(joined([other_found.with_columns(line=None)]))
    set_aside = found.filter(pl.col("line").is_not_null())["line"].n_unique()
    later = found.filter(pl.col("kind") == "later_than_on")["value"].cast(pl.Int64).sum()
    assert table.height + set_aside + later == len(rows), "no row is dropped in silence"
