"""Applying a scale: from indicator values to whole points, an honest interval, a grade and a rank.

Only row-wise arithmetic and integer sums: a firm's points depend on its own values and the scale alone.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.problems import problems
from kerong.engine.score.earned import Floats, earned_by
from kerong.engine.score.population import aligned, coded
from kerong.engine.score.scale import Scale, Yardstick

Whole = NDArray[np.int64]
Rows = NDArray[np.intp]
ByIndicator = Mapping[str, Whole]


def apply(values: pl.DataFrame, firms: pl.DataFrame, scale: Scale) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table `scores` of ARCHITECTURE.md (without standing), and a note per stage that has no weights of its own.

    `values` as `values` gives it, `firms` as `population` does; both may be other firms than those of the fit.
    Raises ValueError where the two are not about the same enterprises.
    """
    values, firms = aligned(values, firms)
    weights = _weights(firms["stage"], scale)
    names = dict.fromkeys(name for item in scale.yardsticks for name in item.groups)
    groups: list[str | None] = [None, *names]
    rows = coded(firms["industry_group"], list(names)).number
    gained = {
        item.name: _gained(item, values[item.name].to_numpy(), groups, rows, weights) for item in scale.yardsticks
    }
    return _scores(firms, scale, weights, gained), _without_weights(firms["stage"], scale)


def _weights(stages: pl.Series, scale: Scale) -> ByIndicator:
    """Points that each firm's stage gives to each indicator."""
    rows = coded(stages, list(scale.weights)).number
    tables = [scale.weights_unknown, *scale.weights.values()]
    return {
        item.name: np.array([table.get(item.name, 0) for table in tables], dtype=np.int64)[rows]
        for item in scale.yardsticks
    }


def _gained(item: Yardstick, value: Floats, groups: Sequence[str | None], rows: Rows, weights: ByIndicator) -> Whole:
    """Points of one indicator, half up; -1 where it is unknown. `rows` says which of `groups` a firm is read with."""
    points = earned_by(item, value, groups, rows, weights[item.name].astype(np.float64))
    return np.where(np.isnan(points), -1, np.floor(np.nan_to_num(points) + 0.5)).astype(np.int64)


def _scores(firms: pl.DataFrame, scale: Scale, weights: ByIndicator, gained: ByIndicator) -> pl.DataFrame:
    nothing = np.zeros(firms.height, dtype=np.int64)
    points = sum((np.maximum(part, 0) for part in gained.values()), nothing)
    unknown = sum((np.where(gained[name] < 0, weights[name], 0) for name in gained), nothing)
    whole = sum(weights.values(), nothing)
    head = firms.select("enterprise_id", "stage", "industry_group").with_columns(
        pl.Series("points", points, pl.Int32),
        pl.Series("points_high", points + unknown, pl.Int32),
        pl.Series("coverage_bp", (whole - unknown) * 10_000 // np.maximum(whole, 1), pl.Int64),
    )
    graded = head.with_columns(
        _grade("points", scale).alias("grade"),
        _grade("points_high", scale).alias("grade_high"),
        pl.Series("rank", _ranks(points, points + unknown), pl.Int32),
    )
    return graded.with_columns(*_by_dimension(scale, gained, nothing), *_by_indicator(gained))


def _grade(column: str, scale: Scale) -> pl.Expr:
    """The grade with the highest bar that the points reach; null below all bars."""
    grade = pl.lit(None, pl.String)
    for name, least in sorted(scale.grades, key=lambda item: item[1]):
        grade = pl.when(pl.col(column) >= least).then(pl.lit(name)).otherwise(grade)
    return grade


def _ranks(points: Whole, points_high: Whole) -> Whole:
    """Ranks from 1: most points first, then the higher possible points, then the id (the order of the rows)."""
    ranks = np.empty(points.size, dtype=np.int64)
    ranks[np.lexsort((-points_high, -points))] = np.arange(1, points.size + 1)
    return ranks


def _by_dimension(scale: Scale, gained: ByIndicator, nothing: Whole) -> list[pl.Series]:
    sums = {name: nothing.copy() for name in scale.dimensions}
    for item in scale.yardsticks:
        sums[item.dimension] += np.maximum(gained[item.name], 0)
    return [pl.Series(f"points_{name}", part, pl.Int32) for name, part in sums.items()]


def _by_indicator(gained: ByIndicator) -> list[pl.Expr]:
    columns = (pl.lit(pl.Series(f"indicator_{name}", part, pl.Int32)) for name, part in gained.items())
    return [pl.when(column >= 0).then(column).alias(column.meta.output_name()) for column in columns]


def _without_weights(stages: pl.Series, scale: Scale) -> pl.DataFrame:
    """One note per stage (or none) that the sheet gives no weights to, with the number of firms in `value`.

    A sheet without any weights treats all firms alike: there is nothing to note.
    """
    if not scale.weights:
        return problems()
    strange = stages.filter(stages.is_null() | ~stages.is_in(list(scale.weights)))
    counts = pl.DataFrame({"stage": strange}).group_by("stage").len().sort("stage")
    return problems(
        {"stage": "score", "kind": "stage_without_weights", "severity": "noted", "column": stage, "value": str(count)}
        for stage, count in counts.iter_rows()
    )
