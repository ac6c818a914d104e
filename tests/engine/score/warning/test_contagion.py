"""Trouble along ties: nothing without ties, never less with more of them, and every sum adds up."""

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
    spread,
    supply_ties,
    surety_ties,
)

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
    edges = pl.DataFrame({"begin": ["B", "C"], "end": ["A", "B"], "amount_fen": [1_000, 500]})
    found = spread(own([CERTAIN, 0, 0, 0, None]), surety_ties(edges, 2_000, 0), 2)
    told = {row["subject"]: row for row in found.firms.iter_rows(named=True)}
    assert (told["B"]["total_ppm"], told["B"]["at_risk_fen"]) == (200_000, 1_000)
    assert (told["C"]["total_ppm"], told["C"]["at_risk_fen"]) == (40_000, 100)
    assert (told["D"]["total_ppm"], told["E"]["total_ppm"]) == (0, None)


def test_a_tie_to_a_firm_of_which_nothing_is_known_is_counted() -> None:
    found = spread(own([None, 10, 0, 0, 0]), ties([("A", "B", "surety", 5_000, 100)]), 1)
    assert found.firms.filter(subject="B").row(0) == ("B", 10, 10, 0, 0, 1)


def test_a_customer_passes_its_share_of_sales() -> None:
    sales = pl.DataFrame({"seller": ["S", "S"], "customer": ["A", "B"], "amount_fen": [300, 100]})
    assert supply_ties(sales, 4_000)["weight_bp"].to_list() == [3_000, 1_000]


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
