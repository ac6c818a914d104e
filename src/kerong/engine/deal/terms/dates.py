"""When something is due: days of payment by a rule, and where they go when the day is no working day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

from kerong.engine.deal.calendar import CalendarEnds, WorkingDays
from kerong.engine.deal.terms.days import plus_months
from kerong.engine.deal.terms.refusals import TermsRefused, amount, one_of
from kerong.rulebook.said import Text

ADJUSTMENTS: Mapping[str, Text] = MappingProxyType(
    {
        "none": Text("不调整", "as the rule says"),
        "following": Text("顺延至下一工作日", "the next working day"),
        "modified_following": Text(
            "顺延至下一工作日，跨月则提前", "the next working day, or the one before where that is in another month"
        ),
    }
)
BEYOND: Mapping[str, Text] = MappingProxyType(
    {
        "refuse": Text("日历以外的日期拒绝", "a day beyond the calendars is refused"),
        "unadjusted": Text("日历以外的日期不调整", "a day beyond the calendars stays as it is"),
    }
)
MOST_MONTHS = 120


@dataclass(frozen=True, slots=True)
class DueRule:
    """Days of payment: every so many months on a day of the month; the last is always the maturity.

    `every_months` 0: nothing before maturity. `day`: 1 to 31, of shorter months the last; None: the day of the first
    drawdown. `month`: one of the months of payment (3 with `every_months` 3: March, June, September, December, with
    `day` 20 the quarter days of Chinese banks); None: counted from the month of the first drawdown. A first period
    shorter than `least_first_days` is joined to the next. `adjust` moves days that are not worked; `moves_interest`:
    interest then runs to the moved day. `beyond` says what becomes of days that no calendar is about.
    """

    every_months: int = 1
    day: int | None = None
    month: int | None = None
    least_first_days: int = 0
    adjust: str = "none"
    moves_interest: bool = True
    beyond: str = "refuse"


QUARTER_DAYS = DueRule(every_months=3, day=20, month=3)
AT_MATURITY = DueRule(every_months=0)


@dataclass(frozen=True, slots=True)
class Due:
    """The end of an interest period: interest runs to `end`, payment is due on `on`."""

    end: date
    on: date


def checked_rule(rule: DueRule) -> None:
    """Refuses a rule whose numbers or options are not within its bounds."""
    amount("every_months", rule.every_months, 0, MOST_MONTHS)
    amount("least_first_days", rule.least_first_days, 0, 366)
    if rule.day is not None:
        amount("day", rule.day, 1, 31)
    if rule.month is not None:
        amount("month", rule.month, 1, 12)
    one_of("adjust", rule.adjust, ADJUSTMENTS)
    one_of("beyond", rule.beyond, BEYOND)


def rule_days(rule: DueRule, start: date, maturity: date) -> tuple[date, ...]:
    """The days that the rule names after `start`, before any adjustment; the last is `maturity`."""
    days = list(_before(rule, start, maturity)) if rule.every_months else []
    if days and (days[0] - start).days < rule.least_first_days:
        days = days[1:]
    return (*days, maturity)


def _before(rule: DueRule, start: date, maturity: date) -> Iterator[date]:
    months = 0 if rule.month is None else (rule.month - start.month) % rule.every_months
    while (found := plus_months(start, months, rule.day)) < maturity:
        if found > start:
            yield found
        months += rule.every_months


def dues(rule: DueRule, days: tuple[date, ...], start: date, working: WorkingDays | None) -> tuple[Due, ...]:
    """Each day with the day on which it is paid; refuses "calendar_ends" where `working` does not reach."""
    found = []
    for named in days:
        moved = max(start, _adjusted(named, rule, working))
        found.append(Due(moved if rule.moves_interest else named, moved))
    return tuple(found)


def _adjusted(named: date, rule: DueRule, working: WorkingDays | None) -> date:
    if rule.adjust == "none":
        return named
    try:
        if working is None:
            raise CalendarEnds(named, None)
        moved = _stepped(named, 1, working)
        if rule.adjust == "modified_following" and moved.month != named.month:
            moved = _stepped(named, -1, working)
    except CalendarEnds as ends:
        if rule.beyond == "unadjusted":
            return named
        raise TermsRefused("calendar_ends", on=ends.day) from ends
    return moved


def _stepped(named: date, step: int, working: WorkingDays) -> date:
    while not working.is_working(named):
        named += timedelta(days=step)
    return named
