"""How numbers are written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.web.base import figures


@pytest.mark.parametrize(
    ("fen", "currency", "lang", "words"),
    [
        (12_345_678_900, "CNY", "zh", "1.23 亿元"),
        (1_234_500, "CNY", "zh", "1.23 万元"),
        (2_055_000_000, "CNY", "zh", "2,055 万元"),
        (632_600, "CNY", "zh", "6,326 元"),
        (12_345_678_900, "CNY", "en", "CNY 123.5 m"),
        (1_984_000_000_000, "USD", "en", "USD 19.8 bn"),
        (50, "USD", "en", "USD 1"),
        (0, "CNY", "en", "CNY 0"),
        (-1_234_500, "CNY", "zh", "-1.23 万元"),
        (999_999_999, "CNY", "zh", "1,000 万元"),
        (None, "CNY", "zh", "—"),
    ],
)
def test_money_is_written_by_its_order_of_magnitude(fen: int | None, currency: str, lang: str, words: str) -> None:
    assert figures.money(fen, currency, lang) == words


@given(st.integers(-(10**17), 10**17))
def test_the_exact_amount_reads_back_to_the_fen(fen: int) -> None:
    text = figures.exact(fen, "CNY").replace("¥", "").replace(",", "")
    whole, part = text.lstrip("-").split(".")
    assert (-1 if text.startswith("-") else 1) * (int(whole) * 100 + int(part)) == fen


def test_rates_and_days_are_written_as_people_do() -> None:
    assert [figures.rate(bp) for bp in (435, 500, 0, None)] == ["4.35%", "5%", "0%", "—"]
    assert figures.day(date(2025, 6, 3), "zh") == "2025 年 6 月 3 日"
    assert figures.day(date(2025, 6, 3), "en") == "3 June 2025"


def test_a_share_of_nothing_is_a_dash() -> None:
    assert (figures.percent(1, 3), figures.percent(0, 0)) == ("33.3%", "—")


def test_spells_are_written_as_an_explanation_tells_them() -> None:
    held = [{"begins": None, "ends": date(2019, 12, 31)}, {"begins": date(2024, 3, 13), "ends": None}]
    assert figures.spells(held, "en") == "? to 2019-12-31, 2024-03-13 to ?"
    assert figures.spells(held, "zh") == "? 至 2019-12-31、2024-03-13 至 ?"
    assert figures.spells([], "en") == "none"
