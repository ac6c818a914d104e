"""Exclusive groups: one rule of several, the best for the firm, and one payment for one piece of evidence."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.award import Cap, Choice, awarded, nothing_used
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

ONE_OF_TWO = Choice("one_of_two", ("interest", "premium"), "enterprise", by_year=False, is_best=True)
choices = st.builds(
    Choice,
    name=st.just("one_of_all"),
    rules=st.permutations(RULES).map(tuple),
    per=st.sampled_from(["enterprise", "row", "evidence"]),
    by_year=st.booleans(),
    is_best=st.booleans(),
)
some_caps = st.lists(
    st.builds(
        lambda scope, fen, rule: cap(scope, fen, rule),
        st.sampled_from(["row", "enterprise", "enterprise_year", "payee", "budget"]),
        caps_in_fen,
        st.sampled_from(RULES),
    ),
    unique_by=lambda one: (one.scope, one.rules),
    max_size=6,
)

# within each rule one limit lies within the next
nested_caps = st.lists(
    st.builds(
        lambda scope, fen, rule: cap(scope, fen, rule),
        st.sampled_from(["row", "enterprise_year", "enterprise", "budget", "budget"]),
        caps_in_fen,
        st.sampled_from(RULES),
    ),
    unique_by=lambda one: (one.scope, one.rules),
    max_size=8,
)


def found(claims: Sequence[Claim], *caps: Cap, choice: Choice = ONE_OF_TWO) -> dict[tuple[str, str, str], int]:
    return paid(awarded(table(claims), terms(*caps, choices=[choice]), nothing_used())[0])


@settings(max_examples=150, deadline=None)
@given(claims_of_a_town(), some_caps, choices, claims_of_a_town(most=3))
def test_choices_are_made_as_a_second_opinion_makes_them(
    claims: list[Claim], caps: list[Cap], choice: Choice, before: list[Claim]
) -> None:
    verdicts, _ = awarded(table(claims), terms(*caps, choices=[choice]), granted(before))
    assert paid(verdicts) == second_opinion(claims, caps, [choice], before)


@settings(max_examples=80, deadline=None)
@given(claims_of_a_town(), some_caps, choices)
def test_one_thing_is_never_paid_under_two_rules_of_an_exclusive_group(
    claims: list[Claim], caps: list[Cap], choice: Choice
) -> None:
    awards = found(claims, *caps, choice=choice)
    under: dict[object, set[object]] = {}
    for claim in claims:
        if awards[claim.rule, claim.firm, claim.row]:
            year = claim.known_year if choice.by_year else None
            what = (claim.rule, claim.firm, claim.row) if choice.per == "evidence" else claim.rule
            under.setdefault((claim.key(choice.per), year), set()).add(what)
    assert all(len(rules) == 1 for rules in under.values())


@settings(max_examples=80, deadline=None)
@given(claims_of_a_town(most=8), nested_caps, st.none() | caps_in_fen, st.booleans())
def test_no_firm_is_left_with_less_than_another_lawful_choice_would_give_it_after_the_budgets(
    claims: list[Claim], caps: list[Cap], joint: int | None, by_year: bool
) -> None:
    """All choices of each firm are tried: the firm claims under one rule alone (in each year, where years count)."""
    choice = replace(ONE_OF_TWO, rules=RULES, by_year=by_year)
    caps = caps if joint is None else [*caps, cap("joint", joint, *RULES, per="region")]
    awards = found(claims, *caps, choice=choice)
    for firm in {claim.firm for claim in claims}:
        years: set[int | None] = {claim.known_year for claim in claims} if by_year else {None}
        for year in years:
            own = [c for c in claims if c.firm == firm and year in (None, c.known_year)]
            others = [c for c in claims if c not in own]
            for rule in {c.rule for c in own}:
                alone = [c for c in own if c.rule == rule]
                elsewhere = found([*others, *alone], *caps, choice=choice)
                assert _sum(awards, own) >= _sum(elsewhere, alone)


def _sum(awards: dict[tuple[str, str, str], int], claims: Sequence[Claim]) -> int:
    return sum(awards[c.rule, c.firm, c.row] for c in claims)


@settings(max_examples=60, deadline=None)
@given(claims_of_a_town(), some_caps, choices)
def test_what_a_choice_gives_up_is_cut_by_the_name_of_the_group(
    claims: list[Claim], caps: list[Cap], choice: Choice
) -> None:
    verdicts, cuts = awarded(table(claims), terms(*caps, choices=[choice]), nothing_used())
    assert (verdicts["entitled_fen"] - verdicts["awarded_fen"]).sum() == cuts["cut_fen"].sum()
    given_up = cuts.filter(cuts["limit"] == choice.name).join(verdicts, on=["rule", "enterprise_id", "row_key"])
    assert (given_up["awarded_fen"] == 0).all()


def test_the_best_is_what_is_left_after_the_budget_and_not_what_is_entitled_to() -> None:
    claims = [Claim("interest", "A", "1", 900), Claim("premium", "A", "2", 500)]
    assert list(found(claims, cap("budget", 300)).values()) == [0, 500]
    assert list(found(claims, cap("budget", 600)).values()) == [600, 0]


def test_of_two_that_are_as_good_the_first_of_the_group_is_taken() -> None:
    claims = [Claim("interest", "A", "1", 500), Claim("premium", "A", "2", 500)]
    assert list(found(claims).values()) == [500, 0]
    assert list(found(claims, choice=replace(ONE_OF_TWO, rules=("premium", "interest"))).values()) == [0, 500]


def test_in_the_order_of_the_group_the_first_rule_that_entitles_is_taken_though_its_budget_is_empty() -> None:
    claims = [Claim("interest", "A", "1", 900), Claim("premium", "A", "2", 500)]
    in_order = replace(ONE_OF_TWO, is_best=False)
    assert list(found(claims, cap("budget", 300), choice=in_order).values()) == [300, 0]
    assert list(found([replace(claims[0], fen=0), claims[1]], choice=in_order).values()) == [0, 500]


def test_a_firm_that_may_choose_stands_in_every_queue_at_the_place_of_its_first_claim() -> None:
    claims = [
        Claim("interest", "A", "1", 100, DAYS[0]),
        Claim("premium", "B", "2", 600, DAYS[1]),
        Claim("premium", "A", "3", 600, DAYS[2]),
    ]
    assert found(claims, cap("budget", 700, "premium")) == {
        ("interest", "A", "1"): 0,
        ("premium", "A", "3"): 600,
        ("premium", "B", "2"): 100,
    }


def test_asking_for_nothing_does_not_move_a_firm_up_in_a_queue() -> None:
    claims = [
        Claim("interest", "A", "1", 0, DAYS[0]),
        Claim("premium", "B", "2", 600, DAYS[1]),
        Claim("premium", "A", "3", 600, DAYS[2]),
    ]
    assert found(claims, cap("budget", 700, "premium"))["premium", "B", "2"] == 600


def test_evidence_is_paid_once_to_whom_claims_it_first_and_to_the_next_only_if_that_got_nothing() -> None:
    claims = [
        Claim("interest", "A", "1", 500, DAYS[0], evidence="contract 1"),
        Claim("premium", "B", "2", 900, DAYS[1], evidence="contract 1"),
    ]
    once = replace(ONE_OF_TWO, per="evidence")
    assert list(found(claims, choice=once).values()) == [500, 0]
    assert list(found(claims, cap("budget", 0), choice=once).values()) == [0, 900]


def test_claims_that_show_no_evidence_do_not_show_the_same() -> None:
    claims = table([Claim("interest", "A", "1", 500), Claim("premium", "B", "2", 900)])
    once = replace(ONE_OF_TWO, per="evidence")
    before = granted([Claim("interest", "C", "0", 5)]).with_columns(evidence=pl.lit(""))
    for evidence in (pl.lit(""), pl.lit(None, pl.String)):
        verdicts, _ = awarded(claims.with_columns(evidence=evidence), terms(choices=[once]), before)
        assert verdicts["awarded_fen"].to_list() == [500, 900]


@pytest.mark.parametrize(
    ("before", "awards"),
    [
        (Claim("premium", "A", "0", 1), [0, 500]),
        (Claim("interest", "A", "0", 1), [900, 0]),
        (Claim("premium", "B", "0", 1), [900, 0]),
        (Claim("premium", "A", "0", 0), [900, 0]),
    ],
)
def test_what_was_granted_before_under_the_group_fixes_the_choice(before: Claim, awards: list[int]) -> None:
    claims = [Claim("interest", "A", "1", 900), Claim("premium", "A", "2", 500)]
    verdicts, _ = awarded(table(claims), terms(choices=[ONE_OF_TWO]), granted([before]))
    assert verdicts["awarded_fen"].to_list() == awards


def test_where_a_group_chooses_by_year_only_grants_of_the_year_fix_the_choice() -> None:
    claims = [Claim("interest", "A", "1", 900), Claim("premium", "A", "2", 500)]
    by_year = replace(ONE_OF_TWO, by_year=True)
    for year, awards in ((2023, [900, 0]), (2024, [0, 500])):
        before = granted([Claim("premium", "A", "0", 1, year=year)])
        verdicts, _ = awarded(table(claims), terms(choices=[by_year]), before)
        assert verdicts["awarded_fen"].to_list() == awards


def test_evidence_that_was_paid_before_is_not_paid_again_under_any_rule_of_the_group() -> None:
    claims = [Claim("interest", "A", "1", 900, evidence="contract 1"), Claim("premium", "A", "2", 500)]
    once = replace(ONE_OF_TWO, per="evidence")
    before = granted([Claim("interest", "B", "0", 1, evidence="contract 1")])
    verdicts, _ = awarded(table(claims), terms(choices=[once]), before)
    assert verdicts.select("awarded_fen", "cut_by").rows() == [(0, "one_of_two"), (500, "")]
