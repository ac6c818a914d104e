"""Rents: worth what the equipment costs, as numpy-financial has them, in advance and in arrears, with a residual."""

from datetime import date
from typing import Any

import numpy_financial as npf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.deal.lease import Lease, lease_of
from kerong.engine.deal.terms import TermsRefused, schedule
from kerong.engine.deal.terms.days import plus_months

START = date(2025, 3, 10)
TOLD: dict[str, Any] = {"maturity": "2028-03-10", "rate": {"ppm": 60_000}, "count": "months_360"}


def told(months: int, ppm: int, **more: Any) -> dict[str, Any]:
    return TOLD | {"maturity": plus_months(START, months).isoformat(), "rate": {"ppm": ppm}} | more


def paid(lease: Lease) -> list[int]:
    """All rents in turn."""
    rents = [row.total_fen for row in schedule(lease.terms).rows]
    return [lease.first_fen, *rents] if lease.first_fen else rents


@given(
    st.integers(1_000_000, 10**11),
    st.integers(0, 200_000),
    st.integers(2, 120),
    st.integers(0, 90),
    st.booleans(),
)
def test_the_rent_is_the_payment_of_numpy_financial(
    fen: int, ppm: int, months: int, percent: int, in_advance: bool
) -> None:
    residual = fen * percent // 100
    lease = lease_of(told(months, ppm, residual_fen=residual, in_advance=in_advance), fen, START, None)
    when = "begin" if in_advance else "end"
    exact = -float(npf.pmt(ppm / 12e6, months, fen, -residual, when=when))
    assert abs(lease.rent_fen - exact) <= 0.5 + fen * 1e-9


@given(
    st.integers(1_000_000, 10**11),
    st.integers(0, 200_000),
    st.integers(2, 60),
    st.integers(0, 90),
    st.booleans(),
)
def test_all_rents_but_the_last_are_level_there_is_one_for_each_month_and_the_first_in_advance_is_paid_on_delivery(
    fen: int, ppm: int, months: int, percent: int, in_advance: bool
) -> None:
    lease = lease_of(told(months, ppm, residual_fen=fen * percent // 100, in_advance=in_advance), fen, START, None)
    rents = paid(lease)
    assert len(rents) == months
    assert set(rents[:-1]) == {lease.rent_fen}
    # every rounding is of a fen at most and grows with the rate
    assert abs(rents[-1] - lease.rent_fen) <= 2 + 2 * sum((1 + ppm / 12e6) ** n for n in range(months))
    assert bool(lease.first_fen) == in_advance
    assert lease.terms.drawn_fen + lease.first_fen <= fen


@given(st.integers(1_000_000, 10**11), st.integers(2, 60), st.integers(0, 90), st.booleans())
def test_without_interest_rents_and_residual_are_what_the_equipment_costs(
    fen: int, months: int, percent: int, in_advance: bool
) -> None:
    lease = lease_of(told(months, 0, residual_fen=fen * percent // 100, in_advance=in_advance), fen, START, None)
    assert sum(paid(lease)) + lease.residual_fen == fen


def test_a_lease_over_three_years_comes_out_to_the_fen() -> None:
    """CNY 100,000 over 36 months at 6 %, residual CNY 10,000: 2,787.97 in arrears, 2,774.10 in advance (pmt)."""
    arrears = lease_of(told(36, 60_000, residual_fen=1_000_000), 10_000_000, START, None)
    assert (arrears.rent_fen, arrears.first_fen, arrears.residual_fen) == (278_797, 0, 1_000_000)
    advance = lease_of(told(36, 60_000, residual_fen=1_000_000, in_advance=True), 10_000_000, START, None)
    assert (advance.rent_fen, advance.first_fen, len(paid(advance))) == (277_410, 277_410, 36)


def test_the_leases_of_the_page_of_deals() -> None:
    told_ = TOLD | {"maturity": "2025-06-03", "residual_fen": 100_000}
    arrears = lease_of(told_, 10_000_000, date(2025, 3, 3), None)
    rows = schedule(arrears.terms).rows
    assert [row.total_fen for row in rows] == [3_333_555, 3_333_555, 3_333_554]
    assert [row.interest_fen for row in rows] == [49_507, 33_087, 16_585]
    assert [row.opening_fen + row.drawn_fen for row in rows] == [9_901_485, 6_617_437, 3_316_969]
    advance = lease_of(told_ | {"in_advance": True}, 10_000_000, date(2025, 3, 3), None)
    assert paid(advance) == [3_316_970] * 3
    assert [row.interest_fen for row in schedule(advance.terms).rows] == [32_923, 16_502]


@pytest.mark.parametrize(
    "wrong",
    [
        {"residual_fen": 10_000_000},
        {"residual_fen": -1},
        {"residual_fen": 1.5},
        {"in_advance": "yes"},
        {"in_advance": None},
        {"method": "bullet"},
        {"instalment_fen": 1},
        {"rate": {"base": "LPR1Y"}},
        {"maturity": "2025-03-10"},
        {"maturity": None},
        {"in_advance": True, "dues": {"every_months": 0}},
    ],
)
def test_terms_that_allow_no_rent_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(TermsRefused) as refused:
        lease_of(TOLD | wrong, 10_000_000, START, None)
    assert refused.value.sentence("zh")


@pytest.mark.parametrize("missing", ["maturity", "rate"])
def test_a_lease_without_an_end_or_a_rate_is_refused(missing: str) -> None:
    with pytest.raises(TermsRefused):
        lease_of({name: value for name, value in TOLD.items() if name != missing}, 10_000_000, START, None)
