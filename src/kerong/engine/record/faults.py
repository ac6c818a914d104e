"""Faulty cells of a column as problems, and the rows that they take with them. Few cells are faulty: only they are
looked at.
"""

import polars as pl

from kerong.engine.record.codes import NOTED, counted
from kerong.engine.record.values import as_text
from kerong.rulebook.content import Column


def faulty(
    faults: pl.Series, cells: pl.Series | None, lines: pl.Series, column: Column, header: str
) -> tuple[pl.DataFrame, pl.Series]:
    """(a row per faulty cell: kind, line, value, severity and column, the places of rows that are set aside).

    Text with a lost character takes its row only where the column is required, notes never; every other fault does.
    `faults`: a kind (String) per cell, null where the cell is read. `cells`: as the file has them; None: it has none.
    """
    at = faults.is_not_null().arg_true()
    kind = faults.gather(at)
    value = None if cells is None else as_text(cells.gather(at))
    table = pl.DataFrame(
        {
            "kind": kind,
            "line": lines.gather(at).cast(pl.Int64),
            "value": pl.Series([None], dtype=pl.String).new_from_index(0, len(at)) if value is None else value,
        }
    )
    stays = kind.is_in(list(NOTED if column.required else (*NOTED, "text_damaged")))
    table = table.with_columns(
        severity=pl.when(stays).then(pl.lit("noted")).otherwise(pl.lit("quarantined")), column=pl.lit(header)
    )
    return counted(table, column), at.filter(~stays)
