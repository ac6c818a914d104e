"""Ties by channel: sums of rows in whatever order and form, nobody tied to itself, no amount invented."""

from datetime import date
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record.ties import ties
from kerong.rulebook import load
from kerong.store.packs import read_pack

BOOK = load(read_pack("china"))
ON = date(2025, 6, 30)
ROW = st.tuples(
    st.sampled_from("ABC"),
    st.sampled_from(["A", "B", "C", None]),
    st.sampled_from(["in", "out"]),
    st.sampled_from(["normal", "void"]),
    st.dates(date(2024, 1, 1), ON),
    st.integers(-5, 10**12),
)
INVOICES = {
    "enterprise_id": pl.String,
    "counterparty": pl.String,
    "direction": pl.String,
    "status": pl.String,
    "issued_on": pl.Date,
    "amount_fen": pl.Int64,
}
Rows = list[tuple[str, str | None, str, str, date, int]]


def invoices(rows: Rows) -> pl.DataFrame:
    return pl.DataFrame(rows, INVOICES, orient="row")


@given(st.lists(ROW, max_size=20), st.randoms())
def test_sales_of_a_year_tie_customer_to_seller_whatever_the_order_and_the_form_of_the_rows(
    rows: Rows, random: Random
) -> None:
    wanted: dict[tuple[str, str], int] = {}
    for firm, other, direction, status, day, fen in rows:
        if other and other != firm and (direction, status) == ("out", "normal") and day > date(2024, 6, 30):
            wanted[other, firm] = wanted.get((other, firm), 0) + fen
    found = ties({"invoice": invoices(rows)}, BOOK, ON)
    assert {(begin, end): fen for _, begin, end, fen in found.rows()} == wanted
    random.shuffle(rows)
    enums = {name: pl.Enum(sorted({*invoices(rows)[name].drop_nulls()})) for name in list(INVOICES)[:4]}
    assert ties({"invoice": invoices(rows).cast(enums)}, BOOK, ON).equals(found)  # type: ignore[arg-type]


@pytest.mark.parametrize(("amounts", "told"), [([None, None], None), ([None, 5], 5), ([2**62, 2**62], None)])
def test_an_amount_that_nobody_says_or_that_does_not_fit_is_not_known(
    amounts: list[int | None], told: int | None
) -> None:
    rows = pl.DataFrame(
        {"enterprise_id": ["B"] * 2, "guarantor": ["A"] * 2, "amount_fen": amounts, "until_on": [None, None]},
        {"enterprise_id": pl.String, "guarantor": pl.String, "amount_fen": pl.Int64, "until_on": pl.Date},
    )
    found = ties({"surety": rows}, BOOK, ON)
    assert found.rows() == [("support", "A", "B", told), ("surety", "B", "A", told)]


def test_registers_that_are_not_there_tie_nobody() -> None:
    assert ties({}, BOOK, ON).is_empty()
