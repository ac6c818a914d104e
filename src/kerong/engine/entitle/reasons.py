"""Why a rule ended in an error: the plain evaluator is asked again for the rows in question."""

from datetime import date

import polars as pl

from kerong.engine.entitle.explain import PreparedRule, facts_of
from kerong.engine.problems import problems
from kerong.rulebook.content import Rule

ASKED = 1_000  # rows of one rule that are asked for their reason


def rule_errors(rule: Rule, wrong: pl.DataFrame, on: date) -> pl.DataFrame:
    """A problem with its reason for every row of `wrong`: enterprise_id, row_key, `!clause` and what the rule reads."""
    prepared = PreparedRule(rule, on)
    asked = [prepared.explain(facts_of(row)).reason for row in wrong.drop("!clause").head(ASKED).iter_rows(named=True)]
    reasons = asked + [""] * (wrong.height - len(asked))
    return problems(
        {
            "stage": "entitle",
            "kind": "rule_error",
            "severity": "noted",
            "enterprise_id": firm,
            "rule": rule.name,
            "value": row_key,
            "column": _where(rule, clause) + (f" ({reason})" if reason else ""),
        }
        for (firm, row_key, clause), reason in zip(
            wrong.select("enterprise_id", "row_key", "!clause").iter_rows(), reasons, strict=True
        )
    )


def _where(rule: Rule, clause: int) -> str:
    return f"clause {clause}" if clause <= len(rule.clauses) else "amount"
