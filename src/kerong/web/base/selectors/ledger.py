"""The stored ledger as the engine holds it: transfers, sealed rows, entries for a replay, balances, heads of chains."""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import polars as pl
from django.db.models import Max, OuterRef, QuerySet, Subquery

from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.chain import first
from kerong.engine.money.ledger.entries import Row, entries_of, row_of
from kerong.engine.money.ledger.exported import Head, Sealed
from kerong.engine.money.ledger.replay import SUMS
from kerong.engine.money.ledger.transfers import Close, Transfer
from kerong.web.base import models

# in the order of the engine's fields: this is the whole mapping
COLUMNS = (
    *("ref", "book__code", "move", "debit__code", "credit__code", "fen", "step", "on", "about"),
    *("pending_id", "reverses_id", "rule", "rule_version", "evidence", "book__currency"),
)
CHUNK = 10_000


def books() -> list[Book]:
    """All books, by code."""
    columns = models.Book.objects.order_by("code").values_list("code", "kind", "currency")
    return [Book(*columns_of_one) for columns_of_one in columns]


def transfers(rows: "QuerySet[models.Transfer]") -> Iterator[Transfer]:
    """Stored transfers, in the order of the query."""
    return (Transfer(*values) for values in rows.values_list(*COLUMNS))


def row_told(values: tuple[Any, ...], at: datetime, by: int | None) -> Row:
    """What is sealed of a transfer with the values of `COLUMNS`, written then and by that user."""
    return row_of(Transfer(*values), moment(at), _who(by))


def close_told(book: str, through: date, at: datetime, by: int | None) -> Row:
    """What is sealed of a closing."""
    return row_of(Close(book, through), moment(at), _who(by))


def sealed(book: str) -> Iterator[Sealed]:
    """The sealed rows of a book in their order, as the chain has them."""
    own = ("sequence", "hash", "closes_through", "at", "by_id", "transfer__at", "transfer__by_id")
    columns = (*own, *(f"transfer__{name}" for name in COLUMNS))
    seals = models.Seal.objects.filter(book__code=book).order_by("sequence").values_list(*columns)
    for number, hashed, through, at, by, posted_at, posted_by, *values in seals.iterator(CHUNK):
        if through is None:
            yield Sealed(number, hashed, row_told(tuple(values), posted_at, posted_by))
        else:
            yield Sealed(number, hashed, close_told(book, through, at, by))


def entries(codes: Iterable[str]) -> pl.DataFrame:
    """The sealed rows of books as `replayed` takes them."""
    return entries_of((link.sequence, link.row) for code in codes for link in sealed(code))


def entries_unsealed() -> pl.DataFrame:
    """The transfers that are in no chain yet, as `replayed` takes them after those that are."""
    told = []
    for code, head in heads().items():
        rows = models.Transfer.objects.filter(book__code=code, seal__isnull=True).order_by("id")
        values = rows.values_list("at", "by_id", *COLUMNS)
        told += [
            (head.sequence + place, row_told(tuple(row), at, by))
            for place, (at, by, *row) in enumerate(values.iterator(CHUNK), 1)
        ]
    return entries_of(told)


def unsealed(codes: Iterable[str]) -> int:
    """How many transfers of the books are in no chain yet."""
    return models.Transfer.objects.filter(book__code__in=list(codes), seal__isnull=True).count()


def balances(codes: Iterable[str]) -> pl.DataFrame:
    """The accounts as a replay gives them: `book`, `account` and four sums of fen, sorted by book and account."""
    rows = models.Account.objects.filter(book__code__in=list(codes)).values_list("book__code", "code", *SUMS)
    schema = {"book": pl.String, "account": pl.String} | dict.fromkeys(SUMS, pl.Int64)
    return pl.DataFrame(list(rows), schema=schema, orient="row").sort("book", "account")


def heads() -> dict[str, Head]:
    """The head of every book's chain: what is published so that nobody cuts a chain's end or rewrites it."""
    last = models.Seal.objects.filter(book=OuterRef("pk")).order_by("-sequence")
    columns = ("code", "kind", "currency", Subquery(last.values("sequence")[:1]), Subquery(last.values("hash")[:1]))
    return {
        code: Head(0, first(Book(code, kind, currency)).hex()) if number is None else Head(number, hashed)
        for code, kind, currency, number, hashed in models.Book.objects.order_by("code").values_list(*columns)
    }


def closings() -> list[tuple[str, date | None, date | None]]:
    """Of every book the day through which it is closed: as the book says, and as was sealed last."""
    rows = models.Book.objects.annotate(sealed=Max("seals__closes_through")).order_by("code")
    return list(rows.values_list("code", "closed_through", "sealed"))


def moment(at: datetime) -> str:
    """A moment as it stands in a sealed row: ISO, UTC."""
    return at.astimezone(UTC).isoformat()


def _who(user_id: int | None) -> str:
    return "" if user_id is None else str(user_id)
