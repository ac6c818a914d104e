"""The next best action: the cheapest single change, or the one missing document, after which a rule is met.

Nothing is guessed: every proposal was worked out to the end, by the plain evaluator, with all that follows from it.
What an enterprise cannot change is never proposed, and where two changes are needed nothing is.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice, product

from kerong.engine.entitle.candidates import Lines, alternatives, possible, steps
from kerong.engine.entitle.comparisons import closure
from kerong.engine.entitle.explain import Explainer, Explanation, PreparedRule
from kerong.engine.entitle.recompute import Field, Recompute
from kerong.engine.entitle.sources import Origins
from kerong.rulebook.changes import change_of
from kerong.rulebook.content import Change, Limit, Rule, Rulebook, Text
from kerong.rulebook.outcomes import FAILED, MET, UNKNOWN
from kerong.rulebook.plain import Facts, Result, rounded
from kerong.rulebook.tree import fields_of

DOCUMENT_COST = 0.5  # to hand in what exists is cheaper than any change
TOGETHER = 200  # combinations of values that one document is tried with


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do for one rule.

    `kind` is "change" (a field gets another value) or "document" (what is unknown is proven); `how` says it in words.
    `to` are the fields and the values that they get, or that the document has to show (None: whatever it shows is
    enough for an answer); `now` what they are. `cost` is the effort (1 a form … 9 years of work) times the size of the
    change (1 to 2). `money_fen` is what the rule then gives, after its caps per row and enterprise; None where the rule
    has no amount, or where it depends on what the document shows. What brings nothing is no action.
    """

    rule: str
    kind: str
    how: Text
    to: tuple[tuple[Field, Result], ...]
    now: tuple[Result, ...]
    effort: int
    cost: float
    money_fen: int | None


class Advisor:
    """Finds actions in a rulebook on a day; the caller keeps it."""

    def __init__(self, explainer: Explainer) -> None:
        self.rulebook, self.on = explainer.rulebook, explainer.on
        self.explainer = explainer
        self._again = Recompute(self.rulebook, self.on)
        self.origins = Origins(self.rulebook)
        self._lines: dict[tuple[str, Field], Lines] = {}

    def action(self, name: str, facts: Facts, found: Explanation | None = None) -> Action | None:
        """The cheapest action by which the rule would be met; None where it is met, warns, errs or needs more than one.

        `found` is the explanation for the same facts, where the caller has it.
        """
        rule = self.explainer.rule(name)
        found = found or rule.explain(facts)
        if rule.rule.gives_nothing or found.outcome not in (FAILED, UNKNOWN):
            return None
        proposals = (*self._changes(rule, facts, found), *self._documents(rule, facts, found))
        worth = [proposal for proposal in proposals if proposal.money_fen != 0]
        return min(worth, key=lambda a: (a.cost, -(a.money_fen or 0), a.to[0][0]), default=None)

    def actions(self, facts: Facts, names: Iterable[str]) -> tuple[Action, ...]:
        """An action for each of the rules that has one: most money per effort first, then effort, then name."""
        found = [action for name in names if (action := self.action(name, facts)) is not None]
        return tuple(sorted(found, key=_order))

    def _changes(self, rule: PreparedRule, facts: Facts, found: Explanation) -> Iterator[Action]:
        for field in sorted(self._common(rule, found)):
            change, now = change_of(field, self.rulebook), facts.get(field)
            if change is None or now is None:
                continue
            to = self._first(rule, field, now, change, facts, found)
            if to is not None:
                cost = round(change.effort * (1 + _share(now, to)), 4)
                money = self._money(rule.rule, self._after(rule, facts, {field: to}, found))
                yield Action(rule.rule.name, "change", change.how, ((field, to),), (now,), change.effort, cost, money)

    def _first(
        self, rule: PreparedRule, field: Field, now: Result, change: Change, facts: Facts, found: Explanation
    ) -> Result:
        """The nearest value of the field with which the rule is met, or None."""

        def met(value: Result) -> bool:
            return self._after(rule, facts, {field: value}, found) is not None

        lines = self._lines_of(rule.rule, field)
        for value in alternatives(field, now, change, lines, facts, self.rulebook):
            if met(value):
                return value if isinstance(value, bool | str | date) else _nearest(_number(now), _number(value), met)
        if isinstance(now, bool) or not isinstance(now, int | float):
            return None
        for values in steps(now, change):
            before: int | float = now
            for value in values:
                if met(value):
                    return _nearest(before, value, met)
                before = value
        return None

    def _documents(self, rule: PreparedRule, facts: Facts, found: Explanation) -> Iterator[Action]:
        open_fields = [
            f for f in sorted(self._common(rule, found)) if facts.get(f) is None and not self._again.is_formula(f)
        ]
        by_register: dict[str, list[Field]] = {}
        for field in open_fields:
            for register in self.origins.of(field).registers[:1]:
                by_register.setdefault(register, []).append(field)
        for register, fields in by_register.items():
            shown = self._shown(rule, fields, facts, found)
            if shown is None:
                continue
            told = shown if any(clause.outcome != MET for clause in found.clauses) else dict.fromkeys(shown)
            rests_on_it = not self._again.feeding(_paid_by(rule.rule)).isdisjoint(shown)
            money = None if rests_on_it else self._money(rule.rule, self._after(rule, facts, shown, found))
            now, how = tuple(None for _ in told), self._document(found, register)
            yield Action(rule.rule.name, "document", how, tuple(told.items()), now, 1, DOCUMENT_COST, money)

    def _shown(
        self, rule: PreparedRule, fields: list[Field], facts: Facts, found: Explanation
    ) -> dict[Field, Result] | None:
        """What a document has to show, of as few fields as possible; None where nothing that it can show is enough."""
        options = {f: possible(f, self._lines_of(rule.rule, f), facts, self.rulebook, self.on) for f in fields}
        singles = ({field: value} for field, values in options.items() for value in values)
        together = (dict(zip(options, values, strict=True)) for values in product(*options.values()))
        tries: list[Iterator[dict[Field, Result]]] = [iter(singles)]
        if len(options) > 1:
            tries.append(islice(together, TOGETHER))
        for some in tries:
            for values in some:
                if self._after(rule, facts, values, found) is not None:
                    return values
        return None

    def _document(self, found: Explanation, register: str) -> Text:
        """The evidence that the open clause names, where there is one clause; else the register."""
        named = [clause.clause.evidence for clause in found.clauses if clause.outcome != MET]
        if len(named) == 1 and named[0] is not None:
            return named[0]
        return self.rulebook.registers[register].title

    def _common(self, rule: PreparedRule, found: Explanation) -> frozenset[Field]:
        """The fields on which every clause that is not met rests (or the amount): one change has to turn them all."""
        told = [c.prepared.fields for c in found.clauses if c.outcome != MET]
        if not told and rule.rule.amount is not None:
            amount = rule.rule.amount
            nodes = [
                node for node in (amount.fen, amount.base, amount.payee, *rule.rule.fingerprint) if node is not None
            ]
            told = [tuple(field for node in nodes for field in fields_of(node))]
        return frozenset.intersection(*(self._again.feeding(fields) for fields in told))

    def _after(
        self, rule: PreparedRule, facts: Facts, changes: Mapping[Field, Result], found: Explanation
    ) -> tuple[int | None, Facts] | None:
        """(amount in fen, facts) where the rule is met after the changes, else None."""
        after = self._again.changed(facts, changes)
        for clause in found.clauses:
            if clause.outcome != MET and clause.prepared.judge(after).outcome != MET:
                return None
        again = rule.explain(after)
        return (again.entitled_fen, after) if again.outcome == MET else None

    def _money(self, rule: Rule, after: tuple[int | None, Facts] | None) -> int | None:
        if after is None or after[0] is None:
            return None
        caps = [_cap(rule, limit, self.on, after[1]) for limit in rule.limits if limit.scope in ("row", "enterprise")]
        return min([after[0], *caps])

    def _lines_of(self, rule: Rule, field: Field) -> Lines:
        key = (rule.name, field)
        if key not in self._lines:
            self._lines[key] = Lines(rule, field, self._again, self.on)
        return self._lines[key]


