"""Schedules and interest against published worked examples, to the hundredth of the currency."""

from datetime import date
from typing import NamedTuple

import pytest

from kerong.engine.deal.terms.dates import AT_MATURITY, DueRule
from kerong.engine.deal.terms.loans import Cash, Terms, loan
from kerong.engine.deal.terms.rates import Fixed
from kerong.engine.deal.terms.schedule import Schedule, schedule


class Published(NamedTuple):
    """An instalment as published: all of it, its interest and principal (None: not published)."""

    source: str
    fen: int
    years: int
    ppm: int
    method: str
    first: tuple[int, int | None, int | None]
    second: tuple[int, int | None, int | None] | None = None


CALCULATOR = "a bank's loan calculator at 4.9 % a year, as quoted by"
MONTHLY = (
    Published(
        "12 CFR 1026, Appendix H, H-25(B), Closing Disclosure: $162,000, 3.875 %, 30 years",
        162_000_00,
        30,
        38_750,
        "annuity",
        (76178, None, None),
    ),
    Published(
        f"{CALCULATOR} 789yingshi.cn/wenda/244196: 100,000 yuan, 10 years",
        100_000_00,
        10,
        49_000,
        "annuity",
        (105577, 40833, 64744),
        (105577, 40569, 65008),
    ),
    Published(
        f"{CALCULATOR} 372181.com/wenda/229816: 1,000,000 yuan, 20 years",
        1_000_000_00,
        20,
        49_000,
        "annuity",
        (654444, 408333, 246111),
    ),
    Published(
        f"{CALCULATOR} ccv168.com/wenda/220578: 630,000 yuan, 30 years, equal instalments",
        630_000_00,
        30,
        49_000,
        "annuity",
        (334358, None, None),
    ),
    Published(
        f"{CALCULATOR} ccv168.com/wenda/220578: 630,000 yuan, 30 years, equal principal, 7.15 less each month",
        630_000_00,
        30,
        49_000,
        "equal_principal",
        (432250, None, None),
        (432250 - 715, None, None),
    ),
    Published(
        f"{CALCULATOR} wwbz417.com/baike/60016: 1,200,000 yuan, 30 years",
        1_200_000_00,
        30,
        49_000,
        "annuity",
        (636872, 490000, 146872),
    ),
)


@pytest.mark.parametrize("case", MONTHLY, ids=lambda case: case.source)
def test_monthly_instalments_are_those_that_were_published(case: Published) -> None:
    start = date(2024, 1, 1)
    made = schedule(
        loan(case.fen, start, date(2024 + case.years, 1, 1), Fixed(case.ppm), count="months_360", method=case.method)
    )
    assert len(made.rows) == 12 * case.years
    for row, expected in zip(made.rows, (case.first, case.second), strict=False):
        for found, published in zip((row.total_fen, row.interest_fen, row.principal_fen), expected or (), strict=False):
            assert published is None or found == published


# Apache Fineract, fineract-e2e-tests-runner, features/EMICalculation-Part1.feature, C3154 and C3155: 100.00 drawn on
# 2024-01-01 at 12 % and at 9.4822 % by 30/360, six instalments: interest, principal, what is left.
FINERACT_C3154 = (
    (100, 1625, 8375),
    (84, 1641, 6734),
    (67, 1658, 5076),
    (51, 1674, 3402),
    (34, 1691, 1711),
    (17, 1711, 0),
)
FINERACT_C3155 = (
    (79, 1634, 8366),
    (66, 1647, 6719),
    (53, 1660, 5059),
    (40, 1673, 3386),
    (27, 1686, 1700),
    (13, 1700, 0),
)
# LoanBulletBalloon.feature, BL01: 100.00 at 30 %, eight months, principal at the end.
FINERACT_BL01 = (*((250, 0, 10_000),) * 7, (250, 10_000, 0))


@pytest.mark.parametrize(
    ("ppm", "maturity", "method", "expected"),
    [
        (120_000, date(2024, 7, 1), "annuity", FINERACT_C3154),
        (94_822, date(2024, 7, 1), "annuity", FINERACT_C3155),
        (300_000, date(2024, 9, 1), "interest_only", FINERACT_BL01),
    ],
)
def test_schedules_are_fineract_s_row_by_row(
    ppm: int, maturity: date, method: str, expected: tuple[tuple[int, int, int], ...]
) -> None:
    made = schedule(loan(10_000, date(2024, 1, 1), maturity, Fixed(ppm), count="30_360", method=method))
    assert [(row.interest_fen, row.principal_fen, row.closing_fen) for row in made.rows] == list(expected)


def test_a_year_of_365_days_by_360_costs_101_39_of_a_thousand_at_ten_percent() -> None:
    # Published in comparisons of day counts, such as sdmesasvo.org/actual-360-day-interest-calculation.
    made = schedule(loan(1_000_00, date(2023, 1, 1), date(2024, 1, 1), Fixed(100_000), method="bullet"))
    assert made.interest_fen == 101_39


def once(fen: int, begin: date, end: date, ppm: int, count: str) -> int:
    """Interest that is due at the end, in fen."""
    return schedule(loan(fen, begin, end, Fixed(ppm), count=count, method="bullet", dues=AT_MATURITY)).interest_fen


def test_whole_months_are_charged_by_a_twelfth_of_the_yearly_rate() -> None:
    # 银发〔2005〕129号, 逐笔计息法: principal x months x monthly rate: 10,000 x 6 x (2.43 % / 12) = 121.50; by actual
    # days of 360, which it allows too, 10,000 x 184 x 2.43 % / 360 = 124.20. Products by hand.
    assert once(10_000_00, date(2007, 3, 1), date(2007, 9, 1), 24_300, "months_360") == 121_50
    assert once(10_000_00, date(2007, 3, 1), date(2007, 9, 1), 24_300, "act_360") == 124_20


def test_cumulated_balances_times_the_daily_rate_are_the_interest() -> None:
    # 积数计息法 (银发〔2005〕129号): balances of 10,000 for 32 days, 7,000 for 36, 12,000 for 10 cumulate to 692,000,
    # at 0.72 % a year, a 360th of it a day: 13.84. Deposits of a common textbook exercise, the product by hand.
    made = schedule(
        Terms(
            (Cash(date(2007, 1, 2), 10_000_00), Cash(date(2007, 3, 11), 5_000_00)),
            date(2007, 3, 21),
            Fixed(7_200),
            method="custom",
            dues=DueRule(every_months=0),
            plan=(Cash(date(2007, 2, 3), 3_000_00), Cash(date(2007, 3, 21), 12_000_00)),
        )
    )
    assert made.interest_fen == 13_84
    assert [s.balance_fen * (s.end - s.begin).days for s in made.rows[-1].stretches] == [
        320_000_00,
        252_000_00,
        120_000_00,
    ]


def final(made: Schedule) -> int:
    """What the last instalment is more than the one before."""
    return made.rows[-1].total_fen - made.rows[-2].total_fen


def test_the_last_instalment_takes_what_rounding_left() -> None:
    made = schedule(loan(10_000, date(2024, 1, 1), date(2024, 7, 1), Fixed(120_000), count="30_360"))
    assert final(made) == 3  # 17.28 after five of 17.25, as Fineract's C3154 has it
