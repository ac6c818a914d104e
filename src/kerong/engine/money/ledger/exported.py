"""An export: a file of lines for each book and one of heads, so that anybody can check the whole ledger off line.

`<book>.jsonl` begins with the book's own text. Each line after it is one sealed entry with the keys `hash`, `row` and
`sequence`, written in the one way that `canonical` writes. `heads.json` names the last sequence and hash of every book;
heads that are published elsewhere show later whether the past was rewritten.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.chain import FORMAT, canonical, first, genesis, link, text_of
from kerong.engine.money.ledger.entries import Row

SUFFIX = ".jsonl"
HEADS = "heads.json"
_PLAIN = set("abcdefghijklmnopqrstuvwxyz0123456789_-")


class Sealed(NamedTuple):
    """An entry in its place: `sequence` from 1, `hash` in hexadecimal."""

    sequence: int
    hash: str
    row: Mapping[str, str | int]


class Head(NamedTuple):
    """The last entry of a book; sequence 0 and the hash of the book's own text where there is none."""

    sequence: int
    hash: str


def sealed(book: Book, rows: Iterable[Row]) -> Iterator[Sealed]:
    """The rows of a book from the first on, each with its sequence and hash."""
    digest = first(book)
    for sequence, row in enumerate(rows, 1):
        digest = link(digest, text_of(row))
        yield Sealed(sequence, digest.hex(), row)


def exported(book: Book, entries: Iterable[Sealed]) -> Iterator[str]:
    """The lines of the book's file, with their ends; the hashes are those that were stored, not made anew."""
    yield genesis(book) + "\n"
    for entry in entries:
        yield canonical({"hash": entry.hash, "row": dict(entry.row), "sequence": entry.sequence}) + "\n"


def heads_text(heads: Mapping[str, Head]) -> str:
    """The text of `heads.json`: the head of every book by its code."""
    told = {code: {"hash": head.hash, "sequence": head.sequence} for code, head in heads.items()}
    return canonical({"books": told, "format": FORMAT}) + "\n"


def file_of(code: str) -> str:
    """The name of the book's file: what not every disk keeps apart is written as % and its bytes."""
    kept = (char if char in _PLAIN else "".join(f"%{byte:02X}" for byte in char.encode()) for char in code)
    return "".join(kept) + SUFFIX
