"""Enterprises without a row of the register that a rule is about: what can be said of them all the same."""

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from kerong.rulebook.content import Register, Rule
from kerong.rulebook.outcomes import FAILED, NO_ROW, UNKNOWN
from kerong.rulebook.together import Together
from kerong.rulebook.tree import fields_of


def without_rows(
    rules: Sequence[Rule], enterprises: pl.DataFrame, register: Register, on: date, register_there: bool
) -> Iterator[tuple[pl.Series, pl.Series]]:
    """For each rule (outcome, clause) of every enterprise.

    Failed by the first clause that the enterprise alone fails; else, with NO_ROW for a clause, failed where the
    register is complete and unknown where it is not (or has no file).
    """
    together = Together(on)
    alone = {
        rule.name: {
            number: together.add(clause.condition, rule.name, rule.parameters)
            for number, clause in enumerate(rule.clauses, 1)
            if all(table == "enterprise" for table, _ in fields_of(clause.condition))
        }
        for rule in rules
    }
    answers = enterprises.select("enterprise_id").with_columns(together.evaluate(enterprises).frame.get_columns())
    nothing = FAILED if register.absence == "none" and register_there else UNKNOWN
    for rule in rules:
        failing = pl.lit(None, pl.Int16)
        for number, name in reversed(alone[rule.name].items()):
            failing = pl.when(~pl.col(name)).then(pl.lit(number, pl.Int16)).otherwise(failing)
        clause = answers.with_columns(failing.alias("clause"))["clause"]
        outcome = clause.to_frame().select(pl.when(pl.col("clause").is_null()).then(nothing).otherwise(FAILED))
        yield outcome.to_series().cast(pl.Int8).alias("outcome"), clause.fill_null(NO_ROW)
