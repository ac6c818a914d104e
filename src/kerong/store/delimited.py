"""Comma-separated text to tables of texts, with the line of the file for every row.

A first round over the text tells its form: separator, header, and whether every quotation mark stands around a whole
cell. Polars reads what is regular. A file with quotes in odd places goes through the strict reader of the standard
library, which knows what is literal there and what is broken. The text comes in pieces that end at line ends.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.store.sheet import BrokenQuote as BrokenQuote
from kerong.store.sheet import EndlessRow as EndlessRow
from kerong.store.sheet import Form as Form
from kerong.store.sheet import MixedLineEnds as MixedLineEnds
from kerong.store.sheet import Sheet as Sheet

if TYPE_CHECKING:
    from kerong.store.plain_text import Memory

QUOTE, NEWLINE, RETURN = 34, 10, 13
SEPARATORS = (",", "\t", ";", "|")
RECORD_BYTES = 1 << 26  # a row beyond this is no row: a quote or the line ends are broken
STRICT_ROWS = 1 << 16
LONG_BYTES = 1 << 22
# the standard library refuses cells of more than 131,072 characters: whether a cell is too long is said per cell, later
csv.field_size_limit(1 << 30)

Offsets = NDArray[np.int64]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Layout:
    """Records of a regular text: byte offsets of starts and of line ends, number of cells, first line (from 1).

    `rest`: where a record begins that the text does not end.
    """

    starts: Offsets
    ends: Offsets
    cells: Offsets
    lines: Offsets
    rest: int


def form_of(pieces: Iterable[bytes], is_quoted: bool) -> Form:
    """The form of the text in UTF-8; the first record is the header.

    Raises:
        BrokenQuote: the quote of a header swallows rows.
        MixedLineEnds: the header ends in a carriage return alone, other rows end otherwise.
        EndlessRow: the header has no end.
    """
    separator, is_strict = ",", False
    head, parity, is_whole = b"", 0, False
    for piece in pieces:
        if not head:
            separator = _separator(piece)
        head = head if is_whole else head + piece
        if is_quoted and not is_strict:
            parity = _parity(piece, parity, ord(separator))
            is_strict = parity < 0
        is_whole = is_whole or len(head) > RECORD_BYTES or _first_end(head) >= 0
        if is_whole and (is_strict or not is_quoted):
            break
    if is_strict or parity:
        return _strict_form(pieces, separator)
    end = _first_end(head)
    end = len(head) if end < 0 else end
    if end > RECORD_BYTES:
        raise EndlessRow(1)
    return Form(_cells(head[:end], separator), separator, False, end + 1, head.count(b"\n", 0, end) + 1)


def sheets(pieces: Iterable[bytes], form: Form) -> Iterator[Sheet]:
    """The rows after the header, sheet by sheet.

    Raises:
        BrokenQuote: a quote swallows rows.
        MixedLineEnds: some rows end in a carriage return alone.
        EndlessRow: a row goes on and on.
    """
    body = _after(form.header_bytes, pieces)
    if form.is_strict:
        yield from _strictly(body, form)
        return
    carry, line = b"", form.header_lines + 1
    memory: list[Memory] = []
    for piece in body:
        if len(piece) > RECORD_BYTES and b"\n" not in piece:
            raise EndlessRow(line)
        data = carry + piece if carry else piece
        frame = _plain(data, form, memory)
        if frame is not None:
            yield Sheet(frame, pl.int_range(line, line + frame.height, dtype=pl.UInt32, eager=True))
            line, carry = line + frame.height, b""
            continue
        read, taken = _read_regular(data, form, line)
        yield from read
        line += data.count(b"\n", 0, taken)
        carry = data[taken:]
        if len(carry) > RECORD_BYTES:
            raise _broken(carry[: carry.find(b"\n")], form.separator, line)


def _separator(data: bytes) -> str:
    """The separator that the first line has most often; a comma where there is none."""
    head = data[: data.find(b"\n") if b"\n" in data else len(data)]
    found = {separator: head.count(separator.encode()) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: found[separator])


def _first_end(data: bytes) -> int:
    """Where the first record of a regular text ends; -1 where it does not."""
    end = data.find(b"\n")
    while end >= 0 and data.count(b'"', 0, end) & 1:
        end = data.find(b"\n", end + 1)
    return end


def _after(skipped: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The pieces without the first bytes of them."""
    for piece in pieces:
        if skipped < len(piece):
            yield piece[skipped:] if skipped else piece
        skipped = max(skipped - len(piece), 0)


def _plain(data: bytes, form: Form, memory: "list[Memory]") -> pl.DataFrame | None:
    """A long text through a compiled loop; None where it is short, or not plain."""
    if len(data) < LONG_BYTES or len(form.names) < 2:
        return None
    from kerong.store.plain_text import Memory, plain_table  # loads Numba

    if not memory:
        memory.append(Memory())
    return plain_table(data, form.separator, len(form.names), memory[0])


