"""A rule for one firm, clause by clause: what holds, how far off the rest is, what would settle it, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kerong.engine.entitle.action import Action
from kerong.engine.entitle.explain import ExplainedClause, facts_of
from kerong.engine.entitle.sources import settled_by
from kerong.engine.entitle.words import action_words, clause_sentences, field_title
from kerong.rulebook.content import Clause, Rule, Text
from kerong.rulebook.outcomes import OUTCOME_NAMES
from kerong.rulebook.rows import row_key
from kerong.rulebook.tree import Node, fields_of, walk
from kerong.rulebook.types import Type
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rules import kind_of


@dataclass(frozen=True, slots=True)
class ReadValue:
    """A value that a clause looked at: its title, how it is written, and the value (None: unknown)."""

    title: Text
    kind: str
    value: Any


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field of the enterprise that an expression reads; its value leads to its origin."""

    name: str
    title: Text


@dataclass(frozen=True, slots=True)
class ClauseLine:
    """One clause for one firm: what was compared, in sentences, and what would settle it where it is unknown."""

    number: int
    clause: Clause
    outcome: str
    said: tuple[Text, ...]
    settled_by: tuple[Text, ...]
    reads: tuple[ReadField, ...] = ()


@dataclass(frozen=True, slots=True)
class NextAction:
    """The cheapest thing to do: `how` with the firm's figures, `how_alone` without, and the money that it brings."""

    how: Text
    how_alone: Text
    money_fen: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A rule read for one firm: its clauses, the inputs of its amount that are unknown, and the next best action."""

    lines: tuple[ClauseLine, ...]
    open_inputs: tuple[ReadValue, ...]
    action: NextAction | None


def reading(published: Published, rule: Rule, enterprise: Mapping[str, Any], verdict: Mapping[str, Any]) -> Reading:
    """The clauses of a rule for the enterprise and the row of one stored verdict, by the plain evaluator.

    Where the enterprise has no row of the register that the rule is about, only the clauses on the enterprise itself.
    """
    facts, row = facts_of(enterprise), None
    if rule.per != "enterprise":
        row = _row(published, rule, enterprise, verdict)
        facts |= facts_of(row or {}, rule.per)
    whole = rule.per == "enterprise" or row is not None
    found = published.advisor.explainer.explain(rule.name, facts)
    told = [item for item in found.clauses if whole or not _reads_row(item.clause, rule)]
    action = published.advisor.action(rule.name, facts, found) if whole else None
    return Reading(
        lines=tuple(_line(published, rule, item) for item in told),
        open_inputs=_unknown(_values(published, rule.amount.fen, facts)) if rule.amount and whole else (),
        action=_next(published, action) if action else None,
    )


def _line(published: Published, rule: Rule, item: ExplainedClause) -> ClauseLine:
    zh, en = (clause_sentences(item, rule, published.rulebook, lang) for lang in ("zh", "en"))
    return ClauseLine(
        number=item.number,
        clause=item.clause,
        outcome=OUTCOME_NAMES[item.outcome],
        said=tuple(Text(*both) for both in zip(zh, en, strict=True)),
        settled_by=settled_by(item, published.advisor.origins),
        reads=read_fields(published, item.clause.condition),
    )


def read_fields(published: Published, *nodes: Node | None) -> tuple[ReadField, ...]:
    """The fields of the enterprise that expressions read, by name."""
    read = {column for node in nodes if node is not None for table, column in fields_of(node) if table == "enterprise"}
    names = sorted(read - {"enterprise_id"})
    return tuple(ReadField(name, field_title(published.rulebook, "enterprise", name)) for name in names)


def _next(published: Published, action: Action) -> NextAction:
    def told(values: bool) -> Text:
        return Text(*(action_words(action, published.rulebook, lang, values=values) for lang in ("zh", "en")))

    return NextAction(told(True), told(False), action.money_fen)


def _reads_row(clause: Clause, rule: Rule) -> bool:
    return any(table == rule.per for table, _ in fields_of(clause.condition))


def _unknown(values: tuple[ReadValue, ...]) -> tuple[ReadValue, ...]:
    return tuple(item for item in values if item.value is None)


def _row(
    published: Published, rule: Rule, enterprise: Mapping[str, Any], verdict: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The register's row behind a verdict."""
    if f"rows/{rule.per}" not in published.tables:
        return None
    own = pl.col("enterprise_id") == enterprise["enterprise_id"]
    key = row_key(published.rulebook.registers[rule.per])
    found = published.table(f"rows/{rule.per}").filter(own).filter(key == verdict["row_key"]).head(1).collect()
    return found.to_dicts()[0] if found.height else None


def _values(published: Published, node: Node, facts: Mapping[tuple[str, str], Any]) -> tuple[ReadValue, ...]:
    """The fields that an expression reads, with their values for the firm."""
    types = {item.field: item.type for item in walk(node) if item.kind == "field"}
    return tuple(
        ReadValue(field_title(published.rulebook, *field), _kind(published, field, types[field]), facts.get(field))
        for field in sorted(types)
    )


def _kind(published: Published, field: tuple[str, str], type_: Type) -> str:
    return "stage" if ".".join(field) == published.rulebook.region.stage else kind_of(type_)
