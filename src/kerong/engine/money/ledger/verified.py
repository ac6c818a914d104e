"""An export checked: every line, every link of every chain, the heads, and the replay of all of it.

What may be found wrong and what cannot be: docs/algorithms/ledger.md.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import polars as pl

from kerong.engine.money.ledger.accounts import Book
from kerong.engine.money.ledger.chain import FORMAT, first, genesis, link, text_of
from kerong.engine.money.ledger.entries import ENTRIES, entries_of
from kerong.engine.money.ledger.exported import HEADS, Head, file_of
from kerong.engine.money.ledger.lines import MOST_HEADS_BYTES, Fault, read_entry, read_json, shown
from kerong.engine.money.ledger.refusals import book_refusal
from kerong.engine.money.ledger.replay import Replay, replayed
from kerong.engine.problems import joined, problems

BLOCK = 20_000  # rows that become columns together
PUBLISHED = "heads"


@dataclass(frozen=True, slots=True)
class Verified:
    """What an export holds.

    `problems`: the house's table, empty where all is well. `heads`: of every book that was read. `replay`: what all
    entries come to that could be read; its own problems are among `problems`.
    """

    problems: pl.DataFrame
    books: tuple[Book, ...]
    heads: Mapping[str, Head]
    replay: Replay


@dataclass(slots=True)
class _Read:
    """One file as it is read: where its chain stands, what is wrong, its rows, and the hashes that heads ask for."""

    file: str
    asked: frozenset[int]
    book: Book | None = None
    head: Head = field(default_factory=lambda: Head(0, ""))
    found: list[dict[str, Any]] = field(default_factory=list)
    hashes: dict[int, str] = field(default_factory=dict)
    blocks: list[pl.DataFrame] = field(default_factory=list)

    def fault(self, fault: Fault, line: int | None) -> None:
        book = self.book.code if self.book else None
        self.found.append(_problem(fault.kind, self.file, line, fault.column, fault.value) | {"register": book})


def verify(files: Mapping[str, Iterable[bytes]], heads: bytes | None, published: bytes | None = None) -> Verified:
    """Check the files of an export (name to its lines with their ends) and its `heads.json`.

    `published`: heads that were kept elsewhere. The export may have gone on since, but must still have what they name.

    Raises:
        NoSM3: OpenSSL here has none.
    """
    told, found = _heads(heads, HEADS) if heads is not None else ({}, [_problem("ledger_heads_absent", HEADS)])
    kept, wrong = _heads(published, PUBLISHED) if published is not None else ({}, [])
    found += wrong
    asked = {name: {head.sequence for side in (told, kept) if (head := side.get(name))} for name in {*told, *kept}}
    by_file = {file_of(code): frozenset(sequences) for code, sequences in asked.items()}
    reads = [_read(name, files[name], by_file.get(name, frozenset())) for name in sorted(files)]
    reads_of = {read.book.code: read for read in reads if read.book}
    if heads is not None:
        found += _against(told, reads_of, HEADS, is_whole=True)
    found += _against(kept, reads_of, PUBLISHED, is_whole=False)
    books = tuple(read.book for read in reads if read.book)
    replay = replayed(pl.concat([ENTRIES.to_frame(), *(block for read in reads for block in read.blocks)]), books)
    return Verified(
        joined([problems(found), *(problems(read.found) for read in reads), _placed(replay.problems)]),
        books,
        {code: read.head for code, read in reads_of.items()},
        replay,
    )


def _read(name: str, lines: Iterable[bytes], asked: frozenset[int]) -> _Read:
    read = _Read(name, asked)
    numbered = iter(enumerate(lines, 1))
    try:
        read.book = _book(name, next(numbered, (1, b""))[1])
    except Fault as fault:
        read.fault(fault, 1)
        return read  # without its beginning no link of the chain can be checked
    read.head = Head(0, first(read.book).hex())
    read.hashes[0] = read.head.hash
    rows = _rows(read, numbered)
    while block := list(islice(rows, BLOCK)):
        read.blocks.append(entries_of(block))
    return read


def _book(name: str, line: bytes) -> Book:
    """The book that a file's first line names."""
    if not line:
        raise Fault("ledger_header_absent")
    told = read_json(line)
    if not isinstance(told, dict) or told.get("type") != "book":
        raise Fault("ledger_header_absent", value=shown(told))
    names = ("book", "kind", "currency")
    values = {key: told.get(key) for key in names}
    for key, value in values.items():
        if type(value) is not str:
            raise Fault("ledger_header_wrong", key, shown(value))
    book = Book(*(str(values[key]) for key in names))
    if line != f"{genesis(book)}\n".encode() or book_refusal(book):
        raise Fault("ledger_header_wrong", "format" if told.get("format") != FORMAT else "book", shown(told))
    if file_of(book.code) != name:
        raise Fault("ledger_header_wrong", "book", book.code)
    return book


