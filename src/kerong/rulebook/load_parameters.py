"""The dated numbers and tables of a file: [parameter.NAME] and [table.NAME], each value with its source."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from types import MappingProxyType
from typing import TypeVar

from kerong.rulebook.content import Parameter
from kerong.rulebook.parse import ExpressionError, nearest
from kerong.rulebook.sheets import ELSEWHERE, Sheet, Stop
from kerong.rulebook.tables import Entries, Steps, Table
from kerong.rulebook.tree import Node, walk
from kerong.rulebook.types import DECIMAL_UNITS, Type, looked_up, valued

ENDINGS = ("fen", "bp", "days", "months", "years", "count", "year")  # units that end the name of a number
UNITS = (*ENDINGS, "number", "ratio")
KEYED = ("text", "district")
OVER = ("fen", "count", "days", "months", "years", "ratio", "number", *KEYED)
WORDS = ("on", "amount", "base")  # bare names that stand for something else
DATED = "2024-01-01 = { value = …, source = … }"
T = TypeVar("T")
STEPS = '2024-01-01 = { source = "…", from = [0, …], value = […] }'
ENTRIES = '2024-01-01 = { source = "…", of = { … = … }, otherwise = … }'


class Parameters(dict[str, Parameter]):
    """The parameters and tables of a file by name; `broken` are those that could not be read."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[str] = set()


def parameters_of(sheet: Sheet, districts: Collection[str] = ()) -> Parameters:
    """The parameters and tables of a file; `districts` are the codes of the region's."""
    result = Parameters()
    for family, read in (("parameter", _parameter), ("table", lambda at, name: _table(at, name, districts))):
        holder = sheet.table(family, None)
        for name in holder.data:
            try:
                parameter = read(holder.table(name), name)
                if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", name):
                    raise holder.fail(f"{family} {name!r}: names are lower-case words joined by _", name)
                if name in WORDS:
                    raise holder.fail(f"{name} is a word of the language: a {family} needs another name", name)
                if name in result:
                    raise holder.fail(f"{name} is a parameter already", name)
                result[name] = parameter
            except Stop:
                result.broken.add(name)
    return result


def parameter_nodes(parameters: Mapping[str, Parameter]) -> Mapping[str, Node]:
    """Nodes of parameters and tables, by their bare names."""
    nodes = {name: Node("parameter", p.type, value=name) for name, p in parameters.items()}
    return _Nodes(nodes, frozenset(parameters.broken)) if isinstance(parameters, Parameters) else nodes


@dataclass(frozen=True, slots=True)
class _Nodes(Mapping[str, Node]):
    """Nodes by name; a name whose entry could not be read is known, but asking for it is an error."""

    nodes: Mapping[str, Node]
    broken: frozenset[str]

    def __getitem__(self, name: str) -> Node:
        if name in self.broken and name not in self.nodes:
            raise ExpressionError(f"{name} {ELSEWHERE}")
        return self.nodes[name]

    def __contains__(self, name: object) -> bool:
        return name in self.nodes or name in self.broken

    def __iter__(self) -> Iterator[str]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)


def _parameter(sheet: Sheet, name: str) -> Parameter:
    unit = _unit(sheet, name)
    values, assumed = _dated(sheet, f"parameter {name}", ("unit",), _number, DATED)
    decimal = any(isinstance(value, float) for _, value, _ in values) or unit == "ratio"
    if decimal and unit not in DECIMAL_UNITS:
        raise sheet.fail(f"parameter {name}: {unit} are whole numbers")
    if decimal:
        values = [(start, float(value), source) for start, value, source in values]
    kind = Type("float" if decimal else "int", unit)
    return Parameter(name, sheet.title("title", None), kind, tuple(values), MappingProxyType(assumed))


def _number(entry: Sheet) -> int | float:
    entry.only(["value", "source", "assumed"])
    value: int | float = entry.get("value", (int, float), "a number")
    return value


def _table(sheet: Sheet, name: str, districts: Collection[str]) -> Parameter:
    over = sheet.choice("over", OVER)
    kind = Type("table", unit=_unit(sheet, name), over="text" if over in KEYED else over)
    if over == "district" and not districts:
        raise sheet.fail(f"table {name}: the region has no districts", "over", hint="[[district]] in region.toml")
    keys = districts if over == "district" else None

    def read(entry: Sheet) -> Table:
        return _entries(entry, name, kind, keys) if over in KEYED else _steps(entry, name, kind)

    form = ENTRIES if over in KEYED else STEPS
    values, assumed = _dated(sheet, f"table {name}", ("unit", "over"), read, form)
    return Parameter(name, sheet.title("title", None), kind, tuple(values), MappingProxyType(assumed))


