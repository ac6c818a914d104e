"""What mapping files and feeds say of delivery, gates and legal basis, and what their authors are told."""

import pytest

from kerong.rulebook import load
from kerong.rulebook.facts import Delivery, Gates
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.rulebook.sheets import RulebookErrors
from tests.rulebook.packs import FIRM, REGION, pack

DATED = """
[column.month]
title = { zh = "月份", en = "Month" }
header = ["月份"]
type = "month"
"""
FEED = """
name = "firm_of_the_park"
title = { zh = "园区报送", en = "Sent by the park" }
register = "firm"
reliability = 3
encoding = "gb18030"
[header]
capital_fen = ["注册资本"]
[unit]
capital_fen = "yuan"
"""
PURPOSE = """
name = "statistics"
title = { zh = "统计", en = "Statistics" }
legal_basis = { zh = "统计法", en = "Statistics Law" }
"""


def errors(texts: dict[str, str]) -> list[str]:
    with pytest.raises(RulebookErrors) as caught:
        load(texts)
    return [str(error) for error in caught.value.errors]


def with_head(more: str) -> dict[str, str]:
    """The pack whose register has further keys in front of its columns, and a month."""
    return pack() | {"registers/firm.toml": FIRM.replace("[column.code]", more + "\n[column.code]") + DATED}


def test_a_register_that_says_nothing_is_a_list_sent_whole_and_one_with_a_date_adds_rows() -> None:
    assert load(pack()).registers["firm"].delivery == Delivery(None, "once", "whole")
    dated = load(with_head('known = "on_day"') | {"registers/firm.toml": 'period = "month"\n' + FIRM.lstrip() + DATED})
    assert dated.registers["firm"].delivery == Delivery("month", "once", "added")


def test_delivery_gates_and_legal_basis_are_read_as_they_are_written() -> None:
    head = """
    legal_basis = { zh = "条例", en = "Regulation" }
    reliability = 9
    delivery = { of = "month", every = "month", extent = "period", due_days = 15 }
    gate = { rows_bp = 500, totals = ["capital_fen"] }
    """
    register = load(with_head(head)).registers["firm"]
    assert register.delivery == Delivery("month", "month", "period", 15)
    assert register.gates == Gates(rows_bp=500, totals=("capital_fen",))
    assert register.reliability == 9
    assert register.legal_basis is not None
    assert register.legal_basis.en == "Regulation"


@pytest.mark.parametrize(
    ("head", "told"),
    [
        ('delivery = { of = "monht", every = "month" }', "of: monht is no column"),
        ('delivery = { of = "label", every = "month" }', "of: label must be a date, month or year, not text"),
        ('delivery = { of = "month", every = "day" }', "month is a month: nothing says on which day a row is"),
        ('delivery = { extent = "period" }', "extent = period needs `of` and `every`"),
        ("delivery = { due_days = -1 }", "due_days must not be negative"),
        ("gate = { nulls_bp = 10001 }", "nulls_bp = 10001"),
        ('gate = { totals = ["label"] }', "totals: label is no amount or count"),
        ("reliability = 10", "reliability = 10"),
        ('encoding = "gbk"', "encoding = 'gbk'"),
    ],
)
def test_a_delivery_that_cannot_be_is_told_in_words(head: str, told: str) -> None:
    assert told in errors(with_head(head))[0]  # what looks for the register's columns says so after it


def test_a_feed_lays_its_headers_units_and_reliability_over_the_register() -> None:
    book = load(pack(feeds_park=FEED))
    sent, own = mapping_of(book, "firm_of_the_park"), book.registers["firm"]
    assert sent.columns["capital_fen"].header == ("注册资本",)
    assert sent.columns["capital_fen"].unit == "yuan"
    assert sent.columns["label"] == own.columns["label"]
    assert (sent.reliability, sent.encoding) == (3, "gb18030")
    assert feeds_of(book) == {"firm_of_the_park": "firm"}
    assert feeds_of(load(pack())) == {"firm": "firm"}


@pytest.mark.parametrize(
    ("was", "now", "told"),
    [
        ('register = "firm"', 'register = "frim"', "there is no register frim"),
        ('name = "firm_of_the_park"', 'name = "firm"', "firm is a register: a feed needs another name"),
        ("capital_fen = [", "capitol_fen = [", "header: firm has no column capitol_fen"),
    ],
)
def test_a_feed_that_names_what_is_not_there_is_refused(was: str, now: str, told: str) -> None:
    found = errors(pack(feeds_park=FEED.replace(was, now)))
    assert len(found) == 1
    assert told in found[0]


def test_a_purpose_without_a_legal_basis_is_refused_and_what_it_names_must_be_there() -> None:
    assert load(pack(purposes_statistics=PURPOSE)).purposes["statistics"].needs_consent
    without = "\n".join(line for line in PURPOSE.splitlines() if not line.startswith("legal_basis"))
    assert "legal_basis is missing" in errors(pack(purposes_statistics=without))[0]
    assert "fields: there is no capital" in errors(pack(purposes_statistics=PURPOSE + 'fields = ["capital"]'))[0]


def test_only_fields_that_registers_provide_are_settled() -> None:
    good = REGION + '[enterprise.settle.capital_fen]\nby = "reliability"\nstale_months = 24\n'
    assert load(pack() | {"region.toml": good}).region.settle["capital_fen"].stale_months == 24
    assert (
        "no register provides capitl_fen"
        in errors(pack() | {"region.toml": good.replace("settle.capital_fen", "settle.capitl_fen")})[0]
    )