def _rows(read: _Read, lines: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, Mapping[str, str | int]]]:
    """The rows that can be read, each with its place in the file; what is wrong with lines and links goes to `read`."""
    assert read.book is not None
    previous: bytes | None = first(read.book)
    expected = 1
    for number, line in lines:
        try:
            told = read_json(line)
            if isinstance(told, dict) and told.get("type") == "book":
                raise Fault("ledger_header_twice", "type", shown(told.get("book")))
            entry = read_entry(told)
        except Fault as fault:
            read.fault(fault, number)
            # its place and its hash are not known: the next line is held against what it says itself
            previous, expected = None, expected + (fault.kind != "ledger_header_twice")
            continue
        if entry.sequence != expected:
            read.fault(Fault("ledger_sequence", "sequence", f"{entry.sequence} ({expected})"), number)
        elif previous is not None and link(previous, text_of(entry.row)).hex() != entry.hash:
            read.fault(Fault("ledger_hash", "hash", entry.hash), number)
        previous, expected = bytes.fromhex(entry.hash), entry.sequence + 1
        read.head = Head(entry.sequence, entry.hash)
        if entry.sequence in read.asked:
            read.hashes[entry.sequence] = entry.hash
        if entry.row["book"] != read.book.code:
            read.fault(Fault("ledger_row_book", "book", shown(entry.row["book"])), number)
            continue
        yield number - 1, entry.row


def _heads(data: bytes, name: str) -> tuple[dict[str, Head], list[dict[str, Any]]]:
    """The heads that a text names, and what is wrong with it."""
    try:
        told = read_json(data, MOST_HEADS_BYTES)
        books = told["books"]
        heads = {code: Head(head["sequence"], head["hash"]) for code, head in books.items()}
        is_whole = told.keys() == {"books", "format"} and (type(told["format"]), told["format"]) == (int, FORMAT)
        is_whole = is_whole and all(head.keys() == {"hash", "sequence"} for head in books.values())
        typed = all(type(head.sequence) is int and type(head.hash) is str for head in heads.values())
    except Fault as fault:
        return {}, [_problem(fault.kind, name, 1, fault.column, fault.value)]
    except (TypeError, KeyError, AttributeError):
        is_whole = typed = False
    return (heads, []) if is_whole and typed else ({}, [_problem("ledger_heads_form", name, 1)])


def _against(heads: Mapping[str, Head], reads: Mapping[str, _Read], name: str, is_whole: bool) -> list[dict[str, Any]]:
    """What does not stand as the heads say; `is_whole`: they are those of this very export."""
    found = []
    for code, head in sorted(heads.items()):
        read = reads.get(code)
        if read is None:
            found.append(
                _problem("ledger_book_absent", file_of(code)[:200], None, value=code[:80]) | {"register": code[:80]}
            )
        elif head.sequence > read.head.sequence:
            missing = str(head.sequence - read.head.sequence)
            found.append(_problem("ledger_tail_cut", read.file, None, "sequence", missing) | {"register": code})
        elif read.hashes.get(head.sequence) != head.hash:
            value = f"{name} {head.sequence}: {head.hash[:40]}"
            found.append(_problem("ledger_head_differs", read.file, None, "hash", value) | {"register": code})
        elif is_whole and head.sequence != read.head.sequence:
            more = str(read.head.sequence - head.sequence)
            found.append(_problem("ledger_head_behind", read.file, None, "sequence", more) | {"register": code})
    unnamed = sorted(reads.keys() - heads.keys()) if is_whole else []
    absent = (_problem("ledger_head_absent", reads[code].file, value=code) | {"register": code} for code in unnamed)
    return [*found, *absent]


def _placed(found: pl.DataFrame) -> pl.DataFrame:
    """Problems of the replay at the lines of the files: the header is the first line."""
    file = pl.col("register").map_elements(file_of, return_dtype=pl.String)
    return found.with_columns(file.alias("file"), pl.col("line") + 1)


def _problem(kind: str, file: str, line: int | None = None, column: str = "", value: str = "") -> dict[str, Any]:
    place = {"file": file, "line": line, "column": column or None, "value": value or None}
    return {"stage": "ledger", "kind": kind, "severity": "refused", **place}
