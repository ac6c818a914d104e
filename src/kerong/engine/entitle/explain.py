"""One enterprise, one rule, clause by clause, by the plain evaluator: the second opinion on every stored verdict.

What is the same for every enterprise is worked out once per rule and day (`PreparedRule`, kept by the caller; for a
whole rulebook an `Explainer`); an explanation then is a handful of tuples.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import NamedTuple

from kerong.engine.entitle.comparisons import Compared, Joined, Traced, closure, compared_in, new, truth
from kerong.rulebook.content import Amount, Clause, Rule, Rulebook
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.plain import Facts, Fault, Parameters, Result, rounded
from kerong.rulebook.tables import Spell
from kerong.rulebook.tree import Node, fields_of
from kerong.rulebook.tree import parameters_of as names_of

BASE = ("", "base")


class ReadField(NamedTuple):
    """A field that a clause read, with the value that it had (None: unknown)."""

    table: str
    column: str
    value: Result


class ExplainedClause(NamedTuple):
    """One clause for one subject: outcome (a number of verdicts), comparisons; `fault` where they join to an error."""

    prepared: "PreparedClause"
    outcome: int
    compared: tuple[Compared, ...]
    facts: Facts
    fault: Fault | None

    @property
    def number(self) -> int:
        """The clause's number, from 1."""
        return self.prepared.number

    @property
    def clause(self) -> Clause:
        """The clause of the rule."""
        return self.prepared.clause

    @property
    def reason(self) -> str:
        """Why an error is one; empty for every other outcome."""
        if self.outcome != ERROR:
            return ""
        fault = self.fault or truth(self.compared[0])
        return fault.reason if isinstance(fault, Fault) else ""

    @property
    def read(self) -> tuple[ReadField, ...]:
        """Every field that the clause reads, with its value."""
        return tuple(
            ReadField(table, column, self.facts.get((table, column))) for table, column in self.prepared.fields
        )

    @property
    def parameters(self) -> tuple[tuple[str, Result], ...]:
        """The parameters that the clause reads, with their values on the day."""
        return self.prepared.parameters


class Explanation(NamedTuple):
    """The verdict of one rule for one subject: outcome, deciding clause (0 = met; one more than there are clauses: the
    amount), amount and base before limits in fen, who is paid, what the claim rests on, and why an error is one."""

    rule: str
    outcome: int
    clause: int
    entitled_fen: int | None
    payee: str | None
    clauses: tuple[ExplainedClause, ...]
    base_fen: int | None = None
    evidence: str | None = None
    reason: str = ""


class PreparedClause:
    """A clause on a day, ready for any subject: `explain` gives it for the subject that facts tell of."""

    __slots__ = ("clause", "explain", "fields", "number", "parameters")

    def __init__(self, number: int, clause: Clause, on: date, values: Parameters) -> None:
        self.number, self.clause = number, clause
        self.fields = tuple(sorted(fields_of(clause.condition)))
        self.parameters = tuple((name, values.get(name)) for name in sorted(names_of(clause.condition)))
        parts, whole = compared_in(clause.condition, on, values)
        single = whole is None and len(parts) == 1
        self.explain = self._of_one(parts[0]) if single else self._of_many(parts, whole)

    def _of_one(self, trace: Traced) -> Callable[[Facts], ExplainedClause]:
        def explain(facts: Facts) -> ExplainedClause:
            part = trace(facts)
            return new(ExplainedClause, (self, part[4], (part,), facts, None))

        return explain

    def _of_many(self, traces: tuple[Traced, ...], whole: Joined | None) -> Callable[[Facts], ExplainedClause]:
        def explain(facts: Facts) -> ExplainedClause:
            compared = tuple([trace(facts) for trace in traces])
            found = whole(compared) if whole is not None else truth(compared[0])
            if isinstance(found, Fault):
                return ExplainedClause(self, ERROR, compared, facts, found)
            outcome = UNKNOWN if found is None else MET if found is True else FAILED
            return new(ExplainedClause, (self, outcome, compared, facts, None))

        return explain


class PreparedRule:
    """A rule on a day, ready for any subject. Its parameters have the values of that day."""

    __slots__ = ("_amount", "_explain", "_met", "clauses", "on", "rule")

    def __init__(self, rule: Rule, on: date) -> None:
        values = {name: parameter.at(on) for name, parameter in rule.parameters.items()}
        self.rule, self.on = rule, on
        self.clauses = tuple(
            PreparedClause(number, clause, on, values) for number, clause in enumerate(rule.clauses, 1)
        )
        self._explain = [clause.explain for clause in self.clauses]
        self._met = [MET] * len(self.clauses)
        self._amount = _PreparedAmount(rule, rule.amount, on, values) if rule.amount else None

    def explain(self, facts: Facts) -> Explanation:
        """The verdict with every clause; fields that `facts` does not hold are unknown."""
        clauses = tuple([explain(facts) for explain in self._explain])
        outcomes = [clause[1] for clause in clauses]
        if outcomes != self._met:
            for wanted in (FAILED, ERROR, UNKNOWN):
                if wanted in outcomes:
                    found = clauses[outcomes.index(wanted)]
                    return new(
                        Explanation,
                        (self.rule.name, wanted, found.number, None, None, clauses, None, None, found.reason),
                    )
        if self._amount is None:
            return Explanation(self.rule.name, MET, 0, None, None, clauses)
        return self._amount.explain(clauses, facts)


