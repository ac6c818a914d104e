"""Luoyang's own columns of loans and funds: what city and counties pay together, and what a whole account may lose."""

from datetime import date
from functools import cache

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook import Rulebook, load
from kerong.rulebook.compiled import evaluate, rounded
from kerong.store.packs import read_pack

ON = date(2024, 6, 30)


@cache
def luoyang() -> Rulebook:
    return load(read_pack("luoyang"))


def column(register: str, name: str, facts: dict[str, list[object]]) -> list[int | None]:
    (formula,) = (one for one in luoyang().row_formulas[register] if one.name == name)
    found = evaluate(pl.DataFrame(facts), {"x": formula.value}, ON, formula.parameters).frame
    return found.select(rounded(pl.col("x"), formula.value.type.divisor, formula.round)).to_series().to_list()


@given(st.lists(st.integers(0, 10**13), min_size=1, max_size=20))
def test_city_and_counties_pay_one_percent_of_a_loan_together(amounts: list[object]) -> None:
    found = column("loan", "volume_subsidy_fen", {"loan.amount_fen": amounts})
    assert found == [int(str(amount)) // 100 for amount in amounts]


@pytest.mark.parametrize(("kind", "tolerated"), [("seed", 50), ("angel", 50), ("venture", 30), ("sub_fund", 30)])
def test_the_earlier_a_fund_invests_the_more_its_account_may_lose(kind: str, tolerated: int) -> None:
    facts: dict[str, list[object]] = {"fund.invested_fen": [100, 1_000_000], "fund.kind": [kind, "growth"]}
    assert column("fund", "tolerated_loss_fen", facts) == [tolerated, 200_000]


def test_a_fund_of_an_unknown_kind_has_an_unknown_tolerance() -> None:
    frame: dict[str, list[object]] = {"fund.invested_fen": [100], "fund.kind": [None]}
    assert column("fund", "tolerated_loss_fen", frame) == [None]


def test_no_number_of_luoyang_is_shown_as_published() -> None:
    own = [rule for rule in luoyang().rules.values() if rule.source.document == "S3"]
    assert len(own) > 20
    assert {rule.source.status for rule in own} == {"assumed"}
    numbers = [number for rule in own for number in rule.parameters.values()]
    assert [number.name for number in numbers if len(number.assumed) != len(number.values)] == []
