"""Money moves: transfers are posted under a key, within a transaction that a caller holds, or taken back.

The order of locks is the same for everybody, so that nobody waits in a circle: the key, the gates of the books (by
code), the opening of accounts, the transfers that are ended or reversed (by id), the accounts (by id).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from kerong.engine.money.ledger import accounts, movements, refusals
from kerong.engine.money.ledger.ordered import CASE
from kerong.engine.money.ledger.told import DEAL
from kerong.engine.money.ledger.transfers import Act, Transfer
from kerong.web.base import models
from kerong.web.base.models import Role, User
from kerong.web.base.selectors.ledger import transfers as transfers_of
from kerong.web.base.services.idempotency import Request, answered
from kerong.web.base.services.ledger_accounts import Places, effects, places_of, refuse_overdrawn
from kerong.web.base.services.ledger_refusals import LedgerBusy, LedgerRefused
from kerong.web.base.services.ledger_statements import write_transfers
from kerong.web.base.services.locks import lock

__all__ = [
    "LedgerBusy",
    "LedgerRefused",
    "Posted",
    "book_open",
    "ledger_post",
    "ledger_reverse",
    "posted",
]
KEEPERS = frozenset({Role.OFFICIAL, Role.ADMIN})
POSTING = ("post", "post_reserved")
WALLS = frozenset({"account", "closed", "reservation", "reversal"})


@dataclass(frozen=True, slots=True)
class Posted:
    """The refs of the transfers; `again`: they were posted before, by the same request."""

    refs: tuple[str, ...]
    again: bool = False


def book_open(actor: User | None, book: accounts.Book, title: str, owner: str = "") -> models.Book:
    """A new book; its accounts are opened when they are first used.

    Raises PermissionDenied for a person who keeps no books, LedgerRefused where there can be no such book or there is.
    """
    if actor is not None and actor.role not in KEEPERS:
        raise PermissionDenied
    if refusals.book_refusal(book):
        raise LedgerRefused("ledger.refused.account", book=book.code)
    try:
        with transaction.atomic():
            return models.Book.objects.create(
                code=book.code, kind=book.kind, currency=book.currency, title=title, owner=owner
            )
    except IntegrityError as error:
        raise LedgerRefused("ledger.refused.account", book=book.code) from error


def ledger_post(
    actor: User | None, key: str, action: str, body: Mapping[str, Any], transfers: Sequence[Transfer]
) -> Posted:
    """Posts the transfers, all or none, once for the caller's key. Who may ask for that is the caller's to say.

    Raises LedgerRefused where the key was used for something else or a transfer cannot be, LedgerBusy where the same
    key is at work elsewhere.
    """
    answer = answered(Request(actor, key, action, body), lambda: list(posted(transfers, actor, key)))
    return Posted(tuple(answer.told), answer.again)


def ledger_reverse(actor: User | None, key: str, ref: str, on: date, about: str = "") -> Posted:
    """Takes a posted transfer back whole, once.

    Raises LedgerRefused ("ledger.refused.reversal") where there is none of that ref, it is a reversal or a reservation,
    or it was taken back before; "ledger.refused.founded" where a move of a case, a deal, a pool or two people's
    decision on a budget made it: their own moves take it back, so that what they say stays true. Else as `ledger_post`.
    """
    request = Request(actor, key, "ledger_reverse", {"ref": ref, "on": on.isoformat(), "about": about})

    def work() -> list[str]:
        found = next(transfers_of(models.Transfer.objects.filter(ref=ref)), None)
        if found is None or found.reverses is not None or found.move not in POSTING:
            raise LedgerRefused("ledger.refused.reversal", ref=ref)
        if _is_founded(found):
            raise LedgerRefused("ledger.refused.founded", ref=ref)
        act = Act(f"{request.caller} {key}", on, about=about)
        return list(posted(movements.reversal(act, found), actor, key))

    answer = answered(request, work)
    return Posted(tuple(answer.told), answer.again)


def _is_founded(transfer: Transfer) -> bool:
    """Does something beside the ledger say that this was moved, and why?"""
    kept = (models.CaseStep, models.DealStep, models.BudgetChange)
    held = any(model._default_manager.filter(transfer__ref=transfer.ref).exists() for model in kept)
    of_pool = models.RiskPool.objects.filter(book__code=transfer.book)
    return held or transfer.about.startswith((CASE, DEAL)) or of_pool.exists()


def posted(transfers: Sequence[Transfer], actor: User | None, key: str = "") -> tuple[str, ...]:
    """The inner part of `ledger_post`, for a caller who holds a transaction: all of the act's transfers in one call.

    Every transfer is judged after the ones before it, as though each were posted alone. Raises LedgerRefused; the
    transaction is then lost.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("transfers are posted within a transaction")
    with transaction.atomic(savepoint=False):
        for code in sorted({transfer.book for transfer in transfers}):
            lock(f"book {code}", shared=True)
        places = places_of(transfers)
        _judged(transfers, places)
        origins = _origins(transfers)
        for effect in effects(transfers, places, origins):
            if not effect.applied():
                refuse_overdrawn(effect)
        _written(transfers, places, actor, key)
    return tuple(transfer.ref for transfer in transfers)


