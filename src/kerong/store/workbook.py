"""An XLSX workbook to a table of texts, after a look at the archive that it is.

Numbers come as Excel shows them (15 significant digits); a number too long for that keeps its exponent, so that a
credit code which Excel has destroyed is seen as such. Cells in error keep their error text. Dates come as ISO texts,
in either date system.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

import fastexcel
import polars as pl

INFLATED_BYTES = 1 << 30
CHUNK_BYTES = 1 << 20
# a reader holds every cell between the first and the last: a sheet of a hundred bytes may ask for more than there is
CELLS = 1 << 26
CELLS_PER_FILLED = 4
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
CELL = re.compile(rb'<(?:\w+:)?c r="([A-Z]{1,3})(\d+)"([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)', re.DOTALL)
CELL_TAG = re.compile(rb"<(?:[^\s<>:/]+:)?c\b")
PLACE = re.compile(CELL_TAG.pattern + rb"""[^<]*?\br\s*=\s*["']([A-Za-z]*)([0-9]*)""")
COLUMN_LETTERS, LINE_DIGITS = 3, 7
VALUE = re.compile(rb"<(?:\w+:)?v[^>]*>([^<]*)</(?:\w+:)?v>")
ODD_NUMBER = re.compile(rb"[\d.]+[eE]\+?\d+|\d{16,}")
LONG_FRACTION = r"^-?\d+\.\d{10,}$"


class Unsafe(ValueError):
    """The archive is not read; `kind` says why, `value` shows what was seen."""

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(kind, value)
        self.kind, self.value = kind, value


@dataclass(frozen=True, slots=True)
class Grid:
    """`rows`: all cells of the first sheet as text, columns "0", "1", …, the first row on `first_line` of the sheet.

    `others`: names of other sheets that hold something.
    """

    rows: pl.DataFrame
    first_line: int
    others: tuple[str, ...]


def read_workbook(data: bytes) -> Grid:
    """The first sheet of the workbook in `data`.

    Raises:
        Unsafe: it is no XLSX, is encrypted, holds odd paths or document types, or inflates beyond INFLATED_BYTES.
    """
    sheets = _inspected(data)
    try:
        book = fastexcel.read_excel(data)
        sheet = book.load_sheet(0, header_row=None, dtypes="string", schema_sample_rows=None)
        others = tuple(name for name in book.sheet_names[1:] if _holds_something(book, name))
        frame = sheet.to_polars()
        cells = _first_sheet(data, sheets)
    except (fastexcel.FastExcelError, KeyError) as error:
        raise Unsafe("workbook_unreadable", str(error).splitlines()[0]) from error
    frame.columns = [str(index) for index in range(frame.width)]
    return Grid(*_corrected(frame, cells), others)


def _holds_something(book: fastexcel.ExcelReader, name: str) -> bool:
    return book.load_sheet(name, header_row=None, n_rows=1, dtypes="string").to_polars().height > 0


def _inspected(data: bytes) -> tuple[str, ...]:
    """Names of the sheets' parts, when the archive is safe to open."""
    if data.startswith(OLE2):
        raise Unsafe("workbook_encrypted_or_xls", "OLE2")
    if not zipfile.is_zipfile(io.BytesIO(data)):
        raise Unsafe("workbook_is_something_else", data[:40].decode("utf-8", "replace"))
    inflated = 0
    with _archive(data) as archive:
        for entry in archive.infolist():
            _check_entry(entry)
            for piece in _pieces(archive, entry):
                inflated += len(piece)
                if inflated > INFLATED_BYTES:
                    raise Unsafe("workbook_inflates", entry.filename)
        names = tuple(archive.namelist())
    if not any(name.startswith("xl/workbook") for name in names):
        raise Unsafe("workbook_is_something_else", names[0] if names else "")
    return tuple(name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name))


