"""Rows set aside as a spreadsheet that a steward corrects, and the corrected spreadsheet as rows again.

The file has the columns #batch, #line (in the file as received), #reason, and then those of the file. A cell that a
spreadsheet would take for a formula (=, +, -, @, tab, carriage return) has an apostrophe before it, and so has a cell
that begins with an apostrophe: taking one apostrophe off such cells gives back exactly what stood there.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Mapping, Sequence

import polars as pl

from kerong.engine.problems import sentence
from kerong.engine.record.values import as_text
from kerong.store.files import Problem, RawPart

BATCH, LINE, REASON = "#batch", "#line", "#reason"
OWN = (BATCH, LINE, REASON)
BOM = "\ufeff"
FORMULA = re.compile(r"^['=+\-@\t\r]")
NEUTRALISED = r"^'(['=+\-@\t\r])"
WHOLE = re.compile(r"[1-9][0-9]{0,15}(?:\.0+)?", re.ASCII)


def neutralised(cell: str) -> str:
    """The cell as a text that no spreadsheet calculates; `restored` takes it back."""
    return f"'{cell}" if FORMULA.match(cell) else cell


def restored(cells: pl.Expr) -> pl.Expr:
    """Cells without the apostrophe that `neutralised` put before them."""
    return cells.str.replace(NEUTRALISED, "${1}")


def spreadsheet(batch_id: str, file: str, aside: pl.DataFrame) -> bytes:
    """The rows set aside as CSV for a spreadsheet: UTF-8 with a byte order mark, lines by number, reasons in words.

    `aside`: `line`, `column`, `kind`, `value`, `severity`, `raw` (JSON, header to cell), one row a fault.
    """
    lines: dict[int, tuple[dict[str, str | None], list[str]]] = {}
    for row in aside.sort("line", "column", "kind", nulls_last=True).iter_rows(named=True):
        cells, reasons = lines.setdefault(row["line"], (json.loads(row["raw"]), []))
        told = {**row, "file": file}
        reasons.append(f"{sentence(told, 'zh')} / {sentence(told, 'en')}")
    headers = list(dict.fromkeys(header for cells, _ in lines.values() for header in cells))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*OWN, *(neutralised(header) for header in headers)])
    for line, (cells, reasons) in sorted(lines.items()):
        filled = [neutralised(cells.get(header) or "") for header in headers]
        writer.writerow([batch_id, line, neutralised(" ‖ ".join(dict.fromkeys(reasons))), *filled])
    return (BOM + out.getvalue()).encode()


def is_sent_back(headers: Iterable[str]) -> bool:
    """Whether a file with this header is a quarantine that comes back."""
    return {BATCH, LINE} <= set(headers)


def batches_in(parts: Sequence[RawPart]) -> set[str]:
    """The batches that the rows name; a row that names none gives an empty text."""
    found: set[str] = set()
    for part in parts:
        cells = as_text(part.frame[BATCH])
        found |= {(cell or "").strip() for cell in (cells if cells is not None else [])}
    return found


def lines_in(part: RawPart) -> list[int | None]:
    """The lines that the rows name; None where a cell names none. A spreadsheet may write 1,234 or 1234.0 of it."""
    cells = as_text(part.frame[LINE])
    texts = [
        (cell or "").strip().replace(",", "") for cell in (cells if cells is not None else [""] * part.frame.height)
    ]
    return [int(float(text)) if WHOLE.fullmatch(text) else None for text in texts]


def sent_back(parts: Sequence[RawPart], file: str, open_lines: set[int]) -> tuple[RawPart | None, list[Problem]]:
    """The corrected rows under their lines in the batch's own file; or why the whole file is refused.

    `open_lines`: those in quarantine that no correction has taken out yet. Problems name the line of the file sent.
    """
    found: list[Problem] = []
    lines: list[int] = []
    seen: set[int] = set()
    for part in parts:
        own = part.lines
        places = own.to_list() if own is not None else list(range(2, part.frame.height + 2))
        cells = as_text(part.frame[LINE])
        texts = cells.to_list() if cells is not None else [None] * len(places)
        for place, cell, number in zip(places, texts, lines_in(part), strict=True):
            kind = _fault(number, open_lines, seen)
            if kind:
                told = {"stage": "read", "severity": "refused", "kind": kind, "file": file}
                found.append(told | {"line": place, "column": LINE, "value": (cell or "")[:80]})
            else:
                seen.add(number or 0)
            lines.append(number or 0)
    if found or not parts:
        return None, found
    frames = [
        part.frame.drop([name for name in OWN if name in part.frame.columns]).with_columns(
            restored(pl.col(name)) for name, kind in part.frame.schema.items() if kind == pl.String and name not in OWN
        )
        for part in parts
    ]
    frame = pl.concat(frames)
    names: Mapping[str, str] = {name: re.sub(r"^'(?=['=+\-@\t\r])", "", name) for name in frame.columns}
    return RawPart(file, frame.rename(names), pl.Series(lines, dtype=pl.UInt32)), []


def _fault(number: int | None, open_lines: set[int], seen: set[int]) -> str | None:
    if number is None:
        return "line_sent_back_unreadable"
    if number in seen:
        return "line_sent_back_twice"
    return None if number in open_lines else "line_not_in_quarantine"
