"""One file to blocks of rows: which reader its kind has, and what every reader owes.

A reader yields `RawPart`s in the order of the file and problems (mappings with "severity", "kind" and what is known of
"line", "column", "value"). Whoever takes the blocks must throw them away when `Unusable` comes after some of them: a
file is refused whole.
"""

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

import polars as pl

from kerong.store.parts import Problem, RawPart, Unusable
from kerong.store.stream.heading import COLUMNS, Heading
from kerong.store.stream.source import Source
from kerong.store.stream.text import delimited_blocks, json_blocks
from kerong.store.workbook import Unsafe, read_workbook

ROWS = 1 << 18
READABLE = (".csv", ".csv.gz", ".jsonl", ".ndjson", ".xlsx", ".parquet")
WORKBOOK_BYTES = 1 << 30

Blocks = Iterator[RawPart | Problem]


def blocks(path: Path, name: str, encoding: str | None = None, rows: int = ROWS) -> Blocks:
    """The file at `path` as blocks of at most `rows` rows, called `name`, and its problems ("stage", "file" filled in).

    There is at least one block; its columns are those of all others. Cells are texts (of Parquet: as they are typed).
    `encoding`: the name of the text's encoding where it is declared; else it is found out.

    Raises:
        Unusable: the file cannot be used, which may turn out after some blocks.
    """
    return blocks_of(path, name, encoding, rows)


def blocks_of(
    held: Path | bytes, name: str, encoding: str | None = None, rows: int = ROWS, chunk_bytes: int | None = None
) -> Blocks:
    """The same of a path or of bytes in memory."""
    extension = extension_of(name)
    if extension not in READABLE:
        raise Unusable("file_format_not_read", value=extension)
    source = Source(held, extension.endswith(".gz"), chunk_bytes)
    if source.is_blank():
        raise Unusable("file_empty")
    is_begun = False
    for found in _read(source, name, extension, encoding):
        if not isinstance(found, RawPart):
            yield {"stage": "read", "file": name, **found}
            continue
        for start in range(0, found.frame.height, rows):
            lines = None if found.lines is None else found.lines.slice(start, rows)
            yield RawPart(name, found.frame.slice(start, rows), lines)
        if not (found.frame.height or is_begun):
            yield found
        is_begun = True


def extension_of(name: str, known: tuple[str, ...] = READABLE) -> str:
    """How a file's name ends, in lower case where that is known."""
    base = PurePosixPath(name).name
    return next((end for end in known if base.lower().endswith(end)), PurePosixPath(name).suffix)


def _read(source: Source, name: str, extension: str, encoding: str | None) -> Blocks:
    if extension == ".parquet":
        return _parquet(source, name)
    if extension == ".xlsx":
        return _workbook(source, name)
    return (json_blocks if extension in (".jsonl", ".ndjson") else delimited_blocks)(source, name, encoding)


def _workbook(source: Source, name: str) -> Blocks:
    """The first sheet; its reader holds it whole, within limits of its own."""
    if source.size() > WORKBOOK_BYTES:
        raise Unusable("workbook_inflates", value=name[:80])
    try:
        grid = read_workbook(source.whole())
    except Unsafe as error:
        raise Unusable(error.kind, value=error.value[:80]) from error
    if not grid.rows.height:
        raise Unusable("file_empty")
    heading = Heading(name, [(cell or "").strip() for cell in grid.rows.row(0)])
    first = grid.first_line
    lines = pl.int_range(first + 1, first + grid.rows.height, dtype=pl.UInt32, eager=True)
    yield heading.part(grid.rows.slice(1), lines)
    for other in grid.others:
        yield {"severity": "noted", "kind": "sheet_not_read", "value": other[:80]}
    yield from heading.counted()


def _parquet(source: Source, name: str) -> Blocks:
    """Rows as they are typed, a stretch at a time."""
    try:
        scan = pl.scan_parquet(source.held)
        width, height = len(scan.collect_schema()), int(scan.select(pl.len()).collect().item())
        if width > COLUMNS:
            raise Unusable("too_many_columns", line=1, value=str(width))
        for start in range(0, max(height, 1), ROWS):
            frame = scan.slice(start, ROWS).collect()
            lines = pl.int_range(start + 2, start + 2 + frame.height, dtype=pl.UInt32, eager=True)
            yield RawPart(name, frame, lines)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise Unusable("parquet_unreadable", value=str(error)[:80]) from error
