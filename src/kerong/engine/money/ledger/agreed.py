"""Two ledgers side by side: what follows from deals, and what is stored; every difference by name."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

import polars as pl

from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.entries import entries_of, row_of
from kerong.engine.money.ledger.ordered import CASE, Order, about_case, transfers_made
from kerong.engine.money.ledger.told import DEAL, money_again
from kerong.engine.money.ledger.transfers import Transfer
from kerong.engine.problems import SCHEMA, problems

OF_CASES = frozenset({"reserve_grant", "pay_grant", "late_payment", "release_grant", "claw_back", "return_to_treasury"})
"""The movements that only a case's move makes."""
COMPARED = ("book", "move", "debit", "credit", "fen", "currency", "step", "on", "about", "pending", "reverses")
WHY = ("rule", "rule_version", "evidence")

At = tuple[str, Transfer]  # when it was written (ISO, UTC), or "", and the transfer
Moved = Mapping[tuple[int, int], Mapping[str, int]]  # by deal and number of its move: fen by step


def is_of_deal(transfer: Transfer) -> bool:
    """Must a move of a case or of a deal stand behind it?"""
    return transfer.step in OF_CASES or transfer.about.startswith((CASE, DEAL))


def transfers_of_orders(
    orders: Iterable[Order], books: Mapping[tuple[str, str, int], Book]
) -> tuple[list[At], dict[str, tuple[int, int]], pl.DataFrame]:
    """The transfers of all orders of many cases: (when and transfer, by ref the case and its move, problems).

    `books`: by purse, level and year. What cannot be made is a problem, and has no effect.
    """
    held: dict[int, Transfer] = {}
    made: list[At] = []
    made_by: dict[str, tuple[int, int]] = {}
    faults: list[dict[str, Any]] = []
    for order in orders:
        try:
            found = transfers_made([order], lambda *place: books[place], held)
        except KeyError:
            place = f"{order.head.purse} {order.level} {order.year}"
            faults.append(_fault("settle_order", about_case(order.head.case), order.version, order.name, place))
            continue
        made += [(order.at, one) for one in found]
        made_by |= dict.fromkeys((one.ref for one in found), (order.head.case, order.version))
    return made, made_by, problems(faults)


class Money(Protocol):
    """What one move of a deal moved, as `told.money_told` told it."""

    @property
    def deal(self) -> int: ...
    @property
    def version(self) -> int: ...
    @property
    def at(self) -> str: ...
    @property
    def money(self) -> Sequence[Mapping[str, Any]]: ...


def transfers_of_deals(moved: Iterable[Money]) -> tuple[list[At], dict[str, tuple[int, int]], Moved]:
    """The transfers that moves of deals kept: when and which; by ref the deal and its move; by move fen by step."""
    made: list[At] = []
    made_by: dict[str, tuple[int, int]] = {}
    steps: dict[tuple[int, int], dict[str, int]] = {}
    for one in moved:
        place = (one.deal, one.version)
        for transfer in money_again(one.money):
            made.append((one.at, transfer))
            made_by[transfer.ref] = place
            of_move = steps.setdefault(place, {})
            of_move[transfer.step] = of_move.get(transfer.step, 0) + transfer.fen
    return made, made_by, steps


def in_order(transfers: Iterable[At]) -> pl.DataFrame:
    """Transfers as `replayed` takes them: book by book as they were written, those of one moment as they come."""
    count: dict[str, int] = {}
    rows = []
    for at, transfer in sorted(transfers, key=lambda one: one[0]):
        count[transfer.book] = count.get(transfer.book, 0) + 1
        rows.append((count[transfer.book], row_of(transfer, at)))
    return entries_of(rows)


def transfers_agree(settled: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Problems where two sets of transfers (schema ENTRIES) are not the same, by ref; none: every one is.

    A transfer that is missing, one that nothing founds, and every field that differs (settled / stored).
    """
    columns = ["ref", *COMPARED, *WHY]
    both = settled.select(columns).join(
        stored.select(columns), on="ref", how="full", coalesce=True, suffix="_stored", maintain_order="left_right"
    )
    faults = [fault for row in both.iter_rows(named=True) for fault in _differences(row)]
    return problems(faults) if faults else pl.DataFrame(schema=SCHEMA)


def _differences(row: Mapping[str, Any]) -> Sequence[dict[str, Any]]:
    ours, theirs = row["book"] is not None, row["book_stored"] is not None
    if ours and theirs:
        return [
            _fault("settle_differs", row["about"], None, name, f"{row[name]} / {row[f'{name}_stored']} ({row['ref']})")
            for name in (*COMPARED, *WHY)
            if row[name] != row[f"{name}_stored"]
        ]
    side, kind = ("", "settle_missing") if ours else ("_stored", "settle_unfounded")
    told = f"{row[f'step{side}']} {row[f'fen{side}']} ({row['ref']})"
    return [_fault(kind, row[f"about{side}"], None, row[f"book{side}"], told)]


def _fault(kind: str, about: str, line: int | None, column: str, value: str) -> dict[str, Any]:
    return {
        "stage": "settle",
        "kind": kind,
        "severity": "refused",
        "register": about,
        "line": line,
        "column": column,
        "value": value,
    }
