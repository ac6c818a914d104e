"""Spells of an enterprise: from when until when something held, and what is not known of it."""

from datetime import date, timedelta

import polars as pl

from kerong.engine.record.aggregates import PLACE
from kerong.rulebook.content import Register
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.types import SPELLS


def spells(rows: pl.DataFrame, register: Register, height: int) -> pl.Series:
    """A list of spells by place 0..height-1, ascending, an end that is not known before all days.

    `rows` have _place, `value` (the first day), `by` (the last day), both null where unknown, and `unsure`. A row that
    may not count holds from its first day until it is not known when. What the register does not tell is a spell as
    well: at any time where no row may mean that none was recorded, before its coverage where that begins on a day.
    """
    doubtful = pl.col("unsure") & pl.col("value").is_not_null()
    told = rows.select(PLACE, begins="value", ends=pl.when(~doubtful).then("by"), is_told=True)
    untold = _untold(register)
    every = pl.DataFrame({PLACE: pl.int_range(height, dtype=pl.UInt32, eager=True)}).with_columns(
        begins=pl.lit(None, pl.Date),
        ends=pl.lit(untold[0] if untold else None, pl.Date),
        is_told=pl.lit(untold is not None),
    )
    ordered = pl.concat([told, every]).unique().sort(PLACE, "begins", "ends", nulls_last=False)
    listed = pl.struct("begins", "ends").filter("is_told").alias("spells")
    return ordered.group_by(PLACE, maintain_order=True).agg(listed)["spells"].cast(dtype_of(SPELLS))


def _untold(register: Register) -> tuple[date | None] | None:
    """Until when a spell may lie that the register does not tell: (None,) at any time; None if it tells of all."""
    if register.absence != "none":
        return (None,)
    if register.covers_from is not None and register.covers_from > date.min:
        return (register.covers_from - timedelta(days=1),)
    return None
