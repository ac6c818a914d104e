"""Measures and formulas: windows, absence, what is unknown, and errors that never become values."""

from datetime import date

import polars as pl
import pytest

from kerong.engine.record import features
from kerong.engine.record.windows import shifted
from kerong.rulebook import Rulebook, load

ON = date(2025, 6, 30)
REGION = """
name = "test"
title = { zh = "试", en = "Test" }
currency = "CNY"
default_on = 2025-06-30
[enterprise]
from = ["tax"]
[enterprise.provides]
"""
REGISTER = """
name = "tax"
title = { zh = "税", en = "Tax" }
files = ["tax"]
row = ["enterprise_id", "month"]
absence = "ABSENCE"
period = "month"
[column.credit_code]
title = { zh = "码", en = "Code" }
header = ["码"]
type = "credit_code"
[column.month]
title = { zh = "月", en = "Month" }
header = ["月"]
type = "month"
[column.sales_fen]
title = { zh = "销", en = "Sales" }
header = ["销"]
type = "fen"
unit = "yuan"
[column.customer]
title = { zh = "客", en = "Customer" }
header = ["客"]
type = "text"
"""
TITLE = 'title = { zh = "甲", en = "A" }'


def book(measure: str, absence: str = "unknown", formulas: str = "") -> Rulebook:
    texts = {
        "region.toml": REGION,
        "registers/tax.toml": REGISTER.replace("ABSENCE", absence),
        "measures/m.toml": f'[[measure]]\nname = "m"\n{TITLE}\nover = "tax"\n{measure}',
    }
    return load({**texts, "formulas/f.toml": formulas} if formulas else texts)


