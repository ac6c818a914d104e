"""Limits, as laws over generated claims, and each limit once by hand."""

from datetime import date
from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.award import award, nothing_used
from kerong.engine.award.limits import CLAIM, LIMITS, USED

CLAIMS = pl.Schema(
    {
        "rule": pl.String(),
        "enterprise_id": pl.String(),
        "row_key": pl.String(),
        "payee": pl.String(),
        "year": pl.Int64(),
        "sequence": pl.Date(),
        "entitled_fen": pl.Int64(),
    }
)
SCOPES = ["row", "enterprise", "enterprise_year", "payee", "payee_year", "budget"]
DAYS = [date(2024, 3, 1), date(2024, 9, 1), date(2025, 2, 1)]

claim = st.tuples(
    st.sampled_from(["interest", "premium"]),
    st.sampled_from(["firm_a", "firm_b", "firm_c"]),
    st.sampled_from(["bank_x", "bank_y"]),
    st.sampled_from(DAYS),
    st.integers(0, 10**13),
)
caps = st.dictionaries(
    st.tuples(st.sampled_from(["interest", "premium"]), st.sampled_from(SCOPES)), st.integers(0, 2 * 10**13), max_size=8
)


def claims_of(rows: list[tuple[str, str, str, date, int]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(rule, firm, f"{n:04d}", payee, day.year, day, fen) for n, (rule, firm, payee, day, fen) in enumerate(rows)],
        schema=CLAIMS,
        orient="row",
    )


def limits_of(found: dict[tuple[str, str], int], share: str = "first_come") -> pl.DataFrame:
    rows = [
        (rule, scope, scope, fen, share if scope == "budget" else "first_come") for (rule, scope), fen in found.items()
    ]
    return pl.DataFrame(rows, schema=LIMITS, orient="row")


def used_of(rows: list[tuple[str, str, str, int, int]]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=USED, orient="row")


shares = st.sampled_from(["first_come", "pro_rata"])


@settings(max_examples=150, deadline=None)
@given(st.lists(claim, max_size=12), caps, shares)
def test_nothing_is_paid_beyond_its_entitlement_nor_beyond_any_limit(
    rows: list[tuple[str, str, str, date, int]], found: dict[tuple[str, str], int], share: str
) -> None:
    awards, _ = award(claims_of(rows), limits_of(found, share), nothing_used())
    assert (awards["awarded_fen"] >= 0).all()
    assert (awards["awarded_fen"] <= awards["entitled_fen"]).all()
    groups = {
        "row": CLAIM,
        "enterprise": ["enterprise_id"],
        "enterprise_year": ["enterprise_id", "year"],
        "payee": ["payee"],
        "payee_year": ["payee", "year"],
        "budget": [],
    }
    for (rule, scope), limit in found.items():
        of_rule = awards.filter(pl.col("rule") == rule)
        sums = of_rule.group_by(groups[scope] or pl.lit(1)).agg(pl.col("awarded_fen").sum())
        assert (sums["awarded_fen"] <= limit).all(), (rule, scope)


@settings(max_examples=100, deadline=None)
@given(st.lists(claim, max_size=12), caps, shares, st.randoms(use_true_random=False))
def test_the_order_of_claims_and_limits_in_their_tables_is_of_no_matter(rows, found, share, shuffle) -> None:  # type: ignore[no-untyped-def]
    claims, limits = claims_of(rows), limits_of(found, share)
    order = list(range(claims.height))
    shuffle.shuffle(order)
    first, first_cuts = award(claims, limits, nothing_used())
    second, second_cuts = award(claims[order], limits.reverse(), nothing_used())
    assert first.equals(second)
    assert first_cuts.equals(second_cuts)


@settings(max_examples=100, deadline=None)
@given(st.lists(claim, max_size=12), caps, shares)
def test_every_fen_that_is_cut_is_named_with_the_limit_that_cut_it(
    rows: list[tuple[str, str, str, date, int]], found: dict[tuple[str, str], int], share: str
) -> None:
    awards, cuts = award(claims_of(rows), limits_of(found, share), nothing_used())
    assert (cuts["cut_fen"] > 0).all()
    assert sum(awards["entitled_fen"]) - sum(awards["awarded_fen"]) == sum(cuts["cut_fen"])


@settings(max_examples=100, deadline=None)
@given(
    st.lists(claim, max_size=10),
    st.sampled_from(SCOPES),
    st.lists(st.integers(0, 10**13), min_size=2, max_size=2),
    shares,
)
def test_a_higher_limit_never_lowers_the_total(
    rows: list[tuple[str, str, str, date, int]], scope: str, heights: list[int], share: str
) -> None:
    totals = []
    for height in sorted(heights):
        limits = limits_of({("interest", scope): height, ("premium", scope): height}, share)
        totals.append(award(claims_of(rows), limits, nothing_used())[0]["awarded_fen"].sum())
    assert all(a <= b for a, b in pairwise(totals))


