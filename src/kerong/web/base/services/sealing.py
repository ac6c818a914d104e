"""Sealing: after they are committed, a book's transfers are chained in the order of their effects; and closing.

Only what is committed is sealed, so books and posters do not wait for the chain. A lower id that is committed later is
sealed later: it shares no account with what was sealed before it, because ids are taken while the accounts are locked.
"""

from collections.abc import Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.engine.money.ledger import accounts
from kerong.engine.money.ledger.chain import first, link, text_of
from kerong.web.base import models
from kerong.web.base.models import Seal, Transfer, User
from kerong.web.base.selectors.ledger import COLUMNS, close_told, row_told
from kerong.web.base.services.idempotency import busy_told
from kerong.web.base.services.ledger import KEEPERS
from kerong.web.base.services.ledger_refusals import LedgerRefused
from kerong.web.base.services.locks import lock

AT_ONCE = 2_000  # transfers per transaction: posters on SQLite wait for the sealer


def books_seal(codes: Iterable[str] | None = None, *, now: datetime) -> dict[str, int]:
    """Seals what is committed and not sealed yet, of the books named or of all; how many transfers of each book.

    Two sealers at once seal every transfer once: the second waits, and finds nothing left.
    """
    books = models.Book.objects.all() if codes is None else models.Book.objects.filter(code__in=list(codes))
    return {book.code: _sealed_whole(book, now) for book in books.order_by("code")}


def _sealed_whole(book: models.Book, now: datetime) -> int:
    total = 0
    while True:
        with busy_told(), transaction.atomic():
            sealed = _sealed(book, now, AT_ONCE)
        total += sealed
        if sealed < AT_ONCE:
            return total


def book_close(actor: User, code: str, through: date, *, now: datetime, today: date) -> models.Seal:
    """Closes a book through a day: everything committed is sealed, the closing is the next link, nothing enters after.

    Who is posting is waited for; who comes meanwhile waits, and is then refused. Raises PermissionDenied for a person
    who keeps no books, LedgerRefused where there is no such book, or the day is not before today and after the last.
    """
    if actor.role not in KEEPERS:
        raise PermissionDenied
    with busy_told(), transaction.atomic():
        lock(f"book {code}")
        # not FOR UPDATE: a seal that is written refers to the row, and its writer would wait in a circle with us
        book = models.Book.objects.select_for_update(no_key=True).filter(code=code).first()
        if book is None:
            raise LedgerRefused("ledger.refused.account", book=code)
        if through >= today or (book.closed_through is not None and through <= book.closed_through):
            raise LedgerRefused("ledger.refused.day", book=code)
        _sealed(book, now, None)
        number, previous = _last(book)
        text = text_of(close_told(book.code, through, now, actor.pk))
        book.closed_through = through
        book.save(update_fields=["closed_through"])
        return Seal.objects.create(
            book=book,
            sequence=number + 1,
            closes_through=through,
            hash=link(previous, text).hex(),
            at=now,
            by=actor,
        )


def _sealed(book: models.Book, now: datetime, most: int | None) -> int:
    """Seals up to `most` transfers in the order of their ids; how many."""
    lock(f"seals of {book.code}")
    number, hashed = _last(book)
    rows = (
        Transfer.objects.filter(book=book, seal__isnull=True).order_by("id").values_list("id", "at", "by_id", *COLUMNS)
    )
    seals = []
    for transfer, at, by, *values in rows[:most]:
        number += 1
        hashed = link(hashed, text_of(row_told(tuple(values), at, by)))
        seals.append(Seal(book=book, sequence=number, transfer_id=transfer, hash=hashed.hex(), at=now))
    Seal.objects.bulk_create(seals, batch_size=AT_ONCE)
    return len(seals)


def _last(book: models.Book) -> tuple[int, bytes]:
    last = Seal.objects.filter(book=book).order_by("-sequence").first()
    if last is None:
        return 0, first(accounts.Book(book.code, book.kind, book.currency))
    return last.sequence, bytes.fromhex(last.hash)