def tax(*rows: tuple[str, int, int | None, str | None]) -> pl.DataFrame:
    """Rows of (firm, months before June 2025, sales, customer)."""
    found = [
        (firm, date(2025 - (ago + 6) // 12, 12 - (ago + 6) % 12, 1), sales, customer)
        for firm, ago, sales, customer in rows
    ]
    schema = {"enterprise_id": pl.String, "month": pl.Date, "sales_fen": pl.Int64, "customer": pl.String}
    return pl.DataFrame(found, schema=schema, orient="row").sort("enterprise_id", "month")


def measured(rulebook: Rulebook, table: pl.DataFrame, *firms: str) -> tuple[list[object], pl.DataFrame]:
    enterprises = pl.DataFrame({"enterprise_id": sorted(firms)}, schema={"enterprise_id": pl.String})
    frame, _, problems = features(enterprises, {"tax": table}, rulebook, ON)
    return frame["m"].to_list(), problems


def test_a_window_holds_the_complete_months_before_the_month_of_the_run() -> None:
    table = tax(("a", 0, 1, ""), ("a", 1, 10, ""), ("a", 12, 100, ""), ("a", 13, 1000, ""))
    found, _ = measured(book('value = "sum(tax.sales_fen)"\nwindow = "12 months"'), table, "a")
    assert found == [110]
    found, _ = measured(book('value = "sum(tax.sales_fen)"\nwindow = "12 months"\nskip = "12 months"'), table, "a")
    assert found == [1000]


def test_no_row_is_none_only_where_the_register_is_complete() -> None:
    table = tax(("a", 1, 10, ""))
    assert measured(book('value = "sum(tax.sales_fen)"'), table, "a", "b")[0] == [10, None]
    assert measured(book('value = "sum(tax.sales_fen)"', "none"), table, "a", "b")[0] == [10, 0]
    assert measured(book('value = "count()"', "none"), table, "a", "b")[0] == [1, 0]
    assert measured(book('value = "any(tax.sales_fen > 5)"', "none"), table, "a", "b")[0] == [True, False]
    assert measured(book('value = "max(tax.sales_fen)"', "none"), table, "a", "b")[0] == [10, None]


def test_a_firm_of_an_incomplete_register_whose_rows_are_all_excluded_has_none_of_them() -> None:
    found, _ = measured(book('value = "count()"\nwhere = "tax.sales_fen > 99"'), tax(("a", 1, 10, "")), "a", "b")
    assert found == [0, None]


def test_a_missing_value_makes_a_sum_unknown_and_never_zero() -> None:
    table = tax(("a", 1, 10, ""), ("a", 2, None, ""))
    assert measured(book('value = "sum(tax.sales_fen)"'), table, "a")[0] == [None]
    assert measured(book('value = "any(tax.sales_fen > 5)"'), table, "a")[0] == [True]
    assert measured(book('value = "any(tax.sales_fen > 50)"'), table, "a")[0] == [None]


def test_too_few_known_periods_leave_a_measure_unknown() -> None:
    rule = 'value = "sum(tax.sales_fen)"\nwindow = "3 months"\nat_least = '
    table = tax(("a", 1, 10, ""), ("a", 2, 20, ""), ("b", 1, 10, ""), ("b", 2, None, ""))
    assert measured(book(rule + "2"), table, "a", "b")[0] == [30, None]
    assert measured(book(rule + "1"), table, "a", "b")[0] == [30, 10]
    assert measured(book(rule + "3"), table, "a", "b")[0] == [None, None]


def test_the_latest_value_is_that_of_the_last_period_even_where_it_is_unknown() -> None:
    table = tax(("a", 3, 1, ""), ("a", 1, 2, ""), ("b", 3, 1, ""), ("b", 1, None, ""))
    assert measured(book('value = "latest(tax.sales_fen)"'), table, "a", "b")[0] == [2, None]
    assert measured(book('value = "earliest(tax.sales_fen)"'), table, "a", "b")[0] == [1, 1]


def test_concentration_is_the_herfindahl_index_of_customers_in_basis_points() -> None:
    table = tax(("a", 1, 50, "x"), ("a", 2, 30, "y"), ("a", 3, 20, "x"), ("b", 1, 5, "z"))
    found, _ = measured(book('value = "concentration(tax.sales_fen, tax.customer)"'), table, "a", "b")
    assert found == [round((0.7**2 + 0.3**2) * 10_000), 10_000]


def test_concentration_is_unknown_where_it_is_not_known_whose_sales_they_are() -> None:
    table = tax(("a", 1, 50, None), ("a", 2, 50, None), ("b", 1, 5, None), ("b", 2, 5, "z"), ("c", 1, 5, "z"))
    rule = 'value = "concentration(tax.sales_fen, tax.customer)"'
    assert measured(book(rule), table, "a", "b", "c")[0] == [None, None, 10_000]
    known = measured(book(f'{rule}\nwindow = "3 months"\nat_least = 1'), table, "a", "b", "c")[0]
    assert known == [None, 10_000, 10_000], "such a row makes its month an unknown one"


def test_variation_is_the_standard_deviation_over_the_mean_of_the_periods() -> None:
    table = tax(("a", 1, 10, ""), ("a", 2, 30, ""), ("b", 1, 7, ""))
    found, _ = measured(book('value = "variation(tax.sales_fen)"'), table, "a", "b")
    assert found == [0.5, None]


def test_a_sum_that_overflows_is_unknown_and_a_named_problem() -> None:
    table = tax(("a", 1, 9 * 10**18, ""), ("a", 2, 9 * 10**18, ""), ("b", 1, 1, ""))
    found, problems = measured(book('value = "sum(tax.sales_fen)"'), table, "a", "b")
    assert found == [None, 1]
    assert problems.select("kind", "column", "enterprise_id").rows() == [("measure_error", "m", "a")]


def test_an_error_on_a_row_that_where_excludes_is_no_error() -> None:
    table = tax(("a", 1, 10, ""), ("a", 2, 0, ""))
    rule = 'value = "max(100 / tax.sales_fen)"'.replace("100", "tax.sales_fen")
    found, problems = measured(book(f'{rule}\nwhere = "tax.sales_fen > 0"'), table, "a")
    assert found == [1.0]
    assert problems.is_empty()
    found, problems = measured(book(rule), table, "a")
    assert found == [None]
    assert problems["kind"].to_list() == ["measure_error"]


def test_formulas_may_name_one_another_in_any_order() -> None:
    formulas = (
        f'[[formula]]\nname = "twice_fen"\n{TITLE}\nvalue = "enterprise.once_fen * 2"\n'
        f'[[formula]]\nname = "once_fen"\n{TITLE}\nvalue = "enterprise.m"\n'
    )
    enterprises = pl.DataFrame({"enterprise_id": ["a"]})
    frame, _, _ = features(
        enterprises, {"tax": tax(("a", 1, 10, ""))}, book('value = "sum(tax.sales_fen)"', formulas=formulas), ON
    )
    assert frame["twice_fen"].to_list() == [20]


def test_a_register_without_a_file_leaves_its_measures_unknown() -> None:
    frame, _, _ = features(pl.DataFrame({"enterprise_id": ["a"]}), {}, book('value = "count()"', "none"), ON)
    assert frame["m"].to_list() == [None]


@pytest.mark.parametrize("firms", [0, 1])
def test_an_empty_register_is_no_error(firms: int) -> None:
    names = ["a", "b"][:firms]
    assert measured(book('value = "mean(tax.sales_fen)"', "none"), tax(), *names)[0] == [None] * firms


def test_a_window_ends_where_the_calendar_does() -> None:
    assert shifted(ON, -2) == date(2025, 4, 1)
    assert (shifted(ON, -99_999), shifted(ON, 999_999)) == (date(1, 1, 1), date(9999, 12, 1))