def _archive(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise Unsafe("workbook_unreadable", str(error)) from error


def _check_entry(entry: zipfile.ZipInfo) -> None:
    parts = entry.filename.replace("\\", "/").split("/")
    if ".." in parts or parts[0] == "" or ":" in parts[0]:
        raise Unsafe("workbook_path", entry.filename)
    if entry.flag_bits & 1:
        raise Unsafe("workbook_encrypted_or_xls", entry.filename)
    if entry.file_size > INFLATED_BYTES:
        raise Unsafe("workbook_inflates", entry.filename)


def _pieces(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """The entry in chunks; a document type (where entities are declared) and cells too far apart are refused."""
    is_xml = entry.filename.endswith((".xml", ".rels"))
    extent = Extent()
    try:
        with archive.open(entry) as stream:
            tail = b""
            while piece := stream.read(CHUNK_BYTES):
                if is_xml:
                    _check_markup(tail + piece, entry.filename)
                    tail = extent.seen(tail + piece)
                    if extent.cells > max(CELLS, CELLS_PER_FILLED * extent.filled):
                        raise Unsafe("workbook_sparse", f"{extent.rows} x {extent.columns}")
                yield piece
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError) as error:
        raise Unsafe("workbook_unreadable", entry.filename) from error


def _check_markup(text: bytes, name: str) -> None:
    if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise Unsafe("workbook_entities", name)
    if b"\0" in text:  # UTF-16 would hide what is looked for here
        raise Unsafe("workbook_unreadable", name)


@dataclass(slots=True)
class Extent:
    """How far the cells of a sheet reach, and how many there are; filled while its text is read piece by piece."""

    rows: int = 0
    columns: int = 0
    filled: int = 0

    @property
    def cells(self) -> int:
        """Cells from the first corner to the last one."""
        return self.rows * self.columns

    def seen(self, text: bytes) -> bytes:
        """Takes note of the places of cells in `text`; the tag that it breaks off in comes back. Raises Unsafe."""
        whole = text[: text.rfind(b"<")]
        places = PLACE.findall(whole)
        self.filled += len(places)
        for letters in {letters.upper() for letters, _ in places}:
            if not 0 < len(letters) <= COLUMN_LETTERS:
                raise Unsafe("workbook_unreadable", f"column {letters[:20].decode()}")
            self.columns = max(self.columns, _column(letters))
        for digits in {digits for _, digits in places}:
            if not 0 < len(digits) <= LINE_DIGITS:
                raise Unsafe("workbook_unreadable", f"line {digits[:20].decode()}")
            self.rows = max(self.rows, int(digits))
        rest = text[len(whole) :]
        if len(rest) <= CHUNK_BYTES:
            return rest
        if b">" not in rest or CELL_TAG.match(rest):
            raise Unsafe("workbook_unreadable", f"a tag of {len(rest)} bytes")
        return b""  # a long text behind a tag that is no cell's


def _first_sheet(data: bytes, sheets: tuple[str, ...]) -> bytes:
    """The XML of the first sheet, by the workbook's own order."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        book = archive.read("xl/workbook.xml").decode("utf-8", "replace")
        links = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
        first = re.search(r'<(?:\w+:)?sheet [^>]*?\w+:id="([^"]+)"', book)
        targets = dict(_relations(links))
        target = targets.get(first.group(1), "") if first else ""
        name = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        known = name if name in sheets else next(iter(sheets), "")
        return archive.read(known) if known else b""


def _relations(links: str) -> Iterator[tuple[str, str]]:
    for tag in re.findall(r"<(?:\w+:)?Relationship [^>]*>", links):
        found = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        yield found.get("Id", ""), found.get("Target", "")


def _corrected(frame: pl.DataFrame, xml: bytes) -> tuple[pl.DataFrame, int]:
    """Texts as Excel shows them, and the sheet's line of the first row."""
    first_line, first_column, odd = _odd_cells(xml)
    long_fraction = pl.all().str.contains(LONG_FRACTION)
    if frame.height and frame.select(long_fraction.any()).row(0).count(True):
        frame = frame.with_columns(pl.col(name).replace(_shown(frame[name])) for name in frame.columns)
    for column, line, text in odd:
        row, name = line - first_line, str(column - first_column)
        if 0 <= row < frame.height and name in frame.columns:
            frame[row, name] = text
    return frame, first_line


def _shown(cells: pl.Series) -> dict[str, str]:
    """Long fractions to 15 significant digits: 12345.670000000002 is 12345.67."""
    long = cells.filter(cells.str.contains(LONG_FRACTION)).unique().to_list()
    return {text: f"{float(text):.15g}" for text in long}


def _odd_cells(xml: bytes) -> tuple[int, int, list[tuple[int, int, str]]]:
    """First line, first column and the cells that the reader loses: errors, and numbers beyond 15 digits."""
    first_line, first_column = 0, 1 << 20
    odd: list[tuple[int, int, str]] = []
    for match in CELL.finditer(xml):
        letters, digits, attributes, inner = match.groups()
        if not inner:
            continue
        column, line = _column(letters), int(digits)
        first_line, first_column = first_line or line, min(first_column, column)
        is_text = b't="s"' in attributes or b't="str"' in attributes or b't="inlineStr"' in attributes
        value = None if is_text else VALUE.search(inner)
        if value and (b't="e"' in attributes or ODD_NUMBER.fullmatch(value.group(1))):
            odd.append((column, line, value.group(1).decode()))
    return first_line or 1, first_column, odd


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
