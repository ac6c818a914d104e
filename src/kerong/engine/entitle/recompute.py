"""What follows when one fact is another one: the formulas that rest on it, worked out again by the plain evaluator."""

from collections.abc import Iterable, Mapping
from datetime import date

from kerong.engine.entitle.comparisons import Closure, closure
from kerong.rulebook.content import Formula, Rulebook
from kerong.rulebook.plain import Facts, Fault, Result, rounded
from kerong.rulebook.tree import fields_of

Field = tuple[str, str]


class Recompute:
    """The formulas of a rulebook on a day, in order of dependence; the caller keeps it."""

    def __init__(self, rulebook: Rulebook, on: date) -> None:
        ordered = [(("enterprise", name), rulebook.formulas[name]) for level in rulebook.levels for name in level]
        ordered += [((table, f.name), f) for table, formulas in rulebook.row_formulas.items() for f in formulas]
        self._formulas: list[tuple[Field, Formula]] = ordered
        self._by_field = dict(ordered)
        self._reads: dict[Field, frozenset[Field]] = {field: fields_of(formula.value) for field, formula in ordered}
        self._values: dict[Field, Closure] = {field: _value(formula, on) for field, formula in ordered}
        self._after: dict[Field, tuple[Field, ...]] = {}

    def resting_on(self, field: Field) -> tuple[Field, ...]:
        """The formulas that a field reaches, in order of dependence."""
        if field not in self._after:
            reached, found = {field}, []
            for name, _ in self._formulas:
                if name != field and not reached.isdisjoint(self._reads[name]):
                    reached.add(name)
                    found.append(name)
            self._after[field] = tuple(found)
        return self._after[field]

    def feeding(self, fields: Iterable[Field]) -> frozenset[Field]:
        """The fields and everything that they rest on through formulas."""
        found: set[Field] = set()
        waiting = list(fields)
        while waiting:
            field = waiting.pop()
            if field not in found:
                found.add(field)
                waiting.extend(self._reads.get(field, ()))
        return frozenset(found)

    def is_formula(self, field: Field) -> bool:
        """Is the field worked out from others?"""
        return field in self._reads

    def formula(self, field: Field) -> Formula:
        """The formula of a field. Raises KeyError where it is none."""
        return self._by_field[field]

    def changed(self, facts: Facts, changes: Mapping[Field, Result]) -> dict[Field, Result]:
        """The facts with the changes and all that follows from them; a changed field keeps what it was changed to."""
        after = {**facts, **changes}
        if len(changes) == 1:
            affected = self.resting_on(next(iter(changes)))
        else:
            reached = {name for field in changes for name in self.resting_on(field)}
            affected = tuple(name for name, _ in self._formulas if name in reached)
        for name in affected:
            if name not in changes:
                after[name] = self._values[name](after)
        return after


def _value(formula: Formula, on: date) -> Closure:
    """A formula as the record computes it: whole fen by its own rounding, and an error is an unknown."""
    run = closure(formula.value, on, {name: parameter.at(on) for name, parameter in formula.parameters.items()})
    divisor = formula.value.type.divisor

    def value(facts: Facts) -> Result:
        found = run(facts)
        if isinstance(found, Fault):
            return None
        if divisor != 1 and isinstance(found, int):
            return rounded(found, divisor, formula.round)
        return found

    return value
