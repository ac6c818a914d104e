"""A rule for one firm, clause by clause: what holds, what does not, what is unknown, and the values that were read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kerong.engine.entitle.explain import ReadField, explain, facts_of
from kerong.engine.entitle.words import field_title
from kerong.rulebook.content import Clause, Rule, Text
from kerong.rulebook.rows import row_key
from kerong.rulebook.tree import walk
from kerong.web.base.selectors.published import OUTCOMES, Published
from kerong.web.base.selectors.rules import kind_of


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A value that a clause looked at: its title, how it is written, and the value (None: unknown)."""

    title: Text
    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One clause for one firm."""

    number: int
    clause: Clause
    outcome: str
    read: tuple[ReadValue, ...]


def clause_lines(published: Published, rule: Rule, verdict: Mapping[str, Any]) -> tuple[ClauseLine, ...]:
    """The clauses of a rule for the enterprise and row of one stored verdict, by the plain evaluator.

    Empty where the rule is about rows of a register and the enterprise has none there.
    """
    enterprise = published.of_enterprise("enterprises", verdict["enterprise_id"])[0]
    facts = facts_of(enterprise)
    if rule.per != "enterprise":
        row = _row(published, rule, verdict)
        if row is None:
            return ()
        facts |= facts_of({f"{rule.per}.{name}": value for name, value in row.items()})
    told = explain(rule, facts, published.on)
    return tuple(
        ClauseLine(item.number, item.clause, OUTCOMES[item.outcome], _values(published, item.clause, item.read))
        for item in told.clauses
    )


def _row(published: Published, rule: Rule, verdict: Mapping[str, Any]) -> dict[str, Any] | None:
    """The register's row behind a verdict."""
    if f"rows/{rule.per}" not in published.run.tables:
        return None
    own = pl.col("enterprise_id") == verdict["enterprise_id"]
    key = row_key(published.rulebook.registers[rule.per])
    found = published.table(f"rows/{rule.per}").filter(own).filter(key == verdict["row_key"]).head(1).collect()
    return found.to_dicts()[0] if found.height else None


def _values(published: Published, clause: Clause, reads: Iterable[ReadField]) -> tuple[ReadValue, ...]:
    types = {node.field: node.type for node in walk(clause.condition) if node.kind == "field"}
    return tuple(
        ReadValue(
            field_title(published.rulebook, read.table, read.column),
            kind_of(types[read.table, read.column]),
            read.value,
        )
        for read in reads
    )
