"""Measures, formulas, indicators and statistics: the named columns of an enterprise and of a region."""

import re
from collections.abc import Mapping
from dataclasses import replace
from math import isfinite
from types import MappingProxyType

from kerong.rulebook.content import (
    Change,
    Column,
    Indicator,
    Measure,
    Parameter,
    Register,
    Statistic,
    StatisticColumn,
)
from kerong.rulebook.facts import Together
from kerong.rulebook.load_parameters import check_lookups, parameter_nodes
from kerong.rulebook.parse import ExpressionError, Scope, nearest, parse
from kerong.rulebook.sheets import Sheet
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, BP, COLUMN_TYPES, COUNT, DATE, DAYS, RATIO, SPELLS, TEXT, Type

AGGREGATES = (
    "sum",
    "count",
    "count_distinct",
    "min",
    "max",
    "latest",
    "earliest",
    "any",
    "mean",
    "variation",
    "concentration",
    "top_five_share",
    "trend",
    "seasonality",
    "longest_gap",
    "spells",
)
OVER_PERIODS = ("latest", "earliest", "variation", "trend", "seasonality")  # need to know when a row is
UNITS: tuple[str, ...] = (
    "yuan",
    "share",
    "bp",
    "ratio",
    "persons",
    "items",
    "months",
    "days",
    "years",
    "date",
    "flag",
    "level",
    "code",
)
UNITS += ("spells", "kwh", "points")
BETTER = ("more", "less", "middle", "neither")  # what is good for the firm
WINDOW = re.compile(r"all|[1-9][0-9]{0,2} (months?|years?)")
MEASURE_KEYS = (
    "name",
    "title",
    "over",
    "where",
    "value",
    "window",
    "skip",
    "at_least",
    "meaning",
    "better",
    "unit",
    "change",
)
INDICATOR_KEYS = (
    "name",
    "dimension",
    "title",
    "value",
    "better",
    "best",
    "fixed",
    "weight",
    "needs",
    "meaning",
    "change",
)
STATISTICS = ("sum", "count", "count_distinct", "min", "max", "mean")


def row_types(register: Register) -> dict[str, Type]:
    """The types of a register's columns as a rule sees them."""
    return {"enterprise_id": TEXT, **{name: column_type(c) for name, c in register.columns.items()}}


def column_type(column: Column) -> Type:
    """The type of a column's values: a code knows its list."""
    kind = COLUMN_TYPES[column.type]
    return replace(kind, codes=tuple(column.codes)) if column.type == "code" else kind


def change_of(sheet: Sheet, is_indicator: bool = False) -> Change | None:
    """`change` of a field: how an enterprise can change it itself; of an indicator also what moves together."""
    if "change" not in sheet.data:
        return None
    table = sheet.table("change")
    table.only(["how", "effort", "better", "step", "year", *(["together"] if is_indicator else [])])
    effort = table.whole("effort")
    if not 1 <= effort <= 9:
        raise table.fail(f"effort = {effort}", "effort", hint="1 (a form to fill in) to 9 (years of work)")
    return Change(
        how=table.title("how"),
        effort=effort,
        better=table.choice("better", ("more", "less", "either"), "either"),
        step=_distance(table, "step"),
        year=_distance(table, "year"),
        together=_together(table) if "together" in table.data else None,
    )


def _distance(table: Sheet, key: str) -> float | None:
    value = table.get(key, (int, float), "a number above 0, in the unit of the field", None)
    if value is not None and not (value > 0 and isfinite(value)):
        raise table.fail(f"{key} = {value}", key, hint="a number above 0, in the unit of the field")
    return None if value is None else float(value)


def _together(table: Sheet) -> Together:
    part = table.table("together")
    part.only(["indicator", "moves"])
    return Together(part.name("indicator"), part.choice("moves", ("share", "growth", "amount"), "share"))