def _judged(transfers: Sequence[Transfer], places: Places) -> None:
    """What can be said of the transfers without a look at the balances."""
    for transfer in transfers:
        book = places.books[transfer.book]
        kind = refusals.refusal(transfer, book.told)
        if kind:
            raise LedgerRefused(f"ledger.refused.{refusals.REFUSED_AS[kind]}", kind=kind, book=transfer.book)
        if book.closed_through is not None and transfer.on <= book.closed_through:
            raise LedgerRefused(
                "ledger.refused.closed", book=transfer.book, on=transfer.on, through=book.closed_through
            )


def _origins(transfers: Sequence[Transfer]) -> dict[str, Transfer]:
    """The reservations that are ended and the transfers that are reversed, by ref, locked; each fits.

    Raises LedgerRefused where one is missing, does not fit, or was ended or reversed before, or a ref is used twice.
    """
    new = {transfer.ref: transfer for transfer in transfers}
    named = [ref for transfer in transfers for ref in (transfer.pending, transfer.reverses) if ref is not None]
    if len(new) < len(transfers):
        raise LedgerRefused("ledger.refused.key")
    if not named:
        return {}  # a ref that was used before is refused as it is written
    rows = models.Transfer.objects.filter(ref__in=[*new, *named])
    locked = rows.select_for_update(no_key=True, of=("self",)).order_by("id")
    stored = {transfer.ref: transfer for transfer in transfers_of(locked)}
    if new.keys() & stored.keys():
        raise LedgerRefused("ledger.refused.key")
    known = dict(stored)
    used = _used(stored)
    for transfer in transfers:
        for word, ref in (("reservation", transfer.pending), ("reversal", transfer.reverses)):
            if ref is None:
                continue
            origin = known.get(ref)
            if origin is None or (word, ref) in used or not _fits(transfer, origin, word):
                raise LedgerRefused(f"ledger.refused.{word}", ref=ref)
            used.add((word, ref))
        known[transfer.ref] = transfer
    return known


def _used(stored: Mapping[str, Transfer]) -> set[tuple[str, str]]:
    """Which of the stored ones were ended or reversed: asked after they are locked, so that the answer stays."""
    ended = models.Transfer.objects.filter(pending_id__in=list(stored)).values_list("pending_id", flat=True)
    reversed_ = models.Transfer.objects.filter(reverses_id__in=list(stored)).values_list("reverses_id", flat=True)
    return {("reservation", str(ref)) for ref in ended} | {("reversal", str(ref)) for ref in reversed_}


def _fits(transfer: Transfer, origin: Transfer, word: str) -> bool:
    if transfer.book != origin.book:
        return False
    if word == "reversal":
        swapped = (origin.credit, origin.debit, origin.fen, origin.step)
        is_swapped = swapped == (transfer.debit, transfer.credit, transfer.fen, transfer.step)
        return is_swapped and origin.move in POSTING and origin.reverses is None
    same = (origin.move, origin.debit, origin.credit) == ("reserve", transfer.debit, transfer.credit)
    most = transfer.fen <= origin.fen if transfer.move == "post_reserved" else transfer.fen == origin.fen
    return same and most


def _written(transfers: Sequence[Transfer], places: Places, actor: User | None, key: str) -> None:
    by = actor.pk if actor is not None else None
    rows = [
        (
            transfer.ref,
            places.books[transfer.book].id,
            transfer.move,
            places.ids[transfer.book, transfer.debit],
            places.ids[transfer.book, transfer.credit],
            transfer.fen,
            transfer.step,
            transfer.on,
            transfer.about,
            transfer.pending,
            transfer.reverses,
            transfer.rule,
            transfer.rule_version,
            transfer.evidence,
            by,
            key,
        )
        for transfer in transfers
    ]
    try:
        write_transfers(rows, timezone.now())
    except IntegrityError as error:
        told = str(error).partition("ledger.refused.")[2]
        word = told.split()[0] if told else ""
        raise LedgerRefused(f"ledger.refused.{word if word in WALLS else 'key'}") from error
