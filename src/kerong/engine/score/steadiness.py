"""How much a firm's place is the work of the weights: its best and its worst place by other ways of weighing.

The bounds of the run's scale are kept, only weights change: as the sheet gives them, by entropy, by CRITIC. Whole
numbers alone are summed, so that neither the order of rows nor threads matter.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.population import Known, population
from kerong.engine.score.scale import Scale
from kerong.engine.score.values import values
from kerong.engine.score.weighed import Evidence, positions_of, weighed
from kerong.rulebook.content import Rulebook

WAYS = ("given", "entropy", "critic")
Places = NDArray[np.int32]


def steady(scores: pl.DataFrame, enterprises: pl.DataFrame, rulebook: Rulebook, scale: Scale, on: date) -> pl.DataFrame:
    """`scores` with `rank_weights_best` and `rank_weights_worst` (Int32) after `rank_worst`: the best and the worst
    place among all firms by WAYS and by the run's own weights.

    `scores`: of these enterprises by this scale, sorted by enterprise.
    """
    held = Known.of(values(enterprises, rulebook, on)[0], population(enterprises, rulebook))
    best = worst = scores["rank"].to_numpy()
    for found in _places(held, scale, rulebook):
        best, worst = np.minimum(best, found), np.maximum(worst, found)
    added = [pl.Series("rank_weights_best", best, pl.Int32), pl.Series("rank_weights_worst", worst, pl.Int32)]
    after = scores.columns.index("rank_worst") + 1
    names = [*scores.columns[:after], *(column.name for column in added), *scores.columns[after:]]
    return scores.with_columns(added).select(names)


def _places(held: Known, scale: Scale, rulebook: Rulebook) -> list[Places]:
    """Places by each way; points are proven ones (unknown counts nothing), equal ones stand by id."""
    if not scale.yardsticks:
        return []
    names, codes = held.groups
    columns = {item.name: held.column(item.name) for item in scale.yardsticks}
    indicators = [rulebook.indicators[item.name] for item in scale.yardsticks]
    evidence = Evidence(scale.yardsticks, columns, held)
    stages = held.stages.by(list(scale.weights)).number
    tables = []
    for way in WAYS:
        region = replace(rulebook.region, method=way, mix_bp=0)
        weights, _ = weighed(region, indicators, scale.dimensions, evidence)
        tables.append([weights.unknown, *(weights.stages.get(stage, weights.unknown) for stage in scale.weights)])
    sums = [np.zeros(held.firms.height, dtype=np.int64) for _ in WAYS]
    for item in scale.yardsticks:
        earned = np.maximum(positions_of(item, columns[item.name], [None, *names], codes), 0).astype(np.int64)
        for total, table in zip(sums, tables, strict=True):
            total += earned * _by_stage(item.name, table)[stages]
    return [_ranks(total) for total in sums]


def _by_stage(name: str, table: list[Mapping[str, int]]) -> NDArray[np.int64]:
    return np.array([points.get(name, 0) for points in table], dtype=np.int64)


def _ranks(points: NDArray[np.int64]) -> Places:
    ranks = np.empty(points.size, dtype=np.int32)
    ranks[np.argsort(-points, kind="stable")] = np.arange(1, points.size + 1, dtype=np.int32)
    return ranks
