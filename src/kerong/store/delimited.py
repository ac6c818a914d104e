"""Comma-separated text to a table of texts, with the line of the file for every row.

The structure (quotes, line ends, number of cells) is checked over the bytes first; Polars reads what is regular. A file
with quotes in odd places goes through the strict reader of the standard library, which knows what is literal there and
what is broken.
"""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

CHUNK_BYTES = 1 << 25
QUOTE, NEWLINE, RETURN = 34, 10, 13
SEPARATORS = (",", "\t", ";", "|")
# the standard library refuses cells of more than 131,072 characters: whether a cell is too long is said per cell, later
csv.field_size_limit(1 << 30)

Offsets = NDArray[np.int64]
Mask = NDArray[np.bool_]
Bytes = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Sheet:
    """`names` as in the header; `frame` with columns "0", "1", …; `lines` UInt32, None where row + 2.

    `ragged`: line and number of cells of every row that does not fit the header.
    """

    names: tuple[str, ...]
    frame: pl.DataFrame
    lines: pl.Series | None
    ragged: tuple[tuple[int, int], ...] = ()


class BrokenQuote(ValueError):
    """A quoted cell is not closed, or goes on after its closing quote; it begins on `line`, in column `index`."""

    def __init__(self, line: int, index: int, start: str) -> None:
        super().__init__(line, index, start)
        self.line, self.index, self.start = line, index, start


