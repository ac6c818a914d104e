"""The nightly audit: every case, deal and pool replayed from its history is the stored ledger, transfer by transfer."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields, replace

import polars as pl
from django.db import connection, transaction

from kerong import flow
from kerong.engine.deal.settled import Standing
from kerong.engine.deal.settled_deals import DealStanding
from kerong.engine.money.ledger import in_order, transfers_agree
from kerong.engine.money.ledger.checks import balances_agree
from kerong.engine.money.ledger.transfers import LAST_DAY
from kerong.engine.money.pool import State
from kerong.engine.problems import joined, problems
from kerong.settlement import Settlement
from kerong.web.base.selectors import ledger, settled

Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Audit:
    """What was replayed and what differs. `given`: transfers that no move makes, by step: taken as they are."""

    cases: int
    deals: int
    pools: int
    moves: int
    transfers: int
    given: Mapping[str, int]
    problems: pl.DataFrame


def deals_audit() -> Audit:
    """Replays all cases, deals and pools of all regions; every difference to what is stored by name. Writes nothing."""
    with _one_moment():
        founded, given = settled.stored_transfers()
        deals = settled.deals(given)
        stored, links, own, sums = ledger.books(), settled.steps(), settled.standings(), settled.sums()
        deal_links, deals_own, pools_own = settled.deal_steps(), settled.deal_standings(), settled.pool_states()
        balances = ledger.balances([book.code for book in stored])
    found = flow.settle(deals, LAST_DAY)
    given_refs = [transfer.ref for _, transfer in given]
    replayed = found.transfers.filter(~pl.col("ref").is_in(given_refs))
    differing = [
        *_links(found.made_by, links, "case"),
        *_links(found.made_by_deals, deal_links, "deal"),
        *_cases(found, own, sums),
        *_deals(found, deals_own),
        *_pools(found, pools_own),
    ]
    tables = [found.problems, transfers_agree(replayed, in_order(founded)), balances_agree(found.accounts, balances)]
    return Audit(
        len(deals.histories),
        len(deals.deals),
        len(deals.pools),
        sum(len(one.moves) for one in deals.histories) + sum(len(one.moves) for one in deals.deals),
        replayed.height,
        dict(sorted(Counter(transfer.step for _, transfer in given).items())),
        joined([*tables, problems(differing)]),
    )


@contextmanager
def _one_moment() -> Iterator[None]:
    """What is read within is of one moment, whoever writes meanwhile."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():  # on SQLite it begins with the one lock for writing
        if is_outermost and connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _links(replayed: Mapping[str, tuple[int, int]], stored: Mapping[str, tuple[int, int]], noun: str) -> Iterator[Told]:
    """Transfers that stand under another move than the one that makes them."""
    for ref in sorted(replayed):
        ours, theirs = replayed[ref], stored.get(ref)
        if ours != theirs:
            under = "-" if theirs is None else f"{theirs[0]}.{theirs[1]}"
            yield _told("settle_step", f"{noun}:{ours[0]}", "", f"{ours[0]}.{ours[1]} / {under} ({ref})")


def _cases(
    found: Settlement, stored: Mapping[int, Standing], sums: Mapping[int, tuple[int, int, int]]
) -> Iterator[Told]:
    """Figures that a case says of itself and its history does not give."""
    for ours in found.moved.standings:
        theirs = stored[ours.case]
        ours_sums = tuple(sum(getattr(part, name) for part in ours.parts) for name in ("reserved", "paid", "returned"))
        told = {
            "state": (ours.state, theirs.state),
            "version": (ours.version, theirs.version),
            "fen": (ours.fen, theirs.fen),
            "reserved, paid, returned": (ours_sums, tuple(sums[ours.case])),
            "parts": tuple(
                sorted(astuple(replace(part, paid_before=())) for part in one.parts) for one in (ours, theirs)
            ),
        }
        for name, (replayed, kept) in told.items():
            if replayed != kept:
                yield _told("settle_case", f"case:{ours.case}", name, f"{replayed} / {kept}")


def _deals(found: Settlement, stored: Mapping[int, DealStanding]) -> Iterator[Told]:
    for ours in found.deals.standings:
        theirs = stored[ours.deal]
        for name in ("state", "version"):
            if getattr(ours, name) != getattr(theirs, name):
                value = f"{getattr(ours, name)} / {getattr(theirs, name)}"
                yield _told("settle_case", f"deal:{ours.deal}", name, value)


def _pools(found: Settlement, stored: Mapping[str, State]) -> Iterator[Told]:
    """A pool's sums and loans, as its history gives them and as they are stored."""
    for book, again in found.pools.items():
        ours, theirs = again.state, stored[book]
        for one in fields(State):
            if one.name != "loans" and getattr(ours, one.name) != getattr(theirs, one.name):
                value = f"{getattr(ours, one.name)} / {getattr(theirs, one.name)}"
                yield _told("settle_pool_row", book, one.name, value)
        for name in sorted(ours.loans.keys() | theirs.loans.keys()):
            if ours.loans.get(name) != theirs.loans.get(name):
                yield _told("settle_pool_row", book, name, f"{ours.loans.get(name)} / {theirs.loans.get(name)}")


def _told(kind: str, register: str, column: str, value: str) -> Told:
    about = {"register": register, "column": column, "value": value}
    return {"stage": "settle", "kind": kind, "severity": "refused", **about}
