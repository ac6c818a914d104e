"""One enterprise, one rule, clause by clause, by the plain evaluator: the second opinion on every stored verdict."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from kerong.rulebook.content import Clause, Rule
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.plain import Fault, Parameters, Result, evaluate, rounded
from kerong.rulebook.tree import Node, fields_of
from kerong.rulebook.tree import parameters_of as names_of


@dataclass(frozen=True, slots=True)
class ReadField:
    """A field that a clause read, with the value that it had (None: unknown)."""

    table: str
    column: str
    value: Result


@dataclass(frozen=True, slots=True)
class ExplainedClause:
    """One clause: its number, its outcome (one of the four numbers of verdicts), and what it read."""

    number: int
    clause: Clause
    outcome: int
    read: tuple[ReadField, ...]
    parameters: tuple[tuple[str, Result], ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """The verdict of one rule for one subject: outcome, deciding clause (0 = met), amount before limits in fen."""

    rule: str
    outcome: int
    clause: int
    entitled_fen: int | None
    payee: str | None
    clauses: tuple[ExplainedClause, ...]


def facts_of(row: Mapping[str, object], per: str = "enterprise") -> dict[tuple[str, str], Result]:
    """Facts for the plain evaluator from a line of a table: `x` is enterprise.x, `loan.x` a column of the register."""
    facts: dict[tuple[str, str], Result] = {}
    for name, value in row.items():
        table, _, column = name.rpartition(".")
        if value is None or isinstance(value, bool | int | float | str | date):
            facts[(table or "enterprise", column)] = value
    return facts


def explain(rule: Rule, facts: Mapping[tuple[str, str], Result], on: date) -> Explanation:
    """The verdict with every clause; fields that `facts` does not hold are unknown."""
    values = {name: parameter.at(on) for name, parameter in rule.parameters.items()}
    clauses = tuple(_clause(number, c, facts, on, values) for number, c in enumerate(rule.clauses, 1))
    for wanted in (FAILED, ERROR, UNKNOWN):
        for clause in clauses:
            if clause.outcome == wanted:
                return Explanation(rule.name, wanted, clause.number, None, None, clauses)
    if rule.amount is None:
        return Explanation(rule.name, MET, 0, None, None, clauses)
    last = len(clauses) + 1
    exact = evaluate(rule.amount.fen, facts, on, values)
    payee = evaluate(rule.amount.payee, facts, on, values) if rule.amount.payee is not None else None
    if isinstance(exact, Fault) or (isinstance(exact, int) and exact < 0):
        return Explanation(rule.name, ERROR, last, None, None, clauses)
    if not isinstance(exact, int) or (rule.amount.payee is not None and not isinstance(payee, str)):
        return Explanation(rule.name, UNKNOWN, last, None, None, clauses)
    fen = rounded(exact, rule.amount.fen.type.divisor, rule.amount.round)
    return Explanation(rule.name, MET, 0, fen, payee if isinstance(payee, str) else None, clauses)


def _clause(
    number: int,
    clause: Clause,
    facts: Mapping[tuple[str, str], Result],
    on: date,
    values: Parameters,
) -> ExplainedClause:
    found = evaluate(clause.condition, facts, on, values)
    outcome = ERROR if isinstance(found, Fault) else UNKNOWN if found is None else MET if found is True else FAILED
    return ExplainedClause(
        number=number,
        clause=clause,
        outcome=outcome,
        read=_read(clause.condition, facts),
        parameters=tuple((name, values.get(name)) for name in sorted(names_of(clause.condition))),
    )


def _read(node: Node, facts: Mapping[tuple[str, str], Result]) -> tuple[ReadField, ...]:
    return tuple(ReadField(table, column, facts.get((table, column))) for table, column in sorted(fields_of(node)))
