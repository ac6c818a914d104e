"""The nightly audit: every case replayed from its moves is the stored ledger, transfer by transfer."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import astuple, dataclass, replace

import polars as pl
from django.db import connection, transaction

from kerong import flow
from kerong.engine.deal.settled import Standing
from kerong.engine.money.ledger import in_order, transfers_agree
from kerong.engine.money.ledger.checks import balances_agree
from kerong.engine.money.ledger.transfers import LAST_DAY
from kerong.engine.problems import joined, problems
from kerong.settlement import Settlement
from kerong.web.base.selectors import ledger, settled

Told = dict[str, object]


@dataclass(frozen=True, slots=True)
class Audit:
    """What was replayed and what differs. `given`: transfers that no case makes, by step: taken as they are."""

    cases: int
    moves: int
    transfers: int
    given: Mapping[str, int]
    problems: pl.DataFrame


def deals_audit() -> Audit:
    """Replays all cases of all regions and names every difference to what is stored. Writes nothing."""
    with _one_moment():
        founded, given = settled.stored_transfers()
        deals = settled.deals(given)
        stored, links, own, sums = ledger.books(), settled.steps(), settled.standings(), settled.sums()
        balances = ledger.balances([book.code for book in stored])
    found = flow.settle(deals, LAST_DAY)
    given_refs = [transfer.ref for _, transfer in given]
    replayed = found.transfers.filter(~pl.col("ref").is_in(given_refs))
    differing = [*_links(found, links), *_cases(found, own, sums)]
    tables = [found.problems, transfers_agree(replayed, in_order(founded)), balances_agree(found.accounts, balances)]
    return Audit(
        len(deals.histories),
        sum(len(history.moves) for history in deals.histories),
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


def _links(found: Settlement, stored: Mapping[str, tuple[int, int]]) -> Iterator[Told]:
    """Transfers that stand under another move than the one that makes them."""
    for ref in sorted(found.made_by.keys() & stored.keys()):
        ours, theirs = found.made_by[ref], stored[ref]
        if ours != theirs:
            yield _told("settle_step", ours[0], "", f"{ours[0]}.{ours[1]} / {theirs[0]}.{theirs[1]} ({ref})")
    for ref in sorted(found.made_by.keys() - stored.keys()):
        case, version = found.made_by[ref]
        yield _told("settle_step", case, "", f"{case}.{version} / - ({ref})")


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
                yield _told("settle_case", ours.case, name, f"{replayed} / {kept}")


def _parts(standing: Standing) -> list[tuple[object, ...]]:
    """What is stored of the parts: which year paid what is not."""
    return sorted(astuple(replace(part, paid_before=()))[:-1] for part in standing.parts)


def _told(kind: str, case: int, column: str, value: str) -> Told:
    about = {"register": f"case:{case}", "column": column, "value": value}
    return {"stage": "settle", "kind": kind, "severity": "refused", **about}
