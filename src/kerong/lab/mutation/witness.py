"""A case that would notice a change: the facts of a case of the rule with one of them altered, found by trying."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice

from kerong.engine import entitle
from kerong.lab.mutation.mutants import Mutant
from kerong.lab.trial import Asked, Said, subjects_of
from kerong.rulebook.content import Case, Rule
from kerong.rulebook.plain import evaluate
from kerong.rulebook.tables import Steps
from kerong.rulebook.tree import Node, walk
from kerong.rulebook.types import Type

ODD_FEN = (1, 99)  # more than a round amount: a share of it leaves a rest
DAY = timedelta(days=1)
MOST_TRIES = 1_000


@dataclass(frozen=True, slots=True)
class Witness:
    """The case `like` with `field` set to `value`, and the verdict then.

    None is unknown; the field "on" is the day of the case, all its dates moved along.
    """

    like: Case
    field: str
    value: object
    said: Said


def witness(rule: Rule, mutant: Mutant) -> Witness | None:
    """The first case found that tells the rule from its mutant; None where one altered fact is not enough."""
    fields = {".".join(node.field): node.type for node in _nodes(rule) if node.kind == "field" and node.field[0]}
    before, after = Asked(rule), Asked(mutant.rule)
    tries = ((case, *tried) for case in rule.cases for tried in _altered(rule, _single(case), fields))
    for case, name, value, other in islice(tries, MOST_TRIES):
        said = before.said(other)
        if said != after.said(other):
            return Witness(case, name, value, said[0])
    return None


def _single(case: Case) -> Case:
    return replace(case, given=subjects_of(case)[0], rows=())


def _nodes(rule: Rule) -> Iterator[Node]:
    for node in entitle.expressions(rule).values():
        yield from walk(node)


def _altered(rule: Rule, case: Case, fields: Mapping[str, Type]) -> Iterator[tuple[str, object, Case]]:
    for start in {start for parameter in rule.parameters.values() for start, _, _ in parameter.values[1:]}:
        for day in (start - DAY, start):
            yield "on", day, _on(case, day)
    numbers = _numbers(rule, case)
    for name, kind in fields.items():
        own = case.given.get(name)
        for value in _candidates(rule, case, kind, numbers, own):
            if value != own:
                yield name, value, replace(case, given={**case.given, name: value})


def _on(case: Case, day: date) -> Case:
    """The case on another day, with the dates of its facts moved by as many days."""
    shift = day - case.on
    given = {name: value + shift if isinstance(value, date) else value for name, value in case.given.items()}
    return replace(case, on=day, given=given)


def _candidates(rule: Rule, case: Case, kind: Type, numbers: set[int | float], own: object) -> list[object]:
    known = own if isinstance(own, int | float) else 0
    match kind.kind:
        case "bool":
            return [True, False, None]
        case "date":
            days = {value for node in _nodes(rule) if isinstance(value := _day(rule, node, case), date)} | {case.on}
            return [day + shift for day in sorted(days) for shift in (DAY * 0, -DAY, DAY)] + [None]
        case "text":
            texts = {str(value) for node in _nodes(rule) for value in _texts(node)}
            return [*sorted(texts & set(kind.codes) or texts), *(kind.codes or ("another",)), None]
        case "int":
            near: set[int | float] = {int(n) + shift for n in numbers for shift in (0, -1, 1)}
            near |= {known + odd for odd in ODD_FEN} if kind.unit == "fen" else set()
        case "float":
            near = {round(n + shift, 6) for n in numbers if abs(n) < 1_000_000 for shift in (0.0, -1e-4, 1e-4, -1, 1)}
        case _:
            return [None]
    return [*sorted(near, key=lambda n: (n < 0, abs(n - known))), None]  # what is below nothing is tried last


def _numbers(rule: Rule, case: Case) -> set[int | float]:
    """The numbers that the rule compares with on the case's day."""
    found: set[object] = {node.value for node in _nodes(rule) if node.kind == "literal"}
    found |= {
        option for node in _nodes(rule) if node.kind == "in" and isinstance(node.value, tuple) for option in node.value
    }
    for parameter in rule.parameters.values():
        value = parameter.at(case.on)
        found |= set(value.starts) if isinstance(value, Steps) else {value} if isinstance(value, int | float) else set()
    return {n for n in found if isinstance(n, int | float) and not isinstance(n, bool)} | {0}


def _day(rule: Rule, node: Node, case: Case) -> object:
    """A day that the rule works out from the day of the case."""
    if node.type.kind != "date" or node.kind == "field":
        return None
    values = {name: parameter.at(case.on) for name, parameter in rule.parameters.items()}
    return evaluate(node, entitle.facts_of(case.given), case.on, values)


def _texts(node: Node) -> tuple[object, ...]:
    values = node.value if isinstance(node.value, tuple) else (node.value,)
    return tuple(value for value in values if isinstance(value, str)) if node.kind in ("literal", "in") else ()
