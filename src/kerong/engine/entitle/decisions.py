"""Many rules over one table of subjects: their clauses in one pass, their amounts only where every clause is met."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from functools import cache, reduce
from operator import or_
from typing import TYPE_CHECKING

import polars as pl

from kerong.engine.entitle.claims import Claimed, amounts, claimed, claimed_together
from kerong.rulebook.coded import code_of, coded
from kerong.rulebook.compiled import STREAMED, Part, column_of
from kerong.rulebook.content import Rule
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.rows import with_errors
from kerong.rulebook.together import Together
from kerong.rulebook.tree import Node, fields_of

if TYPE_CHECKING:
    from kerong.rulebook.machine import Machine, Paid, Verdict

TOGETHER = 64  # rules whose clauses are asked in one pass: a bound on what is held beside the table
CLAIMED = 8  # rules whose amounts are held at the same time
LINES = 20_000_000  # lines of amounts that the machine works out at the same time
MANY = 20_000_000  # rows times rules from which the machine is loaded: a run of that size needs Numba in any case


@dataclass(frozen=True, slots=True)
class Decided:
    """One rule over a table: `outcome` (Int8) and `clause` (Int8 or Int16) of every row, and the claims of the met.

    `claims` has entitled_fen (a rule without an amount: no column), those columns of claims.CLAIM that the rule works
    out, and one line for each row number in `places`, ascending.
    """

    rule: Rule
    outcome: pl.Series
    clause: pl.Series
    places: pl.Series
    claims: pl.DataFrame


@dataclass(frozen=True, slots=True)
class _Asked:
    """A table on a day, and the threads that work on it."""

    table: pl.DataFrame
    on: date
    affiliates: Node | None
    pool: ThreadPoolExecutor


def decided(rules: Sequence[Rule], table: pl.DataFrame, on: date, affiliates: Node | None = None) -> Iterator[Decided]:
    """Each rule's decisions, one rule at a time, in the order of `rules`.

    `table` has enterprise_id, row_key and what the rules read. What two clauses ask alike is asked once.
    """
    nodes = [node for rule in rules for node in amounts(rule, affiliates).values()]
    table = coded(table, [*nodes, *(clause.condition for rule in rules for clause in rule.clauses)])
    # for a short table a second thread costs more than it gives
    with ThreadPoolExecutor(pl.thread_pool_size() if table.height >= STREAMED else 1) as pool:
        asked = _Asked(table, on, affiliates, pool)
        machine = _machine(len(rules), asked)
        for start in range(0, len(rules), TOGETHER):
            some = rules[start : start + TOGETHER]
            verdicts = machine.verdicts(some) if machine is not None else {}
            by_polars = _by_polars([rule for rule in some if rule.name not in verdicts], asked)
            by_machine = _by_machine([(r, verdicts[r.name]) for r in some if r.name in verdicts], machine, asked)
            for rule in some:
                yield next(by_machine if rule.name in verdicts else by_polars)


@cache
def machine_loaded() -> "type[Machine]":
    """The machine, ready to run: once in a process it imports Numba and loads what is compiled, or compiles it."""
    from kerong.rulebook.machine import Machine

    Machine.load()
    return Machine


def _machine(rules: int, asked: _Asked) -> "Machine | None":
    """The machine where it pays: where there is much to decide, or where it is loaded and the table is long."""
    is_at_hand = machine_loaded.cache_info().currsize > 0 and asked.table.height >= STREAMED
    if not is_at_hand and rules * asked.table.height < MANY:
        return None
    return machine_loaded()(asked.table, asked.on, asked.pool)


def _by_machine(found: "Sequence[tuple[Rule, Verdict]]", machine: "Machine | None", asked: _Asked) -> Iterator[Decided]:
    """Rules whose clauses the machine has asked; what it does not work out of their claims, Polars does."""
    while found and machine is not None:
        lines, count = 0, 0
        for _, verdict in found:
            lines += int(verdict.met.sum())
            if count and lines > LINES:
                break
            count += 1
        paid = machine.paid([(rule, verdict) for rule, verdict in found[:count] if rule.amount is not None])
        for rule, verdict in found[:count]:
            amounts_of = paid.pop(rule.name, None)
            places = pl.Series("place", [], pl.UInt32) if amounts_of is None else amounts_of.places
            decisions = Decided(rule, verdict.outcome, verdict.clause, places, pl.DataFrame())
            yield _with_claims(decisions, {}, asked, amounts_of)
        found = found[count:]


def _by_polars(rules: Sequence[Rule], asked: _Asked) -> Iterator[Decided]:
    table, on, affiliates = asked.table, asked.on, asked.affiliates
    waiting = _by_clauses(rules, table, on) if rules else []
    common = [found.rule for found in waiting if _is_common(found)]
    known: dict[str, Claimed] = {}
    for begun in range(0, len(waiting), CLAIMED):
        some = waiting[begun : begun + CLAIMED]
        while any(found.rule is common[0] for found in some if common):
            known = known | claimed_together(common[:CLAIMED], table, on, affiliates)
            common = common[CLAIMED:]
        held = known
        yield from asked.pool.map(lambda found, held=held: _with_claims(found, held, asked), some)
        known = {name: known[name] for name in known.keys() - {found.rule.name for found in some}}


def _by_clauses(rules: Sequence[Rule], table: pl.DataFrame, on: date) -> list[Decided]:
    """What the clauses decide; `places` are the rows that meet all of them."""
    together = Together(on)
    asked = {r.name: [together.add(c.condition, r.name, r.parameters) for c in r.clauses] for r in rules}
    program, parts = together.compiled(table)
    columns = []
    for rule in rules:
        outcome, clause = by_clauses([parts[name] for name in asked[rule.name]])
        columns += [outcome.alias(f"outcome of {rule.name}"), clause.alias(f"clause of {rule.name}")]
    found = program.run(columns)
    rows = pl.int_range(table.height, dtype=pl.UInt32, eager=True).alias("place")
    decisions = []
    for rule in rules:
        outcomes, clauses = found[f"outcome of {rule.name}"], found[f"clause of {rule.name}"]
        places = rows.filter(outcomes == MET) if rule.amount is not None else rows.clear()  # faster than arg_true
        decisions.append(Decided(rule, outcomes, clauses, places, pl.DataFrame()))
    return decisions


def _is_common(found: Decided) -> bool:
    """Met by so many rows that it is faster to work out all rows than to pick their facts first."""
    return 2 * len(found.places) >= len(found.outcome) > 0


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
    return outcome, clause


def _with_claims(found: Decided, known: Mapping[str, Claimed], asked: _Asked, paid: "Paid | None" = None) -> Decided:
    """The decisions with their claims.

    `known` are those that have been worked out for every row, `paid` the amounts of `places`.
    """
    rule, outcome, clause, places = found.rule, found.outcome, found.clause, found.places
    if rule.amount is None:
        return found
    if paid is not None and paid.fen is not None:
        read = _read_by(rule, asked, is_paid=True)
        is_whole = len(amounts(rule, asked.affiliates)) == 1
        facts = asked.table.select(read or "enterprise_id")
        worked_out = claimed(
            rule, facts if is_whole else facts.filter(outcome == MET), asked.on, asked.affiliates, paid
        )
        claims, told = worked_out.claims, worked_out.outcome
    else:
        claims, told = _by_columns(found, known, asked)
    if told is not None:
        is_claim = told == MET
        undecided = places.filter(~is_claim)
        # a column is changed where it lies, and others may share it
        outcome = outcome.clone().scatter(undecided, told.filter(~is_claim))
        clause = clause.clone().scatter(undecided, len(rule.clauses) + 1)
        places, claims = places.filter(is_claim), claims.filter(is_claim)
    return Decided(rule, outcome, clause, places, claims)


def _by_columns(found: Decided, known: Mapping[str, Claimed], asked: _Asked) -> tuple[pl.DataFrame, pl.Series | None]:
    """The claims of the met, and their outcome, by Polars alone."""
    rule, is_met, is_common = found.rule, found.outcome == MET, _is_common(found)
    worked_out = known.get(rule.name)
    if worked_out is None:
        facts = asked.table.select(_read_by(rule, asked, is_paid=False) or "enterprise_id")
        worked_out = claimed(rule, facts if is_common else facts.filter(is_met), asked.on, asked.affiliates)
    claims, told = worked_out.claims, worked_out.outcome
    if is_common:
        claims, told = claims.filter(is_met), None if told is None else told.filter(is_met)
    return claims, told


def _read_by(rule: Rule, asked: _Asked, is_paid: bool) -> list[str]:
    """The columns that claims read, with their codes; without those of an amount that is worked out."""
    nodes = amounts(rule, asked.affiliates)
    fields = {field for name, node in nodes.items() if not (is_paid and name == "amount") for field in fields_of(node)}
    read = {column_of(*field) for field in fields if field[0]}
    codes = {code_of(name) for name in read} & set(asked.table.columns)
    return with_errors(read | codes, asked.table)
