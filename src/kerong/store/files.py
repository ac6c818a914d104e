"""Files of a folder of registers to raw tables: CSV (also gzipped), XLSX and Parquet.

What makes a file unusable is a "refused" problem and the file gives no part; a row that does not fit is "quarantined",
with its line. Nothing is interpreted here: cells stay texts until `engine.record.clean`.
"""

import gzip
import hashlib
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

import polars as pl

from kerong.store.delimited import BrokenQuote, MixedLineEnds, Sheet, read_delimited
from kerong.store.encoding import Undecodable, as_utf8
from kerong.store.workbook import Unsafe, read_workbook

READABLE = (".csv", ".csv.gz", ".xlsx", ".parquet")
TABLES_OF_OTHERS = (".xls", ".xlsm", ".xlsb", ".ods", ".et", ".tsv", ".dbf", ".mdb")  # refused: they must be converted
PERHAPS_TABLES = (".txt", ".json", ".zip", ".rar", ".7z", ".gz")  # noted: perhaps only a licence or a read-me
UNREAD = TABLES_OF_OTHERS + PERHAPS_TABLES
INFLATED_BYTES = 1 << 34
COLUMNS = 4096

Problem = dict[str, object]


@dataclass(frozen=True, slots=True)
class RawPart:
    """One file: its name in the folder, its columns as in the header, the file's line of every row (None: row + 2)."""

    file: str
    frame: pl.DataFrame
    lines: pl.Series | None = None


@dataclass(frozen=True, slots=True)
class RawTable:
    """All files of one register, in order of their names, with what was wrong while they were read."""

    register: str
    parts: list[RawPart] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Unusable(ValueError):
    """The file cannot be used; `found` holds kind, and line, column and value where they are known."""

    def __init__(self, kind: str, **found: object) -> None:
        super().__init__(kind, found)
        self.found: Mapping[str, object] = {"kind": kind, **found}


class Folder:
    """A folder with the files of a region's registers."""

    def __init__(self, path: Path | str) -> None:
        """Raises NotADirectoryError where `path` is no folder."""
        self.path = Path(path)
        if not self.path.is_dir():
            raise NotADirectoryError(f"{self.path} is not a folder")
        self._hashes: dict[str, str] = {}

    @property
    def hashes(self) -> dict[str, str]:
        """SHA-256 of every file that was read, by name, sorted."""
        return dict(sorted(self._hashes.items()))

    def names(self, patterns: Sequence[str]) -> list[str]:
        """Files that match a pattern (for the name without extension, whatever its case), sorted."""
        return sorted(name for name in self._candidates(patterns) if _extension(name) in READABLE)

    def read(self, register_name: str, patterns: Sequence[str]) -> RawTable:
        """Every file of the register; a file that cannot be used is a problem and gives no part."""
        table = RawTable(register_name)
        for name in sorted(self._candidates(patterns)):
            found = table.problems
            told = name.encode("utf-8", "backslashreplace").decode()
            try:
                if told != name:
                    raise Unusable("file_name_not_text")
                if _extension(name) in UNREAD:
                    severity = "noted" if _extension(name) in PERHAPS_TABLES else "refused"
                    raise Unusable("file_format_not_read", value=_extension(name), severity=severity)
                part, noted = self._part(name)
                table.parts.append(part)
                found.extend(_problem(register_name, name, problem) for problem in noted)
            except Unusable as error:
                found.append(_problem(register_name, told, {"severity": "refused", **error.found}))
        return table

    def _candidates(self, patterns: Sequence[str]) -> list[str]:
        wanted = [PurePosixPath(pattern.casefold()).parts for pattern in patterns]
        depths = {len(parts) for parts in wanted}
        found: list[str] = []
        for depth in sorted(depths):
            for path in self.path.glob("/".join("*" * depth)):
                name = path.relative_to(self.path).as_posix()
                parts = PurePosixPath(name.removesuffix(_extension(name)).casefold()).parts
                if _is_data(path) and any(_fits(parts, pattern) for pattern in wanted):
                    found.append(name)
        return found

    def _part(self, name: str) -> tuple[RawPart, list[Problem]]:
        data = _bytes_of(self.path / name)
        self._hashes[name] = hashlib.sha256(data).hexdigest()
        return _part_of(name, data, None)


def read_part(path: Path, name: str, encoding: str | None = None) -> tuple[RawPart, list[Problem]]:
    """The whole file at `path`, called `name`, and what was wrong with it; raises Unusable."""
    return _part_of(name, _bytes_of(path), encoding)


def _bytes_of(path: Path) -> bytes:
    if not path.is_file():
        raise Unusable("file_not_plain")
    try:
        return path.read_bytes()
    except OSError as error:
        raise Unusable("file_not_opened", value=error.strerror or type(error).__name__) from error


def _part_of(name: str, data: bytes, encoding: str | None) -> tuple[RawPart, list[Problem]]:
    if not data.strip(b" \t\r\n\0\xef\xbb\xbf"):
        raise Unusable("file_empty")
    extension = _extension(name)
    if extension == ".parquet":
        return _parquet_part(name, data), []
    sheet, noted = _workbook_sheet(data) if extension == ".xlsx" else _text_sheet(data, extension, encoding)
    part, more = _headed(name, sheet)
    return part, noted + more


def fitting(names: Iterable[str], patterns: Sequence[str]) -> list[str]:
    """Those of the names (of files that were read before, with extension) that match a register's patterns, sorted."""
    wanted = [PurePosixPath(pattern.casefold()).parts for pattern in patterns]
    stems = {name: PurePosixPath(name.removesuffix(_extension(name)).casefold()).parts for name in names}
    return sorted(name for name, parts in stems.items() if any(_fits(parts, pattern) for pattern in wanted))


