"""The rows that a card is fitted on: who was decided on when, what was known then, and what came of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

KEYS = ("subject", "on")


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


def _ordered(rows: pl.DataFrame) -> pl.DataFrame:
    """Sorted by subject and day; where these stand twice, by all the rest, so that no order of rows is left."""
    keys = rows.select(KEYS)
    if keys.is_unique().all():
        return rows.sort(KEYS)
    return rows.sort([*KEYS, *sorted(name for name in rows.columns if name not in KEYS)])
