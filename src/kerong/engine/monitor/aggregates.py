"""The aggregates of statistics: what a group collects, and the exact number that it comes to."""

import math
from collections.abc import Sequence

import polars as pl

from kerong.rulebook.compiled import rounded
from kerong.rulebook.content import StatisticColumn
from kerong.rulebook.forms import dtype_of


def collected(column: StatisticColumn, name: str) -> pl.Expr:
    """What a group holds of the values in column `name`: a finished value, a sum in 128 bits, or the list of values."""
    value = pl.col(name)
    match column.aggregate:
        case "count":
            return pl.len().cast(pl.Int64)
        case "count_distinct":
            return value.drop_nulls().n_unique().cast(pl.Int64)
        case "min":
            return rounded(value.min(), column.type.divisor, "half_up")
        case "max":
            return rounded(value.max(), column.type.divisor, "half_up")
        case "sum" if column.type.kind == "int":
            return pl.when(value.count() > 0).then(value.cast(pl.Int128).sum())
        case "sum" | "mean":
            return value.drop_nulls().implode()
    raise ValueError(f"{column.aggregate} is no aggregate of statistics")


def finished(column: StatisticColumn, held: pl.Series) -> tuple[pl.Series, int]:
    """The values of all groups, and how many of them are too large to be held and therefore null."""
    dtype = dtype_of(column.type)
    if held.dtype != pl.List:
        values = held.cast(dtype, strict=False)
        return values, values.null_count() - held.null_count()
    lists = held.to_list()
    numbers = [_number(values, mean=column.aggregate == "mean") for values in lists]
    lost = sum(number is None and bool(values) for number, values in zip(numbers, lists, strict=True))
    return pl.Series(held.name, numbers, dtype), lost


def _number(values: Sequence[int | float], mean: bool) -> float | None:
    """Correctly rounded, so that it does not depend on the order; None for no values, or beyond what a float holds."""
    if not values:
        return None
    try:
        whole = all(isinstance(value, int) for value in values)
        total = sum(values) if whole else math.fsum(values)
        return total / len(values) if mean else float(total)
    except OverflowError:
        return None
