"""A table as the bytes of an XLSX workbook with one sheet; the same table gives the same bytes."""

import io
import re
import zipfile
from xml.sax.saxutils import escape

import polars as pl

ROWS_PER_SHEET = 1_048_576  # the format's own limit, header included
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d{1,6})?")
_OPEN = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    f'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_TYPE}.worksheet+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_LINKS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}"><sheets>'
    '<sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
    f'Type="{_LINKS}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
}


def workbook(frame: pl.DataFrame) -> bytes:
    """The workbook of a table of texts; plain numbers become numeric cells. Raises ValueError beyond a sheet's rows."""
    if len(frame) >= ROWS_PER_SHEET:
        raise ValueError(f"{len(frame)} rows do not fit a sheet of {ROWS_PER_SHEET}")
    letters = [_letters(place) for place in range(frame.width)]
    lines = [_line(1, letters, frame.columns)]
    lines += [_line(number, letters, row) for number, row in enumerate(frame.iter_rows(), 2)]
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{"".join(lines)}</sheetData></worksheet>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {**_PARTS, "xl/worksheets/sheet1.xml": sheet}.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), _OPEN + text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _line(number: int, letters: list[str], cells: list[str] | tuple[str | None, ...]) -> str:
    inside = "".join(_cell(f"{at}{number}", cell) for at, cell in zip(letters, cells, strict=True))
    return f'<row r="{number}">{inside}</row>'


def _cell(at: str, text: str | None) -> str:
    if not text:
        return ""
    if _NUMBER.fullmatch(text):
        return f'<c r="{at}"><v>{text}</v></c>'
    return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def _letters(place: int) -> str:
    """0 is A, 26 is AA."""
    high, low = divmod(place, 26)
    return (_letters(high - 1) if high else "") + chr(65 + low)
