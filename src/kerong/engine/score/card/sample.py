"""The rows that a card is fitted on: who was decided on when, what was known then, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np
import polars as pl

KEYS = ("subject", "on")
GROUP = "group."  # before the name of a group


@dataclass(frozen=True, slots=True)
class Sample:
    """One row per decision; given in any order, it holds its rows in one canonical order.

    `rows`: `subject` String, `on` Date (day of the decision), `outcome` Boolean (true: bad; null: not yet known), one
    column per characteristic (numbers and flags, or String for categories; null, NaN and infinite are missing),
    `segment` String (may be absent) and `group.<name>` String (for fairness). `known`: characteristic -> Date of the
    same height, the day on which each value was known. Raises ValueError where a column is absent or of another type.
    """

    rows: pl.DataFrame
    known: Mapping[str, pl.Series] = field(default_factory=dict)

    def __post_init__(self) -> None:
        wanted = {"subject": pl.String(), "on": pl.Date(), "outcome": pl.Boolean()}
        for name, dtype in wanted.items():
            if self.rows.schema.get(name) != dtype:
                raise ValueError(f"a sample has the column {name} of type {dtype}")
        wrong = [name for name, days in self.known.items() if len(days) != self.rows.height or days.dtype != pl.Date()]
        if wrong:
            raise ValueError(f"known says no Date for each row: {', '.join(wrong)}")
        days = [days.alias(f"known.{name}") for name, days in self.known.items()]
        ordered = _ordered(self.rows.hstack(days))
        object.__setattr__(self, "rows", ordered.select(self.rows.columns))
        object.__setattr__(self, "known", {name: ordered[f"known.{name}"].alias(name) for name in self.known})

    @property
    def judged(self) -> pl.DataFrame:
        """The rows whose outcome is known."""
        return self.rows.filter(pl.col("outcome").is_not_null())

    def digest(self) -> str:
        """A digest of all rows, outcomes and known days, the same for any order in which they were given.

        Groups are left out: nothing is fitted on them.
        """
        found = sha256()
        named = {name: self.rows[name] for name in self.rows.columns if not name.startswith(GROUP)}
        for name, column in sorted({**named, **{f"known.{name}": days for name, days in self.known.items()}}.items()):
            found.update(f"{name} {column.len()}\n".encode())
            found.update(_bytes(column))
        return found.hexdigest()


def _bytes(column: pl.Series) -> bytes:
    """Numbers, days and flags as little-endian doubles, all missing ones alike; texts with their lengths."""
    if column.dtype == pl.String():
        return b"".join(b"-" if text is None else b"%d:%s" % (len(text), text.encode()) for text in column)
    plain = column.cast(pl.Int32) if column.dtype == pl.Date() else column
    held = plain.cast(pl.Float64).fill_null(float("nan")).to_numpy() + 0.0
    return np.where(np.isnan(held), np.nan, held).astype("<f8").tobytes()


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """Sorted by subject and day; where these stand twice, by all the rest, so that no order of rows is left."""
    keys = rows.select(KEYS)
    if keys.is_unique().all():
        return rows.sort(KEYS)
    return rows.sort([*KEYS, *sorted(name for name in rows.columns if name not in KEYS)])
