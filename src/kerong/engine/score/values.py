"""The value of every indicator for every enterprise, as plain numbers."""

from datetime import date

import polars as pl

from kerong.engine.problems import problems
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Indicator, Rulebook


def values(enterprises: pl.DataFrame, rulebook: Rulebook, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`enterprise_id` and one Float64 column per indicator, sorted by `enterprise_id` (null = unknown; flags 0, 1).

    A value that cannot be computed (division by zero, overflow, no finite number) is unknown, and a problem names the
    enterprise and the indicator (`column`).
    """
    firms = enterprises.sort("enterprise_id")
    found = evaluate(firms, {name: item.value for name, item in rulebook.indicators.items()}, on)
    numbers = found.frame.select(_number(item) for item in rulebook.indicators.values())
    finite = numbers.select(pl.when(pl.col(name).is_finite()).then(pl.col(name)) for name in numbers.columns)
    failed = found.errors.select("row", "name").rows() + _endless(numbers)
    ids = firms["enterprise_id"]
    noted = problems(
        {"stage": "score", "kind": "indicator_in_error", "severity": "noted", "column": name, "enterprise_id": ids[row]}
        for row, name in failed
    )
    return pl.concat([firms.select("enterprise_id"), finite], how="horizontal"), noted


def _number(indicator: Indicator) -> pl.Expr:
    """As Float64 in the unit itself; minus zero is zero, so that equal values have equal bytes."""
    number = pl.col(indicator.name).cast(pl.Float64) / indicator.value.type.divisor
    return pl.when(number == 0).then(0.0).otherwise(number).alias(indicator.name)


def _endless(numbers: pl.DataFrame) -> list[tuple[int, str]]:
    """The rows, column by column, that hold no finite number."""
    found = numbers.select((~pl.all().is_finite()).fill_null(False).arg_true().implode())
    return [(row, name) for name in numbers.columns for row in found[name][0]]
