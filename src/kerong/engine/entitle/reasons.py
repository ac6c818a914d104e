"""Why a rule ended in an error: the plain evaluator is asked again for the rows in question."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.entitle.explain import facts_of
from kerong.engine.problems import problems
from kerong.rulebook.content import Rule
from kerong.rulebook.plain import Fault, Result, evaluate, rounded

ASKED = 1_000  # rows of one rule that are asked for their reason


def rule_errors(rule: Rule, wrong: pl.DataFrame, facts: pl.DataFrame, on: date) -> pl.DataFrame:
    """A problem for every row of `wrong` (enterprise_id, row_key, clause), with its reason from `facts`."""
    keys = ["enterprise_id", "row_key"]
    rows = facts.join(wrong.select(*keys, "clause"), on=keys, how="inner", maintain_order="left")
    asked = [_reason(rule, row, on) for row in rows.head(ASKED).iter_rows(named=True)]
    reasons = asked + [""] * (rows.height - len(asked))
    return problems(
        {
            "stage": "entitle",
            "kind": "rule_error",
            "severity": "noted",
            "enterprise_id": row["enterprise_id"],
            "rule": rule.name,
            "value": row["row_key"],
            "column": _where(rule, row["clause"]) + (f" ({reason})" if reason else ""),
        }
        for row, reason in zip(rows.select(*keys, "clause").iter_rows(named=True), reasons, strict=True)
    )


def _where(rule: Rule, clause: int) -> str:
    return f"clause {clause}" if clause <= len(rule.clauses) else "amount"


def _reason(rule: Rule, row: Mapping[str, object], on: date) -> str:
    facts, clause = facts_of(row), row["clause"]
    values = {name: parameter.at(on) for name, parameter in rule.parameters.items()}
    if isinstance(clause, int) and clause <= len(rule.clauses):
        return _said(evaluate(rule.clauses[clause - 1].condition, facts, on, values))
    if rule.amount is None:
        return ""
    if rule.amount.base is not None:
        base = evaluate(rule.amount.base, facts, on, values)
        if isinstance(base, Fault):
            return base.reason
        if isinstance(base, int):
            base = rounded(base, rule.amount.base.type.divisor, rule.amount.round)
            if base < 0:
                return "the base is below nothing"
        facts[("", "base")] = base
    return _said(evaluate(rule.amount.fen, facts, on, values)) or "the amount is below nothing"


def _said(found: Result) -> str:
    return found.reason if isinstance(found, Fault) else ""
