"""Many rules over one table of subjects: their clauses in one pass, their amounts only where every clause is met."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_

import polars as pl

from kerong.engine.entitle.claims import amounts, claimed
from kerong.rulebook.coded import code_of, coded
from kerong.rulebook.compiled import Part, column_of
from kerong.rulebook.content import Rule
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.together import Together
from kerong.rulebook.tree import Node, fields_of


@dataclass(frozen=True, slots=True)
class Decided:
    """One rule over a table: `outcome` (Int8) and `clause` (Int16) of every row, and the claims of those that are met.

    `claims` has entitled_fen (a rule without an amount: no column), those columns of claims.CLAIM that the rule works
    out, and one line for each row number in `places`, ascending.
    """

    rule: Rule
    outcome: pl.Series
    clause: pl.Series
    places: pl.Series
    claims: pl.DataFrame


def decided(rules: Sequence[Rule], table: pl.DataFrame, on: date, affiliates: Node | None = None) -> Iterator[Decided]:
    """Each rule's decisions, one rule at a time.

    `table` has enterprise_id, row_key and what the rules read. What two clauses ask alike is asked once.
    """
    amounts_read = [node for rule in rules for node in amounts(rule, affiliates).values()]
    table = coded(table, [*amounts_read, *(clause.condition for rule in rules for clause in rule.clauses)])
    together = Together(on)
    asked = {r.name: [together.add(c.condition, r.name, r.parameters) for c in r.clauses] for r in rules}
    program, parts = together.compiled(table)
    columns = []
    for rule in rules:
        outcome, clause = by_clauses([parts[name] for name in asked[rule.name]])
        columns += [outcome.alias(f"outcome of {rule.name}"), clause.alias(f"clause of {rule.name}")]
    found = program.run(columns)
    for rule in rules:
        outcomes, clauses = found[f"outcome of {rule.name}"], found[f"clause of {rule.name}"]
        yield _with_claims(rule, outcomes, clauses, table, on, affiliates)


def by_clauses(parts: Sequence[Part]) -> tuple[pl.Expr, pl.Expr]:
    """(outcome, clause) from the parts of clauses: the first that fails, else in error, else unknown."""
    failed = [(i, ~part.value) for i, part in enumerate(parts, 1)]
    wrong = [(i, part.error) for i, part in enumerate(parts, 1) if part.error is not None]
    unknown = [(i, part.value.is_null()) for i, part in enumerate(parts, 1) if not part.known]
    number = pl.Int8() if len(parts) < 127 else pl.Int16()  # the fewer bytes, the faster
    outcome, clause = pl.lit(MET, pl.Int8), pl.lit(0, number)
    for found, told in ((unknown, UNKNOWN), (wrong, ERROR), (failed, FAILED)):
        for place, holds in reversed(found):
            clause = pl.when(holds).then(pl.lit(place, number)).otherwise(clause)
        if found:
            anywhere = reduce(or_, (holds for _, holds in found))
            outcome = pl.when(anywhere).then(pl.lit(told, pl.Int8)).otherwise(outcome)
    return outcome, clause.cast(pl.Int16)


def _with_claims(
    rule: Rule, outcome: pl.Series, clause: pl.Series, table: pl.DataFrame, on: date, affiliates: Node | None
) -> Decided:
    if rule.amount is None:
        return Decided(rule, outcome, clause, pl.Series("place", [], pl.UInt32), pl.DataFrame())
    is_met = outcome == MET
    # faster than is_met.arg_true()
    places = pl.int_range(table.height, dtype=pl.UInt32, eager=True).alias("place").filter(is_met)
    facts = table.select(_read_by([rule], table, affiliates) or "enterprise_id")
    is_rare = 2 * len(places) < table.height  # else it is faster to work out all rows than to pick their facts first
    found = claimed(rule, facts.filter(is_met) if is_rare else facts, on, affiliates)
    claims, told = found.claims, found.outcome
    if not is_rare:
        claims, told = claims.filter(is_met), None if told is None else told.filter(is_met)
    if told is not None:
        is_claim = told == MET
        undecided = places.filter(~is_claim)
        outcome = outcome.scatter(undecided, told.filter(~is_claim))
        clause = clause.scatter(undecided, len(rule.clauses) + 1)
        places, claims = places.filter(is_claim), claims.filter(is_claim)
    return Decided(rule, outcome, clause, places, claims)


def _read_by(rules: Sequence[Rule], table: pl.DataFrame, affiliates: Node | None) -> list[str]:
    """The columns that the amounts of rules read, with their codes."""
    nodes = [node for rule in rules for node in amounts(rule, affiliates).values()]
    read = {column_of(*field) for node in nodes for field in fields_of(node) if field[0]}
    codes = {code_of(name) for name in read} & set(table.columns)
    return sorted(read | codes)
