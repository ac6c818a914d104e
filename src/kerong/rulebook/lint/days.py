"""The spells of days on which nothing dated changes: on each of them every parameter has one value."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from kerong.rulebook.content import Parameter, Rule, Rulebook
from kerong.rulebook.lint.domains import DAYS
from kerong.rulebook.lint.reach import Name, Scene
from kerong.rulebook.tree import Node, fields_of, parameters_of

LAST = date.fromordinal(int(DAYS.high))


def parts_of(rule: Rule) -> Iterator[Node]:
    """Every expression of a rule."""
    yield from (clause.condition for clause in rule.clauses)
    if rule.amount is not None:
        yield from (node for node in (rule.amount.fen, rule.amount.base, rule.amount.payee) if node is not None)
    for limit in rule.limits:
        yield from (node for node in (limit.fen, limit.year, limit.priority) if node is not None)
    yield from (node for node in (rule.sequence, rule.benefit, *rule.fingerprint) if node is not None)


def read_by(nodes: Iterable[Node], rulebook: Rulebook) -> frozenset[Name]:
    """The fields that expressions read, through formulas down to measures and columns."""
    scene = Scene(rulebook, LAST, LAST)
    direct = frozenset[Name]().union(*(fields_of(node) for node in nodes))
    return direct.union(*(scene.reads(name) for name in direct))


def dated(nodes: list[Node], parameters: dict[str, Parameter], rulebook: Rulebook) -> list[Parameter]:
    """The parameters that expressions read, their own and those of the formulas behind them."""
    scene = Scene(rulebook, LAST, LAST)
    found = {(name, id(parameters[name])): parameters[name] for node in nodes for name in parameters_of(node)}
    for field in read_by(nodes, rulebook):
        formula = scene.formula(field)
        for name in parameters_of(formula.value) if formula else ():
            found[name, id(formula.parameters)] = formula.parameters[name]  # type: ignore[union-attr]
    return list(found.values())


def scenes(nodes: list[Node], parameters: dict[str, Parameter], rulebook: Rulebook) -> list[Scene]:
    """The spells of days, earliest first, on which every parameter that the expressions read has one value.

    Days before all of them have one are left out: nothing is decided there.
    """
    needed = dated(nodes, parameters, rulebook)
    if not needed:
        return [Scene(rulebook, date.min, LAST)]
    first = max(parameter.values[0][0] for parameter in needed)
    starts = sorted({first} | {start for parameter in needed for start, _, _ in parameter.values if start > first})
    ends = [start - timedelta(days=1) for start in starts[1:]] + [LAST]
    return [Scene(rulebook, start, end) for start, end in zip(starts, ends, strict=True)]
