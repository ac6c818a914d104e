"""How packs with registers of their own see a city of China: every view that is shipped loads and is read."""

from functools import cache

import polars as pl
import pytest

from kerong.lab.systems import Views, views_of
from kerong.rulebook import Rulebook, load
from kerong.rulebook.compiled import evaluate
from kerong.store.packs import read_pack, region_names

SEEN = [name for name in region_names() if "views/china.toml" in read_pack(name)]


@cache
def book(region: str) -> Rulebook:
    return load(read_pack(region))


def view(region: str) -> Views:
    found = views_of(book(region), book("demo"), "china")
    assert found is not None
    return found


def test_a_shipped_pack_has_a_view_to_load() -> None:
    assert "usa" in SEEN


@pytest.mark.parametrize("region", SEEN)
def test_a_view_fills_the_columns_that_make_a_row_the_same_fact(region: str) -> None:
    for register in view(region).registers.values():
        assert set(book(region).registers[register.register].row) <= set(register.columns) | {"enterprise_id"}


def test_an_american_firm_seen_in_a_city_of_china_has_every_column_but_its_venture_category() -> None:
    assert set(book("usa").region.provides) - set(view("usa").enterprise) == {"category"}


@pytest.mark.parametrize(
    ("gross", "guaranteed", "share"),
    [
        (2_500_000, 1_250_000, 5000),
        (10_000_000, 7_000_000, 7000),
        (25_000_000, 18_750_000, 7500),
        (10_000_000, 8_000_000, 8000),
        (14_084_507, 11_971_831, 8500),  # 85 % of CNY 1,000,000 at 7.10 to the dollar, both whole cents
        (14_084_507, 10_563_380, 7500),
        (10_000_000, 9_000_000, 9000),
        (10_000_000, 10_000_000, 10_000),
        (10_000_000, 6_200_000, 0),
        (3_333_300, 2_500_000, 0),  # USD 25,000 of 33,333 are 75.0008 %
    ],
)
def test_the_share_guaranteed_is_one_that_the_sba_has_given_or_is_settled_by_hand(
    gross: int, guaranteed: int, share: int
) -> None:
    (formula,) = (one for one in book("usa").row_formulas["loan"] if one.name == "guaranteed_bp")
    facts = pl.DataFrame({"loan.gross_fen": [gross], "loan.guaranteed_fen": [guaranteed]})
    on = book("usa").region.default_on
    assert evaluate(facts, {"share": formula.value}, on, formula.parameters).frame["share"][0] == share
