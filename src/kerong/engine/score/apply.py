"""Applying a scale: from indicator values to whole points, an honest interval, a grade and a rank.

Only row-wise arithmetic and integer sums: a firm's points depend on its own values and the scale alone.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.problems import problems
from kerong.engine.score.gained import Gained, Points, Reading, gained
from kerong.engine.score.population import Known, pays
from kerong.engine.score.scale import Scale

Floats = NDArray[np.float64]


def apply(values: pl.DataFrame, firms: pl.DataFrame, scale: Scale) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table `scores` of ARCHITECTURE.md (without standing), and a note per stage that has no weights of its own.

    `values` as `values` gives it, `firms` as `population` does; both may be other firms than those of the fit.
    Raises ValueError where the two are not about the same enterprises.
    """
    return apply_known(Known.of(values, firms), scale)


def apply_known(held: Known, scale: Scale) -> tuple[pl.DataFrame, pl.DataFrame]:
    """As `apply`."""
    reading = _reading(held, scale)
    columns = {item.name: held.column(item.name) for item in scale.yardsticks}
    return _scores(held.firms, reading, _gained(columns, reading)), _without_weights(held.firms["stage"], scale)


def points(held: Known, scale: Scale) -> pl.DataFrame:
    """`enterprise_id`, `points`, `points_high` and `coverage_bp` as `apply` gives them, and nothing else."""
    reading = _reading(held, scale)
    columns = {item.name: held.column(item.name) for item in scale.yardsticks}
    if held.pays:
        from kerong.engine.score import many

        proven, unknown = many.points(columns, reading, held.in_runs)
    else:
        _, _, proven, unknown = gained(columns, reading)
    return held.firms.select("enterprise_id").hstack(_interval(proven, unknown, reading))


def ranked(found: pl.DataFrame) -> pl.DataFrame:
    """What `points` gives, with `rank` as in `apply`."""
    return found.with_columns(pl.Series("rank", _ranks(found["points"].to_numpy(), found["points_high"].to_numpy())))


def _reading(held: Known, scale: Scale) -> Reading:
    (groups, at), (stages, kind) = held.groups, held.stages
    return Reading(scale, [None, *groups], at, [scale.weights_of(stage) for stage in (None, *stages)], kind)


def _interval(proven: Points, unknown: Points, reading: Reading) -> list[pl.Series]:
    return [
        pl.Series("points", proven),
        pl.Series("points_high", proven + unknown),
        pl.Series("coverage_bp", _coverage(unknown, reading)),
    ]


def _coverage(unknown: Points, reading: Reading) -> NDArray[np.int64]:
    tables = np.array([sum(table.values()) for table in reading.tables], dtype=np.int64)
    if pays(unknown.size, reading.stages):
        from kerong.engine.score import many

        return many.coverage(unknown, tables, reading.stages)
    whole = tables[reading.stages.number]
    found: NDArray[np.int64] = (whole - unknown) * 10_000 // np.maximum(whole, 1)
    return found


def _gained(columns: Mapping[str, Floats], reading: Reading) -> Gained:
    if not pays(reading.at.number.size, reading.at, reading.stages):
        return gained(columns, reading)
    from kerong.engine.score import many

    return many.gained(columns, reading)


def _scores(firms: pl.DataFrame, reading: Reading, found: Gained) -> pl.DataFrame:
    high = found.points + found.unknown
    return firms.select("enterprise_id", "stage", "industry_group").hstack(
        [
            *_interval(found.points, found.unknown, reading),
            _grades("grade", found.points, reading.scale),
            _grades("grade_high", high, reading.scale),
            pl.Series("rank", _ranks(found.points, high)),
            *(pl.Series(f"points_{name}", part) for name, part in found.dimensions.items()),
            *(_known(f"indicator_{name}", part) for name, part in found.indicators.items()),
        ]
    )


def _known(name: str, points: Points) -> pl.Series:
    """The points, null where they are below 0."""
    series = pl.Series(name, points)
    return series if points.min(initial=0) >= 0 else series.set(series < 0, None)


def _grades(name: str, points: Points, scale: Scale) -> pl.Series:
    """The grade with the highest bar that the points reach; null below all bars."""
    bars = sorted(scale.grades, key=lambda item: item[1])
    reached = [
        next((grade for grade, least in reversed(bars) if number >= least), None)
        for number in range(int(points.max(initial=0)) + 1)
    ]
    return pl.Series(name, reached, pl.String).gather(points)


def _ranks(points: Points, high: Points) -> Points:
    """Ranks from 1: most points first, then the higher possible points, then the id (the order of the rows)."""
    if pays(points.size):
        from kerong.engine.score import many

        return many.ranks(points, high)
    ranks = np.empty(points.size, dtype=np.int32)
    ranks[np.lexsort((-high, -points))] = np.arange(1, points.size + 1)
    return ranks


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