def _read_regular(data: bytes, form: Form, line: int) -> tuple[list[Sheet], int]:
    """Whole records of regular text, the first on `line`, and how many bytes they take."""
    simple = _read_simple(data, form, line)
    if simple is not None:
        return [simple], len(data)
    layout = _layout(data, ord(form.separator))
    width = len(form.names)
    blank = _blank_records(data, layout, width)
    wrong = (layout.cells != width) & ~blank
    lines = layout.lines + (line - 1)
    for index in np.flatnonzero(wrong):
        if b"\r" in data[layout.starts[index] : layout.ends[index]].rstrip(b"\r"):
            raise MixedLineEnds(int(lines[index]))
    keep = ~(wrong | blank)
    body = data[: layout.rest] if keep.all() else _kept(data, layout, keep)
    frame = _polars(body, form.separator, width)
    if frame is None or frame.height != keep.sum():
        return list(_strictly([data[: layout.rest]], form, line)), layout.rest
    ragged = tuple(zip(lines[wrong].tolist(), layout.cells[wrong].tolist(), strict=True))
    return [Sheet(frame, pl.Series(lines[keep], dtype=pl.UInt32), ragged)], layout.rest


def _read_simple(data: bytes, form: Form, line: int) -> Sheet | None:
    """Rows without quotes with as many separators as they ask for; None where they have to be looked at closely.

    Polars refuses a row with too many cells, so that with the right number in all no row has too few either.
    """
    width = len(form.names)
    if width < 2 or b'"' in data:
        return None
    rows = data.count(b"\n") + (not data.endswith(b"\n"))
    if data.count(form.separator.encode()) != (width - 1) * rows:
        return None
    frame = _polars(data, form.separator, width)
    if frame is None or frame.height != rows:
        return None
    return Sheet(frame, pl.int_range(line, line + rows, dtype=pl.UInt32, eager=True))


def _layout(data: bytes, separator: int) -> Layout:
    """Where records begin and end; a record whose quote is not closed here is left to the rest."""
    view = np.frombuffer(data, dtype=np.uint8)
    newlines, commas = np.flatnonzero(view == NEWLINE), np.flatnonzero(view == separator)
    closing, is_open = newlines, False
    if b'"' in data:
        inside = np.cumsum(view == QUOTE, dtype=np.uint8) & 1
        is_open = bool(inside[-1])
        closing, commas = newlines[inside[newlines] == 0], commas[inside[commas] == 0]
    rest = int(closing[-1]) + 1 if len(closing) else 0
    ends = closing
    if rest < len(data) and not is_open:  # the last line has no line end
        ends, rest = np.append(closing, len(data)), len(data)
    starts = np.concatenate([np.zeros(1, np.int64), ends[:-1] + 1])[: len(ends)]
    cells = np.diff(np.searchsorted(commas, ends), prepend=0) + 1
    return Layout(starts, ends, cells, np.searchsorted(newlines, starts) + 1, rest)


def _parity(piece: bytes, parity: int, separator: int) -> int:
    """1 or 0: whether a quoted cell is open behind the piece, as `parity` says of before it; negative: odd quotes."""
    view = np.frombuffer(piece, dtype=np.uint8)
    if len(piece) >= LONG_BYTES:
        from kerong.store.plain_kernel import quotes_regular  # loads Numba

        return quotes_regular(view, bool(parity), separator)
    marks = np.flatnonzero(view == QUOTE)
    return (parity + len(marks)) & 1 if _quotes_are_regular(view, marks, parity, separator) else -1


def _quotes_are_regular(
    view: Bytes,
    at: Offsets,
    parity: int,
    separator: int,
) -> bool:
    """Whether every opening quote begins a cell and every closing one ends it (or is the first of a doubled pair)."""
    opening, closing = at[parity::2], at[1 - parity :: 2]
    before = view[np.maximum(opening - 1, 0)]
    begins = (before == separator) | (before == NEWLINE) | (before == QUOTE) | (opening == 0)
    last = len(view) - 1
    after, later = view[np.minimum(closing + 1, last)], view[np.minimum(closing + 2, last)]
    returns = (after == RETURN) & ((later == NEWLINE) | (closing + 1 == last))
    ends = (after == separator) | (after == NEWLINE) | returns | (after == QUOTE) | (closing == last)
    return bool(begins.all() and ends.all())


def _blank_records(data: bytes, layout: Layout, width: int) -> Mask:
    """Records without any character but blanks; a quoted empty cell is no blank record."""
    blank: Mask = layout.ends == layout.starts
    for index in np.flatnonzero((layout.cells == 1) & ~blank if width > 1 else layout.ends - layout.starts == 1):
        blank[index] = not data[layout.starts[index] : layout.ends[index]].strip()
    return blank


