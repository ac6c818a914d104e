from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.lab.spelling import Edition, header, money
from kerong.rulebook.content import Column, Text


@given(st.lists(st.integers(-(10**15), 10**15), min_size=1), st.sampled_from([("yuan", 100), ("wan", 1_000_000)]))
def test_money_in_any_unit_is_the_exact_amount(amounts: list[int], unit: tuple[str, int]) -> None:
    texts = pl.DataFrame({"fen": amounts}).select(money(pl.col("fen"), unit[0]).alias("text"))["text"]
    assert [int(Decimal(text) * unit[1]) for text in texts] == amounts


@pytest.mark.parametrize(
    ("number", "unit", "expected"),
    [
        (0, "wan", "销售额（万元）"),
        (1, "wan", "应税销售额(万元)"),
        (2, "yuan", "销售额（元）"),
        (3, "column", "应税销售额"),
    ],
)
def test_headers_turn_with_the_edition_and_say_their_unit(number: int, unit: str, expected: str) -> None:
    column = Column("sales_fen", Text("销售额", "Sales"), ("销售额", "应税销售额"), "fen")
    assert header(column, Edition(number, unit)) == expected
