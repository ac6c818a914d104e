"""Cliffs: what one more yuan or person loses, with the amounts that the rule itself works out."""

import pytest

from kerong.rulebook.lint import lint
from tests.rulebook.lint.rules import book, policy, said
from tests.rulebook.packs import formula

RATE = """
[table.rate_bp]
over = "fen"
2020-01-01 = { source = "第三条", from = [0, 1_000_000_00], value = [1000, 600] }
"""
FALLING = "share_bp(enterprise.revenue_fen, step(enterprise.revenue_fen, rate_bp))"


def test_a_rate_that_falls_on_the_whole_sum_is_a_cliff_with_both_amounts() -> None:
    assert said(book(policy("a", "enterprise.is_new", fen=FALLING, more=RATE)), "cliff") == [
        (
            "warning",
            "the amount falls from HKD 99,999.90 to HKD 60,000 as Revenue goes from HKD 999,999 to HKD 1,000,000",
        )
    ]


def test_a_rate_that_falls_on_each_slice_is_no_cliff() -> None:
    fen = "marginal(enterprise.revenue_fen, rate_bp)"
    assert said(book(policy("a", "enterprise.is_new", fen=fen, more=RATE)), "cliff") == []


def test_how_deep_a_cliff_must_be_is_a_parameter() -> None:
    rulebook = book(policy("a", "enterprise.is_new", fen=FALLING, more=RATE))
    assert [f.check for f in lint(rulebook, cliff_bp=5000)].count("cliff") == 0
    assert [f.check for f in lint(rulebook, cliff_bp=3000)].count("cliff") == 1


def test_a_cap_that_both_amounts_reach_hides_a_cliff() -> None:
    more = RATE + '[[limit]]\nscope = "row"\nfen = 1_000_000\n'
    assert said(book(policy("a", "enterprise.is_new", fen=FALLING, more=more)), "cliff") == []


@pytest.mark.parametrize(
    ("clause", "expected"),
    [
        ("enterprise.staff < 300", "eligibility ends as Staff goes from 299 to 300: HKD 5,000 is lost"),
        ("enterprise.staff <= 300", "eligibility ends as Staff goes from 300 to 301: HKD 5,000 is lost"),
        ("enterprise.staff >= 10", "eligibility begins as Staff goes from 9 to 10: HKD 5,000 or nothing"),
        ("enterprise.share >= 0.03", "eligibility begins as Share reaches 0.03: HKD 5,000 or nothing"),
        (
            "enterprise.revenue_fen < 40_000_000_000",
            "eligibility ends as Revenue goes from HKD 399,999,999 to HKD 400,000,000: HKD 5,000 is lost",
        ),
    ],
)
def test_where_eligibility_begins_or_ends_is_noted(clause: str, expected: str) -> None:
    assert said(book(policy("a", clause, fen="500_000")), "cliff") == [("note", expected)]


def test_the_edge_of_a_formula_behind_a_clause_is_found() -> None:
    formulas = formula("is_small", "enterprise.staff < 300 or enterprise.is_new")
    rulebook = book(policy("a", "enterprise.is_small", "not enterprise.is_new", fen="500_000"), formulas_all=formulas)
    assert ("note", "eligibility ends as Staff goes from 299 to 300: HKD 5,000 is lost") in said(rulebook, "cliff")


@pytest.mark.parametrize("held", ["", "not "])
def test_a_firm_that_was_something_on_a_day_or_was_not_is_made_up_too(held: str) -> None:
    days = "".join(
        f'[column.{name}]\ntitle = {{ zh = "日", en = "Day" }}\nheader = ["{name}"]\ntype = "date"\n'
        for name in ("begins_on", "ends_on")
    )
    measures = (
        '[[measure]]\nname = "listed"\ntitle = { zh = "在册", en = "Listed" }\nover = "firm"\n'
        'value = "spells(firm.begins_on, firm.ends_on)"\n'
    )
    clause = f"{held}held_on(enterprise.listed, on)"
    rulebook = book(policy("a", clause, "enterprise.staff < 300", fen="500_000"), firm=days, measures_all=measures)
    assert said(rulebook, "cliff") == [("note", "eligibility ends as Staff goes from 299 to 300: HKD 5,000 is lost")]


def test_a_threshold_at_which_nothing_is_lost_is_no_cliff() -> None:
    fen = "enterprise.revenue_fen"
    assert said(book(policy("a", "enterprise.revenue_fen > 0", fen=fen)), "cliff") == []


def test_an_edge_beyond_what_the_register_lets_in_is_no_edge() -> None:
    assert said(book(policy("a", "enterprise.staff <= 5000", fen="500_000")), "cliff") == []