def _extension(name: str) -> str:
    base = PurePosixPath(name).name
    return next((end for end in (*READABLE, *UNREAD) if base.lower().endswith(end)), PurePosixPath(name).suffix)


def _is_data(path: Path) -> bool:
    """Neither hidden nor a spreadsheet's lock file, of a kind that holds registers, or at least named so."""
    hidden = path.name.startswith((".", "~$"))
    return not hidden and _extension(path.name).lower() in (READABLE + UNREAD if path.is_file() else READABLE)


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    pairs = zip(parts, pattern, strict=False)
    return len(parts) == len(pattern) and all(fnmatchcase(part, wanted) for part, wanted in pairs)


def _problem(register: str, file: str, found: Mapping[str, object]) -> Problem:
    return {"stage": "read", "register": register, "file": file, **found}


def _text_sheet(data: bytes, extension: str, encoding: str | None) -> tuple[Sheet, list[Problem]]:
    if extension == ".csv.gz":
        data = _inflated(data)
    try:
        decoded = as_utf8(data, encoding)
    except Undecodable as error:
        raise Unusable("file_is_not_text") from error
    noted: list[Problem] = []
    if decoded.invalid:
        noted.append(
            {"severity": "noted", "kind": "invalid_bytes", "line": decoded.line, "value": str(decoded.invalid)}
        )
    try:
        return read_delimited(decoded.data), noted
    except BrokenQuote as error:
        column = f"{error.index + 1}"
        raise Unusable("quote_not_closed", line=error.line, column=column, value=error.start[:80]) from error
    except MixedLineEnds as error:
        raise Unusable("line_ends_mixed", line=error.line) from error


def _inflated(data: bytes) -> bytes:
    """The gzipped bytes, up to INFLATED_BYTES."""
    try:
        if len(data) * 1032 <= INFLATED_BYTES:  # deflate cannot do better than 1 : 1032
            return gzip.decompress(data)
        return b"".join(_members(data))
    except (OSError, EOFError, zlib.error) as error:
        raise Unusable("file_is_no_gzip") from error


def _members(data: bytes) -> Iterator[bytes]:
    """What each gzip member in `data` holds; one that breaks off raises EOFError."""
    left = INFLATED_BYTES
    while data:
        engine = zlib.decompressobj(wbits=31)
        piece = engine.decompress(data, left + 1)
        left -= len(piece)
        if left < 0:
            raise Unusable("file_inflates")
        if not engine.eof:
            raise EOFError
        yield piece
        data = engine.unused_data.lstrip(b"\0")


def _workbook_sheet(data: bytes) -> tuple[Sheet, list[Problem]]:
    try:
        grid = read_workbook(data)
    except Unsafe as error:
        raise Unusable(error.kind, value=error.value[:80]) from error
    if not grid.rows.height:
        raise Unusable("file_empty")
    header = tuple((cell or "").strip() for cell in grid.rows.row(0))
    lines = pl.int_range(grid.first_line + 1, grid.first_line + grid.rows.height, dtype=pl.UInt32, eager=True)
    body = grid.rows.slice(1)
    others: list[Problem] = [
        {"severity": "noted", "kind": "sheet_not_read", "value": name[:80]} for name in grid.others
    ]
    return Sheet(header, body, lines), others


def _headed(name: str, sheet: Sheet) -> tuple[RawPart, list[Problem]]:
    """The table under its header's names; columns without name and content fall away."""
    if len(sheet.names) > COLUMNS:
        raise Unusable("too_many_columns", line=1, value=str(len(sheet.names)))
    frame = sheet.frame
    nameless = [str(index) for index, header in enumerate(sheet.names) if not header]
    for column in nameless:
        if frame[column].str.strip_chars().str.len_bytes().max():
            raise Unusable("header_empty", line=1, column=str(int(column) + 1))
    headers = [header for header in sheet.names if header]
    twice = next((header for header in headers if headers.count(header) > 1), None)
    if twice is not None:
        raise Unusable("header_twice", line=1, column=twice)
    frame = frame.drop(nameless)
    frame.columns = headers
    frame, lines, found = _without_empty_rows(frame, sheet.lines)
    width = len(sheet.names)
    found += [
        {"severity": "quarantined", "kind": "row_has_other_width", "line": line, "value": f"{cells} / {width}"}
        for line, cells in sheet.ragged
    ]
    return RawPart(name, frame, lines), found


def _without_empty_rows(
    frame: pl.DataFrame, lines: pl.Series | None
) -> tuple[pl.DataFrame, pl.Series | None, list[Problem]]:
    """Rows in which no cell is filled say nothing: they are left out and counted."""
    empty = frame.select(pl.all_horizontal(pl.all().is_null())).to_series() if frame.width else pl.Series([False])
    if not empty.any():
        return frame, lines, []
    if lines is None:
        lines = pl.int_range(2, frame.height + 2, dtype=pl.UInt32, eager=True)
    counted: Problem = {"severity": "noted", "kind": "empty_rows", "value": str(empty.sum())}
    return frame.filter(~empty), lines.filter(~empty), [counted]


def _parquet_part(name: str, data: bytes) -> RawPart:
    try:
        frame = pl.read_parquet(data)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise Unusable("parquet_unreadable", value=str(error)[:80]) from error
    if frame.width > COLUMNS:
        raise Unusable("too_many_columns", line=1, value=str(frame.width))
    return RawPart(name, frame)