def actions(facts: Facts, rules: Iterable[Rule], rulebook: Rulebook, on: date) -> tuple[Action, ...]:
    """An action for each of the rules that has one, for one subject: most money per effort first, then effort, name.

    `facts`: all enterprise columns and, for rules about a register's rows, the columns of one row.
    """
    return Advisor(Explainer(rulebook, on)).actions(facts, [rule.name for rule in rules])


def _order(action: Action) -> tuple[bool, float, float, str]:
    money = action.money_fen
    return money is None, -(money or 0) / action.cost, action.cost, action.rule


def _paid_by(rule: Rule) -> tuple[Field, ...]:
    """The fields that the amount, its base, its payee and its evidence read."""
    if rule.amount is None:
        return ()
    nodes = (rule.amount.fen, rule.amount.base, rule.amount.payee, *rule.fingerprint)
    return tuple(field for node in nodes if node is not None for field in sorted(fields_of(node)))


def _number(value: Result) -> int | float:
    """The value, which is known to be a number."""
    if not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return value


def _share(now: Result, to: Result) -> float:
    """How large a change of a number is, as a part of the larger one: 0 to 1; 0 for flags, codes and dates."""
    if isinstance(now, bool) or not isinstance(now, int | float) or not isinstance(to, int | float):
        return 0.0
    return min(1.0, abs(to - now) / max(abs(now), abs(to)))


def _nearest(before: int | float, met: int | float, holds: Callable[[int | float], bool]) -> int | float:
    """Between a value that is not enough and one that is, the first that is (whole numbers exactly)."""
    if isinstance(before, int) and isinstance(met, int):
        while abs(met - before) > 1:
            middle = (before + met) // 2
            before, met = (before, middle) if holds(middle) else (middle, met)
        return met
    for _ in range(40):
        middle_float = round((before + met) / 2, 4)
        if middle_float in (before, met):
            break
        before, met = (before, middle_float) if holds(middle_float) else (middle_float, met)
    return met


def _cap(rule: Rule, limit: Limit, on: date, facts: Facts) -> int:
    """A limit in whole fen; one without a value on the day pays nothing."""
    values = {name: parameter.at(on) for name, parameter in rule.parameters.items()}
    found = closure(limit.fen, on, values)(facts)
    if not isinstance(found, int):
        return 0
    return max(0, rounded(found, limit.fen.type.divisor, "down"))
