"""Limits, as laws over generated claims beside a second opinion, and each limit once by hand."""

from dataclasses import replace
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.award import Cap, awarded, nothing_used
from kerong.rulebook.kinds import LIMIT
from tests.engine.award.book import (
    DAYS,
    RULES,
    Claim,
    cap,
    caps_in_fen,
    claims_of_a_town,
    granted,
    paid,
    second_opinion,
    table,
    terms,
)

OF_ONE_RULE = (
    *("row", "enterprise", "enterprise_year", "affiliates", "affiliates_year"),
    *("payee", "payee_year", "budget", "budget_year"),
)
OF_SEVERAL = ("enterprise", "enterprise_year", "affiliates", "affiliates_year", "row", "evidence", "region")
# one within the other: a claim's row, its firm's year, its firm, all firms
NESTED = ("row", "enterprise_year", "enterprise", "budget")


@st.composite
def caps_of_a_town(draw: st.DrawFn, share: str = "first_come") -> list[Cap]:
    """Caps of single rules, some of them for years, and joint caps of two or three."""
    found = []
    for rule, scope in draw(st.lists(st.tuples(st.sampled_from(RULES), st.sampled_from(OF_ONE_RULE)), unique=True)):
        way = {"share": share} if scope.startswith("budget") else {}
        years = draw(st.sampled_from([None, (2024, 2024), (2020, 2024)]))
        found.append(cap(scope, draw(caps_in_fen), rule, years=years, **way))
    for number, rules in enumerate(draw(st.lists(st.sets(st.sampled_from(RULES), min_size=2), max_size=3))):
        per = draw(st.sampled_from(OF_SEVERAL))
        fen = draw(st.none() | caps_in_fen) if per in ("row", "evidence") else draw(caps_in_fen)
        years = draw(st.sampled_from([None, None, (2024, 2024)]))
        found.append(cap("joint", fen, *sorted(rules), per=per, name=f"joint_{number}", years=years))
    return found


def total(claims: list[Claim], *caps: Cap) -> int:
    return sum(paid(awarded(table(claims), terms(*caps), nothing_used())[0]).values())