class MixedLineEnds(ValueError):
    """On `line` a carriage return alone ends a row, and other rows end otherwise: what follows it would be lost."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


@dataclass(frozen=True, slots=True)
class Layout:
    """Records of a regular file: byte offsets of starts and of line ends, number of cells, first line (from 1)."""

    starts: Offsets
    ends: Offsets
    cells: Offsets
    lines: Offsets


@dataclass(frozen=True, slots=True)
class Plan:
    """What Polars is to read: `body`, or the whole file without its header (None), and what is known of its rows."""

    names: tuple[str, ...]
    body: bytes | None
    rows: int
    lines: pl.Series | None
    ragged: tuple[tuple[int, int], ...]


def read_delimited(data: bytes) -> Sheet:
    """The table in UTF-8 `data`; the first record is the header.

    Raises:
        BrokenQuote: a quote swallows rows.
        MixedLineEnds: some rows end in a carriage return alone.
    """
    separator = _separator(data)
    simple = _read_simple(data, separator)
    if simple is not None:
        return simple
    plan = _plan(data, separator)
    if plan is None:
        return _read_strictly(data, separator)
    frame = _polars(data if plan.body is None else plan.body, separator, len(plan.names), int(plan.body is None))
    if frame.height != plan.rows:
        return _read_strictly(data, separator)
    return Sheet(plan.names, frame, plan.lines, plan.ragged)


def _read_simple(data: bytes, separator: str) -> Sheet | None:
    """A file without quotes with as many separators as its lines ask for; None where it has to be looked at closely.

    Polars refuses a line with too many cells, so that with the right number in all no line has too few either.
    """
    if b'"' in data:
        return None
    names = _cells(data[: data.find(b"\n") if b"\n" in data else len(data)], separator)
    rows = data.count(b"\n") - data.endswith(b"\n")
    if len(names) < 2 or rows < 1 or data.count(separator.encode()) != (len(names) - 1) * (rows + 1):
        return None
    try:
        frame = _polars(data, separator, len(names), 1)
    except pl.exceptions.ComputeError:
        return None
    return Sheet(names, frame, None, ()) if frame.height == rows else None


def _separator(data: bytes) -> str:
    """The separator that the first line has most often; a comma where there is none."""
    head = data[: data.find(b"\n") if b"\n" in data else len(data)]
    found = {separator: head.count(separator.encode()) for separator in SEPARATORS}
    return max(SEPARATORS, key=lambda separator: found[separator])


def _layout(data: bytes, separator: int) -> Layout | None:
    """Where records begin and end; None when quotes do not stand around whole cells."""
    view = np.frombuffer(data, dtype=np.uint8)
    quoted = b'"' in data
    ends: list[Offsets] = []
    separators, lines = [np.zeros(1, np.int64)], [np.ones(1, np.int64)]
    parity, seen_separators, seen_lines = 0, 0, 0
    for start in range(0, len(view), CHUNK_BYTES):
        chunk = view[start : start + CHUNK_BYTES]
        outside: Mask | None = None
        if quoted:
            marks = chunk == QUOTE
            if not _quotes_are_regular(view, np.flatnonzero(marks) + start, parity, separator):
                return None
            inside = (np.cumsum(marks, dtype=np.uint8) + np.uint8(parity)) & 1
            parity, outside = int(inside[-1]), inside == 0
        newlines = np.flatnonzero(chunk == NEWLINE)
        commas = np.flatnonzero(chunk == separator if outside is None else (chunk == separator) & outside)
        closing = newlines if outside is None else newlines[outside[newlines]]
        ends.append(closing + start)
        separators.append(np.searchsorted(commas, closing) + seen_separators)
        lines.append(np.searchsorted(newlines, closing) + seen_lines + 2)
        seen_separators += len(commas)
        seen_lines += len(newlines)
    if parity:
        return None
    return _records(view, ends, separators, lines, seen_separators)


def _records(
    view: Bytes,
    ends: list[Offsets],
    separators: list[Offsets],
    lines: list[Offsets],
    separators_in_all: int,
) -> Layout:
    end, count, line = np.concatenate(ends), np.concatenate(separators), np.concatenate(lines)
    if len(view) and (not len(end) or end[-1] != len(view) - 1):  # the last line has no line end
        end = np.append(end, len(view))
        count = np.append(count, separators_in_all)
    else:
        line = line[:-1]
    starts = np.concatenate([np.zeros(1, np.int64), end[:-1] + 1])[: len(end)]
    return Layout(starts, end, np.diff(count) + 1, line)


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
    after = view[np.minimum(closing + 1, len(view) - 1)]
    ends = (after == separator) | (after == NEWLINE) | (after == RETURN) | (after == QUOTE) | (closing == len(view) - 1)
    return bool(begins.all() and ends.all())


def _plan(data: bytes, separator: str) -> Plan | None:
    """What to read of a regular file, without the offsets of its records, which take as much memory as its cells do."""
    layout = _layout(data, ord(separator))
    if layout is None:
        return None
    names = _cells(data[: int(layout.ends[0])] if len(layout.ends) else data, separator)
    blank = _blank_records(data, layout, len(names))
    wrong = (layout.cells != len(names)) & ~blank
    for index in np.flatnonzero(wrong):
        if b"\r" in data[layout.starts[index] : layout.ends[index]].rstrip(b"\r"):
            raise MixedLineEnds(int(layout.lines[index]))
    keep = ~(wrong | blank)
    keep[:1] = False
    body = None if keep[1:].all() else _kept(data, layout, keep)
    lines = layout.lines[keep]
    plain = bool(np.array_equal(lines, np.arange(2, len(lines) + 2)))
    ragged = tuple(zip(layout.lines[wrong].tolist(), layout.cells[wrong].tolist(), strict=True))
    return Plan(names, body, len(lines), None if plain else pl.Series(lines, dtype=pl.UInt32), ragged)


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


def _polars(body: bytes, separator: str, width: int, header_rows: int) -> pl.DataFrame:
    schema = {str(index): pl.String() for index in range(width)}
    if not body:
        return pl.DataFrame(schema=schema)
    return pl.read_csv(
        body,
        has_header=False,
        skip_rows=header_rows,
        separator=separator,
        schema=schema,
        quote_char='"' if b'"' in body else None,
        infer_schema=False,
        glob=False,
    )


def _cells(record: bytes, separator: str) -> tuple[str, ...]:
    rows = list(csv.reader(io.StringIO(record.decode(), newline=""), delimiter=separator))
    if any(rows[1:]):
        raise MixedLineEnds(1)
    return tuple(cell.strip() for cell in rows[0]) if rows else ()


def _read_strictly(data: bytes, separator: str) -> Sheet:
    """Row by row: a quote inside an unquoted cell is a character like others, any other odd quote stops."""
    data = re.sub(rb"\r(?!\n)", b" ", data)
    reader = csv.reader((line.decode() for line in io.BytesIO(data)), delimiter=separator, strict=True)
    rows: list[list[str]] = []
    lines: list[int] = []
    ragged: list[tuple[int, int]] = []
    line, names = 1, tuple[str, ...]()
    try:
        for row in reader:
            if line == 1:
                names = tuple(cell.strip() for cell in row)
            elif len(row) == len(names):
                rows.append(row)
                lines.append(line)
            elif any(cell.strip() for cell in row):
                ragged.append((line, len(row)))
            line = reader.line_num + 1
    except csv.Error as error:
        raise _broken(data, separator, line) from error
    schema = {str(index): pl.String() for index in range(len(names))}
    frame = pl.DataFrame(rows, schema=schema, orient="row").with_columns(pl.all().replace("", None))
    return Sheet(names, frame, pl.Series(lines, dtype=pl.UInt32), tuple(ragged))


def _broken(data: bytes, separator: str, line: int) -> BrokenQuote:
    start = 0
    for _ in range(line - 1):
        start = data.index(b"\n", start) + 1
    end = data.find(b"\n", start)
    text = data[start : end if end >= 0 else len(data)].decode()
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
