"""Entries: the rows of a book in their order, as texts for the chain and as columns for the replay."""

from collections.abc import Iterable, Mapping
from dataclasses import fields

import polars as pl

from kerong.engine.money.ledger.transfers import Close, Transfer

Row = dict[str, str | int]

TRANSFER_FIELDS = ("type", *(field.name for field in fields(Transfer)), "at", "by")
CLOSE_FIELDS = ("type", "book", "through", "at", "by")
FIELDS: Mapping[str, tuple[str, ...]] = {"transfer": TRANSFER_FIELDS, "close": CLOSE_FIELDS}
DATES = ("on", "through")

ENTRIES = pl.Schema(
    {
        "book": pl.String(),
        "sequence": pl.Int64(),
        "type": pl.String(),
        "ref": pl.String(),
        "move": pl.String(),
        "debit": pl.String(),
        "credit": pl.String(),
        "fen": pl.Int64(),
        "currency": pl.String(),
        "step": pl.String(),
        "on": pl.Date(),
        "about": pl.String(),
        "pending": pl.String(),
        "reverses": pl.String(),
        "rule": pl.String(),
        "rule_version": pl.String(),
        "evidence": pl.String(),
        "through": pl.Date(),
        "at": pl.String(),
        "by": pl.String(),
    }
)
"""Texts are never null: "" where there is none. `fen` is 0 and `on` null in a closing, `through` null in a transfer."""


def row_of(entry: Transfer | Close, at: str = "", by: str = "") -> Row:
    """The row that is sealed: texts and whole numbers only. `at`: when it was recorded (UTC), `by`: by whom."""
    if isinstance(entry, Close):
        return {"type": "close", "book": entry.book, "through": entry.through.isoformat(), "at": at, "by": by}
    told: Row = {"type": "transfer", "at": at, "by": by}
    for field in fields(Transfer):
        value = getattr(entry, field.name)
        told[field.name] = value if isinstance(value, int) else "" if value is None else str(value)
    return told


def entries_of(rows: Iterable[tuple[int, Mapping[str, str | int]]]) -> pl.DataFrame:
    """Sequences and rows (of any books) as columns, in the order in which they come; a date that is none is null."""
    texts = pl.Schema({name: pl.String() if kind == pl.Date() else kind for name, kind in ENTRIES.items()})
    columns: dict[str, list[str | int]] = {name: [] for name in texts}
    for sequence, row in rows:
        columns["sequence"].append(sequence)
        for name in texts:
            if name != "sequence":
                columns[name].append(row.get(name, 0 if name == "fen" else ""))
    is_day = pl.col(*DATES).str.contains(r"^\d{4}-\d{2}-\d{2}$")
    days = pl.when(is_day).then(pl.col(*DATES)).str.to_date("%Y-%m-%d", strict=False)
    return pl.DataFrame(columns, schema=texts).with_columns(days)
