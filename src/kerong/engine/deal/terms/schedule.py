"""The schedule of one loan, plainly: every due amount with the stretches of days that its interest comes from.

The interest of a period is the exact sum over its stretches (balance x rate x part of a year), rounded once, half up,
to the fen. Principal is never rounded away: the last instalment takes what is left. See docs/algorithms/schedule.md.
"""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.terms.dates import Due, dues, rule_days
from kerong.engine.deal.terms.days import COUNTS
from kerong.engine.deal.terms.loans import Cash, Terms, checked
from kerong.engine.deal.terms.rates import MOST_RATE_PPM, WHOLE_PPM, RateStep, rate_steps
from kerong.engine.deal.terms.refusals import TermsRefused


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days from `begin` to `end` (not counted) with one balance and one rate; `parts / base` of a year by `count`.

    Parts are counted from the first day of the interest period, so that those of a period add up whatever the count.
    """

    begin: date
    end: date
    balance_fen: int
    ppm: int
    parts: int
    count: str

    @property
    def base(self) -> int:
        """The parts of a whole year."""
        return COUNTS[self.count].base


@dataclass(frozen=True, slots=True)
class Row:
    """One due amount, in fen: `opening + drawn_fen - principal = closing`. `number` from 1; 0: settled by a change.

    `begin` to `end` are the days since the row before, `period` the first day of the interest period: earlier than
    `begin` where interest is not due with every repayment. `instalment_fen` is the one in force (annuity: with
    interest; equal principal: without). `is_held`: a rate in it is not published yet, the last one is held.
    """

    number: int
    period: date
    begin: date
    end: date
    due: date
    opening_fen: int
    drawn: tuple[Cash, ...]
    principal_fen: int
    interest_fen: int
    closing_fen: int
    stretches: tuple[Stretch, ...]
    instalment_fen: int = 0
    fee_fen: int = 0
    is_held: bool = False

    @property
    def drawn_fen(self) -> int:
        """All that was drawn from `begin` up to `end`."""
        return sum(cash.fen for cash in self.drawn)

    @property
    def total_fen(self) -> int:
        """Principal, interest and fee."""
        return self.principal_fen + self.interest_fen + self.fee_fen


@dataclass(frozen=True, slots=True)
class Schedule:
    """The rows of a loan by day; `terms` are in force at the end, and the first `earlier` rows are not theirs."""

    terms: Terms
    rows: tuple[Row, ...]
    earlier: int = 0

    @property
    def principal_fen(self) -> int:
        """All principal; it is what was drawn."""
        return sum(row.principal_fen for row in self.rows)

    @property
    def interest_fen(self) -> int:
        """All interest."""
        return sum(row.interest_fen for row in self.rows)


@dataclass(frozen=True, slots=True)
class _Period:
    """A row to be: what ends on `due.end`; `pays`: interest is due; `planned_fen`: principal that the plan names."""

    begin: date
    due: Due
    pays: bool
    planned_fen: int


def half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number of a fraction that is not negative; a half goes up."""
    return (2 * numerator + denominator) // (2 * denominator)


def exact(stretches: Sequence[Stretch]) -> tuple[int, int]:
    """The interest of stretches with one base as (numerator, denominator) in fen, without rounding."""
    base = stretches[0].base if stretches else 1
    return sum(s.balance_fen * s.ppm * s.parts for s in stretches), WHOLE_PPM * base


def interest_fen(stretches: Sequence[Stretch]) -> int:
    """The interest of a period in fen: the exact sum, rounded once, half up."""
    return half_up(*exact(stretches))


def run_to(stretches: Sequence[Stretch], period: date, until: date) -> tuple[Stretch, ...]:
    """The stretches of an interest period that began on `period`, as far as they lie before `until`."""
    found = []
    for stretch in stretches:
        if stretch.begin < until:
            end, parts = min(stretch.end, until), COUNTS[stretch.count].parts
            found.append(replace(stretch, end=end, parts=parts(period, end) - parts(period, stretch.begin)))
    return tuple(found)


def level_fen(balance_fen: int, growth: Sequence[tuple[int, int]]) -> int:
    """The equal instalment that repays `balance_fen` over periods with these fractions of interest, rounded half up.

    balance x product(1 + f) / sum over i of product over j > i of (1 + f_j), in whole numbers throughout.
    """
    repaid, once, scale = 1, 0, 1
    for numerator, denominator in growth:
        repaid *= denominator + numerator
        once = once * (denominator + numerator) + scale * denominator
        scale *= denominator
    return half_up(balance_fen * repaid, once)


def schedule(
    terms: Terms, working: WorkingDays | None = None, hold: bool = False, most_ppm: int = MOST_RATE_PPM
) -> Schedule:
    """Every due amount of a loan that nobody changes.

    `working`: the working days by which days of payment move. `hold`: days after the last published base rate take that
    rate; without it they are refused. Raises TermsRefused for terms that no schedule can be drawn from.
    """
    checked(terms)
    periods = _periods(terms, working)
    end = periods[-1].due.end
    for cash in terms.drawdowns:
        if cash.on >= end:
            raise TermsRefused("drawn_outside", on=cash.on, begin=terms.start, end=end)
    return Schedule(
        terms, tuple(_Walk(terms, periods, rate_steps(terms.rate, terms.start, end, hold, most_ppm)).rows())
    )


