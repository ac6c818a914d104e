"""How each kind of node is computed over a whole table: its value and, where an error can happen, a flag."""

import operator
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import polars as pl

from kerong.rulebook import tabled
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.tree import Node
from kerong.rulebook.types import Type

EPOCH = date(1970, 1, 1).toordinal()
SURE = 9.21e18  # a float estimate beyond this means a true value beyond LIMIT; below it, int64 has not wrapped

DTYPES: dict[str, pl.DataType] = {
    "bool": pl.Boolean(),
    "int": pl.Int64(),
    "float": pl.Float64(),
    "text": pl.String(),
    "date": pl.Date(),
    "spells": pl.List(pl.Struct({"begins": pl.Date(), "ends": pl.Date()})),
}


def dtype_of(kind: Type) -> pl.DataType:
    """The Polars type that holds a value of the language's type."""
    return DTYPES[kind.kind]


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
    operands = [a.cast(pl.Float64), b.cast(pl.Float64)]
    value = pl.map_batches(operands, _quotient, return_dtype=pl.Float64, is_elementwise=True)
    unknown = a.is_null() | b.is_null()
    return value, (value.is_infinite() | value.is_nan()) & ~unknown


def _extreme(horizontal: Callable[..., pl.Expr]) -> Callable[..., Form]:
    def form(node: Node, *values: pl.Expr) -> Form:
        return horizontal(*values), None

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


FIRST_DAY, LAST_DAY = date.min.toordinal() - EPOCH, date.max.toordinal() - EPOCH  # days since 1970


def _add_days(node: Node, start: pl.Expr, days: pl.Expr) -> Form:
    total = start.cast(pl.Int32).cast(pl.Int64) + days.clip(-10 * LAST_DAY, 10 * LAST_DAY)
    possible = total.is_between(FIRST_DAY, LAST_DAY)
    return pl.when(possible).then(total).otherwise(0).cast(pl.Int32).cast(pl.Date), ~possible


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
    "add_days": _add_days,
    "left": lambda node, x: (x.str.head(node.value), None),
    "step": tabled.step,
    "marginal": tabled.marginal,
    "lookup": tabled.lookup,
    "held_on": tabled.held_on,
}
# kinds whose form does not see that an operand is unknown: the evaluator has to
BLIND = frozenset(("least", "greatest", "divide", "add_days", "step", "marginal", "lookup"))
# kinds whose form reads an operand more than once
REPEATED = frozenset(
    (
        *("add", "subtract", "multiply", "share_bp", "prorate", "divide", "least", "greatest"),
        *("years_between", "months_between", "add_months", "add_days"),
        *("step", "marginal", "lookup"),
    )
)
