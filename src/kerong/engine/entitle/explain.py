"""One enterprise, one rule, clause by clause, by the plain evaluator: the second opinion on every stored verdict.

What is the same for every enterprise is worked out once per rule and day (`PreparedRule`, kept by the caller; for a
whole rulebook an `Explainer`); an explanation then is a handful of tuples.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from operator import itemgetter
from typing import Any, NamedTuple

from kerong.engine.entitle.comparisons import Compared, closure, compared_in, new, truth
from kerong.rulebook.compound import compound
from kerong.rulebook.content import Amount, Clause, Rule, Rulebook
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.plain import Facts, Fault, Parameters, Result, rounded
from kerong.rulebook.tables import Spell
from kerong.rulebook.tree import Node, error_of, fields_of
from kerong.rulebook.tree import parameters_of as names_of

BASE = ("", "base")


class ReadField(NamedTuple):
    """A field that a clause read, with the value that it had (None: unknown)."""

    table: str
    column: str
    value: Result


class Joined(NamedTuple):
    """What a condition of several comparisons gives for one subject; `fault` where they join to an error."""

    outcome: int
    compared: tuple[Compared, ...]
    fault: Fault | None


Judged = Compared | Joined  # a condition that is one comparison is that comparison
Judge = Callable[[Facts], Judged]


class ExplainedClause(NamedTuple):
    """One clause for one subject."""

    prepared: "PreparedClause"
    judged: Judged
    facts: Facts

    @property
    def outcome(self) -> int:
        """A number of verdicts."""
        return self.judged.outcome

    @property
    def compared(self) -> tuple[Compared, ...]:
        """Every comparison of the clause, those that decide it first."""
        return (self.judged,) if isinstance(self.judged, Compared) else self.judged.compared

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
        return _reason(self.judged)

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

    prepared: "PreparedRule"
    facts: Facts
    judged: tuple[Judged, ...]
    outcome: int
    clause: int
    entitled_fen: int | None = None
    payee: str | None = None
    base_fen: int | None = None
    evidence: str | None = None
    reason: str = ""

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.prepared.rule.name

    @property
    def clauses(self) -> tuple[ExplainedClause, ...]:
        """Every clause, in order."""
        pairs = zip(self.prepared.clauses, self.judged, strict=True)
        return tuple([ExplainedClause(clause, judged, self.facts) for clause, judged in pairs])


class PreparedClause:
    """A clause on a day, ready for any subject: `judge` tells what its condition gives."""

    __slots__ = ("clause", "fields", "judge", "number", "parameters")

    def __init__(self, number: int, clause: Clause, on: date, values: Parameters) -> None:
        self.number, self.clause = number, clause
        self.fields = tuple(sorted(fields_of(clause.condition)))
        self.parameters = tuple((name, values.get(name)) for name in sorted(names_of(clause.condition)))
        self.judge = _judge(clause.condition, on, values)

    def explain(self, facts: Facts) -> ExplainedClause:
        """The clause for the subject that `facts` tell of; what they do not hold is unknown."""
        return ExplainedClause(self, self.judge(facts), facts)


def _judge(condition: Node, on: date, values: Parameters) -> Judge:
    traces, whole = compared_in(condition, on, values)
    if whole is None and len(traces) == 1:
        return traces[0]

    def joined(facts: Facts) -> Joined:
        compared = tuple([trace(facts) for trace in traces])
        found = whole(compared) if whole is not None else truth(compared[0])
        if isinstance(found, Fault):
            return Joined(ERROR, compared, found)
        return new(Joined, (UNKNOWN if found is None else MET if found is True else FAILED, compared, None))

    return joined


class PreparedRule:
    """A rule on a day, ready for any subject. Its parameters have the values of that day."""

    __slots__ = ("_amount", "_met", "clauses", "on", "rule")

    def __init__(self, rule: Rule, on: date) -> None:
        values = {name: parameter.at(on) for name, parameter in rule.parameters.items()}
        self.rule, self.on = rule, on
        numbered = enumerate(rule.clauses, 1)
        self.clauses = tuple(PreparedClause(number, clause, on, values) for number, clause in numbered)
        self._met = (MET,) * len(self.clauses)
        self._amount = _PreparedAmount(self, rule.amount, on, values) if rule.amount else None

    def explain(self, facts: Facts) -> Explanation:
        """The verdict with every clause; fields that `facts` does not hold are unknown."""
        judged = tuple([clause.judge(facts) for clause in self.clauses])
        return self.decided(judged, tuple([found.outcome for found in judged]), facts)

    def decided(self, judged: tuple[Judged, ...], outcomes: tuple[int, ...], facts: Facts) -> Explanation:
        """The verdict of a subject whose conditions are judged: the first clause that failed, erred or is unknown."""
        if outcomes != self._met:
            for wanted in (FAILED, ERROR, UNKNOWN):
                if wanted in outcomes:
                    place = outcomes.index(wanted)
                    reason = _reason(judged[place])
                    return new(Explanation, (self, facts, judged, wanted, place + 1, None, None, None, None, reason))
        if self._amount is None:
            return Explanation(self, facts, judged, MET, 0)
        return self._amount.explain(judged, facts)


class _PreparedAmount:
    """The amount of a rule, looked at where every clause holds."""

    __slots__ = (
        "_amount",
        "_bare",
        "_base",
        "_divisor",
        "_evidence",
        "_fen",
        "_payee",
        "_prepared",
        "_round",
        "_rule",
    )

    def __init__(self, prepared: PreparedRule, amount: Amount, on: date, values: Parameters) -> None:
        self._prepared, self._rule, self._amount = prepared, prepared.rule, amount
        self._fen = closure(amount.fen, on, values)
        self._base = closure(amount.base, on, values) if amount.base is not None else None
        self._payee = closure(amount.payee, on, values) if amount.payee is not None else None
        self._evidence = tuple(closure(part, on, values) for part in self._rule.fingerprint)
        self._divisor, self._round = amount.fen.type.divisor, amount.round
        only = amount.base is None and amount.payee is None and not self._evidence
        self._bare = only and self._rule.per == "enterprise"

    def explain(self, judged: tuple[Judged, ...], facts: Facts) -> Explanation:
        """Met with what is paid, or why it is not: an error, or something unknown."""
        rule = self._prepared
        if self._bare:  # most rules: an amount alone, for the enterprise itself
            exact = self._fen(facts)
            if exact.__class__ is int and exact >= 0:
                fen_alone = rounded(exact, self._divisor, self._round)
                return new(Explanation, (rule, facts, judged, MET, 0, fen_alone, None, None, "", ""))
        last, (base, fen) = len(judged) + 1, self._fens(facts)
        payee = self._payee(facts) if self._payee is not None else ""
        evidence = self._rests_on(facts)
        wrong = _wrong(base, "the base") or _wrong(fen, "the amount")
        if wrong:
            return Explanation(rule, facts, judged, ERROR, last, reason=wrong)
        base_open = self._base is not None and base is None
        if fen is None or base_open or not isinstance(payee, str) or evidence is None:
            return Explanation(rule, facts, judged, UNKNOWN, last)
        return new(Explanation, (rule, facts, judged, MET, 0, fen, payee or None, base, evidence, ""))

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
            return compound(known) if len(known) == len(parts) else None
        if self._rule.per == "enterprise":
            return ""
        keys = (facts.get(("enterprise", "enterprise_id")), facts.get((self._rule.per, "row_key")))
        return "|".join([self._rule.per, *(str(key) for key in keys if key is not None)])


class Explainer:
    """The rules of a rulebook on a day, each prepared when it is first asked for; the caller keeps it."""

    def __init__(self, rulebook: Rulebook, on: date) -> None:
        self.rulebook, self.on = rulebook, on
        self._rules: dict[str, PreparedRule] = {}
        self._together: dict[str, _Together] = {}

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
        if per not in self._together:
            names = [name for name, rule in self.rulebook.rules.items() if rule.per == per]
            self._together[per] = _Together([self.rule(name) for name in names])
        return self._together[per].explain(facts)


class _Together:
    """Rules about the same subject: a condition that several of them ask is judged once."""

    def __init__(self, rules: Sequence[PreparedRule]) -> None:
        places: dict[object, int] = {}
        self._judges: list[Judge] = []
        self._rules: list[tuple[PreparedRule, Pick]] = []
        for rule in rules:
            own = []
            for clause in rule.clauses:
                place = places.setdefault(_asked(clause), len(self._judges))
                if place == len(self._judges):
                    self._judges.append(clause.judge)
                own.append(place)
            self._rules.append((rule, _pick(own)))

    def explain(self, facts: Facts) -> list[Explanation]:
        judged = [judge(facts) for judge in self._judges]
        outcomes = [found.outcome for found in judged]
        return [rule.decided(pick(judged), pick(outcomes), facts) for rule, pick in self._rules]


Pick = Callable[[Sequence[Any]], tuple[Any, ...]]


def _pick(places: Sequence[int]) -> Pick:
    if len(places) > 1:
        return itemgetter(*places)
    return lambda found: tuple(found[place] for place in places)


def _asked(clause: PreparedClause) -> object:
    """What tells two conditions apart on a day: their trees and the values of their parameters."""
    key = (clause.clause.condition, clause.parameters)
    try:
        hash(key)
    except TypeError:  # a table by key
        return clause
    return key


FAILED_MARK = error_of("")


def facts_of(row: Mapping[str, object], per: str = "enterprise") -> dict[tuple[str, str], Result]:
    """Facts for the plain evaluator from a line of a table: `x` is enterprise.x, `loan.x` a column of the register."""
    facts: dict[tuple[str, str], Result] = {}
    for name, value in row.items():
        table, _, column = name.rpartition(".")
        if value is None or isinstance(value, bool | int | float | str | date):
            facts[(table or per, column)] = value
        elif isinstance(value, list | tuple):
            facts[(table or per, column)] = _spells(value)
    for of, column in [key for key in facts if key[1].endswith(FAILED_MARK)]:
        if facts.pop((of, column)) is True:
            facts[(of, column.removesuffix(FAILED_MARK))] = Fault("its calculation failed")
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


def _reason(judged: Judged) -> str:
    """Why an error is one; empty for every other outcome."""
    if judged.outcome != ERROR:
        return ""
    fault = truth(judged) if isinstance(judged, Compared) else judged.fault
    return fault.reason if isinstance(fault, Fault) else ""


def _wrong(fen: int | Fault | None, what: str) -> str:
    """Why an amount is an error; empty where it is none."""
    if isinstance(fen, Fault):
        return fen.reason
    return f"{what} is below nothing" if fen is not None and fen < 0 else ""


def _whole(exact: Result, node: Node, how: str) -> int | Fault | None:
    if isinstance(exact, int) and not isinstance(exact, bool):
        return rounded(exact, node.type.divisor, how)
    return exact if isinstance(exact, Fault) else None