def measure_of(sheet: Sheet, registers: Mapping[str, Register], parameters: Mapping[str, Parameter]) -> Measure:
    """One [[measure]]: an aggregate over one register."""
    sheet.only(MEASURE_KEYS)
    over = sheet.text("over")
    register = registers.get(over)
    if register is None:
        raise sheet.fail(f"over: there is no register {over}", "over", hint=nearest(over, registers))
    scope = Scope({over: row_types(register)}, parameter_nodes(parameters))
    aggregate, value, by, kind = sheet.expression("value", lambda text: aggregate_of(text, scope))
    window = _window(sheet, "window", "all")
    skip = _window(sheet, "skip", None)
    if (window != "all" or skip or aggregate in OVER_PERIODS) and register.period is None:
        raise sheet.fail(f"register {over} declares no period: nothing says when its rows are", "value")
    if aggregate == "seasonality" and register.columns[str(register.period)].type == "year":
        raise sheet.fail(f"seasonality looks at months, and the period of {over} is a year", "value")
    at_least = sheet.whole("at_least", None)
    if at_least is not None and window == "all":
        raise sheet.fail("at_least counts the periods of a window", "at_least")
    if at_least is not None and at_least < 1:
        raise sheet.fail("at_least is at least 1", "at_least")
    if kind.divisor != 1:
        raise sheet.fail(f"{aggregate} is {kind}", "value", hint="take the share in a formula or in the rule")
    if aggregate == "spells" and (window != "all" or skip):
        raise sheet.fail("spells say themselves when they are: they have no window", "window")
    where = sheet.expression("where", lambda text: condition(text, scope), None)
    for key, node in (("value", value), ("value", by), ("where", where)):
        check_lookups(sheet, node, parameters, key)
    return Measure(
        name=sheet.name(),
        title=sheet.title(),
        over=over,
        aggregate=aggregate,
        value=value,
        by=by,
        where=where,
        window=window or "all",
        skip=skip,
        at_least=at_least,
        type=kind,
        place=sheet.place(),
        parameters=MappingProxyType(dict(parameters)),
        change=change_of(sheet),
        unit=sheet.choice("unit", UNITS, None),
        better=sheet.choice("better", BETTER, None),
        meaning=sheet.title("meaning", None),
    )


def _window(sheet: Sheet, key: str, default: str | None) -> str | None:
    value = sheet.text(key, default)
    if value is not None and not WINDOW.fullmatch(value):
        raise sheet.fail(f"{key} = {value!r}", key, hint='"12 months", "3 years" or "all"')
    return str(value) if value is not None else None


def condition(text: str, scope: Scope) -> Node:
    """An expression that must be a condition."""
    node = parse(text, scope)
    if node.type != BOOL:
        raise ExpressionError(f"{text.strip()} is a {node.type}, not a condition", "compare it with something")
    return node


def aggregate_of(text: str, scope: Scope) -> tuple[str, Node | None, Node | None, Type]:
    """`sum(x)` … as (aggregate, value, by, type of the result)."""
    found = re.fullmatch(r"\s*([a-z_]+)\s*\((.*)\)\s*", text, re.DOTALL)
    if not found or found.group(1) not in AGGREGATES:
        called = found.group(1) if found else text.strip()
        raise ExpressionError(f"{called} is not one of the aggregates", nearest(called, AGGREGATES))
    name, parts = found.group(1), _split(found.group(2))
    wanted = {"count": 0, "concentration": 2, "top_five_share": 2, "spells": 2}.get(name, 1)
    if len(parts) != wanted:
        raise ExpressionError(f"{name} takes {wanted} operands, not {len(parts)}")
    nodes = [parse(part, scope) for part in parts]
    value, by, *_ = (*nodes, None, None)
    if name == "spells":
        for node in nodes:
            if node.type != DATE:
                raise ExpressionError(f"spells(from, until) needs dates, not {node.type}")
        return name, value, by, SPELLS
    kind = _aggregate_type(name, value)
    return name, value, by, kind


def _aggregate_type(name: str, value: Node | None) -> Type:
    if value is None or name == "count_distinct":
        return COUNT
    if name == "any":
        if value.type != BOOL:
            raise ExpressionError(f"any needs a condition, not {value.type}")
        return BOOL
    if name in ("min", "max", "latest", "earliest"):
        return value.type
    if name == "longest_gap":
        if value.type != DATE:
            raise ExpressionError(f"longest_gap needs a date, not {value.type}")
        return DAYS
    if not value.type.is_number or value.type.divisor != 1:
        raise ExpressionError(f"{name} needs a number, not {value.type}")
    if name == "sum":
        return value.type if value.type.unit != "number" else (COUNT if value.type.kind == "int" else RATIO)
    if name in ("concentration", "top_five_share") and value.type.kind != "int":
        raise ExpressionError(f"{name} needs whole numbers, not {value.type}")
    return BP if name in ("concentration", "top_five_share") else RATIO


def _split(text: str) -> list[str]:
    """Operands at the top level of a call."""
    parts, depth, start, quoted = [], 0, 0, False
    for place, character in enumerate(text):
        quoted ^= character == "'"
        if not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if character == "," and depth == 0:
                parts.append(text[start:place])
                start = place + 1
    parts.append(text[start:])
    return [part for part in parts if part.strip()]


