"""A loan's account: receipts, what is overdue, penalty and compound interest, grades, write-off."""

import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.deal.terms.changes import prepaid
from kerong.engine.deal.terms.grades import GRADES, RULES_2023, GradeRule, graded
from kerong.engine.deal.terms.loans import Cash, Terms, loan
from kerong.engine.deal.terms.overdue import KINDS, Account, Overdue, account, overdue_history, written_off
from kerong.engine.deal.terms.rates import Fixed
from kerong.engine.deal.terms.refusals import TermsRefused
from kerong.engine.deal.terms.schedule import schedule
from tests.engine.deal.terms.drawn import days_within, loans

FEW = settings(max_examples=60)
START = date(2024, 1, 1)
# 100,000 yuan at 3.6 %: a ten-thousandth a day; interest monthly, principal on 2024-07-01.
LOAN = schedule(loan(10_000_000, START, date(2024, 7, 1), Fixed(36_000), method="interest_only"))
RECEIPTS = st.lists(st.builds(Cash, st.integers(0, 1_500).map(lambda n: START + timedelta(n)), st.integers(1, 10**10)))
RULES = st.builds(
    Overdue,
    multiple_bp=st.integers(13_000, 15_000),
    is_compound=st.booleans(),
    order=st.permutations(list(KINDS)).map(tuple),
    by=st.sampled_from(["kind", "instalment"]),
)


def paid(found: Account, kind: str) -> int:
    return sum(posting.fen for posting in found.postings if posting.kind == kind)


@FEW
@given(loans(), RECEIPTS, RULES, st.integers(0, 2_000), st.randoms(use_true_random=False))
def test_every_fen_received_is_posted_or_waits_and_nothing_is_paid_twice(
    terms: Terms, receipts: list[Cash], rules: Overdue, days: int, chance: random.Random
) -> None:
    made, on = schedule(terms), terms.start + timedelta(days=days)
    found = account(made, receipts, on, rules)
    assert sum(cash.fen for cash in receipts if cash.on <= on) == found.surplus_fen + sum(p.fen for p in found.postings)
    assert paid(found, "principal") + found.principal_fen == sum(r.principal_fen for r in made.rows if r.due <= on)
    assert paid(found, "interest") + found.interest_fen == sum(r.interest_fen for r in made.rows if r.due <= on)
    drawn = sum(cash.fen for cash in terms.drawdowns if cash.on <= on)
    assert found.outstanding_fen == drawn - paid(found, "principal")
    assert min(found.fee_fen, found.penalty_fen, found.compound_fen, found.surplus_fen, found.not_due_fen) >= 0
    assert not found.surplus_fen or not found.principal_fen + found.interest_fen + found.penalty_fen
    assert account(made, chance.sample(receipts, len(receipts)), on, rules) == found


@FEW
@given(loans(), RECEIPTS, RULES, st.integers(0, 1_000), st.integers(0, 1_000))
def test_the_account_of_a_day_does_not_depend_on_what_comes_later(
    terms: Terms, receipts: list[Cash], rules: Overdue, days: int, more: int
) -> None:
    made, on = schedule(terms), terms.start + timedelta(days=days)
    late = account(made, receipts, on + timedelta(days=more), rules)
    early = account(made, [cash for cash in receipts if cash.on <= on], on, rules)
    assert [posting for posting in late.postings if posting.on <= on] == list(early.postings)
    history = dict(overdue_history(late, on))
    assert history[on] == early.days_past_due
    assert all(0 <= after <= before + 1 for before, after in pairwise(history[on] for on in sorted(history)))


@FEW
@given(loans(("act_360", "act_365", "act_act")), RULES, st.integers(0, 2_000))
def test_penalty_of_a_loan_that_pays_nothing_is_the_sum_over_its_days(terms: Terms, rules: Overdue, days: int) -> None:
    made, on = schedule(terms), terms.start + timedelta(days=days)
    found = account(made, [], on, rules)
    steps = terms.rate.parts  # type: ignore[union-attr]
    penalty = compound = Fraction(0)
    for back in range(days):
        day = terms.start + timedelta(days=back)
        ppm = [part.ppm for begin, part in steps if begin <= day][-1]  # type: ignore[union-attr]
        year = {"act_360": 360, "act_365": 365}.get(terms.count) or (
            date(day.year + 1, 1, 1) - date(day.year, 1, 1)
        ).days
        rate = Fraction(ppm * rules.multiple_bp, 10**10 * year)
        penalty += rate * sum(row.principal_fen for row in made.rows if row.due <= day)
        compound += rate * sum(row.interest_fen for row in made.rows if row.due <= day)
    assert found.penalty_fen == int(penalty + Fraction(1, 2))
    assert found.compound_fen == (int(compound + Fraction(1, 2)) if rules.is_compound else 0)


@FEW
@given(loans(), st.data())
def test_a_changed_loan_that_pays_each_due_amount_on_its_day_owes_nothing(terms: Terms, data: st.DataObject) -> None:
    made = schedule(replace(terms, drawdowns=(Cash(terms.start, terms.drawn_fen),)))
    on = data.draw(days_within(terms.start, made.rows[-1].end))
    left = ([row.closing_fen for row in made.rows if row.end <= on] or [terms.drawn_fen])[-1]
    changed = prepaid(made, on, data.draw(st.integers(1, left)), fee_bp=50)
    receipts = [Cash(row.due, row.total_fen) for row in changed.rows if row.total_fen]
    found = account(changed, receipts, max(row.due for row in changed.rows) + timedelta(days=500))
    assert (found.outstanding_fen, found.interest_fen, found.fee_fen, found.surplus_fen) == (0, 0, 0, 0)
    assert (found.penalty_fen, found.compound_fen, found.days_past_due) == (0, 0, 0)
    assert paid(found, "fee") == sum(row.fee_fen for row in changed.rows)


