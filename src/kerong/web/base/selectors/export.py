"""The list of enterprises as CSV that a spreadsheet opens safely."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import polars as pl

from kerong.web.base.names import named
from kerong.web.base.selectors.objections import in_dispute
from kerong.web.base.selectors.published import Published
from kerong.web.base.words import word

COLUMNS = (
    "enterprise_id",
    "name",
    "district",
    "industry",
    "stage",
    "grade",
    "points",
    "points_high",
    "rank",
    "certain",
    "possible",
    "disputed",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
_BOM = "\ufeff"


def as_csv(published: Published, rows: pl.DataFrame, lang: str) -> str:
    """The rows with a header in the reader's language; starts with a byte-order mark so that Excel reads Chinese."""
    districts = {item.code: item.title.in_(lang) for item in published.rulebook.region.districts}
    marked, told_rows = in_dispute(), []
    for row in rows.select(COLUMNS[:-1]).iter_rows(named=True):
        told = {**row, "district": districts.get(row["district"], row["district"])}
        told["disputed"] = word("dispute.open", lang) if row["enterprise_id"] in marked else ""
        told["stage"] = named("stage", row["stage"], lang, published.rulebook.region)
        told_rows.append([told[name] for name in COLUMNS])
    return csv_text([word(f"column.{name}", lang) for name in COLUMNS], told_rows)


def csv_text(header: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    """A table as CSV for spreadsheets: a byte-order mark, and no cell that would be a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows([neutral(cell) for cell in row] for row in rows)
    return _BOM + out.getvalue()


def neutral(cell: Any) -> str:
    """The cell as text; what a spreadsheet would take for a formula gets an apostrophe before it."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.lstrip(" \u3000").startswith(_FORMULA) or text.startswith(_FORMULA) else text