@settings(max_examples=120, deadline=None)
@given(claims_of_a_town(), caps_of_a_town(), claims_of_a_town(most=4))
def test_claims_are_awarded_what_a_second_opinion_says(
    claims: list[Claim], caps: list[Cap], before: list[Claim]
) -> None:
    before = [replace(one, fen=one.fen // 3) for one in before]
    verdicts, _ = awarded(table(claims), terms(*caps), granted(before))
    assert paid(verdicts) == second_opinion(claims, caps, used=before)


@settings(max_examples=50, deadline=None)
@given(claims_of_a_town(), caps_of_a_town("pro_rata") | caps_of_a_town())
def test_nothing_is_paid_beyond_its_entitlement_nor_beyond_any_limit(claims: list[Claim], caps: list[Cap]) -> None:
    found = paid(awarded(table(claims), terms(*caps), nothing_used())[0])
    for claim in claims:
        assert 0 <= found[claim.rule, claim.firm, claim.row] <= claim.fen
    for one in caps:
        counted = [c for c in claims if c.rule in one.rules and (one.years is None or c.known_year <= one.years[1])]
        for key in {c.key(one.per) for c in counted}:
            same = [c for c in counted if c.key(one.per) == key]
            bases = {
                (c.firm, c.row): max(x.base or 0 for x in same if (x.firm, x.row) == (c.firm, c.row)) for c in same
            }
            most = sum(bases.values()) if one.fen is None else one.fen
            sums = [found[c.rule, c.firm, c.row] for c in same]
            assert (max(sums) if one.scope == "row" else sum(sums)) <= most


@settings(max_examples=50, deadline=None)
@given(claims_of_a_town(), caps_of_a_town("pro_rata") | caps_of_a_town(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_of_caps_is_of_no_matter(claims, caps, shuffle) -> None:  # type: ignore[no-untyped-def]
    first, first_cuts = awarded(table(claims), terms(*caps), nothing_used())
    shuffle.shuffle(claims)
    second, second_cuts = awarded(table(claims), terms(*caps), nothing_used())
    assert paid(first) == paid(second)
    assert first_cuts.equals(second_cuts)
    names = ["rule", "enterprise_id", "row_key", "cut_by"]
    assert first.select(names).sort(names).equals(second.select(names).sort(names))


@settings(max_examples=50, deadline=None)
@given(claims_of_a_town(), caps_of_a_town("pro_rata") | caps_of_a_town())
def test_every_fen_that_is_cut_is_named_with_what_cut_it(claims: list[Claim], caps: list[Cap]) -> None:
    verdicts, cuts = awarded(table(claims), terms(*caps), nothing_used())
    keys = ["rule", "enterprise_id", "row_key"]
    assert (cuts["cut_fen"] > 0).all()
    assert cuts.equals(cuts.sort(*keys, "limit"))
    missing = verdicts.select(*keys, (pl.col("entitled_fen") - pl.col("awarded_fen")).alias("cut_fen"))
    sums = cuts.group_by(keys).agg(pl.col("cut_fen").sum())
    assert sums.sort(keys).equals(missing.filter(pl.col("cut_fen") > 0).sort(keys))
    deepest = cuts.sort(*keys, "cut_fen", "limit", descending=[False] * 3 + [True, False]).unique(keys, keep="first")
    assert dict(zip(deepest.select(keys).rows(), deepest["limit"], strict=True)) == {
        row[:3]: row[3] for row in verdicts.select(*keys, "cut_by").rows() if row[3]
    }


@settings(max_examples=60, deadline=None)
@given(
    claims_of_a_town(rules=("interest",)),
    st.dictionaries(st.sampled_from(NESTED), caps_in_fen),
    st.sampled_from(NESTED),
    caps_in_fen,
    st.sampled_from(["first_come", "pro_rata"]),
)
def test_a_higher_cap_never_lowers_the_total_where_limits_lie_within_one_another(
    claims: list[Claim], found: dict[str, int], scope: str, more: int, share: str
) -> None:
    ways = {"budget": {"share": share}}
    rows = [found | {scope: height} for height in (found.get(scope, 0), found.get(scope, 0) + more)]
    totals = [total(claims, *(cap(name, fen, **ways.get(name, {})) for name, fen in row.items())) for row in rows]
    assert all(a <= b for a, b in pairwise(totals))


@settings(max_examples=60, deadline=None)
@given(claims_of_a_town(), caps_of_a_town(), caps_in_fen, caps_in_fen)
def test_a_higher_cap_on_all_claims_together_never_lowers_the_total_whatever_else_limits_them(
    claims: list[Claim], caps: list[Cap], fen: int, more: int
) -> None:
    totals = [total(claims, *caps, cap("joint", height, *RULES, per="region")) for height in (fen, fen + more)]
    assert totals[0] <= totals[1]


@settings(max_examples=50, deadline=None)
@given(claims_of_a_town(), caps_of_a_town(), st.data())
def test_a_claim_split_in_two_gains_nothing_under_caps_wider_than_a_row(
    claims: list[Claim], caps: list[Cap], data: st.DataObject
) -> None:
    claims = claims or [Claim("interest", "A", "1", 100)]
    caps = [one for one in caps if one.per != "row" and one.fen is not None]
    place = data.draw(st.integers(0, len(claims) - 1))
    part = data.draw(st.integers(0, claims[place].fen))
    whole = replace(claims[place], evidence=claims[place].paper)
    pair = [replace(whole, fen=part), replace(whole, row=whole.row + "+", fen=whole.fen - part)]
    rest = [*claims[:place], *claims[place + 1 :]]
    assert total([*rest, *pair], *caps) == total([*rest, whole], *caps)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 10**6), min_size=1, max_size=8), st.integers(0, 10**6), st.data())
def test_a_claim_split_in_two_gains_at_most_one_fen_of_a_budget_shared_pro_rata(
    amounts: list[int], budget: int, data: st.DataObject
) -> None:
    part = data.draw(st.integers(0, amounts[0]))
    rest = [Claim("interest", f"firm {n}", "1", fen) for n, fen in enumerate(amounts[1:])]
    limit = terms(cap("budget", budget, share="pro_rata"))

    def of_first(parts: list[int]) -> int:
        claims = [Claim("interest", "A", f"{n}", fen) for n, fen in enumerate(parts)]
        found = paid(awarded(table([*claims, *rest]), limit, nothing_used())[0])
        return sum(fen for (_, firm, _), fen in found.items() if firm == "A")

    assert of_first([part, amounts[0] - part]) <= of_first([amounts[0]]) + 1


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(0, 9 * 10**18), min_size=1, max_size=9), st.integers(0, LIMIT))
def test_a_budget_pro_rata_is_spent_to_the_last_fen_where_it_is_too_small(amounts: list[int], budget: int) -> None:
    claims = [Claim("interest", f"firm {n}", "1", fen) for n, fen in enumerate(amounts)]
    found = paid(awarded(table(claims), terms(cap("budget", budget, share="pro_rata")), nothing_used())[0])
    assert sum(found.values()) == min(budget, sum(amounts))
    for claim in claims:
        exact = claim.fen * budget // sum(amounts) if sum(amounts) > budget else claim.fen
        assert exact <= found["interest", claim.firm, "1"] <= exact + 1


