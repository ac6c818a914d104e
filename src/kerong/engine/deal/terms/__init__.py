"""What a deal's terms come to day by day: schedules, changes, what is overdue (docs/algorithms/schedule.md)."""

from kerong.engine.deal.terms.changes import extended, latest_extension, prepaid, repriced, restructured
from kerong.engine.deal.terms.closing import accrued, accrued_fen, stretch_table
from kerong.engine.deal.terms.columns import Schedules, rate_table, schedules
from kerong.engine.deal.terms.dates import AT_MATURITY, QUARTER_DAYS, Due, DueRule
from kerong.engine.deal.terms.days import COUNTS, DayCount
from kerong.engine.deal.terms.grades import GRADES, RULES_2023, SOURCE_2023, GradeRule, graded
from kerong.engine.deal.terms.loans import METHODS, Cash, Terms, loan
from kerong.engine.deal.terms.overdue import Account, Overdue, Owed, Posting, account, overdue_history, written_off
from kerong.engine.deal.terms.rates import BaseRate, Fixed, Floating, RateStep, Stepped, rate_steps
from kerong.engine.deal.terms.refusals import REFUSALS, TermsRefused
from kerong.engine.deal.terms.schedule import Row, Schedule, Stretch, schedule
from kerong.engine.deal.terms.told import explained

__all__ = [
    "AT_MATURITY",
    "COUNTS",
    "GRADES",
    "METHODS",
    "QUARTER_DAYS",
    "REFUSALS",
    "RULES_2023",
    "SOURCE_2023",
    "Account",
    "BaseRate",
    "Cash",
    "DayCount",
    "Due",
    "DueRule",
    "Fixed",
    "Floating",
    "GradeRule",
    "Overdue",
    "Owed",
    "Posting",
    "RateStep",
    "Row",
    "Schedule",
    "Schedules",
    "Stepped",
    "Stretch",
    "Terms",
    "TermsRefused",
    "account",
    "accrued",
    "accrued_fen",
    "explained",
    "extended",
    "graded",
    "latest_extension",
    "loan",
    "overdue_history",
    "prepaid",
    "rate_steps",
    "rate_table",
    "repriced",
    "restructured",
    "schedule",
    "schedules",
    "stretch_table",
    "written_off",
]