def indicator_of(sheet: Sheet, scope: Scope, registers: Mapping[str, Register]) -> Indicator:
    """One [[indicator]] of the index."""
    sheet.only(INDICATOR_KEYS)
    value: Node = sheet.expression("value", lambda text: parse(text, scope))
    if not (value.type.is_number or value.type == BOOL):
        raise sheet.fail(f"an indicator is a number or a flag, not {value.type}", "value")
    better = sheet.choice("better", ("more", "less", "middle"))
    best = sheet.get("best", (int, float), "a number", None)
    if (better == "middle") != (best is not None):
        raise sheet.fail("best goes with better = middle, and only with it", "better")
    fixed = sheet.get("fixed", list, "[least, most]", None)
    if fixed is not None and (
        len(fixed) != 2 or not all(isinstance(x, int | float) for x in fixed) or fixed[0] >= fixed[1]
    ):
        raise sheet.fail("fixed must be [least, most]", "fixed")
    needs = sheet.texts("needs", [])
    for name in needs:
        if name not in registers:
            sheet.fail(f"needs: there is no register {name}", "needs", hint=nearest(name, registers))
    weight = int(sheet.whole("weight", 1))
    if weight < 0:
        raise sheet.fail("weight must not be negative", "weight")
    dimension = sheet.name("dimension")
    if dimension == "high":
        raise sheet.fail("a dimension cannot be called high: points_high is what a firm could reach", "dimension")
    return Indicator(
        name=sheet.name(),
        dimension=dimension,
        title=sheet.title(),
        value=value,
        better=better,
        weight=weight,
        place=sheet.place(),
        best=None if best is None else float(best),
        fixed=None if fixed is None else (float(fixed[0]), float(fixed[1])),
        needs=needs,
        meaning=sheet.title("meaning", None),
        change=change_of(sheet, is_indicator=True),
    )


def check_together(indicators: Mapping[str, Indicator], sheets: Mapping[str, Sheet]) -> None:
    """Record an error where an indicator moves with one that is not there, or that moves with another itself."""
    for name, item in indicators.items():
        together = item.change.together if item.change else None
        if together is None:
            continue
        first = indicators.get(together.indicator)
        at = ("change", "together")
        if first is None or first is item:
            hint = nearest(together.indicator, sorted(indicators.keys() - {name}))
            sheets[name].fail(f"together: there is no other indicator {together.indicator}", *at, hint=hint)
        elif first.change is not None and first.change.together is not None:
            hint = f"name {first.change.together.indicator}"
            sheets[name].fail(f"together: {first.name} moves with another itself", *at, hint=hint)


def statistic_of(
    sheet: Sheet,
    registers: Mapping[str, Register],
    fields: Mapping[str, Mapping[str, Type]],
    parameters: Mapping[str, Parameter],
) -> Statistic:
    """One regional table over a register; `fields` are the types of columns by table, the enterprise's among them."""
    sheet.only(["name", "title", "over", "by", "where", "column", "parameter", "table"])
    over = sheet.text("over")
    if over not in registers:
        raise sheet.fail(f"over: there is no register {over}", "over", hint=nearest(over, registers))
    scope = Scope({name: fields[name] for name in (over, "enterprise")}, parameter_nodes(parameters))
    columns = []
    for item in sheet.tables("column"):
        item.only(["name", "title", "value"])
        aggregate, value, by, kind = item.expression("value", lambda text: aggregate_of(text, scope))
        if aggregate not in ("sum", "count", "count_distinct", "min", "max", "mean") or by is not None:
            raise item.fail(
                f"{aggregate} is not for statistics", "value", hint="sum, count, count_distinct, min, max, mean"
            )
        columns.append(StatisticColumn(item.name(), item.title(), aggregate, value, kind))
    keys = _keys(sheet, scope)
    names = [*(name for name, _ in keys), *(column.name for column in columns)]
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise sheet.fail(f"two columns are called {twice}", "by", hint='by = [{ name = "…", value = "…" }]')
    return Statistic(
        name=sheet.name(),
        title=sheet.title(),
        over=over,
        by=keys,
        where=sheet.expression("where", lambda text: condition(text, scope), None),
        columns=tuple(columns),
        place=sheet.place(),
        parameters=MappingProxyType(dict(parameters)),
    )


def _keys(sheet: Sheet, scope: Scope) -> tuple[tuple[str, Node], ...]:
    keys = []
    for item in sheet.get("by", list, "a list of expressions", []):
        text = item.get("value") if isinstance(item, dict) else item
        name = item.get("name") if isinstance(item, dict) else str(item).rpartition(".")[2]
        if not isinstance(text, str) or not isinstance(name, str):
            raise sheet.fail('by holds expressions or { name = "…", value = "…" }', "by")
        try:
            keys.append((name, parse(text, scope)))
        except ExpressionError as error:
            raise sheet.fail(error.message, "by", hint=error.hint) from None
    return tuple(keys)
