"""A system on a city: the same as a run where the city is its own, and laid, seen and converted where it is not."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong import flow
from kerong.engine import award
from kerong.lab.systems import AmountTooLarge, City, CurrencyMissing, ViewMissing, city, side, views_of
from kerong.lab.systems.sections import _decimal
from kerong.lab.systems.seen import _converted
from kerong.lab.systems.side import drawn, in_city
from kerong.rulebook import Rulebook, RulebookErrors, load
from kerong.store.files import Folder
from kerong.store.packs import read_pack
from kerong.store.registers import FolderRegisters

ABROAD = {
    "region.toml": """
name = "abroad"
title = { zh = "外", en = "Abroad" }
currency = "USD"
default_on = 2025-06-30
[[district]]
code = "N"
title = { zh = "北", en = "North" }
at = [0, 0]
[[district]]
code = "S"
title = { zh = "南", en = "South" }
at = [0, 1]
[enterprise]
from = ["credit"]
[enterprise.provides]
state = ["credit.state"]
""",
    "registers/credit.toml": """
name = "credit"
title = { zh = "信贷", en = "Credit" }
files = ["credit"]
row = ["number"]
absence = "none"
period = "given_on"
[column.firm]
title = { zh = "企业", en = "Firm" }
header = ["firm"]
type = "credit_code"
required = true
[column.number]
title = { zh = "编号", en = "Number" }
header = ["number"]
type = "text"
[column.state]
title = { zh = "州", en = "State" }
header = ["state"]
type = "district"
[column.given_on]
title = { zh = "日期", en = "Day" }
header = ["day"]
type = "date"
[column.sum_fen]
title = { zh = "金额", en = "Amount" }
header = ["sum"]
type = "fen"
unit = "dollar"
[column.fee_fen]
title = { zh = "费用", en = "Fee" }
header = ["fee"]
type = "fen"
unit = "dollar"
""",
    "measures/all.toml": """
[[measure]]
name = "credit_fen"
title = { zh = "信贷总额", en = "Credit in all" }
over = "credit"
value = "sum(credit.sum_fen)"
""",
    "policies/half.toml": """
name = "half"
kind = "subsidy"
title = { zh = "一半", en = "Half" }
per = "credit"
text = "…"
source = { document = "a", clause = "b" }
leverage = { drawn = "credit.sum_fen", basis = "loan" }
[[when]]
is = "enterprise.state is not null"
title = { zh = "有州", en = "has a state" }
[[when]]
is = "enterprise.credit_fen > 0"
title = { zh = "有信贷", en = "has credit" }
[amount]
fen = "share_bp(credit.sum_fen, 5000)"
round = "down"
""",
    "views/china.toml": """
