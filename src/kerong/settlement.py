"""What `flow.settle` takes and gives: deals as they were moved, and the money that follows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.deal.settled import Fault, History, Settled
from kerong.engine.deal.settled_deals import DealHistory, SettledDeals
from kerong.engine.money.ledger import Book, Transfer
from kerong.engine.money.pool import PoolAgain, PoolHistory
from kerong.engine.problems import problems


@dataclass(frozen=True, slots=True)
class Deals:
    """All cases and deals with their moves, all pools with their events, and what is given.

    `books`: of budgets by purse, level and year; `other_books`: all others. `given`: transfers that neither makes
    (appropriations, what is paid into a pool), each with when it was written (ISO, UTC). `working_days`: ascending.
    """

    histories: Sequence[History]
    books: Mapping[tuple[str, str, int], Book]
    given: Sequence[tuple[str, Transfer]] = ()
    other_books: Sequence[Book] = ()
    deals: Sequence[DealHistory] = ()
    pools: Sequence[PoolHistory] = ()
    working_days: Sequence[date] = ()

    @property
    def all_books(self) -> frozenset[Book]:
        """Every book once."""
        return frozenset(self.books.values()) | frozenset(self.other_books)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What all deals come to.

    `transfers`: schema ENTRIES, in each book's order; `accounts` as `Replay`; `moved`, `deals`: which move ordered
    what, and where each case and deal stands; `made_by`, `made_by_deals`: by ref of a transfer its case or deal and the
    number of the move; `pools`: by book how each stands; `problems`: moves that cannot be, money that is not there.
    """

    transfers: pl.DataFrame
    accounts: pl.DataFrame
    moved: Settled
    made_by: Mapping[str, tuple[int, int]]
    deals: SettledDeals
    made_by_deals: Mapping[str, tuple[int, int]]
    pools: Mapping[str, PoolAgain]
    problems: pl.DataFrame


def faults_told(faults: Iterable[Fault]) -> pl.DataFrame:
    """Faults of histories as problems: the case or deal as `register`, the number of its move as `line`."""
    told = {"stage": "settle", "severity": "refused"}
    return problems(
        {**told, "kind": one.kind, "register": f"{one.noun}:{one.case}", "line": one.version, "value": one.value}
        for one in faults
    )
