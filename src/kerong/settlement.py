"""What `flow.settle` takes and gives: deals as they were moved, and the money that follows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kerong.engine.deal.settled import Fault, History, Settled
from kerong.engine.money.ledger import Book, Transfer
from kerong.engine.problems import problems


@dataclass(frozen=True, slots=True)
class Deals:
    """All deals with their moves, the books of budgets by purse, level and year, and what is given.

    `given`: transfers that no deal makes (appropriations, what is paid into a pool), each with when it was written
    (ISO, UTC); `other_books`: the books that only such transfers touch.
    """

    histories: Sequence[History]
    books: Mapping[tuple[str, str, int], Book]
    given: Sequence[tuple[str, Transfer]] = ()
    other_books: Sequence[Book] = ()

    @property
    def all_books(self) -> frozenset[Book]:
        """Every book once."""
        return frozenset(self.books.values()) | frozenset(self.other_books)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What all deals come to.

    `transfers`: schema ENTRIES, in each book's order; `accounts` as `Replay`; `moved`: which move ordered what, and
    where each case stands; `made_by`: by ref of a transfer its case and the number of the move; `problems`: moves that
    cannot be, money that is not there.
    """

    transfers: pl.DataFrame
    accounts: pl.DataFrame
    moved: Settled
    made_by: Mapping[str, tuple[int, int]]
    problems: pl.DataFrame


def faults_told(faults: Iterable[Fault]) -> pl.DataFrame:
    """Faults of histories in the table of problems: the case as `register`, the number of its move as `line`."""
    told = {"stage": "settle", "severity": "refused"}
    return problems(
        {**told, "kind": one.kind, "register": f"case:{one.case}", "line": one.version, "value": one.value}
        for one in faults
    )
