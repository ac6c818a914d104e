"""Trouble along ties: nothing without ties, never less with more of them, and every sum adds up."""

from dataclasses import replace
from random import Random

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.warning.contagion import (
    CERTAIN,
    MOST_STEPS,
    OWN,
    TIES,
    Spread,
    card_of_contagion,
    large_ties,
    own_of,
    spread,
    weighed_ties,
)
from kerong.rulebook import load
from kerong.store.packs import read_pack

BOOK = load(read_pack("demo"))
PAIRS = pl.Schema({"channel": pl.String(), "begin": pl.String(), "end": pl.String(), "amount_fen": pl.Int64()})

FIRMS = "ABCDE"
CHANCES = st.lists(st.integers(0, CERTAIN) | st.none(), min_size=len(FIRMS), max_size=len(FIRMS))
NODES = st.sampled_from([*FIRMS, "outside"])
TIE = st.tuples(NODES, NODES, st.just("surety"), st.integers(0, 10_000), st.integers(0, 10**16))
MANY = st.lists(TIE, max_size=12)
STEPS = st.integers(1, MOST_STEPS)


def own(chances: list[int | None]) -> pl.DataFrame:
    return pl.DataFrame({"subject": list(FIRMS), "own_ppm": chances}, schema=OWN)


def ties(rows: list[tuple[str, str, str, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=TIES, orient="row")


def totals(found: Spread) -> list[int]:
    return found.firms["total_ppm"].fill_null(0).to_list()


@given(CHANCES, STEPS)
def test_without_ties_nothing_comes_over(chances: list[int | None], steps: int) -> None:
    found = spread(own(chances), ties([]), steps)
    assert found.firms["total_ppm"].to_list() == chances
    assert found.firms["at_risk_fen"].sum() == 0


@given(CHANCES, MANY, TIE, STEPS)
def test_one_more_tie_never_makes_anybody_safer(
    chances: list[int | None],
    rows: list[tuple[str, str, str, int, int]],
    more: tuple[str, str, str, int, int],
    steps: int,
) -> None:
    before, after = spread(own(chances), ties(rows), steps), spread(own(chances), ties([*rows, more]), steps)
    assert all(few <= many for few, many in zip(totals(before), totals(after), strict=True))


@given(CHANCES, MANY, st.integers(1, MOST_STEPS - 1))
def test_one_more_step_never_makes_anybody_safer(
    chances: list[int | None], rows: list[tuple[str, str, str, int, int]], steps: int
) -> None:
    near, far = (spread(own(chances), ties(rows), count) for count in (steps, steps + 1))
    assert all(few <= many for few, many in zip(totals(near), totals(far), strict=True))


@given(CHANCES, MANY, STEPS)
def test_what_a_firm_receives_is_what_its_ties_pass_and_amounts_add_up(
    chances: list[int | None], rows: list[tuple[str, str, str, int, int]], steps: int
) -> None:
    found = spread(own(chances), ties(rows), steps)
    passed = dict(found.ties.group_by("end").agg(pl.col("passed_ppm").sum()).iter_rows())
    for firm, mine, total, received in found.firms.select(
        "subject", pl.col("own_ppm", "total_ppm").fill_null(0), "received_ppm"
    ).iter_rows():
        assert total == min(mine + passed.get(firm, 0), CERTAIN)
        assert received == total - mine
    assert found.firms["at_risk_fen"].sum() == found.ties["at_risk_fen"].sum()
    assert (found.ties["at_risk_fen"] <= found.ties["exposure_fen"]).all()


@given(CHANCES, MANY, STEPS)
def test_the_order_of_firms_and_ties_changes_nothing(
    chances: list[int | None], rows: list[tuple[str, str, str, int, int]], steps: int
) -> None:
    one, other = spread(own(chances), ties(rows), steps), spread(own(chances)[::-1], ties(rows[::-1]), steps)
    assert one.firms.equals(other.firms)
    assert one.ties.equals(other.ties)


def test_a_debtor_in_trouble_costs_its_guarantor_the_amount_and_the_next_one_a_part() -> None:
    pairs = pl.DataFrame([("surety", "A", "B", 1_000), ("surety", "B", "C", 500)], PAIRS, orient="row")
    channels = {"surety": replace(BOOK.channels["surety"], weight_bp=2_000)}
    found = spread(own([CERTAIN, 0, 0, 0, None]), weighed_ties(pairs, channels), 2)
    told = {row["subject"]: row for row in found.firms.iter_rows(named=True)}
    assert (told["B"]["total_ppm"], told["B"]["at_risk_fen"]) == (200_000, 1_000)
    assert (told["C"]["total_ppm"], told["C"]["at_risk_fen"]) == (40_000, 100)
    assert (told["D"]["total_ppm"], told["E"]["total_ppm"]) == (0, None)


def test_a_tie_to_a_firm_of_which_nothing_is_known_is_counted() -> None:
    found = spread(own([None, 10, 0, 0, 0]), ties([("A", "B", "surety", 5_000, 100)]), 1)
    assert found.firms.filter(subject="B").row(0) == ("B", 10, 10, 0, 0, 1)


def test_a_customer_passes_its_share_of_sales_of_which_unknown_and_negative_ones_are_none() -> None:
    rows = [("supply", "A", "S", 300), ("supply", "B", "S", 100), ("supply", "C", "S", None), ("supply", "D", "S", -9)]
    found = weighed_ties(
        pl.DataFrame(rows, PAIRS, orient="row"), {"supply": replace(BOOK.channels["supply"], weight_bp=4_000)}
    )
    assert found.select("begin", "weight_bp", "exposure_fen").rows() == [("A", 3_000, 300), ("B", 1_000, 100)]


@given(st.lists(st.tuples(NODES, NODES, st.integers(-5, 10**15) | st.none()), max_size=12), st.randoms())
def test_shares_of_a_firms_ties_never_add_up_to_more_than_the_weight(
    rows: list[tuple[str, str, int | None]], random: Random
) -> None:
    pairs = pl.DataFrame([("supply", *row) for row in rows], PAIRS, orient="row").unique(
        ["begin", "end"], keep="first", maintain_order=True
    )
    found = weighed_ties(pairs, BOOK.channels)
    sums = found.group_by("end").agg(pl.col("weight_bp").sum())
    assert (sums["weight_bp"] <= BOOK.channels["supply"].weight_bp).all()
    places = list(range(pairs.height))
    random.shuffle(places)
    assert weighed_ties(pairs[places], BOOK.channels).equals(found)


def test_a_tie_by_share_is_large_from_a_share_on_and_a_surety_always() -> None:
    rows = [("supply", "A", "S", 80), ("supply", "B", "S", 20), ("surety", "C", "S", None)]
    found = large_ties(pl.DataFrame(rows, PAIRS, orient="row"), BOOK.channels, 2_001)
    assert found["begin"].to_list() == ["A", "C"]
    assert large_ties(pl.DataFrame(rows, PAIRS, orient="row"), BOOK.channels, 2_000).height == 3


def test_a_tie_that_exposes_nothing_costs_nothing() -> None:
    pairs = pl.DataFrame([("support", "A", "B", 1_000)], PAIRS, orient="row")
    assert weighed_ties(pairs, BOOK.channels).select("weight_bp", "exposure_fen").row(0) == (1_000, 0)


def test_firms_without_a_reading_are_there_and_unknown_and_those_no_longer_at_risk_are_certain() -> None:
    credit = pl.DataFrame(
        {"card": ["h", "h"], "subject": ["A", "B"], "at_risk": [True, False], "probability_bp": [50, 50]},
        {"card": pl.String, "subject": pl.String, "at_risk": pl.Boolean, "probability_bp": pl.Int32},
    )
    assert own_of(pl.Series(["A", "B", "C"]), credit, "h")["own_ppm"].to_list() == [5_000, CERTAIN, None]
    assert own_of(pl.Series(["A"]), credit, None)["own_ppm"].to_list() == [None]


def test_the_card_of_contagion_is_a_hazard_that_warns() -> None:
    name = card_of_contagion(BOOK)
    assert name is not None
    model = BOOK.models[BOOK.cards[name].model]
    assert model.kind == "hazard"
    assert model.alert is not None
    assert card_of_contagion(replace(BOOK, cards={})) is None


@pytest.mark.parametrize(
    ("table", "rows", "steps", "told"),
    [
        ([0] * 5, [], 0, "steps"),
        ([0] * 5, [], MOST_STEPS + 1, "steps"),
        ([-1, 0, 0, 0, 0], [], 1, "own_ppm"),
        ([0] * 5, [("A", "B", "surety", 10_001, 0)], 1, "weight_bp"),
        ([0] * 5, [("A", "B", "surety", 1, -1)], 1, "exposure_fen"),
    ],
)
def test_what_is_out_of_range_is_refused_by_name(
    table: list[int | None], rows: list[tuple[str, str, str, int, int]], steps: int, told: str
) -> None:
    with pytest.raises(ValueError, match=told):
        spread(own(table), ties(rows), steps)


def test_a_firm_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="A stands twice"):
        spread(pl.concat([own([0] * 5), own([0] * 5)[:1]]), ties([]), 1)
