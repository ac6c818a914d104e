"""The compiled evaluator: one expression over a whole table, as Polars expressions.

Every node becomes a value (null where unknown or in error) and, where an error can happen, a flag. Parts that are used
more than once are put into columns of their own, level by level: inlining them would double the work at every level.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_

import numpy as np
import polars as pl

from kerong.rulebook.content import Parameter
from kerong.rulebook.intervals import Interval, cannot_overflow
from kerong.rulebook.kinds import KINDS, LIMIT
from kerong.rulebook.tree import Node
from kerong.rulebook.types import Type

SURE = 9.21e18  # a float estimate beyond this means a true value beyond LIMIT; below it, int64 has not wrapped

DTYPES: dict[str, pl.DataType] = {
    "bool": pl.Boolean(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "text": pl.String(),
    "date": pl.Date(),
}


def dtype_of(kind: Type) -> pl.DataType:
    """The Polars type that holds a value of the language's type."""
    return DTYPES[kind.kind]


def column_of(table: str, column: str) -> str:
    """The frame's column of a field: `x` for enterprise.x and bare names, `loan.x` for a register's row."""
    return column if table in ("enterprise", "") else f"{table}.{column}"


@dataclass(frozen=True, slots=True)
class Evaluated:
    """`frame` has exactly the wanted columns, row by row as asked; `errors` names column and row of each error."""

    frame: pl.DataFrame
    errors: pl.DataFrame


def evaluate(
    frame: pl.DataFrame, wanted: Mapping[str, Node], on: date, parameters: Mapping[str, Parameter] | None = None
) -> Evaluated:
    """Evaluate expressions over every row of `frame`; unknown and errors are null, errors are listed as well."""
    program = Program(on, parameters or {}, frame)
    parts = {name: program.part(node) for name, node in wanted.items()}
    table = program.run(frame)
    flags = [part.error.alias(f"?{name}") for name, part in parts.items() if part.error is not None]
    values = [part.value.cast(dtype_of(wanted[name].type)).alias(name) for name, part in parts.items()]
    result = table.with_columns(*values, *flags)
    return Evaluated(result.select(list(wanted)), _errors(result, list(wanted)))


def _errors(result: pl.DataFrame, names: list[str]) -> pl.DataFrame:
    found = [
        pl.DataFrame({"row": result[f"?{name}"].arg_true()}).select(
            pl.lit(name).alias("name"), pl.col("row").cast(pl.UInt32)
        )
        for name in names
        if f"?{name}" in result.columns and result[f"?{name}"].any()
    ]
    return pl.concat([pl.DataFrame(schema={"name": pl.String, "row": pl.UInt32}), *found])


@dataclass(frozen=True, slots=True)
class Part:
    """A node as Polars expressions: its value, its error flag, the level after which both can be read."""

    value: pl.Expr
    error: pl.Expr | None = None
    level: int = 0
    simple: bool = False


