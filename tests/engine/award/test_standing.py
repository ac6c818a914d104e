"""How caps stand is what an award would find: the counters are the same, and who holds what adds up."""

from datetime import date

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.award import USED, Cap, Terms, awarded, caps_standing
from tests.engine.award.book import Claim, table

FIRMS = "ABC"
SCOPES = ("enterprise", "enterprise_year", "affiliates", "affiliates_year", "joint", "budget", "budget_year")
PER = {"joint": "enterprise", "budget": "region", "budget_year": "year"}
GROUPS = {"A": "G", "B": "G", "C": None}


def _cap(scope: str, fen: int, years: tuple[int, int] | None = None) -> Cap:
    return Cap(scope, scope, PER.get(scope, scope), ("fees", "interest"), fen, years=years)


def _used(grants: list[tuple[str, str, int, int]]) -> pl.DataFrame:
    rows = [
        {"rule": rule, "enterprise_id": firm, "payee": firm, "affiliates": GROUPS[firm], "evidence": None, "year": year}
        | {"fen": fen}
        for rule, firm, year, fen in grants
    ]
    return pl.DataFrame(rows, USED)


GRANTS = st.lists(
    st.tuples(
        st.sampled_from(["fees", "interest", "premium"]),
        st.sampled_from(FIRMS),
        st.integers(2023, 2025),
        st.integers(-500, 3_000),
    ),
    max_size=12,
)


@given(st.sampled_from(SCOPES), st.integers(0, 5_000), GRANTS, st.sampled_from([None, (2023, 2024)]))
def test_what_is_left_is_what_one_boundless_claim_would_be_awarded(
    scope: str, fen: int, grants: list[tuple[str, str, int, int]], years: tuple[int, int] | None
) -> None:
    terms, used = Terms((_cap(scope, fen, years),)), _used(grants)
    for firm in FIRMS:
        claim = Claim("fees", firm, "L", 10**12, date(2024, 3, 1), payee=firm, controller=GROUPS[firm])
        (standing,) = caps_standing(table([claim]), terms, used)
        verdicts, _ = awarded(table([claim]), terms, used)
        assert verdicts["awarded_fen"].to_list() == [standing.left_fen]
        assert standing.most_fen == fen
        assert standing.left_fen == min(fen, max(0, fen - standing.used_fen))


@given(GRANTS)
def test_who_holds_what_of_a_budget_adds_up_to_all_that_was_granted(grants: list[tuple[str, str, int, int]]) -> None:
    claim = Claim("fees", "A", "L", 1, date(2024, 3, 1))
    (standing,) = caps_standing(table([claim]), Terms((_cap("budget", 10**9),)), _used(grants))
    assert standing.used_fen == sum(fen for rule, _, _, fen in grants if rule != "premium")
    for grant in standing.grants:
        same = [
            fen
            for rule, firm, year, fen in grants
            if (rule, firm, year) == (grant.rule, grant.enterprise_id, grant.year)
        ]
        assert grant.fen == sum(same)


def test_firms_of_one_group_stand_under_one_cap_of_affiliates() -> None:
    claims = [Claim("fees", firm, "L", 1, date(2024, 3, 1), controller=GROUPS[firm]) for firm in FIRMS]
    used = _used([("fees", "B", 2024, 300), ("fees", "C", 2024, 50)])
    found = caps_standing(table(claims), Terms((_cap("affiliates", 1_000),)), used)
    assert [(one.affiliates, one.left_fen) for one in found] == [("G", 700), ("", 950)]


def test_a_cap_per_row_is_nobody_elses_and_not_told() -> None:
    row = Cap("row", "row", "row", ("fees",), 100)
    assert caps_standing(table([Claim("fees", "A", "L", 1)]), Terms((row,)), _used([])) == ()
