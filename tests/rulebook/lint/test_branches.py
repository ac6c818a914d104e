"""Branches, exceptions, tiers and entries that no row reaches."""

from tests.rulebook.lint.rules import book, policy, said
from tests.rulebook.packs import formula

RATE = """
[table.rate_bp]
over = "fen"
2020-01-01 = { source = "第三条", from = [0, 500_000, 2_000_000], value = [1000, 800, 600] }
"""


def test_a_branch_behind_one_that_always_holds_is_never_reached() -> None:
    fen = "case when enterprise.staff > 10 then 5 when enterprise.staff > 20 then 9 else 1 end"
    assert said(book(policy("a", "enterprise.is_new", fen=fen)), "branch") == [
        ("warning", "branch 2 of the case is never reached")
    ]


def test_a_branch_that_the_clauses_exclude_is_never_reached() -> None:
    fen = "case when enterprise.level = 'low' then 5 else 1 end"
    assert said(book(policy("a", "enterprise.level in ('middle', 'high')", fen=fen)), "branch") == [
        ("warning", "branch 1 of the case is never reached")
    ]
    assert said(book(policy("a", "enterprise.is_new", fen=fen)), "branch") == []


def test_an_else_behind_branches_that_cover_everything_is_never_reached() -> None:
    fen = "case when enterprise.staff >= 10 then 5 when enterprise.staff < 10 then 9 else 1 end"
    assert said(book(policy("a", "enterprise.is_new", fen=fen)), "branch") == [
        ("warning", "the else branch is never reached")
    ]


def test_tiers_outside_what_the_clauses_admit_are_never_reached() -> None:
    fen = "share_bp(enterprise.revenue_fen, step(enterprise.revenue_fen, rate_bp))"
    rulebook = book(policy("a", "enterprise.revenue_fen between 500_000 and 1_999_999", fen=fen, more=RATE))
    assert said(rulebook, "tier") == [
        ("warning", "the tier of rate_bp from 0 on is never reached"),
        ("warning", "the tier of rate_bp from 2,000,000 on is never reached"),
    ]


def test_a_value_below_the_first_tier_would_be_an_error() -> None:
    table = RATE.replace("[0, 500_000, 2_000_000]", "[1, 500_000, 2_000_000]")
    fen = "share_bp(enterprise.revenue_fen, step(enterprise.revenue_fen, rate_bp))"
    assert said(book(policy("a", "enterprise.is_new", fen=fen, more=table)), "tier") == [
        ("warning", "a value below 1 lies in no tier of rate_bp and would be an error")
    ]
    assert said(book(policy("a", "enterprise.revenue_fen > 0", fen=fen, more=table)), "tier") == []


def test_tiers_that_rise_and_fall_are_found() -> None:
    table = RATE.replace("[1000, 800, 600]", "[1000, 800, 900]")
    fen = "share_bp(enterprise.revenue_fen, step(enterprise.revenue_fen, rate_bp))"
    assert said(book(policy("a", "enterprise.is_new", fen=fen, more=table)), "tier") == [
        ("warning", "the tiers of rate_bp (from 2020-01-01 on) rise and fall")
    ]


def test_a_text_without_an_entry_would_be_an_error_and_an_entry_without_its_text_is_never_reached() -> None:
    table = (
        '[table.size_fen]\nover = "text"\n2020-01-01 = { source = "第四条", of = { "large" = 100, "huge" = 200 } }\n'
    )
    sizes = formula("size", "case when enterprise.staff > 9 then 'large' else 'small' end")
    fen = "lookup(enterprise.size, size_fen)"
    rulebook = book(policy("a", "enterprise.is_new", fen=fen, more=table), formulas_all=sizes)
    assert said(rulebook, "tier") == [
        ("warning", "size_fen has no entry for small: an error there"),
        ("warning", "the entry huge of size_fen is never reached"),
    ]


def test_an_exception_that_no_row_can_claim_is_found() -> None:
    more = (
        '[amount]\nfen = "100"\nround = "down"\n'
        '[[amount.exception]]\nlabel = "huge"\nwhen = "enterprise.staff > 9000"\nfen = "200"\n'
        '[[amount.exception]]\nlabel = "large"\nwhen = "enterprise.staff > 900"\nfen = "300"\n'
    )
    assert said(book(policy("a", "enterprise.is_new", more=more)), "exception") == [
        ("warning", "the exception huge can never hold")
    ]


def test_exceptions_that_may_hold_at_once_are_noted_unless_one_is_over_the_other_or_they_exclude_each_other() -> None:
    assert said(book(policy("a", "enterprise.is_new", more=exceptions("enterprise.staff > 9"))), "exception") == [
        ("note", "the exceptions high and other may hold at once, which would be an error")
    ]
    ordered = exceptions("enterprise.staff > 9", 'over = ["high"]')
    assert said(book(policy("a", "enterprise.is_new", more=ordered)), "exception") == []
    apart = exceptions("enterprise.level = 'low'")
    assert said(book(policy("a", "enterprise.is_new", more=apart)), "exception") == []


def exceptions(when: str, over: str = "") -> str:
    is_high = "enterprise.level = 'high'"
    return (
        '[amount]\nfen = "100"\nround = "down"\n'
        f'[[amount.exception]]\nlabel = "high"\nwhen = "{is_high}"\nfen = "200"\n'
        f'[[amount.exception]]\nlabel = "other"\nwhen = "{when}"\nfen = "300"\n{over}\n'
    )
