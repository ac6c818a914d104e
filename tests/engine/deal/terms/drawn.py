"""Loans drawn at random, for the laws of schedules."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from kerong.engine.deal.terms.dates import ADJUSTMENTS, DueRule
from kerong.engine.deal.terms.days import COUNTS
from kerong.engine.deal.terms.loans import Cash, Terms
from kerong.engine.deal.terms.rates import Fixed, Stepped
from kerong.engine.deal.terms.schedule import Schedule

STARTS = st.dates(date(2019, 1, 1), date(2026, 12, 31))
FEN = st.one_of(st.integers(1, 50), st.integers(1, 10**9), st.integers(10**13, 2 * 10**14))
PPM = st.one_of(st.just(0), st.sampled_from([34_500, 43_500, 51_750]), st.integers(1, 360_000))


@st.composite
def rules(draw: st.DrawFn) -> DueRule:
    """Days of payment, without working days."""
    return DueRule(
        every_months=draw(st.sampled_from([0, 1, 1, 2, 3, 6, 12])),
        day=draw(st.one_of(st.none(), st.integers(1, 31))),
        month=draw(st.one_of(st.none(), st.integers(1, 12))),
        least_first_days=draw(st.sampled_from([0, 0, 15])),
        moves_interest=draw(st.booleans()),
    )


def days_within(start: date, end: date) -> st.SearchStrategy[date]:
    """Days from `start` up to `end`, which is left out."""
    return st.integers(0, (end - start).days - 1).map(lambda days: start + timedelta(days=days))


@st.composite
def plans(draw: st.DrawFn, drawdowns: tuple[Cash, ...], maturity: date) -> tuple[Cash, ...]:
    """Repayments that never exceed what was drawn before them, and all of it in the end."""
    start = min(cash.on for cash in drawdowns)
    found: list[Cash] = []
    for on in sorted(draw(st.lists(days_within(start + timedelta(days=1), maturity + timedelta(days=1)), max_size=4))):
        had = sum(cash.fen for cash in drawdowns if cash.on < on) - sum(cash.fen for cash in found)
        if had > 0:
            found.append(Cash(on, draw(st.integers(1, had))))
    rest = sum(cash.fen for cash in drawdowns) - sum(cash.fen for cash in found)
    return (*found, Cash(maturity, rest)) if rest else tuple(found)


@st.composite
def loans(draw: st.DrawFn, counts: tuple[str, ...] = tuple(COUNTS), most_days: int = 1_500) -> Terms:
    """Terms of every kind: drawn in up to three parts, with up to three rates."""
    start = draw(STARTS)
    maturity = start + timedelta(days=draw(st.integers(1, most_days)))
    later = draw(st.lists(days_within(start, maturity), max_size=2))
    drawdowns = (Cash(start, draw(FEN)), *(Cash(on, draw(FEN)) for on in later))
    steps = {start: draw(PPM)} | {on: draw(PPM) for on in draw(st.lists(days_within(start, maturity), max_size=2))}
    method = draw(st.sampled_from(["annuity", "equal_principal", "interest_only", "bullet", "custom"]))
    terms = Terms(
        drawdowns=drawdowns,
        maturity=maturity,
        rate=Stepped(tuple((on, Fixed(ppm)) for on, ppm in sorted(steps.items()))),
        count=draw(st.sampled_from(counts)),
        method=method,
        dues=draw(rules()),
        plan=draw(plans(drawdowns, maturity)) if method == "custom" else (),
    )
    if method in ("annuity", "equal_principal") and draw(st.booleans()):
        return replace(terms, instalment_fen=draw(st.integers(1, 10**9)))
    return terms


def adjusted(terms: Terms, adjust: str, moves_interest: bool) -> Terms:
    """The terms with days of payment that move."""
    assert adjust in ADJUSTMENTS
    return replace(terms, dues=replace(terms.dues, adjust=adjust, moves_interest=moves_interest))


def holds_together(schedule: Schedule) -> None:
    """What is true of the rows of every schedule."""
    balance, day = 0, schedule.rows[0].begin
    for row in schedule.rows:
        assert row.begin == day or (row.begin > day and not balance)  # nothing owed, more drawn later
        assert row.end >= row.begin
        assert row.opening_fen == balance
        assert row.principal_fen >= 0
        assert row.interest_fen >= 0
        assert row.closing_fen == row.opening_fen + row.drawn_fen - row.principal_fen
        assert row.closing_fen >= 0
        balance, day = row.closing_fen, row.end
    assert balance == 0
    assert sum(row.principal_fen for row in schedule.rows) == sum(row.drawn_fen for row in schedule.rows)
