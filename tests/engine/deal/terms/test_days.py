"""Day counts: the published examples, and what is true of every pair of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.deal.terms.days import COUNTS, plus_months

# ISDA, "30/360 Day Count Conventions" (30-360-2006ISDADefs.xls), column 30/360 (Bond Basis); also in the test suite of
# QuantLib (test-suite/daycounters.cpp, testThirty360_BondBasis).
BOND_BASIS = """
2006-08-20 2007-02-20 180 | 2007-02-20 2007-08-20 180 | 2007-08-20 2008-02-20 180 | 2008-02-20 2008-08-20 180
2008-08-20 2009-02-20 180 | 2009-02-20 2009-08-20 180 | 2006-08-31 2007-02-28 178 | 2007-02-28 2007-08-31 183
2007-08-31 2008-02-29 179 | 2008-02-29 2008-08-31 182 | 2008-08-31 2009-02-28 178 | 2009-02-28 2009-08-31 183
2006-01-31 2006-02-28 28 | 2006-01-30 2006-02-28 28 | 2006-02-28 2006-03-03 5 | 2006-02-14 2006-02-28 14
2006-09-30 2006-10-31 30 | 2006-10-31 2006-11-28 28 | 2007-08-31 2008-02-28 178 | 2008-02-28 2008-08-28 180
2008-02-28 2008-08-30 182 | 2008-02-28 2008-08-31 183 | 2007-02-26 2008-02-28 362 | 2007-02-26 2008-02-29 363
2008-02-29 2009-02-28 359 | 2008-02-28 2008-03-30 32 | 2008-02-28 2008-03-31 33
"""
DAYS = st.dates(date(1996, 1, 1), date(2080, 12, 31))


@pytest.mark.parametrize("case", BOND_BASIS.replace("|", "\n").split("\n")[1:-1])
def test_the_bond_basis_counts_the_days_of_isda_s_examples(case: str) -> None:
    begin, end, days = case.split()
    assert COUNTS["30_360"].parts(date.fromisoformat(begin), date.fromisoformat(end)) == int(days)


def test_actual_actual_parts_a_span_at_the_new_year() -> None:
    # QuantLib test-suite/daycounters.cpp, testActualActual, ISDA: 2003-11-01 to 2004-05-01 is 0.497724380567 of a year.
    count = COUNTS["act_act"]
    assert count.parts(date(2003, 11, 1), date(2004, 5, 1)) / count.base == pytest.approx(0.497724380567, abs=1e-12)
    assert count.parts(date(2024, 1, 1), date(2026, 1, 1)) == 2 * count.base


@pytest.mark.parametrize(
    ("begin", "end", "parts"),
    [
        (date(2007, 2, 28), date(2007, 8, 28), 180),
        (date(2007, 3, 1), date(2007, 9, 1), 180),
        (date(2024, 1, 31), date(2024, 2, 29), 30),
        (date(2024, 1, 31), date(2024, 2, 28), 28),
        (date(2024, 1, 31), date(2024, 3, 30), 60),
        (date(2023, 12, 20), date(2024, 3, 25), 95),
    ],
)
def test_whole_months_are_thirty_days_and_odd_days_are_counted(begin: date, end: date, parts: int) -> None:
    assert COUNTS["months_360"].parts(begin, end) == parts


@given(DAYS, DAYS, DAYS, st.sampled_from(["act_360", "act_365", "act_act"]))
def test_actual_counts_add_up_wherever_a_span_is_split(one: date, two: date, three: date, count: str) -> None:
    begin, between, end = sorted((one, two, three))
    parts = COUNTS[count].parts
    assert parts(begin, between) + parts(between, end) == parts(begin, end)


@given(DAYS, st.integers(0, 2_000), st.sampled_from(list(COUNTS)))
def test_a_later_day_is_never_fewer_parts_away(begin: date, days: int, count: str) -> None:
    parts = COUNTS[count].parts
    end = begin + timedelta(days=days)
    assert 0 <= parts(begin, end) <= parts(begin, end + timedelta(days=1))


@given(DAYS, st.integers(0, 200))
def test_so_many_months_later_is_in_that_month_and_on_that_day_or_its_last(start: date, months: int) -> None:
    found = plus_months(start, months)
    assert (found.year * 12 + found.month) - (start.year * 12 + start.month) == months
    assert found.day == start.day or (found.day < start.day and (found + timedelta(days=1)).day == 1)
