"""Annuities against numpy-financial: its floats, our whole fen, apart by no more than rounding."""

from datetime import date

import numpy as np
import numpy_financial as npf
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.deal.terms.days import plus_months
from kerong.engine.deal.terms.loans import loan
from kerong.engine.deal.terms.rates import Fixed
from kerong.engine.deal.terms.schedule import schedule

START = date(2024, 1, 15)


@given(st.integers(10_000, 10**11), st.integers(1, 360_000), st.integers(1, 360))
def test_an_instalment_is_the_payment_of_numpy_financial_rounded_to_the_fen(fen: int, ppm: int, months: int) -> None:
    made = schedule(loan(fen, START, plus_months(START, months), Fixed(ppm), count="months_360"))
    exact = -float(npf.pmt(ppm / 12e6, months, fen))
    assert abs(made.rows[0].instalment_fen - exact) <= 0.5 + exact * 1e-9


@given(st.integers(10_000, 10**11), st.integers(1, 360_000), st.integers(2, 360))
def test_interest_and_instalments_are_numpy_financial_s_up_to_what_rounding_piles_up(
    fen: int, ppm: int, months: int
) -> None:
    """Each rounding is of half a fen at most, in the instalment and in each interest, and grows with the rate."""
    made = schedule(loan(fen, START, plus_months(START, months), Fixed(ppm), count="months_360"))
    rate, periods = ppm / 12e6, np.arange(1, months + 1)
    interest = -npf.ipmt(rate, periods, months, fen)
    piled = np.cumsum((1 + rate) ** (periods - 1))  # of one fen in each period
    rows = made.rows
    for at, row in enumerate(rows[:-1]):
        room = rate * piled[at] + 0.5 + fen * 1e-9
        assert abs(row.interest_fen - interest[at]) <= room
        assert abs(row.total_fen - (-float(npf.pmt(rate, months, fen)))) <= 0.5 + fen * 1e-9


def test_the_table_of_numpy_financial_s_own_example_comes_out_to_the_cent() -> None:
    """Documentation of ipmt: 2,500 dollars at 8.24 % a year, twelve payments, 112.98 of interest before rounding."""
    made = schedule(loan(2_500_00, START, plus_months(START, 12), Fixed(82_400), count="months_360"))
    interest = -npf.ipmt(0.0824 / 12, np.arange(12) + 1, 12, 2500.00)
    assert round(float(np.sum(interest)), 2) == 112.98
    published = [round(100 * float(each)) for each in interest]
    assert [row.interest_fen for row in made.rows[:-1]] == published[:-1]
    assert made.rows[-1].interest_fen == published[-1] - 1  # 216.24 are left to pay interest on, not 216.26