def test_overdue_principal_and_interest_bear_the_penalty_rate_by_the_day() -> None:
    paid_until_may = [Cash(row.due, row.total_fen) for row in LOAN.rows[:5]]
    found = account(LOAN, paid_until_may, date(2024, 7, 31))
    assert found.interest_fen == 30_000  # of June
    assert found.principal_fen == 10_000_000
    assert found.penalty_fen == 30 * 1_500  # 30 days at 1.5 ten-thousandths
    assert found.compound_fen == 135  # 30,000 x 30 x 0.00015
    assert found.days_past_due == 30
    assert account(LOAN, paid_until_may, date(2024, 7, 1)).days_past_due == 0


def test_a_receipt_pays_in_the_declared_order() -> None:
    paid_until_may = [Cash(row.due, row.total_fen) for row in LOAN.rows[:5]]
    late = Cash(date(2024, 7, 31), 40_000)
    first = account(LOAN, [*paid_until_may, late], date(2024, 7, 31), fees=[Cash(date(2024, 7, 10), 10_000)])
    assert [(p.kind, p.fen) for p in first.postings if p.on == late.on] == [("fee", 10_000), ("penalty", 30_000)]
    rules = Overdue(order=("principal", "interest", "penalty", "compound", "fee"))
    other = account(LOAN, [*paid_until_may, late], date(2024, 7, 31), rules)
    assert [(p.kind, p.fen) for p in other.postings if p.on == late.on] == [("principal", 40_000)]


def test_instalment_by_instalment_the_oldest_is_finished_first() -> None:
    made = schedule(loan(300_000, START, date(2024, 4, 1), Fixed(36_000), method="equal_principal"))
    receipt = [Cash(date(2024, 3, 1), 101_500)]
    rules = {
        by: Overdue(13_000, False, ("interest", "principal", "fee", "penalty", "compound"), by)
        for by in ("kind", "instalment")
    }
    by_kind, by_instalment = (account(made, receipt, date(2024, 3, 1), rules[by]) for by in ("kind", "instalment"))
    assert [(p.kind, p.number, p.fen) for p in by_kind.postings] == [
        ("interest", 1, 930), ("interest", 2, 580), ("principal", 1, 99_990),
    ]  # fmt: skip
    assert [(p.kind, p.number, p.fen) for p in by_instalment.postings] == [
        ("interest", 1, 930), ("principal", 1, 100_000), ("interest", 2, 570),
    ]  # fmt: skip
    assert by_instalment.days_past_due == 0
    assert by_kind.days_past_due == 29


def test_what_is_paid_too_early_waits_for_what_falls_due() -> None:
    found = account(LOAN, [Cash(START, 40_000)], date(2024, 2, 1))
    assert found.surplus_fen == 40_000 - 31_000
    assert found.days_past_due == 0


@pytest.mark.parametrize(
    ("days", "grade"),
    [
        (0, "normal"), (1, "special_mention"), (90, "special_mention"), (91, "substandard"), (270, "substandard"),
        (271, "doubtful"), (360, "doubtful"), (361, "loss"),
    ],
)  # fmt: skip
def test_days_past_due_call_for_the_grades_of_the_rules_of_2023(days: int, grade: str) -> None:
    assert graded(days) == grade
    assert graded(days, is_restructured=True) == ("special_mention" if grade == "normal" else grade)


@given(st.integers(0, 2_000), st.integers(0, 2_000))
def test_a_longer_delay_never_makes_the_grade_better(one: int, other: int) -> None:
    ranks = list(GRADES)
    assert ranks.index(graded(min(one, other))) <= ranks.index(graded(max(one, other)))


def test_rules_whose_days_do_not_grow_with_the_grade_are_refused() -> None:
    for rules in ((RULES_2023[1], RULES_2023[0]), (RULES_2023[0], GradeRule("loss", 0, "x"))):
        with pytest.raises(TermsRefused, match="classes"):
            graded(5, rules=rules)


def test_only_a_loss_is_written_off_and_all_of_it() -> None:
    found = account(LOAN, [], date(2025, 9, 1))
    assert graded(found.days_past_due) == "loss"
    lost = written_off(found, "loss")
    assert lost["principal"] == 10_000_000
    assert sum(lost.values()) == found.outstanding_fen + found.interest_fen + found.penalty_fen + found.compound_fen
    with pytest.raises(TermsRefused, match="not_loss"):
        written_off(found, "doubtful")


@pytest.mark.parametrize(
    ("kind", "rules", "receipts"),
    [
        ("amount", Overdue(25_000), []),
        ("amount", Overdue(9_999), []),
        ("allocation", Overdue(order=("fee", "interest")), []),
        ("unknown", Overdue(by="luck"), []),
        ("amount", Overdue(), [Cash(START, 0)]),
        ("amount", Overdue(), [Cash(START, 10**15)]),
        ("whole", Overdue(), [Cash(START, float("nan"))]),  # type: ignore[arg-type]
    ],
)
def test_what_an_account_cannot_take_is_refused_by_name(kind: str, rules: Overdue, receipts: list[Cash]) -> None:
    with pytest.raises(TermsRefused) as refused:
        account(LOAN, receipts, date(2024, 8, 1), rules)
    assert refused.value.kind == kind
