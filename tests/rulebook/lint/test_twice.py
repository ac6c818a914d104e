"""Two policies that pay for the same thing."""

from tests.rulebook.lint.rules import CASE, book, found, policy, said

INTEREST = "share_bp(loan.interest_fen, 5000)"
GROUP = """
name = "one_of_two"
kind = "exclusive"
per = "row"
title = { zh = "不重复享受", en = "not both" }
text = "同一笔贷款不重复享受。"
rules = ["a", "b"]
[source]
document = "办法"
clause = "第九条"
"""


def test_two_subsidies_of_one_sum_without_a_group_are_a_warning_that_names_both() -> None:
    rulebook = book(
        policy("a", "loan.interest_fen > 0", fen=INTEREST, per="loan"),
        policy("b", "enterprise.is_new", fen="loan.interest_fen", per="loan"),
    )
    (finding,) = found(rulebook, "twice")
    assert (finding.rule, finding.severity) == ("b", "warning")
    assert finding.en == "pays for Interest, as a does, and no group (exclusive, joint, layers) joins the two"


def test_clauses_that_cannot_hold_on_one_row_keep_two_subsidies_apart() -> None:
    rulebook = book(
        policy("a", "loan.kind = 'credit'", fen=INTEREST, per="loan"),
        policy("b", "loan.kind = 'pledge'", fen=INTEREST, per="loan"),
    )
    assert said(rulebook, "twice") == []


def test_clauses_about_the_enterprise_keep_them_apart_too() -> None:
    rulebook = book(
        policy("a", "enterprise.staff < 100", fen=INTEREST, per="loan"),
        policy("b", "enterprise.staff >= 100", fen=INTEREST, per="loan"),
    )
    assert said(rulebook, "twice") == []


def test_a_group_that_joins_them_settles_it() -> None:
    rulebook = book(
        policy("a", "loan.interest_fen > 0", fen=INTEREST, per="loan"),
        policy("b", "enterprise.is_new", fen="loan.interest_fen", per="loan"),
        limits_one=GROUP,
    )
    assert said(rulebook, "twice") == []


def test_different_sums_of_one_row_are_not_the_same_thing() -> None:
    rulebook = book(
        policy("a", "loan.interest_fen > 0", fen=INTEREST, per="loan"),
        policy("b", "enterprise.is_new", fen="loan.fee_fen", per="loan"),
    )
    assert said(rulebook, "twice") == []


def test_two_fixed_sums_for_one_row_are_the_same_thing() -> None:
    rulebook = book(
        policy("a", "loan.kind = 'credit'", fen="100", per="loan"),
        policy("b", "loan.interest_fen > 5", fen="200", per="loan"),
    )
    assert [severity for severity, _ in said(rulebook, "twice")] == ["warning"]


def test_money_of_one_sum_for_two_kinds_of_payee_is_noted_only() -> None:
    bank = '[amount]\nfen = "loan.interest_fen"\nround = "down"\nto = "institution"\npayee = "loan.bank"\n'
    rulebook = book(
        policy("a", "loan.interest_fen > 0", fen=INTEREST, per="loan"),
        policy("b", "enterprise.is_new", per="loan", more=bank + CASE),
    )
    assert [severity for severity, _ in said(rulebook, "twice")] == ["note"]
