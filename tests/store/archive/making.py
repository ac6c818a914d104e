"""Deliveries for tests: a file, what was made of it, and an archive that takes it."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from kerong.store.archive import Archive, Batch, View

START = datetime(2026, 1, 1, 8, tzinfo=UTC)
STEWARD = "steward Wang"


def at(days: float) -> datetime:
    """A moment so many days after the archive began."""
    return START + timedelta(days=days)


def rows_of(data: bytes, periods: tuple[str, ...], copies: int = 1) -> pl.DataFrame:
    """Rows that can be told apart: one for each period of the file, `copies` times."""
    listed = list(periods or (None,)) * copies
    return pl.DataFrame(
        {"text": [data.decode()] * len(listed), "#line": range(2, len(listed) + 2), "#period": listed},
        schema={"text": pl.String, "#line": pl.UInt64, "#period": pl.String},
    )


def batch_of(data: bytes, periods: tuple[str, ...] = ("2025-06",), **told: object) -> Batch:
    """The batch of a file with these bytes; `told` replaces the usual values."""
    values: dict[str, object] = {
        "feed": "tax",
        "register": "tax",
        "file": "tax.csv",
        "sha256": hashlib.sha256(data).hexdigest(),
        "bytes": len(data),
        "periods": periods,
        "extent": "period",
        "received_at": START,
        "by": "tax bureau",
        "mapping": "0",
        "rows": max(len(periods), 1),
    }
    return Batch(**{**values, **told})  # type: ignore[arg-type]


def delivered(
    archive: Archive, data: bytes, periods: tuple[str, ...] = ("2025-06",), publish: bool = True, **told: object
) -> Batch:
    """A file that arrived, and was published unless it is said otherwise; `as_of` may be a text."""
    if isinstance(told.get("as_of"), str):
        told["as_of"] = date.fromisoformat(str(told["as_of"]))
    with archive.staging() as staging:
        staging.keep_raw(data)
        staging.add_rows(rows_of(data, periods))
        return archive.seal(staging, batch_of(data, periods, **told), publish)


def told_by(view: View, register: str = "tax") -> dict[str, str]:
    """What the rows of a view say: period to the text of the file that counts; several joined by a space."""
    found: dict[str, list[str]] = {}
    for part in view.parts(register):
        for path in part.paths:
            rows = pl.read_parquet(path)
            if part.periods is not None:
                rows = rows.filter(pl.col("#period").is_in(part.periods))
            for text, period in rows.select("text", "#period").iter_rows():
                found.setdefault(period or "whole", []).append(text)
    return {period: " ".join(texts) for period, texts in sorted(found.items())}


def line_count(archive: Path) -> int:
    """How many whole lines the log has."""
    return (archive / "log.jsonl").read_bytes().count(b"\n")
