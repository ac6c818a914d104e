"""A loan's account: what was received against what was due, what is overdue, and what that costs.

Overdue principal bears penalty interest (罚息) instead of the contract's; overdue interest bears compound interest
(复利) at the penalty rate, which bears none itself. Both run by the day from the due date to the day of the receipt and
are kept as exact fractions: what is due of them on a day is their whole sum, rounded once, half up, less what was paid.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

from kerong.engine.deal.terms.days import COUNTS, DayCount
from kerong.engine.deal.terms.grades import GRADES
from kerong.engine.deal.terms.loans import MOST_FEN, Cash
from kerong.engine.deal.terms.rates import WHOLE_PPM, RateStep, rate_steps
from kerong.engine.deal.terms.refusals import TermsRefused, amount, day, one_of
from kerong.engine.deal.terms.schedule import Schedule, half_up
from kerong.rulebook.said import Text

WHOLE_BP = 10_000
KINDS: Mapping[str, Text] = MappingProxyType(
    {
        "fee": Text("费用", "fees"),
        "penalty": Text("罚息", "penalty interest"),
        "compound": Text("复利", "interest on overdue interest"),
        "interest": Text("利息", "interest"),
        "principal": Text("本金", "principal"),
    }
)
BY: Mapping[str, Text] = MappingProxyType(
    {
        "kind": Text("逐类偿还", "kind by kind, the oldest first"),
        "instalment": Text("逐期偿还", "instalment by instalment"),
    }
)


@dataclass(frozen=True, slots=True)
class Overdue:
    """How overdue amounts are charged and receipts are shared out.

    `multiple_bp`: the penalty rate as a multiple of the contract's (银发〔2003〕251号 第三条: 1.3 to 1.5 times;
    15,000 is 1.5); refused outside `least_bp` to `most_bp`. `is_compound`: overdue interest bears interest too.
    `order`: what a receipt pays first; `by` "kind" pays a kind of all instalments before the next kind, "instalment"
    finishes the oldest instalment first.
    """

    multiple_bp: int = 15_000
    is_compound: bool = True
    order: tuple[str, ...] = tuple(KINDS)
    by: str = "kind"
    least_bp: int = 10_000
    most_bp: int = 20_000


@dataclass(frozen=True, slots=True)
class Posting:
    """What was paid of what: `number` is the instalment's place in the schedule, from 1; 0: the loan as a whole."""

    on: date
    kind: str
    number: int
    fen: int


@dataclass(frozen=True, slots=True)
class Owed:
    """What an instalment that fell due still owes; `cleared` is the day on which nothing was owed any more."""

    number: int
    due: date
    principal_fen: int
    interest_fen: int
    cleared: date | None


@dataclass(frozen=True, slots=True)
class Account:
    """The account at the close of `on`, in fen. Receipts are the postings and `surplus_fen`, kept for later dues."""

    on: date
    owed: tuple[Owed, ...]
    fee_fen: int
    penalty_fen: int
    compound_fen: int
    surplus_fen: int
    not_due_fen: int
    postings: tuple[Posting, ...]

    @property
    def principal_fen(self) -> int:
        """Overdue principal, and that due today."""
        return sum(row.principal_fen for row in self.owed)

    @property
    def interest_fen(self) -> int:
        """Overdue interest, and that due today."""
        return sum(row.interest_fen for row in self.owed)

    @property
    def outstanding_fen(self) -> int:
        """All principal that is not repaid, due or not."""
        return self.principal_fen + self.not_due_fen

    @property
    def days_past_due(self) -> int:
        """Days since the oldest unpaid due date; 0 on that day itself and where nothing is owed."""
        return days_past_due(self.owed, self.on)


def days_past_due(owed: Iterable[Owed], on: date) -> int:
    """Days at the close of `on` since the oldest due date that was not cleared by then."""
    open_ = [row.due for row in owed if row.due <= on and (row.cleared is None or row.cleared > on)]
    return (on - min(open_)).days if open_ else 0


def overdue_history(account: Account, begin: date) -> tuple[tuple[date, int], ...]:
    """Every day from `begin` to the account's own with its days past due."""
    days = (begin + timedelta(days=n) for n in range((account.on - begin).days + 1))
    return tuple((on, days_past_due(account.owed, on)) for on in days)


def account(
    schedule: Schedule,
    receipts: Sequence[Cash],
    on: date,
    overdue: Overdue | None = None,
    fees: Sequence[Cash] = (),
    hold: bool = False,
) -> Account:
    """The account of a loan at the close of `on`, from all receipts by then in whatever order they are given.

    `fees`: fees charged, by day; those of the schedule (prepayment) are added. A receipt on a due date is in time.
    `hold` as of `schedule`. Penalties run by the day count of the terms in force at the end. Raises TermsRefused for
    amounts below 1 or above MOST_FEN, unknown kinds, a multiple outside its bounds, or a base rate not known by `on`.
    """
    rules = overdue or Overdue()
    _checked(rules, (*receipts, *fees), on)
    walk = _Account(schedule, rules, on, hold)
    paid = sorted((cash for cash in receipts if cash.on <= on), key=lambda cash: (cash.on, cash.fen))
    charged = [*fees, *(Cash(row.due, row.fee_fen) for row in schedule.rows if row.fee_fen)]
    dues = {row.due for row in schedule.rows if row.due <= on}
    for today in sorted({cash.on for cash in (*paid, *charged) if cash.on <= on} | dues | {on}):
        walk.run_to(today)
        walk.fee += sum(cash.fen for cash in charged if cash.on == today)
        walk.surplus += sum(cash.fen for cash in paid if cash.on == today)
        walk.share_out()
    return walk.closed()