def _periods(terms: Terms, working: WorkingDays | None) -> tuple[_Period, ...]:
    paying = set(rule_days(terms.dues, terms.start, terms.maturity))
    if terms.method == "bullet":
        paying = {terms.maturity}
    planned: dict[date, int] = {}
    for cash in terms.plan:
        planned[cash.on] = planned.get(cash.on, 0) + cash.fen
    days = tuple(sorted(paying | set(planned)))
    found, begin = [], terms.start
    for named, due in zip(days, dues(terms.dues, days, terms.start, working), strict=True):
        found.append(_Period(begin, due, named in paying, planned.get(named, 0)))
        begin = due.end
    return tuple(found)


class _Walk:
    """One pass over the periods of a loan: the balance, the instalment in force, interest not yet due."""

    def __init__(self, terms: Terms, periods: tuple[_Period, ...], steps: tuple[RateStep, ...]) -> None:
        self.terms, self.periods, self.steps = terms, periods, steps
        self.count = COUNTS[terms.count]
        self.balance = 0
        self.instalment = terms.instalment_fen or 0
        self.is_stale = True
        self.ppm = -1  # with which the instalment was worked out
        self.unpaid: list[Stretch] = []
        self.period = terms.start

    def rows(self) -> Iterator[Row]:
        """The rows, up to the one that repays all."""
        for at, period in enumerate(self.periods):
            row = self._row(at, period)
            yield row
            if not row.closing_fen and not any(cash.on >= row.end for cash in self.terms.drawdowns):
                return

    def _row(self, at: int, period: _Period) -> Row:
        begin, end, opening = period.begin, period.due.end, self.balance
        drawn = sorted((c for c in self.terms.drawdowns if begin <= c.on < end), key=lambda cash: (cash.on, cash.fen))
        self._instalment(at, opening, [cash for cash in drawn if cash.on == begin])
        self.unpaid += self._stretches(period, drawn)
        owed = opening + sum(cash.fen for cash in drawn)
        interest = interest_fen(self.unpaid)
        principal = owed if at == len(self.periods) - 1 else min(owed, self._principal(period, interest))
        stretches = tuple(self.unpaid)
        is_paid = period.pays or principal == owed
        row = Row(
            number=at + 1,
            period=self.period,
            begin=begin,
            end=end,
            due=period.due.on,
            opening_fen=opening,
            drawn=tuple(drawn),
            principal_fen=principal,
            interest_fen=interest if is_paid else 0,
            closing_fen=owed - principal,
            stretches=stretches if is_paid else (),
            instalment_fen=self.instalment,
            is_held=any(step.is_held and step.begin < end for step in self.steps),
        )
        if is_paid:
            self.unpaid, self.period = [], end
        self.balance = owed - principal
        self.is_stale = any(cash.on > begin for cash in drawn)
        return row

    def _instalment(self, at: int, opening_fen: int, drawn: list[Cash]) -> None:
        """Works the instalment out anew where there was a drawdown since, or for an annuity another rate."""
        if self.terms.instalment_fen is not None or self.terms.method not in ("annuity", "equal_principal"):
            return
        balance = opening_fen + sum(cash.fen for cash in drawn)
        is_drawn = self.is_stale or bool(drawn)
        ppm = self._ppm(self.periods[at].begin)
        if self.terms.method == "annuity":
            if is_drawn or ppm != self.ppm:
                self.instalment, self.ppm = level_fen(balance, self._growth(at, ppm)), ppm
        elif is_drawn:
            self.instalment = half_up(balance, len(self.periods) - at)

    def _growth(self, at: int, ppm: int) -> list[tuple[int, int]]:
        parts = (self.count.parts(period.begin, period.due.end) for period in self.periods[at:])
        return [(ppm * part, WHOLE_PPM * self.count.base) for part in parts]

    def _principal(self, period: _Period, interest: int) -> int:
        match self.terms.method:
            case "annuity":
                return max(0, self.instalment - interest)
            case "equal_principal":
                return self.instalment
        return period.planned_fen

    def _ppm(self, on: date) -> int:
        return self.steps[bisect_right([step.begin for step in self.steps], on) - 1].ppm

    def _stretches(self, period: _Period, drawn: list[Cash]) -> Iterator[Stretch]:
        """The period cut where the balance or the rate changes."""
        begin, end = period.begin, period.due.end
        cuts = {begin} | {cash.on for cash in drawn} | {step.begin for step in self.steps if begin < step.begin < end}
        days = [*sorted(cuts), end]
        for first, last in pairwise(days):
            if first < last:
                balance = self.balance + sum(cash.fen for cash in drawn if cash.on <= first)
                parts = self.count.parts(self.period, last) - self.count.parts(self.period, first)
                yield Stretch(first, last, balance, self._ppm(first), parts, self.terms.count)