def test_sums_beyond_what_a_number_holds_are_cut_like_all_others() -> None:
    claims = [Claim("interest", firm, "1", LIMIT) for firm in "ABC"]
    verdicts, cuts = awarded(table(claims), terms(cap("budget", LIMIT)), granted([*claims, *claims]))
    assert sum(paid(verdicts).values()) == 0
    assert cuts["cut_fen"].to_list() == [LIMIT] * 3
    assert sum(paid(awarded(table(claims), terms(), nothing_used())[0]).values()) == 3 * LIMIT


def test_claims_of_one_firm_fill_its_yearly_cap_in_the_order_of_their_dates() -> None:
    claims = [
        Claim("interest", "A", "1", 400, DAYS[1]),
        Claim("interest", "A", "2", 700, DAYS[0]),
        Claim("interest", "A", "3", 900, DAYS[2]),
    ]
    verdicts, cuts = awarded(table(claims), terms(cap("enterprise_year", 1_000)), nothing_used())
    assert verdicts["awarded_fen"].to_list() == [300, 700, 900]
    assert cuts.rows() == [("interest", "A", "1", "enterprise_year", 100)]


def test_what_was_granted_before_is_taken_off_the_limit_and_never_below_zero() -> None:
    claims = [Claim("interest", "A", "1", 400), Claim("interest", "B", "1", 400)]
    before = [Claim("interest", "A", "0", 300), Claim("interest", "B", "0", 900)]
    verdicts, _ = awarded(table(claims), terms(cap("enterprise", 500)), granted(before))
    assert verdicts["awarded_fen"].to_list() == [200, 0]


def test_what_was_paid_back_before_leaves_no_more_than_the_limit() -> None:
    claims = [Claim("interest", "A", "1", 900)]
    verdicts, _ = awarded(table(claims), terms(cap("enterprise", 500)), granted([Claim("interest", "A", "0", -300)]))
    assert verdicts["awarded_fen"].to_list() == [500]


def test_a_cap_over_a_policy_period_counts_the_years_of_the_period_and_no_others() -> None:
    limit = terms(
        cap("enterprise", 1_000, years=(2024, 2026), name="first_period"),
        cap("enterprise", 300, years=(2027, 2029), name="second_period"),
    )
    before = [Claim("interest", "A", "0", 600, year=2024), Claim("interest", "A", "0", 5_000, year=2023)]
    claims = [Claim("interest", "A", f"{year}", 800, year=year) for year in (2023, 2025, 2026, 2027)]
    verdicts, cuts = awarded(table(claims), limit, granted(before))
    assert verdicts["awarded_fen"].to_list() == [800, 400, 0, 300]
    assert cuts["limit"].to_list() == ["first_period", "first_period", "second_period"]


@pytest.mark.parametrize("scope", ["row", "enterprise"])
def test_a_claim_of_no_known_year_gets_nothing_under_a_cap_that_counts_by_years(scope: str) -> None:
    claims = table([Claim("interest", "A", "1", 800)]).with_columns(pl.lit(None, pl.Int64).alias("year"))
    verdicts, cuts = awarded(claims, terms(cap(scope, 1_000, years=(2024, 2026))), nothing_used())
    assert verdicts["awarded_fen"].to_list() == [0]
    assert cuts.select("limit", "cut_fen").rows() == [(scope, 800)]


