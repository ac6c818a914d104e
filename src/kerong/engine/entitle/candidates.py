"""What an enterprise could change, and to which values: flags turned, numbers and dates at the lines, other codes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from kerong.engine.entitle.comparisons import closure
from kerong.engine.entitle.recompute import Field, Recompute
from kerong.rulebook.changes import column_of
from kerong.rulebook.content import Change, Parameter, Rule, Rulebook
from kerong.rulebook.plain import Facts, Result
from kerong.rulebook.tree import Node, walk
from kerong.rulebook.types import COLUMN_TYPES, TEXT, Type

SHARE = 0.0001  # the step by which a ratio is moved over a line
COARSE = (0, 1, 10**4, 10**8, 10**12)  # what an unknown number could be where no line tells
TURNS = 18  # numbers that no line tells are sought in steps of 1, 10, 100 … up to this many


def type_of(field: Field, rulebook: Rulebook) -> Type:
    """The type of a field's values."""
    table, column = field
    if table == "enterprise" and column in rulebook.measures:
        return rulebook.measures[column].type
    if table == "enterprise" and column in rulebook.formulas:
        return rulebook.formulas[column].type
    if table == "enterprise" and column in rulebook.network_fields:
        return rulebook.network_fields[column].type
    held = column_of(field, rulebook)
    return COLUMN_TYPES[held.type] if held else TEXT


class Lines:
    """Where conditions draw their lines: the values that a field is compared with, in a rule and behind it."""

    def __init__(self, rule: Rule, field: Field, again: Recompute, on: date) -> None:
        own: list[tuple[Node, Mapping[str, Parameter]]] = [(c.condition, rule.parameters) for c in rule.clauses]
        if rule.amount is not None:
            own.append((rule.amount.fen, rule.parameters))
        behind = [again.formula(name) for name in again.resting_on(field)]
        own += [(formula.value, formula.parameters) for formula in behind]
        self._limits = []
        self.codes: list[str] = []
        for node, parameters in own:
            values = {name: parameter.at(on) for name, parameter in parameters.items()}
            for other, options in _against(node, field):
                self.codes += [code for code in options if code not in self.codes]
                if other is not None:
                    self._limits.append(closure(other, on, values))

    def at(self, facts: Facts) -> list[Result]:
        """The lines for the subject of `facts`, without repetition; texts among them are codes."""
        return list(dict.fromkeys(limit(facts) for limit in self._limits))


def alternatives(
    field: Field, now: Result, change: Change, lines: Lines, facts: Facts, rulebook: Rulebook
) -> Iterator[Result]:
    """Other values that the change can bring, the nearest first."""
    if isinstance(now, bool):
        if change.better == "either" or now is (change.better == "less"):
            yield not now
    elif isinstance(now, str):
        yield from (code for code in codes_of(field, lines, facts, rulebook) if code != now)
    elif isinstance(now, int | float | date):
        yield from sorted(
            (v for v in _beside(now, lines.at(facts)) if _allowed(now, v, change)), key=lambda v: _far(now, v)
        )


def codes_of(field: Field, lines: Lines, facts: Facts, rulebook: Rulebook) -> list[str]:
    """The codes that a field can have: of its list, else those that it is compared with."""
    held = column_of(field, rulebook)
    if held is not None and held.codes:
        return list(held.codes)
    return [*lines.codes, *(line for line in lines.at(facts) if isinstance(line, str) and line not in lines.codes)]


def possible(field: Field, lines: Lines, facts: Facts, rulebook: Rulebook, on: date) -> list[Result]:
    """What an unknown field could turn out to be: both flags, the lines and their neighbours, every code."""
    kind = type_of(field, rulebook)
    told = lines.at(facts)
    if kind.kind == "bool":
        return [True, False]
    if kind.kind == "text":
        return list(codes_of(field, lines, facts, rulebook)) or ["…"]
    if kind.kind == "date":
        days = [line for line in told if isinstance(line, date)]
        return list(
            dict.fromkeys([*(v for day in days for v in _neighbours(day)), on, *map(_years_back(on), (1, 3, 10))])
        )
    if kind.kind in ("int", "float"):
        numbers = [line for line in told if isinstance(line, int | float) and not isinstance(line, bool)]
        near: list[Result] = [v for line in numbers for v in _neighbours(line)]
        return list(dict.fromkeys([*near, *(float(v) if kind.kind == "float" else v for v in COARSE)]))
    return []


def steps(now: int | float, change: Change) -> Iterator[list[int | float]]:
    """Values ever further away, one list for each direction that the change allows; what counts does not go below 0."""
    unit: int | float = 1 if isinstance(now, int) else SHARE
    for sign in (1,) if change.better == "more" else (-1,) if change.better == "less" else (1, -1):
        values = [now + sign * unit * 10**power for power in range(TURNS)]
        if sign < 0 and now >= 0:
            values = [value for value in values if value > 0] + ([0 * unit] if now > 0 else [])
        yield values


def _against(node: Node, field: Field) -> Iterator[tuple[Node | None, tuple[str, ...]]]:
    for part in walk(node):
        if part.kind in ("lt", "le", "eq"):
            for mine, other in (part.args, part.args[::-1]):
                if _is(mine, field):
                    yield other, ()
        elif part.kind == "in" and _is(part.args[0], field) and isinstance(part.value, tuple):
            yield None, tuple(value for value in part.value if isinstance(value, str))


def _is(node: Node, field: Field) -> bool:
    """Is the node the field, or the field held as a decimal or in smaller parts?"""
    if node.kind == "field":
        return node.field == field
    return node.kind == "number" and _is(node.args[0], field)


def _neighbours(line: int | float | date) -> tuple[int | float | date, ...]:
    if isinstance(line, date):
        after = [line + timedelta(days=1)] if line < date.max else []
        return line, *after, *([line - timedelta(days=1)] if line > date.min else [])
    unit = 1 if isinstance(line, int) else SHARE
    return (
        (line, line + unit, line - unit)
        if isinstance(line, int)
        else (line, round(line + unit, 4), round(line - unit, 4))
    )


def _beside(now: int | float | date, lines: list[Result]) -> Iterator[int | float | date]:
    for line in lines:
        if isinstance(now, date) and isinstance(line, date):
            yield from _neighbours(line)
        elif isinstance(now, int | float) and isinstance(line, int | float) and not isinstance(line, bool):
            yield from (type(now)(value) for value in _neighbours(line) if isinstance(value, int | float))


def _allowed(now: int | float | date, value: int | float | date, change: Change) -> bool:
    """Whether the change can bring the value: in its direction, and what is not below 0 does not go below it."""
    if not isinstance(now, date) and not isinstance(value, date) and value < 0 <= now:
        return False
    apart = _signed(now, value)
    return apart > 0 if change.better == "more" else apart < 0 if change.better == "less" else apart != 0


def _far(now: int | float | date, value: int | float | date) -> tuple[float, bool]:
    apart = _signed(now, value)
    return abs(apart), apart < 0


def _signed(now: int | float | date, value: int | float | date) -> float:
    if isinstance(now, date):
        return float((value - now).days) if isinstance(value, date) else 0.0
    return float(value - now) if not isinstance(value, date) else 0.0


def _years_back(on: date) -> Callable[[int], date]:
    return lambda years: on.replace(year=max(on.year - years, 1), day=min(on.day, 28))