@dataclass(slots=True)
class Program:
    """Collects columns by level while nodes are compiled, then adds them to a table in that order."""

    on: date
    parameters: Mapping[str, Parameter]
    frame: pl.DataFrame
    bounds: dict[str, Interval | None] = field(default_factory=dict)
    levels: list[list[pl.Expr]] = field(default_factory=list)
    known: dict[Node, Part] = field(default_factory=dict)
    used: int = 0

    def part(self, node: Node) -> Part:
        """The part of a node; equal nodes share theirs."""
        if node not in self.known:
            self.known[node] = self._compile(node)
        return self.known[node]

    def run(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The frame with all intermediate columns."""
        for level in self.levels:
            frame = frame.with_columns(level)
        return frame

    def slot(self, part: Part) -> Part:
        """The same part, its value in a column of its own, so that it may be used more than once."""
        if part.simple:
            return part
        name = f"_{self.used}"
        self.used += 1
        while len(self.levels) <= part.level:
            self.levels.append([])
        self.levels[part.level].append(part.value.alias(name))
        error = part.error
        if error is not None:
            self.levels[part.level].append(error.alias(f"{name}?"))
            error = pl.col(f"{name}?")
        return Part(pl.col(name), error, part.level + 1, simple=True)

    def _compile(self, node: Node) -> Part:
        match node.kind:
            case "literal":
                return _constant(node.value, node.type)
            case "on":
                return _constant(self.on, node.type)
            case "parameter":
                parameter = self.parameters.get(str(node.value))
                return _constant(parameter.at(self.on) if parameter else None, node.type)
            case "field":
                return Part(pl.col(column_of(*node.field)), simple=True)
        parts = [self.part(arg) for arg in node.args]
        return {"and": self._logical, "or": self._logical, "case": self._case, "first": self._first}.get(
            KINDS[node.kind].unknown, self._strict
        )(node, parts)

    def _logical(self, node: Node, parts: list[Part]) -> Part:
        values = [part.value for part in parts]
        value = reduce((lambda a, b: a | b) if node.kind == "or" else (lambda a, b: a & b), values)
        level = max(part.level for part in parts)
        errors = [part.error for part in parts if part.error is not None]
        if not errors:
            return Part(value, None, level)
        whole = self.slot(Part(value, None, level))
        return Part(whole.value, reduce(or_, errors) & whole.value.is_null(), whole.level)

    def _case(self, node: Node, parts: list[Part]) -> Part:
        conditions = [self.slot(part) for part in parts[:-1:2]]
        values = [*parts[1::2], parts[-1]]
        level = max(part.level for part in (*conditions, *values))
        value: pl.Expr | None = None
        error: pl.Expr | None = None
        risky = any(part.error is not None for part in (*conditions, *values))
        for condition, outcome in zip(reversed(conditions), reversed(values[:-1]), strict=True):
            rest = values[-1].value if value is None else value
            empty = pl.lit(None, dtype_of(node.type))
            holds = condition.value
            value = pl.when(holds.is_null()).then(empty).when(holds).then(outcome.value).otherwise(rest)
            known = pl.when(_flag(condition)).then(True).when(holds.is_null()).then(False)
            error = known.when(holds).then(_flag(outcome)).otherwise(_flag(values[-1]) if error is None else error)
        if value is None:
            raise ValueError("a case has at least one branch")
        return Part(value, error if risky else None, level)

    def _first(self, node: Node, parts: list[Part]) -> Part:
        parts = [self.slot(part) for part in parts]
        level = max(part.level for part in parts)
        if all(part.error is None for part in parts):
            return Part(pl.coalesce([part.value for part in parts]), None, level)
        value, error = parts[-1].value, _flag(parts[-1])
        for part in reversed(parts[:-1]):
            value = pl.when(_flag(part)).then(None).when(part.value.is_not_null()).then(part.value).otherwise(value)
            error = pl.when(_flag(part)).then(True).when(part.value.is_not_null()).then(False).otherwise(error)
        return Part(value, error, level)

    def _between(self, leaf: Node) -> Interval | None:
        """Between which values of this table a field lies, or the value of a literal or parameter."""
        value = leaf.value
        if leaf.kind == "parameter":
            parameter = self.parameters.get(str(value))
            value = parameter.at(self.on) if parameter else 0
        if leaf.kind != "field":
            return (value, value) if isinstance(value, int) else (0, 0) if value is None else None
        name = column_of(*leaf.field)
        if name not in self.bounds:
            column = self.frame[name]
            low, high = column.min(), column.max()
            if isinstance(low, int) and isinstance(high, int):
                self.bounds[name] = low, high
            else:
                self.bounds[name] = (0, 0) if low is None else None
        return self.bounds[name]

    def _strict(self, node: Node, parts: list[Part]) -> Part:
        is_safe = cannot_overflow(node, self._between)
        if node.kind in REPEATED and not is_safe:
            parts = [self.slot(part) for part in parts]
        level = max(part.level for part in parts)
        errors = [part.error for part in parts if part.error is not None]
        value, fault = FORMS[node.kind](node, *(part.value for part in parts))
        if fault is not None and not is_safe:
            whole = self.slot(Part(value, fault.fill_null(False), level))
            level = whole.level
            value = pl.when(_flag(whole)).then(None).otherwise(whole.value)
            errors.append(_flag(whole))
        if node.kind == "is_null" and errors:
            value = pl.when(reduce(or_, errors)).then(None).otherwise(value)
        return Part(value, reduce(or_, errors) if errors else None, level)


def _constant(value: object, kind: Type) -> Part:
    return Part(pl.lit(value, dtype_of(kind)), simple=True)


def _flag(part: Part) -> pl.Expr:
    return part.error if part.error is not None else pl.lit(False)


Form = tuple[pl.Expr, pl.Expr | None]
Compare = Callable[[pl.Expr, pl.Expr], pl.Expr]


def _arithmetic(
    exact: Callable[[pl.Expr, pl.Expr], pl.Expr],
) -> Callable[[Node, pl.Expr, pl.Expr], Form]:
    def form(node: Node, a: pl.Expr, b: pl.Expr) -> Form:
        value = exact(a, b)
        if node.type.kind == "float":
            return value, value.is_infinite() | value.is_nan()
        estimate = exact(a.cast(pl.Float64), b.cast(pl.Float64)).abs()
        return value, (estimate > SURE) | (value.abs() > LIMIT)

    return form


def _comparison(straight: Compare, turned: Compare) -> Callable[[Node, pl.Expr, pl.Expr], Form]:
    """What reads no column goes to the right: to its right Polars takes a column of one repeated value for one row."""

    def form(node: Node, a: pl.Expr, b: pl.Expr) -> Form:
        return (straight(a, b) if a.meta.root_names() else turned(b, a)), None

    return form


def _quotient(columns: Sequence[pl.Series]) -> pl.Series:
    a, b = (column.to_numpy() for column in columns)
    with np.errstate(all="ignore"):
        return pl.Series(columns[0].name, np.true_divide(a, b))


def _divide(node: Node, a: pl.Expr, b: pl.Expr) -> Form:
    # Polars divides by a column of length one as a product with its reciprocal: one bit off, and other bits for one row
    # than for many. NumPy rounds every quotient correctly.
    unknown = a.is_null() | b.is_null()
    operands = [a.cast(pl.Float64), b.cast(pl.Float64)]
    exact = pl.map_batches(operands, _quotient, return_dtype=pl.Float64, is_elementwise=True)
    value = pl.when(unknown).then(None).otherwise(exact)
    return value, value.is_infinite() | value.is_nan()


def _extreme(horizontal: Callable[..., pl.Expr]) -> Callable[..., Form]:
    def form(node: Node, *values: pl.Expr) -> Form:
        unknown = reduce(or_, (value.is_null() for value in values))
        return pl.when(unknown).then(None).otherwise(horizontal(*values)), None

    return form


def _day_of_year(x: pl.Expr) -> pl.Expr:
    return x.dt.month().cast(pl.Int64) * 100 + x.dt.day().cast(pl.Int64)


def _year(x: pl.Expr) -> pl.Expr:
    return x.dt.year().cast(pl.Int64)


def _month(x: pl.Expr) -> pl.Expr:
    return x.dt.month().cast(pl.Int64)


def _years(node: Node, a: pl.Expr, b: pl.Expr) -> Form:
    return _year(b) - _year(a) - (_day_of_year(b) < _day_of_year(a)).cast(pl.Int64), None


def _months(node: Node, a: pl.Expr, b: pl.Expr) -> Form:
    started = (b.dt.day() < a.dt.day()).cast(pl.Int64)
    return (_year(b) - _year(a)) * 12 + _month(b) - _month(a) - started, None


def _add_months(node: Node, start: pl.Expr, months: pl.Expr) -> Form:
    total = _year(start) * 12 + _month(start) - 1 + months.clip(-200_000, 200_000)
    year, month = total // 12, total % 12 + 1
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    last = pl.when(month == 2).then(28 + leap.cast(pl.Int64)).when(month.is_in([4, 6, 9, 11])).then(30).otherwise(31)
    possible = year.is_between(1, 9999)
    day = pl.min_horizontal(start.dt.day().cast(pl.Int64), last)
    return pl.date(pl.when(possible).then(year).otherwise(2000), month, day), ~possible


FORMS: dict[str, Callable[..., Form]] = {
    "not": lambda node, x: (~x, None),
    "eq": _comparison(operator.eq, operator.eq),
    "lt": _comparison(operator.lt, operator.gt),
    "le": _comparison(operator.le, operator.ge),
    "in": lambda node, x: (x.is_in(pl.Series(list(node.value), dtype=dtype_of(node.args[0].type)).implode()), None),
    "is_null": lambda node, x: (x.is_null(), None),
    "add": _arithmetic(lambda a, b: a + b),
    "subtract": _arithmetic(lambda a, b: a - b),
    "negate": lambda node, x: (-x, None),
    "multiply": _arithmetic(lambda a, b: a * b),
    "divide": _divide,
    "number": lambda node, x: (x.cast(pl.Float64), None),
    "share_bp": _arithmetic(lambda a, b: a * b),
    "prorate": _arithmetic(lambda a, b: a * b),
    "least": _extreme(pl.min_horizontal),
    "greatest": _extreme(pl.max_horizontal),
    "years_between": _years,
    "months_between": _months,
    "days_between": lambda node, a, b: ((b - a).dt.total_days(), None),
    "year_of": lambda node, x: (_year(x), None),
    "month_of": lambda node, x: (_month(x), None),
    "add_months": _add_months,
    "left": lambda node, x: (x.str.head(node.value), None),
}
# kinds whose form reads an operand more than once
REPEATED = frozenset(
    (
        *("add", "subtract", "multiply", "share_bp", "prorate", "divide", "least", "greatest"),
        *("years_between", "months_between", "add_months"),
    )
)


def rounded(value: pl.Expr, divisor: int, how: str) -> pl.Expr:
    """`value / divisor` to whole numbers: "down" (to zero), "up" (from zero) or "half_up" (halves from zero)."""
    if divisor == 1:
        return value
    size = value.abs()
    whole, rest = size // divisor, size % divisor
    more = {"down": pl.lit(False), "up": rest > 0, "half_up": rest * 2 >= divisor}[how]
    return (whole + more.cast(pl.Int64)) * value.sign()