class _PreparedAmount:
    """The amount of a rule, looked at where every clause holds."""

    __slots__ = ("_amount", "_base", "_evidence", "_fen", "_payee", "_rule")

    def __init__(self, rule: Rule, amount: Amount, on: date, values: Parameters) -> None:
        self._rule, self._amount = rule, amount
        self._fen = closure(amount.fen, on, values)
        self._base = closure(amount.base, on, values) if amount.base is not None else None
        self._payee = closure(amount.payee, on, values) if amount.payee is not None else None
        self._evidence = tuple(closure(part, on, values) for part in rule.fingerprint)

    def explain(self, clauses: tuple[ExplainedClause, ...], facts: Facts) -> Explanation:
        """Met with what is paid, or why it is not: an error, or something unknown."""
        name, last = self._rule.name, len(clauses) + 1
        base, fen = self._fens(facts)
        payee = self._payee(facts) if self._payee is not None else ""
        evidence = self._rests_on(facts)
        wrong = _wrong(base, "the base") or _wrong(fen, "the amount")
        if wrong:
            return Explanation(name, ERROR, last, None, None, clauses, reason=wrong)
        base_open = self._base is not None and base is None
        if fen is None or base_open or not isinstance(payee, str) or evidence is None:
            return Explanation(name, UNKNOWN, last, None, None, clauses)
        return new(Explanation, (name, MET, 0, fen, payee or None, clauses, base, evidence, ""))

    def _fens(self, facts: Facts) -> tuple[int | Fault | None, int | Fault | None]:
        """(base, amount) in whole fen; the amount may read the base."""
        if self._base is None or self._amount.base is None:
            return None, _whole(self._fen(facts), self._amount.fen, self._amount.round)
        base = _whole(self._base(facts), self._amount.base, self._amount.round)
        return base, _whole(self._fen({**facts, BASE: base}), self._amount.fen, self._amount.round)

    def _rests_on(self, facts: Facts) -> str | None:
        """The evidence of the claim; None where a part of it is unknown."""
        if self._evidence:
            parts = [part(facts) for part in self._evidence]
            known = [str(part) for part in parts if part is not None and not isinstance(part, Fault)]
            return "|".join(known) if len(known) == len(parts) else None
        if self._rule.per == "enterprise":
            return ""
        keys = (facts.get(("enterprise", "enterprise_id")), facts.get((self._rule.per, "row_key")))
        return "|".join([self._rule.per, *(str(key) for key in keys if key is not None)])


class Explainer:
    """The rules of a rulebook on a day, each prepared when it is first asked for; the caller keeps it."""

    def __init__(self, rulebook: Rulebook, on: date) -> None:
        self.rulebook, self.on = rulebook, on
        self._rules: dict[str, PreparedRule] = {}

    def rule(self, name: str) -> PreparedRule:
        """The prepared rule. Raises KeyError for a name that the rulebook has not."""
        if name not in self._rules:
            self._rules[name] = PreparedRule(self.rulebook.rules[name], self.on)
        return self._rules[name]

    def explain(self, name: str, facts: Facts) -> Explanation:
        """One rule for one subject."""
        return self.rule(name).explain(facts)

    def all(self, facts: Facts, per: str = "enterprise") -> list[Explanation]:
        """Every rule that looks at such a subject, in the order of the rulebook."""
        return [self.rule(name).explain(facts) for name, rule in self.rulebook.rules.items() if rule.per == per]


def facts_of(row: Mapping[str, object], per: str = "enterprise") -> dict[tuple[str, str], Result]:
    """Facts for the plain evaluator from a line of a table: `x` is enterprise.x, `loan.x` a column of the register."""
    facts: dict[tuple[str, str], Result] = {}
    for name, value in row.items():
        table, _, column = name.rpartition(".")
        if value is None or isinstance(value, bool | int | float | str | date):
            facts[(table or per, column)] = value
        elif isinstance(value, list | tuple):
            facts[(table or per, column)] = _spells(value)
    return facts


def explain(rule: Rule, facts: Facts, on: date) -> Explanation:
    """The verdict with every clause; fields that `facts` does not hold are unknown."""
    return PreparedRule(rule, on).explain(facts)


def _spells(value: list[object] | tuple[object, ...]) -> tuple[Spell, ...]:
    """Spells as a table holds them: records of begins and ends."""
    held = []
    for item in value:
        begins, ends = (item["begins"], item["ends"]) if isinstance(item, Mapping) else (None, None)
        known = item if isinstance(item, Spell) else Spell(_day(begins), _day(ends))
        held.append(known)
    return tuple(held)


def _day(value: object) -> date | None:
    return value if isinstance(value, date) else None


def _wrong(fen: int | Fault | None, what: str) -> str:
    """Why an amount is an error; empty where it is none."""
    if isinstance(fen, Fault):
        return fen.reason
    return f"{what} is below nothing" if fen is not None and fen < 0 else ""


def _whole(exact: Result, node: Node, how: str) -> int | Fault | None:
    if isinstance(exact, int) and not isinstance(exact, bool):
        return rounded(exact, node.type.divisor, how)
    return exact if isinstance(exact, Fault) else None
