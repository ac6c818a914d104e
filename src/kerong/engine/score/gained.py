"""Whole points: what every firm gains by every indicator, and their sums."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerong.engine.score.earned import earned_by
from kerong.engine.score.population import Codes
from kerong.engine.score.scale import Scale

Points = NDArray[np.int32]


class Gained(NamedTuple):
    """Points by indicator (-1: unknown) and by dimension, in all, and the weight of what is unknown."""

    indicators: Mapping[str, Points]
    dimensions: Mapping[str, Points]
    points: Points
    unknown: Points


@dataclass(frozen=True, slots=True)
class Reading:
    """By which bounds and weights firms are read.

    `groups` names the bounds (None: of all firms) that `at` points to; `tables` are the weights that `stages` does.
    """

    scale: Scale
    groups: Sequence[str | None]
    at: Codes
    tables: Sequence[Mapping[str, int]]
    stages: Codes

    def full(self, name: str) -> Points:
        """Points that each of the tables gives to an indicator."""
        return np.array([table.get(name, 0) for table in self.tables], dtype=np.int32)


def gained(columns: Mapping[str, NDArray[np.float64]], reading: Reading) -> Gained:
    """Points of values (NaN: unknown), half up."""
    firms = reading.at.number.size
    points, unknown = np.zeros(firms, dtype=np.int32), np.zeros(firms, dtype=np.int32)
    indicators: dict[str, Points] = {}
    dimensions = {name: np.zeros(firms, dtype=np.int32) for name in reading.scale.dimensions}
    for item in reading.scale.yardsticks:
        full = reading.full(item.name)[reading.stages.number]
        found = earned_by(item, columns[item.name], reading.groups, reading.at.number, full.astype(np.float64))
        part = np.floor(np.nan_to_num(found, nan=-1.0) + 0.5).astype(np.int32)
        indicators[item.name] = part
        points += np.maximum(part, 0)
        dimensions[item.dimension] += np.maximum(part, 0)
        unknown += np.where(part < 0, full, 0)
    return Gained(indicators, dimensions, points, unknown)