[enterprise]
state = "enterprise.district"
[[register]]
name = "credit"
from = "loan"
where = "loan.amount_fen > 100_000_000"
[register.column]
number = "loan.loan_id"
given_on = "loan.drawn_on"
sum_fen = "loan.amount_fen"
""",
}
SEVEN = {"USD": Fraction("7.1")}


@pytest.fixture(scope="module")
def demo() -> Rulebook:
    return load(read_pack("demo"))


@pytest.fixture(scope="module")
def abroad() -> Rulebook:
    return load(ABROAD)


@pytest.fixture(scope="module")
def facts(demo: Rulebook, folder: Path) -> FolderRegisters:
    return FolderRegisters(Folder(folder), {name: register.files for name, register in demo.registers.items()})


@pytest.fixture(scope="module")
def read(demo: Rulebook, abroad: Rulebook, facts: FolderRegisters) -> City:
    views = views_of(abroad, demo, "china")
    assert views is not None
    return city(facts, demo, [demo, abroad], [views], demo.region.default_on)


def test_a_system_decides_about_its_own_city_as_a_run_does(read: City, demo: Rulebook, facts: FolderRegisters) -> None:
    run = flow.assess(facts, demo, award.nothing_used(), read.on)
    found = side(read, demo, None, {})
    assert found.verdicts.equals(run.verdicts)
    assert found.cuts.equals(run.cuts)
    assert all(code == other for code, other in found.laid.items())


def test_another_systems_rows_are_the_citys_rows_in_its_own_money(read: City, demo: Rulebook, abroad: Rulebook) -> None:
    found = side(read, abroad, views_of(abroad, demo, "china"), SEVEN)
    loans = read.registers["loan"].filter(pl.col("amount_fen") > 100_000_000)
    assert found.registers["credit"].height == loans.height > 50
    rows = found.registers["credit"].join(loans, left_on="number", right_on="loan_id")
    assert rows.select(((pl.col("sum_fen") * 71 / 10) - pl.col("amount_fen")).abs().max()).item() <= 3.55
    assert found.registers["credit"]["fee_fen"].null_count() == loans.height
    paid = found.verdicts.filter(pl.col("awarded_fen") > 0)
    assert paid.height == loans.height
    public = in_city(int(paid["awarded_fen"].sum()), found.rate)
    assert drawn(found, ["half"], read) / public == pytest.approx(2, rel=1e-6)  # each claim rounds down


def test_districts_are_laid_in_turn_and_none_is_left_out(read: City, demo: Rulebook, abroad: Rulebook) -> None:
    found = side(read, abroad, views_of(abroad, demo, "china"), SEVEN)
    assert list(found.laid) == list(read.districts)
    assert list(found.laid.values()) == [("N", "S")[place % 2] for place in range(len(read.districts))]
    assert set(found.enterprises["state"].drop_nulls()) == {"N", "S"}
    assert found.enterprises["state"].null_count() == read.firms["district"].null_count()


def test_another_currency_needs_a_rate(read: City, demo: Rulebook, abroad: Rulebook) -> None:
    with pytest.raises(CurrencyMissing, match=r"abroad counts in USD and the city in CNY.*USD=7\.10"):
        side(read, abroad, views_of(abroad, demo, "china"), {})


def test_registers_of_its_own_need_a_view(read: City, abroad: Rulebook) -> None:
    with pytest.raises(ViewMissing, match="abroad reads registers of its own"):
        side(read, abroad, None, SEVEN)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ('sum_fen = "loan.rate_bp"', "bp"),
        ('sums_fen = "loan.amount_fen"', "there is no column sums_fen"),
        ('sum_fen = "loan.amounts_fen"', "loan.amounts_fen is not known"),
        ('sum_fen = "invoice.amount_fen"', "nothing is called invoice here"),
    ],
)
def test_a_view_that_does_not_fit_is_an_error_with_its_line(demo: Rulebook, wrong: str, said: str) -> None:
    text = ABROAD["views/china.toml"].replace('sum_fen = "loan.amount_fen"', wrong)
    with pytest.raises(RulebookErrors) as caught:
        views_of(load({**ABROAD, "views/china.toml": text}), demo, "china")
    assert said in str(caught.value.errors[0])
    assert "views/china.toml:11" in str(caught.value.errors[0])


@pytest.mark.parametrize("fen", [10**13, -(10**13)])
def test_money_that_a_rate_makes_too_large_to_hold_is_refused(fen: int) -> None:
    with pytest.raises(AmountTooLarge, match="at a rate of 1e-09 an amount is too large"):
        _converted(pl.Series([1, None, fen]), Fraction(1, 10**9))


@pytest.mark.parametrize(
    ("rate", "said"),
    [(Fraction("7.123456789"), "7.123456789"), (Fraction(123_456_789), "123456789"), (Fraction("0.00045"), "0.00045")],
)
def test_the_report_says_a_rate_as_it_was_given(rate: Fraction, said: str) -> None:
    assert _decimal(str(rate)) == said


@given(st.lists(st.integers(-(10**15), 10**15)), st.fractions("1/1000", 1000))
def test_money_is_converted_to_the_nearest_hundredth(fen: list[int], rate: Fraction) -> None:
    found = _converted(pl.Series(fen, dtype=pl.Int64), rate.limit_denominator(10_000))
    for whole, own in zip(fen, found, strict=True):
        assert abs(own * rate.limit_denominator(10_000) - whole) * 2 <= rate.limit_denominator(10_000)


def test_a_region_without_districts_is_laid_nowhere(read: City, demo: Rulebook) -> None:
    bare = replace(demo, region=replace(demo.region, districts=()))
    assert side(read, replace(bare, rules={}), None, {}).laid == {}