def _kept(data: bytes, layout: Layout, keep: Mask) -> bytes:
    """The records to keep, joined from their stretches."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], keep, [False]]).astype(np.int8)))
    runs = [data[layout.starts[run] : layout.ends[end - 1]] for run, end in zip(edges[::2], edges[1::2], strict=True)]
    return b"\n".join(runs)


def _polars(body: bytes, separator: str, width: int) -> pl.DataFrame | None:
    """Polars' reading of records; None where it finds something odd in them."""
    schema = {str(index): pl.String() for index in range(width)}
    if not body:
        return pl.DataFrame(schema=schema)
    try:
        frame = pl.read_csv(
            body,
            has_header=False,
            separator=separator,
            schema=schema,
            quote_char='"' if b'"' in body else None,
            infer_schema=False,
            glob=False,
        )
    except pl.exceptions.PolarsError:
        return None
    # a quoted cell without content is as empty as one without quotes
    return frame.select(pl.when(pl.all().str.len_bytes() > 0).then(pl.all())) if b'""' in body else frame


def _cells(record: bytes, separator: str) -> tuple[str, ...]:
    rows = list(csv.reader(io.StringIO(record.decode(), newline=""), delimiter=separator))
    if any(rows[1:]):
        raise MixedLineEnds(1)
    return tuple(cell.strip() for cell in rows[0]) if rows else ()


class _Lines:
    """The lines of pieces as the strict reader takes them, and the first line of the record that it is about to read.

    A carriage return inside a line is a blank. A record of more than RECORD_BYTES is an error of its quotes.
    """

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self.pieces, self.taken = pieces, 0
        self.first, self._held = b"", 0

    def begin(self) -> None:
        """The next line begins a record."""
        self.first, self._held = b"", 0

    def __iter__(self) -> Iterator[str]:
        for piece in self.pieces:
            for line in io.BytesIO(re.sub(rb"\r(?!\n)", b" ", piece)):
                self.taken += len(line)
                self.first = self.first or line
                self._held += len(line)
                if self._held > RECORD_BYTES:
                    raise csv.Error
                yield line.decode()

    def fault(self, line: int, separator: str) -> BrokenQuote | EndlessRow:
        """What is wrong with the record that begins on `line`."""
        if len(self.first) > RECORD_BYTES:
            return EndlessRow(line)
        return _broken(self.first.removesuffix(b"\n"), separator, line)


def _strict_form(pieces: Iterable[bytes], separator: str) -> Form:
    lines = _Lines(pieces)
    reader = csv.reader(lines, delimiter=separator, strict=True)
    try:
        names = tuple(cell.strip() for cell in next(reader, []))
    except csv.Error as error:
        raise lines.fault(1, separator) from error
    return Form(names, separator, True, lines.taken, reader.line_num)


def _strictly(pieces: Iterable[bytes], form: Form, first: int | None = None) -> Iterator[Sheet]:
    """Row by row: a quote inside an unquoted cell is a character like others, any other odd quote stops."""
    lines = _Lines(pieces)
    reader = csv.reader(lines, delimiter=form.separator, strict=True)
    before = form.header_lines if first is None else first - 1
    rows: list[list[str]] = []
    at: list[int] = []
    ragged: list[tuple[int, int]] = []
    while True:
        line = before + reader.line_num + 1
        lines.begin()
        try:
            row = next(reader, None)
        except csv.Error as error:
            raise lines.fault(line, form.separator) from error
        if row is not None and len(row) == len(form.names):
            rows.append(row)
            at.append(line)
        elif row is not None and any(cell.strip() for cell in row):
            ragged.append((line, len(row)))
        if row is None or len(rows) + len(ragged) >= STRICT_ROWS:
            yield _sheet_of(rows, at, ragged, len(form.names))
            rows, at, ragged = [], [], []
        if row is None:
            return


def _sheet_of(rows: list[list[str]], lines: list[int], ragged: list[tuple[int, int]], width: int) -> Sheet:
    schema = {str(index): pl.String() for index in range(width)}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.all().replace("", None))
    return Sheet(frame, pl.Series(lines, dtype=pl.UInt32), tuple(ragged))


def _broken(first: bytes, separator: str, line: int) -> BrokenQuote:
    """The first line of a record whose quotes are odd."""
    text = first.decode()
    return BrokenQuote(line, _open_cell(text, separator), text)


def _open_cell(text: str, separator: str) -> int:
    """The column whose cell begins with a quote that no quote before a separator closes; the last one otherwise."""
    inside, index = False, 0
    cells: Iterable[str] = text.rstrip("\r").split(separator)
    open_at = 0
    for index, cell in enumerate(cells):
        if not inside and cell.startswith('"'):
            inside, open_at = True, index
            cell = cell[1:]
        if inside and cell.replace('""', "").endswith('"'):
            inside = False
    return open_at if inside else index
