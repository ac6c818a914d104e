"""What was agreed about a loan: drawdowns, maturity, rate, day count, way of repayment, days of payment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from kerong.engine.deal.terms.dates import DueRule, checked_rule
from kerong.engine.deal.terms.days import COUNTS, plus_months
from kerong.engine.deal.terms.rates import Rate
from kerong.engine.deal.terms.refusals import TermsRefused, amount, day, one_of
from kerong.rulebook.said import Text

MOST_FEN = 10**15 - 1
MOST_YEARS = 50

METHODS: Mapping[str, Text] = MappingProxyType(
    {
        "annuity": Text("等额本息", "equal instalments (annuity)"),
        "equal_principal": Text("等额本金", "equal principal"),
        "interest_only": Text("按期付息、到期还本", "interest by period, principal at maturity"),
        "bullet": Text("利随本清", "interest with principal at maturity"),
        "custom": Text("自定还本计划", "principal by a plan"),
    }
)


@dataclass(frozen=True, slots=True)
class Cash:
    """An amount in fen on a day: drawn, repaid by a plan, or received."""

    on: date
    fen: int


@dataclass(frozen=True, slots=True)
class Terms:
    """One loan as it was agreed; amounts in fen.

    Interest runs from each drawdown. `plan` names the repayments of principal of the custom method and sums to what is
    drawn. `instalment_fen`: an instalment that is given instead of worked out (annuity: with interest, equal principal:
    without); the schedule then ends when all is repaid, and the maturity takes what is left.
    """

    drawdowns: tuple[Cash, ...]
    maturity: date
    rate: Rate
    count: str = "act_360"
    method: str = "annuity"
    dues: DueRule = field(default_factory=DueRule)
    plan: tuple[Cash, ...] = ()
    instalment_fen: int | None = None

    @property
    def start(self) -> date:
        """The day of the first drawdown."""
        return min(cash.on for cash in self.drawdowns)

    @property
    def drawn_fen(self) -> int:
        """All that is drawn."""
        return sum(cash.fen for cash in self.drawdowns)


def loan(fen: int, drawn_on: date, maturity: date, rate: Rate, **more: object) -> Terms:
    """The terms of a loan that is drawn at once; `more` as in Terms."""
    return Terms((Cash(drawn_on, fen),), maturity, rate, **more)  # type: ignore[arg-type]


def checked(terms: Terms) -> None:
    """Refuses terms that no schedule can be drawn from (TermsRefused names what is wrong)."""
    if not terms.drawdowns:
        raise TermsRefused("drawdowns")
    for cash in (*terms.drawdowns, *terms.plan):
        day("day", cash.on)
        amount("amount", cash.fen, 1, MOST_FEN)
    amount("drawn", terms.drawn_fen, 1, MOST_FEN)
    start, end = terms.start, day("maturity", terms.maturity)
    if end <= start:
        raise TermsRefused("order", later_name="maturity", later=end, earlier_name="start", earlier=start)
    if end > plus_months(start, 12 * MOST_YEARS):
        raise TermsRefused("term", begin=start, end=end, most=MOST_YEARS)
    for cash in terms.drawdowns:
        if cash.on >= end:
            raise TermsRefused("drawn_outside", on=cash.on, begin=start, end=end)
    one_of("count", terms.count, COUNTS)
    one_of("method", terms.method, METHODS)
    checked_rule(terms.dues)
    _checked_plan(terms)
    if terms.instalment_fen is not None:
        amount("instalment", terms.instalment_fen, 0, 2 * MOST_FEN)
        if terms.method not in ("annuity", "equal_principal"):
            raise TermsRefused("instalment_method")


def _checked_plan(terms: Terms) -> None:
    if (terms.method == "custom") != bool(terms.plan):
        raise TermsRefused("plan_method") if terms.plan else TermsRefused("plan_sum", fen=0, drawn=terms.drawn_fen)
    if not terms.plan:
        return
    for cash in terms.plan:
        if not terms.start < cash.on <= terms.maturity:
            raise TermsRefused("plan_outside", on=cash.on, begin=terms.start, end=terms.maturity)
    planned = sum(cash.fen for cash in terms.plan)
    if planned != terms.drawn_fen:
        raise TermsRefused("plan_sum", fen=planned, drawn=terms.drawn_fen)
    for on in {cash.on for cash in terms.plan}:
        if sum(c.fen for c in terms.plan if c.on <= on) > sum(c.fen for c in terms.drawdowns if c.on < on):
            raise TermsRefused("plan_early", on=on)
