"""Floating rates by day, and days of payment that move to working days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.terms.dates import DueRule
from kerong.engine.deal.terms.loans import loan
from kerong.engine.deal.terms.rates import BaseRate, Fixed, Floating, RateStep, Stepped, rate_steps
from kerong.engine.deal.terms.refusals import TermsRefused
from kerong.engine.deal.terms.schedule import schedule
from tests.engine.deal.terms.drawn import PPM, STARTS

# The one-year loan prime rate: 3.45 % from 2023-08-21, 3.35 % from 2024-07-22, 3.10 % from 2024-10-21, 3.00 % from
# 2025-05-20 (全国银行间同业拆借中心, 贷款市场报价利率公告).
LPR = BaseRate(
    "LPR 1Y",
    (
        (date(2023, 8, 21), 34_500),
        (date(2024, 7, 22), 33_500),
        (date(2024, 10, 21), 31_000),
        (date(2025, 5, 20), 30_000),
    ),
    date(2025, 12, 31),
)
START, END = date(2024, 3, 15), date(2025, 12, 15)


def steps_of(rate: Floating | Stepped, end: date = END, hold: bool = False) -> list[tuple[date, int]]:
    return [(step.begin, step.ppm) for step in rate_steps(rate, START, end, hold)]


def test_a_floating_rate_is_looked_at_on_the_first_day_and_on_each_reset() -> None:
    assert steps_of(Floating(LPR, 50)) == [(START, 39_500), (date(2025, 3, 15), 36_000)]
    assert steps_of(Floating(LPR, -20, reset_from=date(2024, 1, 1))) == [(START, 32_500), (date(2025, 1, 1), 29_000)]
    assert steps_of(Floating(LPR, 0, reset_months=3))[1:] == [
        (date(2024, 9, 15), 33_500), (date(2024, 12, 15), 31_000), (date(2025, 6, 15), 30_000),
    ]  # fmt: skip
    assert [begin for begin, _ in steps_of(Floating(LPR, 0, reset_months=0))[1:]] == [on for on, _ in LPR.steps[1:]]


def test_after_another_rate_was_agreed_it_is_looked_at_from_that_day() -> None:
    assert steps_of(Stepped(((date(2024, 1, 1), Fixed(50_000)), (date(2024, 8, 1), Floating(LPR, 0))))) == [
        (START, 50_000), (date(2024, 8, 1), 33_500), (date(2025, 8, 1), 30_000),
    ]  # fmt: skip


def test_a_base_rate_that_ends_is_refused_or_held_and_said_to_be_held() -> None:
    late = date(2027, 6, 1)
    for rate in (Floating(LPR, 0), Floating(LPR, 0, reset_months=0)):
        with pytest.raises(TermsRefused, match="rate_ends"):
            rate_steps(rate, START, late)
        assert rate_steps(rate, START, late, hold=True)[-1].is_held
    rows = schedule(loan(100_000, START, late, Floating(LPR, 0)), hold=True).rows
    assert [row.is_held for row in rows if row.end <= date(2026, 3, 15)] == [False] * 24
    assert rows[-1].is_held


@given(STARTS, PPM, st.integers(1, 2_000))
def test_a_fixed_rate_is_one_step(start: date, ppm: int, days: int) -> None:
    assert rate_steps(Fixed(ppm), start, start + timedelta(days=days)) == (RateStep(start, ppm),)


def test_an_annuity_is_worked_out_anew_in_the_period_after_the_rate_changed() -> None:
    rate = Stepped(((START, Fixed(60_000)), (date(2024, 6, 1), Fixed(30_000))))
    rows = schedule(loan(10_000_000, START, date(2025, 3, 15), rate, count="30_360")).rows
    levels = [row.instalment_fen for row in rows]
    assert len(set(levels[:3])) == 1
    assert len(set(levels[3:])) == 1
    assert levels[3] < levels[0]
    assert [s.ppm for s in rows[2].stretches] == [60_000, 30_000]
    assert rows[2].total_fen == levels[0]


FIRST = date(2024, 1, 1)
# Worked: Monday to Friday but the first week of May 2024.
WORKED = tuple(
    day
    for day in (FIRST + timedelta(days=n) for n in range(366))
    if day.weekday() < 5 and not date(2024, 5, 1) <= day <= date(2024, 5, 5)
)
WORKING = WorkingDays(FIRST, date(2024, 12, 31), WORKED)


@pytest.mark.parametrize(
    ("adjust", "named", "moved"),
    [
        ("none", date(2024, 4, 20), date(2024, 4, 20)),
        ("following", date(2024, 4, 20), date(2024, 4, 22)),
        ("following", date(2024, 3, 31), date(2024, 4, 1)),
        ("modified_following", date(2024, 3, 31), date(2024, 3, 29)),
        ("following", date(2024, 5, 1), date(2024, 5, 6)),
        ("modified_following", date(2024, 5, 1), date(2024, 5, 6)),
    ],
)
def test_a_day_that_is_not_worked_moves_as_the_rule_says(adjust: str, named: date, moved: date) -> None:
    for moves in (True, False):
        rule = DueRule(every_months=0, adjust=adjust, moves_interest=moves)
        rows = schedule(loan(36_000_000, date(2024, 1, 31), named, Fixed(10_000), dues=rule), WORKING).rows
        assert rows[0].due == moved
        assert rows[0].interest_fen == 1_000 * ((moved if moves else named) - date(2024, 1, 31)).days


def test_a_day_beyond_the_calendars_is_refused_or_stays_as_the_rule_says() -> None:
    terms = loan(100, date(2024, 12, 1), date(2025, 3, 1), Fixed(0), dues=DueRule(adjust="following"))
    for working in (WORKING, None):
        with pytest.raises(TermsRefused, match="calendar_ends"):
            schedule(terms, working)
    rule = DueRule(adjust="following", beyond="unadjusted")
    rows = schedule(loan(100, date(2024, 11, 1), date(2025, 3, 1), Fixed(0), dues=rule), WORKING).rows
    assert [row.due for row in rows] == [date(2024, 12, 2), date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1)]
