"""Pools replayed: what each took is judged again, and is held against what deals moved and what the book holds."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from kerong.engine.money.ledger.replay import Replay
from kerong.engine.money.pool.history import Happened, PoolAgain, pool_again
from kerong.engine.problems import problems

# an answer names what a pool pays as one movement; between its reservation and its payment people stand
RESERVED = MappingProxyType({"compensate": "reserve_compensation"})
# what a pool holds by kind, and the movements on its book that bring it
BROUGHT: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "paid_in_fen": ("pay_in",),
        "interest_fen": ("interest",),
        "recovered_fen": ("recover", "claw_back_compensation"),
        "refunded_fen": ("refund",),
        "fees_fen": ("fee",),
        "compensated_fen": ("compensate",),
    }
)
Moves = Mapping[tuple[int, int], Mapping[str, int]]  # by deal and number of the move: fen by step


@dataclass(frozen=True, slots=True)
class PoolHistory:
    """A pool by the code of its book, and what it took, in order."""

    book: str
    events: Sequence[Happened]


def pools_again(
    histories: Sequence[PoolHistory], on: date, working_days: Sequence[date] = ()
) -> Mapping[str, PoolAgain]:
    """Every pool from its first event to its last one on or before `on`, by the code of its book."""
    return {one.book: pool_again(one.events, on, working_days) for one in histories}


def pools_agree(
    histories: Sequence[PoolHistory], again: Mapping[str, PoolAgain], moves: Moves, held: Replay
) -> pl.DataFrame:
    """Problems where a pool would not take what it took, a deal moved another amount than the pool answered, or the
    book does not hold what its events brought."""
    steps: dict[tuple[str, str], int] = {(book, step): fen for book, step, fen in held.steps.iter_rows()}
    money = held.accounts.filter(pl.col("account") == "money").select("book", "debits_reserved")
    reserved: dict[str, int] = dict(money.iter_rows())
    found: list[tuple[str, str, int | None, str, str]] = []
    for one in histories:
        found += _events(one, again[one.book], moves)
        for name, brought in BROUGHT.items():
            ours = getattr(again[one.book].state, name)
            theirs = sum(steps.get((one.book, step), 0) for step in brought)
            theirs += reserved.get(one.book, 0) if name == "compensated_fen" else 0
            if ours != theirs:
                found.append(("settle_pool_sum", one.book, None, name, f"{ours} / {theirs}"))
    told = {"stage": "settle", "severity": "refused"}
    return problems(
        {**told, "kind": kind, "register": book, "line": line, "column": column, "value": value}
        for kind, book, line, column, value in found
    )


def _events(history: PoolHistory, again: PoolAgain, moves: Moves) -> Iterator[tuple[str, str, int | None, str, str]]:
    for number, reason in again.refused:
        yield "settle_pool_refused", history.book, number, reason, reason
    for one in history.events:
        answer = again.answers.get(one.number)
        if answer is None or one.deal is None or one.version is None:
            continue
        moved = moves.get((one.deal, one.version), {})
        for told in answer.moved:
            step = RESERVED.get(told.step, told.step)
            if moved.get(step, 0) != told.fen:
                value = f"{told.fen} / {moved.get(step, 0)} (deal:{one.deal}.{one.version})"
                yield "settle_pool", history.book, one.number, step, value
