"""What changes a loan while it runs: its laws, and the figures of small cases."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from kerong.engine.deal.terms.changes import extended, latest_extension, prepaid, repriced, restructured
from kerong.engine.deal.terms.dates import QUARTER_DAYS
from kerong.engine.deal.terms.loans import Cash, Terms, loan
from kerong.engine.deal.terms.rates import Fixed
from kerong.engine.deal.terms.refusals import TermsRefused
from kerong.engine.deal.terms.schedule import Schedule, schedule
from tests.engine.deal.terms.drawn import PPM, days_within, holds_together, loans

FEW = settings(max_examples=60)
LOAN = schedule(loan(12_000_000, date(2024, 1, 1), date(2025, 1, 1), Fixed(36_000), method="equal_principal"))


def a_day_of(made: Schedule, data: st.DataObject) -> date:
    return data.draw(days_within(made.rows[0].begin, made.rows[-1].end))


def single(terms: Terms) -> Terms:
    """The terms with everything drawn on the first day."""
    return replace(terms, drawdowns=(Cash(terms.start, terms.drawn_fen),))


@FEW
@given(loans(), st.data())
def test_prepaying_all_leaves_no_future(terms: Terms, data: st.DataObject) -> None:
    made = schedule(single(terms))
    on = a_day_of(made, data)
    left = prepaid(made, on, 1).rows[len([row for row in made.rows if row.end <= on])].opening_fen
    kept = [row for row in made.rows if row.end <= on]
    owed = left or terms.drawn_fen
    done = prepaid(made, on, owed, data.draw(st.sampled_from(["term", "instalment"])))
    assert done.rows[:-1] == tuple(kept)
    assert (done.rows[-1].end, done.rows[-1].closing_fen) == (on, 0)
    holds_together(done)
    with pytest.raises(TermsRefused, match="change_outside"):
        prepaid(done, on, 1)


@FEW
@given(loans(), st.data())
def test_a_prepayment_keeps_the_past_and_the_sums(terms: Terms, data: st.DataObject) -> None:
    made = schedule(single(terms))
    on = a_day_of(made, data)
    past = [row for row in made.rows if row.end <= on]
    owed = past[-1].closing_fen if past else terms.drawn_fen
    keeps = data.draw(st.sampled_from(["term", "instalment"]))
    found = prepaid(made, on, data.draw(st.integers(1, owed)), keeps, fee_bp=100)
    assert found.rows[: len(past)] == tuple(past)
    holds_together(found)
    assert found.principal_fen == made.principal_fen
    if terms.instalment_fen is None and terms.rate.parts[1:] == ():  # type: ignore[union-attr]
        assert found.interest_fen <= made.interest_fen + len(made.rows)


@FEW
@given(loans(), PPM, st.data())
def test_another_rate_from_a_day_on_leaves_the_rows_before_as_they_were(
    terms: Terms, ppm: int, data: st.DataObject
) -> None:
    made = schedule(terms)
    on = a_day_of(made, data)
    found = repriced(made, on, Fixed(ppm))
    past = [row for row in made.rows if row.end <= on]
    assert found.rows[: len(past)] == tuple(past)
    holds_together(found)
    assert {s.ppm for row in found.rows for s in row.stretches if s.begin >= on} <= {ppm}
    assert repriced(made, terms.start, Fixed(ppm)).rows == schedule(replace(terms, rate=Fixed(ppm))).rows


@FEW
@given(loans(), st.integers(1, 900), st.data())
def test_an_extension_keeps_what_fell_due_before_and_repays_all_by_the_new_day(
    terms: Terms, days: int, data: st.DataObject
) -> None:
    made = schedule(terms)
    on = a_day_of(made, data)
    later = terms.maturity + timedelta(days=days)
    found = extended(made, on, later, later)
    past = [row for row in made.rows if row.end <= on and row.period != row.end and row.stretches]
    assert [row for row in found.rows if row in past] == past
    holds_together(found)
    assert found.rows[-1].end <= later
    assert found.terms.maturity == later


@FEW
@given(loans(), st.integers(0, 10**9), st.booleans(), st.data())
def test_what_is_made_principal_is_repaid_like_principal(
    terms: Terms, added: int, capitalises: bool, data: st.DataObject
) -> None:
    made = schedule(single(terms))
    on = a_day_of(made, data)
    later = terms.maturity + timedelta(days=200)
    found = restructured(
        made, on, added, capitalises, maturity=later, method="interest_only", dues=QUARTER_DAYS, rate=Fixed(20_000)
    )
    holds_together(found)
    settled = next(row for row in found.rows if row.number == 0)
    more = added + (settled.interest_fen if capitalises else 0)
    assert found.principal_fen == made.principal_fen + more
    assert all(s.ppm == 20_000 for row in found.rows for s in row.stretches if s.begin >= on)


@FEW
@given(loans(), st.data())
def test_changes_come_in_the_order_of_their_days(terms: Terms, data: st.DataObject) -> None:
    made = schedule(single(terms))
    on = a_day_of(made, data)
    assume(on > terms.start)
    owed = ([row.closing_fen for row in made.rows if row.end <= on] or [terms.drawn_fen])[-1]
    assume(owed > 1)
    once = prepaid(made, on, 1)
    with pytest.raises(TermsRefused, match="change_outside"):
        prepaid(once, on - timedelta(days=1), 1)


def test_after_a_prepayment_either_the_instalments_or_the_term_fall() -> None:
    on = date(2024, 4, 1)  # 9,000,000 are left after three instalments
    fewer = prepaid(LOAN, on, 3_000_000, "instalment")
    lower = prepaid(LOAN, on, 3_000_000, "term")
    assert [row.principal_fen for row in fewer.rows] == [*[1_000_000] * 3, 3_000_000, *[1_000_000] * 6]
    assert [row.principal_fen for row in lower.rows[4:]] == [666_667] * 8 + [666_664]
    assert [row.number for row in fewer.rows] == [1, 2, 3, 0, 4, 5, 6, 7, 8, 9]


def test_a_prepayment_within_a_period_pays_the_interest_of_all_that_was_owed_to_the_day() -> None:
    found = prepaid(LOAN, date(2024, 4, 16), 3_000_000, fee_bp=50)
    settled = found.rows[3]
    assert (settled.interest_fen, settled.fee_fen) == (15 * 900, 15_000)  # 3.6 % a year: a ten-thousandth a day
    assert found.rows[4].interest_fen == 15 * 600
    assert settled.total_fen == 3_000_000 + 13_500 + 15_000


def test_a_plan_loses_its_last_repayments_or_of_each_the_same_share() -> None:
    plan = (Cash(date(2024, 4, 1), 2_000), Cash(date(2024, 7, 1), 3_000), Cash(date(2025, 1, 1), 5_000))
    made = schedule(loan(10_000, date(2024, 1, 1), date(2025, 1, 1), Fixed(0), method="custom", plan=plan))
    on = date(2024, 5, 1)
    assert [row.principal_fen for row in prepaid(made, on, 4_000, "instalment").rows if row.principal_fen] == [
        2_000, 4_000, 3_000, 1_000,
    ]  # fmt: skip
    assert [row.principal_fen for row in prepaid(made, on, 4_000, "term").rows if row.principal_fen] == [
        2_000, 4_000, 1_500, 2_500,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("start", "maturity", "latest"),
    [
        (date(2024, 1, 1), date(2025, 1, 1), date(2026, 1, 2)),  # 366 days as long again
        (date(2024, 1, 1), date(2027, 1, 1), date(2028, 7, 2)),  # 1,096 days: half of them
        (date(2024, 1, 1), date(2030, 1, 1), date(2033, 1, 1)),  # more than five years: three years
    ],
)
def test_an_extension_reaches_as_far_as_the_general_rules_of_loans_allow(
    start: date, maturity: date, latest: date
) -> None:
    assert latest_extension(start, maturity) == latest
    made = schedule(loan(100_000, start, maturity, Fixed(34_500), method="interest_only", dues=QUARTER_DAYS))
    on = maturity - timedelta(days=10)
    assert extended(made, on, latest, latest).rows[-1].due == latest
    with pytest.raises(TermsRefused, match="extension"):
        extended(made, on, latest + timedelta(days=1), latest)
    with pytest.raises(TermsRefused, match="order"):
        extended(made, on, maturity, latest)
    with pytest.raises(TermsRefused, match="change_outside"):
        extended(made, maturity, latest, latest)


def test_more_than_is_outstanding_is_not_prepaid_and_nothing_is_settled_before_all_is_drawn() -> None:
    with pytest.raises(TermsRefused, match="prepaid"):
        prepaid(LOAN, date(2024, 4, 1), 9_000_001)
    parts = Terms((Cash(date(2024, 1, 1), 50), Cash(date(2024, 6, 1), 50)), date(2025, 1, 1), Fixed(0))
    with pytest.raises(TermsRefused, match="undrawn"):
        prepaid(schedule(parts), date(2024, 5, 1), 10)
    assert prepaid(schedule(parts), date(2024, 7, 1), 10).principal_fen == 100
