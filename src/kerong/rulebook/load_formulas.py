"""Formulas name one another in any order: they are put in the order of their dependence, and a circle is an error.

A formula is a column of an enterprise, or with `per` of a register's rows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from types import MappingProxyType

from kerong.rulebook.content import Formula, Parameter, Register
from kerong.rulebook.load_columns import BETTER, UNITS, change_of
from kerong.rulebook.load_exceptions import excepted
from kerong.rulebook.load_parameters import check_lookups, parameter_nodes
from kerong.rulebook.parse import ExpressionError, Scope, nearest, parse
from kerong.rulebook.sheets import ELSEWHERE, Sheet, Stop
from kerong.rulebook.tree import fields_of, parameters_of
from kerong.rulebook.types import Type

ENTERPRISE = "enterprise"
# names that tables of the engine use beside the columns of an enterprise
RESERVED = ("amount", "base", "on", "row_key", "outcome", "clause")
OF_ROWS = ("enterprise_id", "row_key")
FORMULA_KEYS = ("name", "title", "per", "value", "round", "unit", "better", "meaning", "change", "exception")
SHOWN = 6  # members of a circle that an error names
Key = tuple[str, str]  # table and column


@dataclass(slots=True)
class Formulas:
    """`fields` are the columns that there are without formulas, by table; what is read is put into `done`."""

    fields: Mapping[str, Mapping[str, Type]]
    registers: Mapping[str, Register]
    sheets: dict[Key, tuple[Sheet, Mapping[str, Parameter]]] = field(default_factory=dict)
    done: dict[Key, Formula] = field(default_factory=dict)

    def add(self, item: Sheet, parameters: Mapping[str, Parameter]) -> None:
        """One [[formula]], to be read when all are there."""
        item.only(FORMULA_KEYS)
        name = item.name()
        per = item.text("per", ENTERPRISE)
        if per != ENTERPRISE:
            if per not in self.registers:
                known = [ENTERPRISE, *self.registers]
                raise item.fail(f"per: there is no register {per}", "per", hint=nearest(per, known))
            if self.registers[per].identify == "none":
                raise item.fail(f"per: rows of {per} belong to no enterprise", "per")
        if name in (RESERVED if per == ENTERPRISE else OF_ROWS):
            raise item.fail(f"{name} is a word of the language", "name")
        if name in self.fields[per] or (per, name) in self.sheets:
            raise item.fail(f"{name} is defined twice", "name")
        self.sheets[per, name] = (item, parameters)

    def read(self) -> None:
        """Every formula after those that it names."""
        needs = {key: _named(item, self.sheets) for key, (item, _) in self.sheets.items()}
        order, circles = _ordered(needs)
        for key in order:
            item, parameters = self.sheets[key]
            try:
                if key in circles:
                    raise item.fail(f"a circle: {circles[key]}", "value")
                self.done[key] = formula_of(item, self._scope(key[0], parameters), parameters)
            except Stop:
                continue

    def of_enterprises(self) -> dict[str, Formula]:
        """The formulas of an enterprise by name."""
        return {name: formula for (per, name), formula in sorted(self.done.items()) if per == ENTERPRISE}

    def of_rows(self) -> dict[str, tuple[Formula, ...]]:
        """Of each register the formulas of its rows, each after those that it reads."""
        result: dict[str, tuple[Formula, ...]] = {}
        for (per, _), formula in self.done.items():
            if per != ENTERPRISE:
                result[per] = (*result.get(per, ()), formula)
        return dict(sorted(result.items()))

    def _scope(self, per: str, parameters: Mapping[str, Parameter]) -> Scope:
        tables = dict.fromkeys((ENTERPRISE, per))
        return Scope({table: _Known(self, table) for table in tables}, parameter_nodes(parameters))


def formula_of(sheet: Sheet, scope: Scope, parameters: Mapping[str, Parameter]) -> Formula:
    """One [[formula]]; `scope` is what its expressions may name."""
    node = excepted(sheet, "value", scope, lambda text: parse(text, scope))
    check_lookups(sheet, node, parameters, "value")
    used = parameters_of(node)
    awaits = node.type.divisor != 1
    if awaits != ("round" in sheet.data):
        hint = 'round = "down"' if awaits else "round goes with share_bp and prorate"
        raise sheet.fail(f"{sheet.name()} is {node.type}", "value", hint=hint)
    return Formula(
        name=sheet.name(),
        title=sheet.title(),
        value=node,
        type=Type(node.type.kind, node.type.unit),
        parameters=MappingProxyType({name: parameters[name] for name in sorted(used)}),
        place=sheet.place(),
        round=sheet.choice("round", ("down", "half_up", "up"), "down"),
        per=sheet.text("per", "enterprise"),
        change=change_of(sheet),
        unit=sheet.choice("unit", UNITS, None),
        better=sheet.choice("better", BETTER, None),
        meaning=sheet.title("meaning", None),
    )


class _Known(Mapping[str, Type]):
    """The columns of a table as a formula sees them: those that there are, and the formulas that are read."""

    def __init__(self, formulas: Formulas, table: str) -> None:
        self.formulas = formulas
        self.table = table

    def __getitem__(self, name: str) -> Type:
        columns = self.formulas.fields[self.table]
        if name in columns:
            return columns[name]
        formula = self.formulas.done.get((self.table, name))
        if formula is None:
            raise ExpressionError(f"{self.table}.{name} {ELSEWHERE}")
        return formula.type

    def __iter__(self) -> Iterator[str]:
        yield from self.formulas.fields[self.table]
        yield from (name for table, name in self.formulas.sheets if table == self.table)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self.formulas.fields[self.table] or (self.table, name) in self.formulas.sheets


def _named(item: Sheet, known: Mapping[Key, object]) -> list[Key]:
    """The formulas that the expressions of one name, before they are parsed: texts in quotes name nothing."""
    texts = list(_texts(item.data))
    found = [key for text in texts for key in re.findall(r"\b(\w+)\s*\.\s*(\w+)", re.sub(r"'[^']*'", "''", text))]
    return [key for key in dict.fromkeys(found) if key in known]


def _texts(value: object) -> Iterator[str]:
    """The expressions of a formula and of its exceptions."""
    if isinstance(value, Mapping):
        yield from (value[key] for key in ("value", "when") if isinstance(value.get(key), str))
        exceptions = value.get("exception")
        yield from (text for one in exceptions for text in _texts(one)) if isinstance(exceptions, list) else ()


def _ordered(needs: Mapping[Key, Iterable[Key]]) -> tuple[list[Key], dict[Key, str]]:
    """Every key after those that it needs; and the keys that close a circle, with the circle in words."""
    order: list[Key] = []
    circles: dict[Key, str] = {}
    state: dict[Key, bool] = {}  # True while its needs are looked at
    for start in needs:
        path = [] if start in state else [(start, iter(needs[start]))]
        state.setdefault(start, True)
        while path:
            key, rest = path[-1]
            following = next(rest, None)
            if following is None:
                state[key] = False
                order.append(key)
                path.pop()
            elif following not in state:
                state[following] = True
                path.append((following, iter(needs[following])))
            elif state[following]:
                open_keys = [key for key, _ in path]
                circles[key] = _in_words([*open_keys[open_keys.index(following) :], following])
    return order, circles


def _in_words(circle: list[Key]) -> str:
    names = [name if table == ENTERPRISE else f"{table}.{name}" for table, name in circle]
    shown = names if len(names) <= SHOWN + 1 else [*names[: SHOWN - 1], "…", names[-1]]
    return " -> ".join(shown)


def levels_of(formulas: Mapping[str, Formula]) -> tuple[tuple[str, ...], ...]:
    """Formulas of an enterprise by level: each level reads only columns of earlier ones."""
    graph = {name: {column for _, column in fields_of(f.value) if column in formulas} for name, f in formulas.items()}
    sorter = TopologicalSorter(graph)
    sorter.prepare()
    levels = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        levels.append(tuple(ready))
        sorter.done(*ready)
    return tuple(levels)
