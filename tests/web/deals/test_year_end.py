"""Deals at the end of the last year whose holidays are announced: they go on, and time limits wait for the calendar."""

from dataclasses import replace
from datetime import date

import pytest

from kerong.engine.deal.calendar import WorkingDays
from kerong.web.base.selectors.deals import line_of
from kerong.web.base.services.case import CaseRefused
from tests.web.deals.town import TERMS, LendingTown

pytestmark = pytest.mark.database
LATE = date(2026, 12, 22)
NEXT_YEAR = tuple(date.fromordinal(day) for day in range(date(2027, 1, 4).toordinal(), date(2027, 2, 27).toordinal()))


def announced(days: WorkingDays) -> WorkingDays:
    """The calendars with a next year, every day of which is worked."""
    return replace(days, last=NEXT_YEAR[-1], days=(*days.days, *NEXT_YEAR))


def test_a_loan_is_signed_though_next_years_holidays_are_not_announced(town: LendingTown) -> None:
    town.today = LATE
    deal = town.applied(1)
    town.do("bai", deal, "take")
    town.do("bai", deal, "recommend", fen=10_000_000, terms={**TERMS, "maturity": "2027-06-10"})
    town.do("chen", deal, "approve", fen=10_000_000)
    deal = town.do("bai", deal, "sign", contract="C")
    due = line_of(deal, town.published, LATE).due
    assert (deal.state, deal.due_on, due.on, due.is_announced) == ("contracted", None, None, False)


def test_a_time_limit_that_no_calendar_reached_counts_once_one_does(town: LendingTown) -> None:
    town.today = LATE
    deal = town.applied(1)
    town.do("bai", deal, "take")
    town.do("bai", deal, "ask")
    with pytest.raises(CaseRefused, match="not_overdue"):
        town.do("bai", deal, "lapse")
    town.days, town.today = announced(town.days), date(2027, 1, 4)
    with pytest.raises(CaseRefused, match="not_overdue"):
        town.do("bai", deal, "lapse")
    town.today = NEXT_YEAR[-1]
    assert town.do("bai", deal, "lapse").state == "withdrawn"
