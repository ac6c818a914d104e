"""Accounts as transfers use them: found or opened, and changed by one guarded statement each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from kerong.engine.money.ledger.accounts import Book, account_of
from kerong.engine.money.ledger.transfers import MOST_TOTAL_FEN, Transfer
from kerong.web.base import models
from kerong.web.base.services import ledger_statements as statements
from kerong.web.base.services.ledger_refusals import LedgerRefused, yuan
from kerong.web.base.services.locks import lock


@dataclass(frozen=True, slots=True)
class Place:
    """A book as a posting needs it."""

    id: int
    told: Book
    closed_through: date | None


@dataclass(frozen=True, slots=True)
class Places:
    """Books by code, ids of accounts by code of the book and of the account."""

    books: Mapping[str, Place]
    ids: Mapping[tuple[str, str], int]


@dataclass(slots=True)
class Effect:
    """What an act does to one account: sums of fen per balance, and the highest points on the way there."""

    account: int
    debits_posted: int = 0
    credits_posted: int = 0
    debits_reserved: int = 0
    credits_reserved: int = 0
    debits_peak: int = 0
    credits_peak: int = 0
    out_peak: int | None = None
    in_peak: int | None = None

    def add(self, side: str, posted: int, reserved: int) -> None:
        """One transfer more: on the side "debits" or "credits", `posted` and `reserved` fen."""
        if side == "debits":
            self.debits_posted += posted
            self.debits_reserved += reserved
        else:
            self.credits_posted += posted
            self.credits_reserved += reserved
        debits = self.debits_posted + self.debits_reserved
        credits_ = self.credits_posted + self.credits_reserved
        out, into = debits - self.credits_posted, credits_ - self.debits_posted
        self.debits_peak, self.credits_peak = max(self.debits_peak, debits), max(self.credits_peak, credits_)
        self.out_peak = out if self.out_peak is None else max(self.out_peak, out)
        self.in_peak = into if self.in_peak is None else max(self.in_peak, into)

    def applied(self) -> bool:
        """Changes the account's row; False where a limit forbids it, and then nothing is changed."""
        changes = (self.debits_posted, self.credits_posted, self.debits_reserved, self.credits_reserved)
        totals = (self.debits_peak, MOST_TOTAL_FEN, self.credits_peak, MOST_TOTAL_FEN)
        if max(self.debits_peak, self.credits_peak) > MOST_TOTAL_FEN:
            return False
        return statements.is_changed([*changes, self.account, *totals, self.out_peak or 0, self.in_peak or 0])


def places_of(transfers: Sequence[Transfer]) -> Places:
    """Where the transfers happen; accounts that the chart knows and the book lacks are opened.

    Raises LedgerRefused ("ledger.refused.account") where there is no such book or no such account can be.
    """
    wanted = {(transfer.book, code) for transfer in transfers for code in (transfer.debit, transfer.credit)}
    places = _found(wanted)
    if wanted - places.ids.keys():
        _open(wanted - places.ids.keys())
        places = _found(wanted)
    return places


def _found(wanted: set[tuple[str, str]]) -> Places:
    found: dict[str, Place] = {}
    ids: dict[tuple[str, str], int] = {}
    rows = statements.accounts(sorted({book for book, _ in wanted}), sorted({code for _, code in wanted}))
    for account, code, number, book, kind, currency, closed_through in rows:
        ids[book, code] = account
        found[book] = Place(number, Book(book, kind, currency), closed_through)
    return Places(found, ids)


def _open(missing: set[tuple[str, str]]) -> None:
    """Opens accounts. One at a time does so in a book, and holds no account meanwhile: nobody waits in a circle."""
    for book in sorted({book for book, _ in missing}):
        lock(f"accounts of {book}")
    books = {book.code: book for book in models.Book.objects.filter(code__in={book for book, _ in missing})}
    there = _found(missing).ids.keys()
    for book, code in sorted(missing - there):
        kind = account_of(code)
        if book not in books or kind is None or books[book].kind not in kind.books:
            raise LedgerRefused("ledger.refused.account", book=book, account=code)
        models.Account.objects.create(
            book=books[book],
            code=code,
            kind=kind.name,
            subject=code.partition(":")[2],
            limited=kind.limited or "",
        )


def effects(transfers: Sequence[Transfer], places: Places, known: Mapping[str, Transfer]) -> Iterator[Effect]:
    """What the transfers, one after the other, do to each account, in the order of the accounts' ids."""
    found: dict[int, Effect] = {}
    for transfer in transfers:
        kept = known[transfer.pending].fen if transfer.pending is not None else 0
        posted = transfer.fen if transfer.move in ("post", "post_reserved") else 0
        reserved = transfer.fen if transfer.move == "reserve" else -kept
        for side, code in (("debits", transfer.debit), ("credits", transfer.credit)):
            account = places.ids[transfer.book, code]
            found.setdefault(account, Effect(account)).add(side, posted, reserved)
    return (found[account] for account in sorted(found))


def refuse_overdrawn(effect: Effect) -> NoReturn:
    """Says which limit the act would have passed."""
    row = models.Account.objects.select_related("book").get(pk=effect.account)
    most = max(
        row.debits_posted + row.debits_reserved + effect.debits_peak,
        row.credits_posted + row.credits_reserved + effect.credits_peak,
    )
    if most > MOST_TOTAL_FEN:
        raise LedgerRefused("ledger.refused.amount", book=row.book.code, account=row.code)
    if row.limited == "credit":
        left = row.credits_posted - row.debits_posted - row.debits_reserved
        wanted = effect.out_peak or 0
    else:
        left = row.debits_posted - row.credits_posted - row.credits_reserved
        wanted = effect.in_peak or 0
    raise LedgerRefused(
        "ledger.refused.overdrawn", book=row.book.code, account=row.code, wanted=yuan(wanted), left=yuan(left)
    )
