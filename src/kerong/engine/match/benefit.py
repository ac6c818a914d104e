"""What an offer is worth to a firm in a year: the rule's formula over the awarded amount and the facts of the row."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.problems import problems
from kerong.rulebook.compiled import evaluate, rounded
from kerong.rulebook.content import Rule
from kerong.rulebook.rows import subjects
from kerong.rulebook.tree import Node, fields_of

KEYS = ["enterprise_id", "row_key"]


def benefits(
    met: pl.DataFrame,
    rule: Rule,
    enterprises: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    on: date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`met` with `benefit_fen` (Int64, rounded down; null = unknown), and a problem per firm in error.

    `met`: verdicts of this one rule. Without a formula the benefit is the awarded amount.
    """
    if rule.benefit is None:
        return met.with_columns(benefit_fen=pl.col("awarded_fen")), problems()
    if met.is_empty():
        return met.with_columns(benefit_fen=pl.lit(None, pl.Int64)), problems()
    facts = met.select(*KEYS, pl.col("awarded_fen").alias("amount"))
    if _reads_facts(rule.benefit):
        seen = subjects(rule.per, [rule.benefit], enterprises, tables)
        facts = facts.join(seen, on=KEYS, how="left", maintain_order="left", validate="m:1")
    found = evaluate(facts, {"benefit_fen": rule.benefit}, on, rule.parameters)
    benefit = found.frame.select(rounded(pl.col("benefit_fen"), rule.benefit.type.divisor, "down"))
    noted = problems(
        {"stage": "match", "kind": "benefit_in_error", "severity": "noted", "enterprise_id": firm, "rule": rule.name}
        for firm in met["enterprise_id"].gather(found.errors["row"]).unique().sort()
    )
    return met.with_columns(benefit["benefit_fen"]), noted


def _reads_facts(benefit: Node) -> bool:
    """Whether it reads more than the bare name `amount`, which belongs to no table."""
    return any(table for table, _ in fields_of(benefit))