@settings(max_examples=60, deadline=None)
@given(st.lists(claim, min_size=1, max_size=8), st.integers(0, 10**13), st.data())
def test_splitting_one_claim_in_two_never_gains_under_a_cap_per_enterprise(
    rows: list[tuple[str, str, str, date, int]], cap: int, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    rule, firm, payee, day, fen = rows[place]
    part = data.draw(st.integers(0, fen))
    split = [*rows[:place], (rule, firm, payee, day, part), (rule, firm, payee, day, fen - part), *rows[place + 1 :]]
    limits = limits_of({("interest", "enterprise"): cap, ("premium", "enterprise"): cap})
    whole = award(claims_of(rows), limits, nothing_used())[0]["awarded_fen"].sum()
    assert award(claims_of(split), limits, nothing_used())[0]["awarded_fen"].sum() == whole


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 9 * 10**17), min_size=1, max_size=9), st.integers(0, 9 * 10**18))
def test_a_budget_pro_rata_is_spent_to_the_last_fen_where_it_is_too_small(amounts: list[int], budget: int) -> None:
    rows = [("interest", f"firm_{n}", "", DAYS[0], fen) for n, fen in enumerate(amounts)]
    awards, _ = award(claims_of(rows), limits_of({("interest", "budget"): budget}, "pro_rata"), nothing_used())
    assert awards["awarded_fen"].sum() == min(budget, sum(amounts))
    for awarded, fen in zip(awards["awarded_fen"], awards["entitled_fen"], strict=True):
        exact = fen * budget // sum(amounts) if sum(amounts) > budget else fen
        assert exact <= awarded <= exact + 1


def test_claims_of_one_firm_fill_its_yearly_cap_in_the_order_of_their_dates() -> None:
    rows = [
        ("interest", "firm_a", "", DAYS[1], 400),
        ("interest", "firm_a", "", DAYS[0], 700),
        ("interest", "firm_a", "", DAYS[2], 900),
    ]
    awards, cuts = award(claims_of(rows), limits_of({("interest", "enterprise_year"): 1_000}), nothing_used())
    assert awards["awarded_fen"].to_list() == [300, 700, 900]
    assert cuts.rows() == [("interest", "firm_a", "0000", "enterprise_year", 100)]


def test_what_was_granted_before_is_taken_off_the_limit_and_never_below_zero() -> None:
    rows = [("interest", "firm_a", "", DAYS[0], 400), ("interest", "firm_b", "", DAYS[0], 400)]
    limits = limits_of({("interest", "enterprise"): 500})
    used = used_of([("interest", "firm_a", "", 2023, 300), ("interest", "firm_b", "", 2023, 900)])
    assert award(claims_of(rows), limits, used)[0]["awarded_fen"].to_list() == [200, 0]


def test_a_budget_is_first_come_by_date_and_the_last_claim_gets_what_is_left() -> None:
    rows = [("interest", "firm_b", "", DAYS[0], 600), ("interest", "firm_a", "", DAYS[1], 600)]
    awards, _ = award(claims_of(rows), limits_of({("interest", "budget"): 1_000}), nothing_used())
    assert dict(zip(awards["enterprise_id"], awards["awarded_fen"], strict=True)) == {"firm_b": 600, "firm_a": 400}


def test_limits_apply_in_the_written_order_row_enterprise_year_payee_budget() -> None:
    rows = [("interest", "firm_a", "bank_x", DAYS[0], 1_000), ("interest", "firm_b", "bank_x", DAYS[0], 1_000)]
    limits = limits_of(
        {
            ("interest", "row"): 900,
            ("interest", "enterprise"): 800,
            ("interest", "payee"): 1_500,
            ("interest", "budget"): 1_400,
        }
    )
    awards, cuts = award(claims_of(rows), limits, nothing_used())
    assert awards["awarded_fen"].to_list() == [800, 600]
    assert cuts.filter(pl.col("enterprise_id") == "firm_b").select("limit", "cut_fen").rows() == [
        ("budget", 100),
        ("enterprise", 100),
        ("payee", 100),
        ("row", 100),
    ]


def test_the_worked_table_of_the_page_on_awards_is_what_the_function_yields() -> None:
    days = {"A-1": date(2024, 3, 1), "A-2": date(2024, 9, 1), "B-1": date(2024, 10, 1)}
    page = (Path(__file__).parents[3] / "docs/algorithms/award.md").read_text("utf-8")
    table = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if "| 2024-" in line]
    rows = [
        ("interest", claim[0], claim, "", 2024, days[claim], int(entitled.replace(",", "")))
        for claim, _, entitled, *_ in table
    ]
    limits = limits_of(
        {("interest", "row"): 900, ("interest", "enterprise_year"): 1_000, ("interest", "budget"): 1_400}
    )
    awards, cuts = award(pl.DataFrame(rows, schema=CLAIMS, orient="row"), limits, nothing_used())
    assert awards["awarded_fen"].to_list() == [int(line[5]) for line in table]
    deepest = cuts.sort("cut_fen").unique("row_key", keep="last").select("row_key", "limit").rows()
    assert sorted(deepest) == [(line[0], line[6]) for line in table if line[6]]


@pytest.mark.parametrize("share", ["first_come", "pro_rata"])
def test_no_claims_end_in_no_awards(share: str) -> None:
    awards, cuts = award(claims_of([]), limits_of({("interest", "budget"): 5}, share), nothing_used())
    assert awards.is_empty()
    assert cuts.is_empty()