def _checked(rules: Overdue, amounts: Iterable[Cash], on: date) -> None:
    day("account", on)
    amount("multiple", rules.multiple_bp, rules.least_bp, rules.most_bp)
    one_of("by", rules.by, BY)
    if sorted(rules.order) != sorted(KINDS):
        raise TermsRefused("allocation", options=", ".join(KINDS))
    for cash in amounts:
        day("receipt", cash.on)
        amount("receipt", cash.fen, 1, MOST_FEN)


def by_day(count: str) -> DayCount:
    """The day count of penalties: the contract's where it counts days, else actual days of 360."""
    return COUNTS[count if count.startswith("act_") else "act_360"]


@dataclass(slots=True)
class _Open:
    """An instalment that fell due, while the account is worked out."""

    number: int
    due: date
    principal: int
    interest: int
    cleared: date | None = None


@dataclass(slots=True)
class _Account:
    schedule: Schedule
    rules: Overdue
    on: date
    hold: bool
    today: date = field(init=False)
    steps: tuple[RateStep, ...] = field(init=False)
    count: DayCount = field(init=False)
    open: list[_Open] = field(default_factory=list)
    fee: int = 0
    surplus: int = 0
    charged: dict[str, int] = field(default_factory=lambda: {"penalty": 0, "compound": 0})  # exact, over `whole`
    paid: dict[str, int] = field(default_factory=lambda: {"penalty": 0, "compound": 0})
    postings: list[Posting] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.today = self.schedule.rows[0].begin
        end = max(self.on, self.today) + timedelta(days=1)
        self.steps = rate_steps(self.schedule.terms.rate, self.today, end, self.hold)
        self.count = by_day(self.schedule.terms.count)

    @property
    def whole(self) -> int:
        return WHOLE_PPM * WHOLE_BP * self.count.base

    def run_to(self, today: date) -> None:
        """Charges the days from the last day to `today`, then takes up what falls due on it."""
        for begin, end, ppm in self._spans(today) if self.open else ():
            rate = ppm * self.rules.multiple_bp * self.count.parts(begin, end)
            self.charged["penalty"] += rate * sum(row.principal for row in self.open)
            if self.rules.is_compound:
                self.charged["compound"] += rate * sum(row.interest for row in self.open)
        self.today = today
        for number, row in enumerate(self.schedule.rows, 1):
            if row.due == today and row.principal_fen + row.interest_fen:
                self.open.append(_Open(number, row.due, row.principal_fen, row.interest_fen))

    def _spans(self, today: date) -> Iterator[tuple[date, date, int]]:
        cuts = {self.today, today} | {step.begin for step in self.steps if self.today < step.begin < today}
        for begin, end in pairwise(sorted(cuts)):
            yield begin, end, [step for step in self.steps if step.begin <= begin][-1].ppm

    def due(self, kind: str) -> int:
        """What is due of penalty or compound interest."""
        return half_up(self.charged[kind], self.whole) - self.paid[kind]

    def share_out(self) -> None:
        """Pays what is due from what was received, in the declared order."""
        late = [kind for kind in self.rules.order if kind in ("interest", "principal")]
        for kind in self.rules.order:
            if kind == "fee":
                self.fee -= self._post(kind, 0, self.fee)
            elif kind in self.charged:
                self.paid[kind] += self._post(kind, 0, self.due(kind))
            elif self.rules.by == "kind":
                self._pay_instalments((kind,))
            elif kind == late[0]:
                self._pay_instalments(tuple(late))

    def _pay_instalments(self, kinds: tuple[str, ...]) -> None:
        for row in self.open:
            for kind in kinds:
                if kind == "interest":
                    row.interest -= self._post(kind, row.number, row.interest)
                else:
                    row.principal -= self._post(kind, row.number, row.principal)
            if row.cleared is None and not row.principal + row.interest:
                row.cleared = self.today

    def _post(self, kind: str, number: int, owed: int) -> int:
        fen = min(owed, self.surplus)
        if fen > 0:
            self.surplus -= fen
            self.postings.append(Posting(self.today, kind, number, fen))
        return max(fen, 0)

    def closed(self) -> Account:
        """The account as it stands."""
        return Account(
            on=self.on,
            owed=tuple(Owed(row.number, row.due, row.principal, row.interest, row.cleared) for row in self.open),
            fee_fen=self.fee,
            penalty_fen=self.due("penalty"),
            compound_fen=self.due("compound"),
            surplus_fen=self.surplus,
            not_due_fen=_not_due(self.schedule, self.on),
            postings=tuple(self.postings),
        )


def _not_due(schedule: Schedule, on: date) -> int:
    """Principal that is drawn by `on` and falls due later."""
    drawn = sum(cash.fen for row in schedule.rows for cash in row.drawn if cash.on <= on)
    return drawn - sum(row.principal_fen for row in schedule.rows if row.due <= on)


def written_off(account: Account, grade: str) -> Mapping[str, int]:
    """What is written off, in fen by kind, of a loan that is graded a loss; any other grade is refused as "not_loss".

    The claim lives on: later receipts are recoveries and are shared out as before.
    """
    one_of("grade", grade, GRADES)
    if grade != "loss":
        raise TermsRefused("not_loss", on=account.on, grade=GRADES[grade].zh)
    return MappingProxyType(
        {
            "fee": account.fee_fen,
            "penalty": account.penalty_fen,
            "compound": account.compound_fen,
            "interest": account.interest_fen,
            "principal": account.outstanding_fen,
        }
    )
