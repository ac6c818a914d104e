"""The laws of schedules, for loans drawn at random."""

import os
import random
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.deal.terms.dates import QUARTER_DAYS, DueRule
from kerong.engine.deal.terms.days import COUNTS
from kerong.engine.deal.terms.loans import Cash, Terms, loan
from kerong.engine.deal.terms.rates import WHOLE_PPM, Fixed, Stepped
from kerong.engine.deal.terms.schedule import interest_fen, level_fen, schedule
from tests.engine.deal.terms.drawn import FEN, PPM, STARTS, holds_together, loans

MANY = settings(max_examples=2_000 if "KERONG_NIGHTLY" in os.environ else 100)
ACTUAL = ("act_360", "act_365", "act_act")


@MANY
@given(loans())
def test_principal_sums_to_what_was_drawn_and_the_balance_is_never_negative(terms: Terms) -> None:
    holds_together(schedule(terms))


@MANY
@given(loans())
def test_every_interest_is_the_sum_of_its_stretches_rounded_once(terms: Terms) -> None:
    for row in schedule(terms).rows:
        exact = sum((Fraction(s.balance_fen * s.ppm * s.parts, s.base * WHOLE_PPM) for s in row.stretches), Fraction(0))
        assert row.interest_fen == int(exact + Fraction(1, 2))
        assert not row.stretches or (row.stretches[0].begin, row.stretches[-1].end) == (row.period, row.end)


@MANY
@given(loans(ACTUAL), st.data())
def test_a_stretch_split_at_any_day_bears_the_same_interest_before_the_one_rounding(
    terms: Terms, data: st.DataObject
) -> None:
    parts = COUNTS[terms.count].parts
    for row in schedule(terms).rows:
        if not row.stretches:
            continue
        first = row.stretches[0]
        day = first.begin + timedelta(days=data.draw(st.integers(0, (first.end - first.begin).days)))
        one = replace(first, end=day, parts=parts(first.begin, day))
        other = replace(first, begin=day, parts=parts(day, first.end))
        assert one.parts + other.parts == first.parts
        assert interest_fen((one, other, *row.stretches[1:])) == row.interest_fen
        assert abs(interest_fen((one,)) + interest_fen((other,)) - interest_fen((first,))) <= 1


@MANY
@given(loans(), st.randoms(use_true_random=False))
def test_the_order_of_drawdowns_and_of_the_plan_changes_nothing(terms: Terms, chance: random.Random) -> None:
    shuffled = replace(
        terms,
        drawdowns=tuple(chance.sample(terms.drawdowns, len(terms.drawdowns))),
        plan=tuple(chance.sample(terms.plan, len(terms.plan))),
    )
    assert schedule(shuffled).rows == schedule(terms).rows


@MANY
@given(loans(), PPM)
def test_another_rate_from_the_first_day_on_is_the_loan_at_that_rate(terms: Terms, ppm: int) -> None:
    changed = replace(terms, rate=Stepped(((terms.start - timedelta(days=9), Fixed(1)), (terms.start, Fixed(ppm)))))
    assert schedule(changed).rows == schedule(replace(terms, rate=Fixed(ppm))).rows


@MANY
@given(FEN, STARTS, st.integers(1, 4_000), PPM, st.sampled_from(list(COUNTS)))
def test_the_instalments_of_an_annuity_are_the_same_but_the_last(
    fen: int, start: date, days: int, ppm: int, count: str
) -> None:
    rows = schedule(loan(fen, start, start + timedelta(days=days), Fixed(ppm), count=count)).rows
    regular = {row.total_fen for row in rows[:-1] if row.interest_fen <= row.instalment_fen}
    assert len(regular) <= 1
    assert {row.instalment_fen for row in rows} == {rows[0].instalment_fen}


@given(FEN, st.lists(st.integers(0, 40_000), min_size=1, max_size=60))
def test_the_equal_instalment_is_the_exact_one_rounded_to_the_fen(fen: int, parts: list[int]) -> None:
    growth = [(part, 1_000_000) for part in parts]
    worth = Fraction(0)  # of one fen in every period, today
    for numerator, denominator in reversed(growth):
        worth = (worth + 1) / (1 + Fraction(numerator, denominator))
    assert abs(level_fen(fen, growth) - fen / worth) <= Fraction(1, 2)