def _unit(sheet: Sheet, name: str) -> str:
    ending = name.rpartition("_")[2]
    return str(sheet.choice("unit", UNITS, ending if ending in ENDINGS else "number"))


def _dated(
    sheet: Sheet, what: str, others: tuple[str, ...], read: Callable[[Sheet], T], form: str
) -> tuple[list[tuple[date, T, str]], dict[date, str]]:
    """The dated entries, the earliest first, and why those were chosen that nothing published says."""
    values = []
    assumed = {}
    for key in sheet.data:
        if key in ("title", *others):
            continue
        if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", key):
            raise sheet.fail(f"{what}: {key!r} is no date", key, hint=form)
        entry = sheet.table(key)
        value = read(entry)
        day = _day(sheet, key)
        values.append((day, value, str(entry.text("source"))))
        if (why := entry.text("assumed", None)) is not None:
            assumed[day] = why
    if not values:
        raise sheet.fail(f"{what} has no value", hint=form)
    return sorted(values, key=lambda value: value[0]), assumed


def _day(sheet: Sheet, key: str) -> date:
    try:
        return date.fromisoformat(key)
    except ValueError:
        raise sheet.fail(f"{key} is no date", key) from None


def _steps(entry: Sheet, name: str, kind: Type) -> Steps:
    entry.only(["from", "value", "source", "assumed"])
    starts = _numbers(entry, "from", name, looked_up(kind))
    values = _numbers(entry, "value", name, valued(kind))
    if len(starts) != len(values):
        raise entry.fail(f"table {name}: from has {len(starts)} steps, value has {len(values)}", "value")
    for one, other in pairwise(starts):
        if other <= one:
            raise entry.fail(f"table {name}: {other} does not lie above {one}", "from", hint="from ascends")
    return Steps(starts, values)


def _numbers(entry: Sheet, key: str, name: str, kind: Type) -> tuple[int | float, ...]:
    found = entry.get(key, list, "a list of numbers")
    if not found:
        raise entry.fail(f"table {name}: {key} is empty", key)
    return tuple(_held(entry, key, name, value, kind) for value in found)


def _entries(entry: Sheet, name: str, kind: Type, keys: Collection[str] | None) -> Entries:
    """A value by key; `keys` are all that there are, where that is known."""
    entry.only(["of", "otherwise", "source", "assumed"])
    table = entry.get("of", dict, "a table of values by key")
    if not table:
        raise entry.fail(f"table {name}: of is empty", "of")
    found = {key: _held(entry, "of", name, value, valued(kind)) for key, value in table.items()}
    otherwise = entry.data.get("otherwise")
    if otherwise is not None:
        otherwise = _held(entry, "otherwise", name, otherwise, valued(kind))
    entries = Entries(found, otherwise)
    if keys is not None and (fault := _against(entries, keys, "district")):
        raise entry.fail(f"table {name}: {fault[0]}", "of", hint=fault[1])
    return entries


def _held(entry: Sheet, key: str, name: str, value: object, kind: Type) -> int | float:
    """A number as a value of the type: whole, unless the unit has decimals."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise entry.fail(f"table {name}: {key} holds numbers, not {value!r}", key)
    if kind.kind == "float":
        return float(value)
    if isinstance(value, float):
        raise entry.fail(f"table {name}: {kind.unit} are whole numbers, not {value!r}", key)
    return value


def _against(entries: Entries, keys: Collection[str], what: str) -> tuple[str, str] | None:
    """What is wrong with the keys of a table where all keys are known, and a hint."""
    for key in entries.entries:
        if key not in keys:
            return f"there is no {what} {key!r}", nearest(key, list(keys))
    missing = [key for key in keys if key not in entries.entries]
    if missing and entries.otherwise is None:
        shown = ", ".join(missing[:5]) + (", …" if len(missing) > 5 else "")
        return f"{what} {shown} has no entry", "give it one, or say otherwise = …"
    return None


def check_lookups(sheet: Sheet, node: Node | None, parameters: Mapping[str, Parameter], *place: str | int) -> None:
    """Record an error where a code is looked up in a table whose keys are not the codes."""
    has_tables = any(parameter.type.kind == "table" for parameter in parameters.values())
    for lookup in walk(node) if node is not None and has_tables else ():
        if lookup.kind == "lookup" and lookup.args[0].type.codes and lookup.args[1].kind == "parameter":
            name = str(lookup.args[1].value)
            for start, table, _ in parameters[name].values:
                fault = _against(table, lookup.args[0].type.codes, "code") if isinstance(table, Entries) else None
                if fault:
                    sheet.fail(f"table {name} of {start}: {fault[0]}", *place, hint=fault[1])
                    break
