"""One loan over its life: laws of close of business over random loans, and terms that are kept and read again."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.deal.loan import Agreed, Change, account_on, days_closed, drawn, is_repaid, schedule_of, with_change
from kerong.engine.deal.terms import METHODS, Cash, Terms, TermsRefused
from kerong.engine.deal.terms.kept import kept, terms_of
from kerong.engine.deal.terms.rates import BaseRate

BEGIN = date(2025, 1, 10)
BASES = {"LPR1Y": BaseRate("LPR1Y", ((date(2024, 1, 1), 34_500), (date(2025, 2, 20), 31_000)), date(2025, 2, 20))}
RATES: list[dict[str, Any]] = [
    {"ppm": 36_000},
    {"ppm": 0},
    {"base": "LPR1Y", "spread_bp": 55, "reset_months": 1},
    {"parts": [["2025-01-10", {"ppm": 40_000}], ["2025-03-01", {"ppm": 38_000}]]},
]
TERMS = st.fixed_dictionaries(
    {
        "drawdowns": st.lists(
            st.tuples(st.integers(0, 20), st.integers(1, 10**12)), min_size=1, max_size=2, unique_by=lambda one: one[0]
        ).map(lambda cash: [[(BEGIN + timedelta(days=n)).isoformat(), fen] for n, fen in sorted(cash)]),
        "maturity": st.integers(25, 150).map(lambda n: (BEGIN + timedelta(days=n)).isoformat()),
        "rate": st.sampled_from(RATES),
        "method": st.sampled_from([name for name in METHODS if name != "custom"]),
        "count": st.sampled_from(["act_360", "act_365", "30_360"]),
        "dues": st.fixed_dictionaries({"every_months": st.integers(0, 3)}),
    }
)
RECEIPTS = st.lists(st.tuples(st.integers(0, 200), st.integers(1, 10**12)), max_size=4).map(
    lambda cash: [Cash(BEGIN + timedelta(days=n), fen) for n, fen in cash]
)


@given(TERMS)
def test_terms_that_are_kept_and_read_again_are_the_same(told: dict[str, Any]) -> None:
    terms: Terms = terms_of(told, BASES)
    assert terms_of(kept(terms), BASES) == terms


@settings(max_examples=30)
@given(TERMS, RECEIPTS, st.sets(st.integers(0, 160), max_size=3))
def test_days_closed_in_any_steps_find_the_same_and_all_interest_accrues(
    told: dict[str, Any], receipts: list[Cash], cuts: set[int]
) -> None:
    agreed, end = Agreed(told, bases=BASES), BEGIN + timedelta(days=160)
    since = BEGIN - timedelta(days=1)
    once = list(days_closed(agreed, receipts, since, end, 0))
    found, accrued = [], 0
    for until in (*(BEGIN + timedelta(days=n) for n in sorted(cuts)), end):
        step = list(days_closed(agreed, receipts, since, until, accrued))
        accrued += sum(day.accrued_fen for day in step)
        found += step
        since = max(since, until)
    assert found == once
    schedule = schedule_of(agreed)
    assert sum(day.accrued_fen for day in once) == schedule.interest_fen
    assert sum(fen for day in once for _, fen in day.due) == sum(row.total_fen for row in schedule.rows)
    received = sum(cash.fen for cash in receipts if cash.on <= end)
    assert sum(sum(day.paid.values()) for day in once) + once[-1].account.surplus_fen == received


@given(TERMS)
def test_a_loan_that_pays_each_due_amount_on_its_day_is_never_overdue_and_ends_repaid(told: dict[str, Any]) -> None:
    agreed = Agreed(told, bases=BASES)
    receipts = [Cash(row.due, row.total_fen) for row in schedule_of(agreed).rows if row.total_fen]
    end = max(cash.on for cash in receipts)
    assert is_repaid(account_on(agreed, receipts, end))
    assert all(account_on(agreed, receipts, cash.on).days_past_due == 0 for cash in receipts)


def test_all_extensions_together_reach_no_further_than_the_law_allows() -> None:
    agreed = Agreed(drawn({"maturity": "2025-07-10", "rate": {"ppm": 36_000}}, Cash(BEGIN, 100_000)))
    once = with_change(agreed, Change("extend", date(2025, 3, 1), {"maturity": "2026-01-01"}))
    assert schedule_of(once).terms.maturity == date(2026, 1, 1)
    with pytest.raises(TermsRefused, match="extension"):
        schedule_of(with_change(once, Change("extend", date(2025, 4, 1), {"maturity": "2026-01-08"})))


@pytest.mark.parametrize(
    "told",
    [
        {"maturity": "2026-01-01", "rate": {"ppm": 36_000}},
        {"maturity": "2026-13-01", "rate": {"ppm": 36_000}, "drawdowns": [["2025-01-01", 100]]},
        {"maturity": "2026-01-01", "rate": {"ppm": 3.6}, "drawdowns": [["2025-01-01", 100]]},
        {"maturity": "2026-01-01", "rate": {"ppm": True}, "drawdowns": [["2025-01-01", 100]]},
        {"maturity": "2026-01-01", "rate": {"base": "SHIBOR"}, "drawdowns": [["2025-01-01", 100]]},
        {"maturity": "2026-01-01", "rate": {"parts": [["2025-01-01"]]}, "drawdowns": [["2025-01-01", 100]]},
        {"maturity": "2026-01-01", "rate": 3, "drawdowns": [["2025-01-01", 100]]},
        {"maturity": "2026-01-01", "rate": {"ppm": 1}, "drawdowns": [["2025-01-01", "100"]]},
        {"maturity": "2026-01-01", "rate": {"ppm": 1}, "drawdowns": [["2025-01-01", -1]]},
        {"maturity": "2026-01-01", "rate": {"ppm": 1}, "drawdowns": "all"},
        {"maturity": "2026-01-01", "rate": {"ppm": 1}, "drawdowns": [["2025-01-01", 1]], "dues": {"weekly": 1}},
        {"maturity": "2026-01-01", "rate": {"ppm": 1}, "drawdowns": [["2025-01-01", 1]], "dues": {"day": "last"}},
        {"maturity": "2026-01-01", "rate": {"ppm": 1}, "drawdowns": [["2025-01-01", 1]], "method": ["annuity"]},
        {"maturity": "2026-01-01", "rate": {"ppm": 1}, "drawdowns": [["2025-01-01", 1]], "owner": "me"},
    ],
)
def test_terms_that_cannot_be_read_are_refused_by_name(told: dict[str, Any]) -> None:
    with pytest.raises(TermsRefused) as refused:
        schedule_of(Agreed(told, bases=BASES))
    assert refused.value.sentence("zh")
    assert refused.value.sentence("en")
