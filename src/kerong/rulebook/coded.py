"""Texts that tables are looked up by, as numbers: worked out once for a table, so that every lookup is an index."""

from collections.abc import Iterable, Sequence

import numpy as np
import polars as pl

from kerong.rulebook.tables import Entries
from kerong.rulebook.tree import Node, walk

MANY = 10_000  # a column of so many different texts is looked up as text
WORTH = 50_000  # so few rows are looked up as text


def code_of(column: str) -> str:
    """The column that holds the codes of a text column."""
    return f"#{column}"


def coded(table: pl.DataFrame, nodes: Iterable[Node]) -> pl.DataFrame:
    """The table with the codes (categories) of every column of enterprises that a `lookup` among `nodes` reads."""
    if table.height < WORTH:
        return table
    leaves = {found.args[0] for node in nodes for found in walk(node) if found.kind == "lookup"}
    names = sorted(leaf.field[1] for leaf in leaves if leaf.kind == "field" and leaf.field[0] == "enterprise")
    texts = [pl.col(name).cast(pl.Categorical(pl.Categories(code_of(name)))).alias(code_of(name)) for name in names]
    return table.hstack(table.lazy().select(texts).collect(engine="streaming")) if texts else table


def entries_of(codes: pl.Series, table: Entries) -> list[int | float | None]:
    """What a table says of every code of a column, None where it says nothing; empty for a column of too many texts."""
    texts = codes.dtype.categories.to_series() if isinstance(codes.dtype, pl.Categorical) else codes.clear()
    return [table.entries.get(text, table.otherwise) for text in texts] if len(texts) <= MANY else []


def lookup(codes: pl.Series, table: Entries, dtype: pl.DataType) -> tuple[pl.Expr, pl.Expr | None] | None:
    """The entries of a column of codes, and where there is none; None for a column of too many texts.

    A row that is unknown has any entry.
    """
    entries = entries_of(codes, table)
    if not entries:
        return None
    values = np.asarray([0 if e is None else e for e in entries], dtype=float if dtype == pl.Float64() else np.int64)

    def found(columns: Sequence[pl.Series]) -> pl.Series:
        return pl.Series(columns[0].name, values[columns[0].fill_null(0).to_numpy()], dtype=dtype)

    code = pl.col(codes.name).to_physical()
    value = pl.map_batches([code], found, return_dtype=dtype, is_elementwise=True)
    missing = [place for place, entry in enumerate(entries) if entry is None]
    return value, code.is_in(missing) if missing else None
