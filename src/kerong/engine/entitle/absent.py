"""Enterprises without a row of the register that a rule is about: what can be said of them all the same."""

from datetime import date

import polars as pl

from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Register, Rule
from kerong.rulebook.outcomes import FAILED, NO_ROW, UNKNOWN
from kerong.rulebook.tree import fields_of


def without_rows(
    rule: Rule, enterprises: pl.DataFrame, register: Register, on: date, register_there: bool
) -> pl.DataFrame:
    """enterprise_id, row_key (empty), outcome, clause.

    Failed by the first clause that the enterprise alone fails; else, with NO_ROW for a clause, failed where the
    register is complete and unknown where it is not (or has no file).
    """
    alone = {
        f"clause_{number}": clause.condition
        for number, clause in enumerate(rule.clauses, 1)
        if all(table == "enterprise" for table, _ in fields_of(clause.condition))
    }
    found = evaluate(enterprises, alone, on, rule.parameters).frame if alone else enterprises.select()
    failing = pl.lit(None, pl.Int16)
    for name in reversed(alone):
        failing = pl.when(~pl.col(name)).then(pl.lit(int(name.removeprefix("clause_")), pl.Int16)).otherwise(failing)
    nothing = FAILED if register.absence == "none" and register_there else UNKNOWN
    return (
        enterprises.select("enterprise_id", pl.lit("").alias("row_key"))
        .with_columns(found)
        .select(
            "enterprise_id",
            "row_key",
            pl.when(failing.is_not_null()).then(FAILED).otherwise(nothing).cast(pl.Int8).alias("outcome"),
            failing.fill_null(NO_ROW).alias("clause"),
        )
    )