def test_the_base_of_a_claim_of_no_known_year_raises_no_cap_that_counts_by_years() -> None:
    same = {"evidence": "contract 1", "base": 500}
    claims = table([Claim("interest", "A", "1", 800, **same), Claim("premium", "A", "2", 800, **same)])  # type: ignore[arg-type]
    claims = claims.with_columns(year=pl.Series([2024, None], dtype=pl.Int64))
    joint = cap("joint", None, "interest", "premium", per="evidence", years=(2024, 2026))
    verdicts, _ = awarded(claims, terms(joint), nothing_used())
    assert verdicts["awarded_fen"].to_list() == [500, 0]


def test_affiliates_fill_one_cap_and_a_firm_of_no_known_controller_stands_alone() -> None:
    claims = [
        Claim("interest", "A", "1", 600, controller="holding"),
        Claim("interest", "B", "1", 600, controller="holding"),
        Claim("interest", "C", "1", 600),
        Claim("interest", "holding", "1", 600),
    ]
    verdicts, _ = awarded(table(claims), terms(cap("affiliates", 1_000)), nothing_used())
    assert verdicts["awarded_fen"].to_list() == [600, 400, 600, 600]


def test_a_budget_is_first_come_by_date_and_the_last_claim_gets_what_is_left() -> None:
    claims = [Claim("interest", "A", "1", 600, DAYS[1]), Claim("interest", "B", "1", 600, DAYS[0])]
    verdicts, _ = awarded(table(claims), terms(cap("budget", 1_000)), nothing_used())
    assert verdicts["awarded_fen"].to_list() == [400, 600]


def test_a_budget_by_priority_serves_the_highest_first_and_the_unknown_last() -> None:
    claims = [
        Claim("interest", "A", "1", 600, priority=None),
        Claim("interest", "B", "1", 600, priority=71.5),
        Claim("interest", "C", "1", 600, DAYS[2], priority=90),
    ]
    verdicts, _ = awarded(table(claims), terms(cap("budget", 1_400, share="priority")), nothing_used())
    assert verdicts["awarded_fen"].to_list() == [200, 600, 600]


def test_what_a_budget_stops_does_not_use_up_a_joint_cap() -> None:
    claims = [Claim("interest", "A", "1", 600), Claim("premium", "A", "2", 600, DAYS[1])]
    limit = terms(cap("joint", 700, "interest", "premium", per="enterprise"), cap("budget", 200, "interest"))
    verdicts, _ = awarded(table(claims), limit, nothing_used())
    assert verdicts["awarded_fen"].to_list() == [200, 500]


def test_limits_are_named_in_the_written_order_row_enterprise_payee_joint_budget() -> None:
    claims = [Claim("interest", "A", "1", 1_000), Claim("interest", "B", "1", 1_000)]
    limit = terms(
        cap("row", 900),
        cap("enterprise", 800),
        cap("payee", 1_500),
        cap("joint", 1_450, "interest", "premium", per="region"),
        cap("budget", 1_400),
    )
    verdicts, cuts = awarded(table(claims), limit, nothing_used())
    assert verdicts["awarded_fen"].to_list() == [800, 600]
    assert cuts.filter(pl.col("enterprise_id") == "B").select("limit", "cut_fen").rows() == [
        ("budget", 50),
        ("enterprise", 100),
        ("joint", 50),
        ("payee", 100),
        ("row", 100),
    ]


@pytest.mark.parametrize("share", ["first_come", "pro_rata", "priority"])
def test_no_claims_end_in_no_awards(share: str) -> None:
    verdicts, cuts = awarded(table([]), terms(cap("budget", 5, share=share)), granted([Claim("interest", "A", "", 1)]))
    assert verdicts.is_empty()
    assert cuts.is_empty()


def test_rows_without_a_known_amount_stay_as_they_are() -> None:
    claims = table([Claim("interest", "A", "1", 5), Claim("interest", "B", "1", 5)])
    claims = claims.with_columns(entitled_fen=pl.Series([None, 5], dtype=pl.Int64))
    verdicts, _ = awarded(claims, terms(cap("budget", 3)), nothing_used())
    assert verdicts.select("awarded_fen", "cut_by").rows() == [(None, ""), (3, "budget")]
