"""What a move of a deal is judged and made with: the deal, the line of the table, the wish, the day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kerong.engine.deal.calendar import CalendarEnds, WorkingDays
from kerong.engine.deal.loan import Agreed, Change
from kerong.engine.deal.moves import Move
from kerong.engine.deal.states import KINDS
from kerong.engine.deal.terms.loans import Cash
from kerong.engine.deal.terms.rates import BaseRate
from kerong.engine.money.ledger.transfers import Transfer
from kerong.engine.money.pool import Answer
from kerong.web.base.models import BaseRateStep, Deal, PoolLoan, User
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.case_refusals import CaseRefused

IN = ("received", "capitalised")  # entries that count as receipts of the account


@dataclass(frozen=True, slots=True)
class DealWish:
    """What somebody wants to do with the deal as it was when the page was made (`version`).

    `fen`: the amount that the page showed, or the new one where the move asks for one. `on`: the business day, None:
    today. `terms`: as `engine.deal.terms.kept` has them, without drawdowns; of a change only what changes. `documents`:
    names and digests. `pool`, `instrument`, `facts`: of a registration, what the bank states of the loan. `details`:
    what else the kind asks of the move (who else is part, an option's share, …); read only by the services of the kind.
    """

    name: str
    version: int
    note: str = ""
    fen: int | None = None
    on: date | None = None
    terms: Mapping[str, Any] | None = None
    contract: str | None = None
    documents: tuple[str, ...] | None = None
    pool: str = ""
    instrument: str = "loan"
    facts: Mapping[str, Any] = field(default_factory=dict)
    recovered_fen: int = 0
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class DealDeciding:
    """One move in the making. `answer`: what the pool answered to it; `entries`: (kind, fen, text) that it leaves."""

    actor: User | None
    deal: Deal
    move: Move
    wish: DealWish
    today: date
    days: WorkingDays
    published: Published | None = None
    answer: Answer | None = None
    agreed: tuple[str, Mapping[str, Any]] | None = None
    detail: dict[str, Any] = field(default_factory=dict)
    entries: list[tuple[str, int, str]] = field(default_factory=list)
    transfers: list[Transfer] = field(default_factory=list)

    @property
    def on(self) -> date:
        """The business day of the move."""
        return self.wish.on or self.today

    @property
    def version(self) -> int:
        """The number that the move will have."""
        return self.wish.version + 1

    @property
    def fen(self) -> int:
        """The amount of the wish. Raises CaseRefused where it is none that can be moved."""
        if self.wish.fen is None or self.wish.fen < 1:
            raise CaseRefused("case.refused.needs.fen")
        return self.wish.fen

    @property
    def pooled(self) -> PoolLoan | None:
        """The deal's place in a pool; None where it is in none."""
        return PoolLoan.objects.filter(deal=self.deal).select_related("pool__book", "rulebook").first()


def limit_on(deal: Deal, begin: date, days: WorkingDays) -> date | None:
    """The last day of the time limit that the deal's state has from `begin` on; None where it has none, or not yet.

    No deal waits for a government to announce next year's holidays: a limit that reaches beyond the calendars has no
    day until they are there.
    """
    limit = KINDS[deal.kind].due_working_days(deal.state)
    try:
        return None if limit is None else days.after(begin, limit)
    except CalendarEnds:
        return None


Doer = Callable[[DealDeciding], None]


@dataclass(frozen=True, slots=True)
class Closing:
    """How close of business treats a kind: the states whose days are closed, and the move that a day may call for.

    `falls`: by state where something is past due; `cures`: where nothing is any more; `settles`: where all is repaid.
    """

    states: tuple[str, ...]
    falls: Mapping[str, str]
    cures: Mapping[str, str]
    settles: Mapping[str, str] = field(default_factory=dict)

    def called_for(self, state: str, is_past_due: bool, is_repaid: bool) -> str:
        """The move that a day calls for in a state; "" where none."""
        if is_repaid and state in self.settles:
            return self.settles[state]
        return (self.falls if is_past_due else self.cures).get(state, "")


@dataclass(frozen=True, slots=True)
class Doing:
    """What the names in a kind's table do: `guards` and `effects` by their names, `changes` by the name of the move.

    A guard raises CaseRefused; a change alters the deal before its money moves; an effect adds to `at.transfers`;
    `kept` is called with the transfers posted. `products`: the kinds of products that such a deal is made on;
    `is_before_office`: the region's office is part of it from the beginning. `closing`: None: it has no days to close.
    `amount`: what a move is about in fen where that is settled and is not the deal's own amount; None: it is not.
    Each kind has its own, so that one word may mean to each what it must.
    """

    guards: Mapping[str, Doer]
    changes: Mapping[str, Doer]
    effects: Mapping[str, Doer]
    kept: Doer = lambda at: None
    products: tuple[str, ...] = ()
    is_before_office: bool = False
    closing: Closing | None = None
    amount: Callable[[DealDeciding], int | None] = lambda at: None


def bases() -> dict[str, BaseRate]:
    """Every base rate as published so far, known through its last day."""
    steps: dict[str, list[tuple[date, int]]] = {}
    for name, on, ppm in BaseRateStep.objects.order_by("name", "on").values_list("name", "on", "ppm"):
        steps.setdefault(name, []).append((on, ppm))
    return {name: BaseRate(name, tuple(found), found[-1][0]) for name, found in steps.items()}


def agreed_of(deal: Deal, days: WorkingDays) -> Agreed:
    """What is agreed of the deal. Raises CaseRefused where nothing is drawn yet."""
    rows = list(deal.agreed.all())
    draws = [row for row in rows if row.do == "draw"]
    if not draws:
        raise CaseRefused("deal.refused.not_drawn")
    changes = tuple(Change(row.do, row.on, row.args) for row in rows if row.do != "draw")
    return Agreed(draws[-1].args, changes, bases(), days)


def receipts_of(deal: Deal) -> list[Cash]:
    """What came in, by day."""
    found = deal.entries.filter(kind__in=IN).values_list("on", "fen")
    return [Cash(on, fen) for on, fen in found]
