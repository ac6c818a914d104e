"""One loan over its life, from what was agreed and what came in: its schedule, and close of business day by day.

Pure: the deal's facts are arguments, and the same facts give the same days whenever and in however many steps they are
closed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.terms.changes import extended, latest_extension, prepaid, repriced, restructured
from kerong.engine.deal.terms.closing import accrued_fen
from kerong.engine.deal.terms.grades import graded
from kerong.engine.deal.terms.kept import NO_BASES, Bases, changes_of, day_of, rate_of, terms_of
from kerong.engine.deal.terms.loans import Cash, Terms
from kerong.engine.deal.terms.overdue import Account, account
from kerong.engine.deal.terms.rates import Stepped
from kerong.engine.deal.terms.refusals import TermsRefused
from kerong.engine.deal.terms.schedule import Schedule, schedule

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Change:
    """Something agreed after the last drawdown; `args` as JSON keeps them. `do` is a key of CHANGES."""

    do: str
    on: date
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Agreed:
    """What was agreed of a loan. `terms` as `terms.kept` has them; `bases` are the base rates as published so far."""

    terms: Mapping[str, Any]
    changes: tuple[Change, ...] = ()
    bases: Bases = field(default_factory=lambda: NO_BASES)
    working: WorkingDays | None = None

    @property
    def is_restructured(self) -> bool:
        """Was it restructured? Then it is never better than special mention."""
        return any(change.do == "restructure" for change in self.changes)


@dataclass(frozen=True, slots=True)
class DayClosed:
    """What close of business finds of one day; fen.

    `accrued_fen`: interest of the day (with what a base rate that was published late corrects). `due`: what fell due,
    by number of instalment. `paid`: postings of the day's receipts by kind. The account stands as at its close.
    """

    on: date
    accrued_fen: int
    due: tuple[tuple[int, int], ...]
    paid: Mapping[str, int]
    account: Account
    grade: str

    @property
    def overdue_fen(self) -> int:
        """What is past due: principal, interest, penalties and fees; 0 where nothing is."""
        held = self.account
        owed = held.principal_fen + held.interest_fen + held.penalty_fen + held.compound_fen + held.fee_fen
        return owed if held.days_past_due else 0

    @property
    def is_repaid(self) -> bool:
        """Is nothing owed any more, due or not?"""
        return is_repaid(self.account)


def is_repaid(held: Account) -> bool:
    """Is nothing owed any more on an account, due or not?"""
    rest = held.interest_fen + held.penalty_fen + held.compound_fen + held.fee_fen
    return not held.outstanding_fen and not rest


def schedule_of(agreed: Agreed) -> Schedule:
    """The schedule as it stands: that of the terms, after every change in turn.

    A day after the last published base rate takes the last one. Raises TermsRefused where the terms or a change allow
    no schedule.
    """
    found = schedule(terms_of(agreed.terms, agreed.bases), agreed.working, hold=True)
    for change in agreed.changes:
        found = CHANGES[change.do](found, change, agreed)
    return found


def added_fen(agreed: Agreed) -> int:
    """What the last change, a restructuring, makes principal: interest to the day and overdue amounts; else 0.

    It was due and is paid by being drawn anew, so it counts as received on that day.
    """
    last = agreed.changes[-1] if agreed.changes else None
    if last is None or last.do != "restructure":
        return 0
    rows = schedule_of(agreed).rows
    settled = next(row for row in reversed(rows) if row.number == 0 and row.end == last.on)
    return sum(cash.fen for cash in settled.drawn if cash.on == last.on)


def days_closed(
    agreed: Agreed, receipts: Sequence[Cash], since: date, through: date, accrued_before: int
) -> Iterator[DayClosed]:
    """Every day after `since` up to `through`; `accrued_before` is what was accrued up to the close of `since`."""
    found = schedule_of(agreed)
    begin, sum_so_far = found.rows[0].begin, accrued_before
    for number in range((through - since).days):
        on = since + (number + 1) * DAY
        if on < begin:
            continue
        until = accrued_fen(found, begin, on + DAY)
        held = account(found, receipts, on, hold=True)
        paid: dict[str, int] = {}
        for posting in held.postings:
            if posting.on == on:
                paid[posting.kind] = paid.get(posting.kind, 0) + posting.fen
        yield DayClosed(
            on=on,
            accrued_fen=until - sum_so_far,
            due=tuple((at, row.total_fen) for at, row in enumerate(found.rows, 1) if row.due == on and row.total_fen),
            paid=MappingProxyType(paid),
            account=held,
            grade=graded(held.days_past_due, agreed.is_restructured),
        )
        sum_so_far = until


def account_on(agreed: Agreed, receipts: Sequence[Cash], on: date) -> Account:
    """The account at the close of `on`, as far as is known."""
    return account(schedule_of(agreed), receipts, on, hold=True)


def drawn(terms: Mapping[str, Any], cash: Cash) -> dict[str, Any]:
    """The terms with one more drawdown."""
    return {**terms, "drawdowns": [*terms.get("drawdowns", []), [cash.on.isoformat(), cash.fen]]}


def _prepaid(before: Schedule, change: Change, agreed: Agreed) -> Schedule:
    args = change.args
    return prepaid(
        before,
        change.on,
        args["fen"],
        keeps=args.get("keeps", "term"),
        fee_bp=args.get("fee_bp", 0),
        working=agreed.working,
        hold=True,
    )


def _repriced(before: Schedule, change: Change, agreed: Agreed) -> Schedule:
    rate = rate_of(change.args.get("rate"), agreed.bases)
    if isinstance(rate, Stepped):
        raise TermsRefused("rate_steps", name="rate")
    return repriced(before, change.on, rate, agreed.working, hold=True)


def _extended(before: Schedule, change: Change, agreed: Agreed) -> Schedule:
    """All extensions together reach at most as far as the law allows for the term that was first agreed."""
    first: Terms = terms_of(agreed.terms, agreed.bases)
    latest = latest_extension(first.start, first.maturity)
    maturity = day_of("maturity", change.args.get("maturity"))
    return extended(before, change.on, maturity, latest, agreed.working, hold=True)


def _restructured(before: Schedule, change: Change, agreed: Agreed) -> Schedule:
    args = dict(change.args)
    added, capitalises = args.pop("added_fen", 0), args.pop("capitalises", False)
    if not isinstance(capitalises, bool):
        raise TermsRefused("unknown", name="capitalises", value=capitalises, options="true, false")
    if "drawdowns" in args:
        raise TermsRefused("unknown", name="restructured", value="drawdowns", options="added_fen, capitalises")
    fields = changes_of(args, agreed.bases)
    return restructured(before, change.on, added, capitalises, agreed.working, hold=True, **fields)


CHANGES: Mapping[str, Callable[[Schedule, Change, Agreed], Schedule]] = MappingProxyType(
    {"prepay": _prepaid, "reprice": _repriced, "extend": _extended, "restructure": _restructured}
)


def with_change(agreed: Agreed, change: Change) -> Agreed:
    """What is agreed after one more change."""
    return replace(agreed, changes=(*agreed.changes, change))