@MANY
@given(FEN, STARTS, st.integers(2, 120), PPM)
def test_equal_principal_repays_the_same_each_time_but_the_last(fen: int, start: date, months: int, ppm: int) -> None:
    maturity = start + timedelta(days=31 * months)
    rows = schedule(loan(fen, start, maturity, Fixed(ppm), method="equal_principal")).rows
    assert (
        len({row.principal_fen for row in rows[:-1]} - {0}) <= 2
    )  # the last that is not the maturity may be cut short
    assert all(a.interest_fen >= 0 for a in rows)


def test_chinese_banks_are_paid_on_the_twentieth_of_the_last_month_of_a_quarter() -> None:
    rows = schedule(
        loan(100, date(2024, 1, 10), date(2025, 1, 10), Fixed(34_500), method="interest_only", dues=QUARTER_DAYS)
    ).rows
    assert [row.due for row in rows] == [
        date(2024, 3, 20), date(2024, 6, 20), date(2024, 9, 20), date(2024, 12, 20), date(2025, 1, 10),
    ]  # fmt: skip


def test_a_loan_of_a_month_end_is_due_on_month_ends() -> None:
    rows = schedule(loan(100, date(2024, 1, 31), date(2024, 6, 30), Fixed(0))).rows
    assert [row.due.day for row in rows] == [29, 31, 30, 31, 30]


def test_a_first_period_that_is_too_short_is_joined_to_the_next() -> None:
    rule = DueRule(day=20, least_first_days=15)
    assert schedule(loan(100, date(2024, 1, 10), date(2024, 6, 20), Fixed(0), dues=rule)).rows[0].due == date(
        2024, 2, 20
    )
    assert schedule(loan(100, date(2024, 1, 5), date(2024, 6, 20), Fixed(0), dues=rule)).rows[0].due == date(
        2024, 1, 20
    )


def test_what_is_drawn_within_a_period_bears_interest_from_its_day_and_raises_the_next_instalment() -> None:
    terms = Terms((Cash(date(2024, 1, 1), 60_000), Cash(date(2024, 1, 16), 50_000)), date(2024, 7, 1), Fixed(36_000))
    rows = schedule(replace(terms, method="equal_principal")).rows
    assert rows[0].interest_fen == (60_000 * 31 + 50_000 * 16) // 10_000  # 3.6 % a year is a 10,000th a day
    assert [row.principal_fen for row in rows] == [10_000, *[20_000] * 5]


def test_interest_of_a_plan_waits_for_its_own_day() -> None:
    rows = schedule(
        loan(
            10_000_000, date(2024, 1, 10), date(2024, 6, 20), Fixed(36_000), method="custom", dues=QUARTER_DAYS,
            plan=(Cash(date(2024, 4, 9), 4_000_000), Cash(date(2024, 6, 20), 6_000_000)),
        )
    ).rows  # fmt: skip
    assert [(row.due, row.principal_fen, row.interest_fen) for row in rows] == [
        (date(2024, 3, 20), 0, 70_000),
        (date(2024, 4, 9), 4_000_000, 0),
        (date(2024, 6, 20), 6_000_000, 20 * 1_000 + 72 * 600),
    ]


def test_an_instalment_that_is_given_ends_the_loan_when_all_is_repaid() -> None:
    rows = schedule(loan(100_000, date(2024, 1, 1), date(2026, 1, 1), Fixed(0), instalment_fen=30_000)).rows
    assert [row.total_fen for row in rows] == [30_000, 30_000, 30_000, 10_000]


@pytest.mark.parametrize("fen", [1, 5, 7])
def test_a_few_fen_over_many_months_are_repaid_fen_by_fen(fen: int) -> None:
    made = schedule(loan(fen, date(2024, 1, 1), date(2024, 10, 1), Fixed(0), method="equal_principal"))
    holds_together(made)
    assert made.interest_fen == 0
