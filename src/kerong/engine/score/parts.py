"""A score taken apart: the points of every indicator by dimension; what is known adds up to the score exactly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kerong.engine.score.scale import Scale
from kerong.rulebook.content import Indicator, Rulebook
from kerong.rulebook.pruning import INDICATOR


@dataclass(frozen=True, slots=True)
class Contribution:
    """Points of one indicator; `points` is None where the value is unknown, or withheld from the reader."""

    indicator: Indicator
    points: int | None
    weight: int
    withheld: bool = False

    @property
    def field(self) -> str:
        """The name under which its origin is asked for."""
        return INDICATOR + self.indicator.name


@dataclass(frozen=True, slots=True)
class DimensionPart:
    """One dimension: proven points, what they could be, and the most that there is.

    `withheld`: the reader may not see all of its indicators, nor therefore their sum.
    """

    name: str
    points: int
    points_high: int
    weight: int
    typical: float | None
    contributions: tuple[Contribution, ...]
    withheld: bool = False


def parts(
    score: Mapping[str, Any],
    rulebook: Rulebook,
    scale: Scale,
    typical: Mapping[str, float],
    hidden: frozenset[str] = frozenset(),
) -> tuple[DimensionPart, ...]:
    """The contributions of a row of `scores` by dimension, the heaviest indicators first.

    `typical`: points per dimension that its stage has in the middle. Points of `hidden` indicators are withheld, and
    the sum of a dimension that has one.
    """
    weights = scale.weights_of(score["stage"])
    found = []
    for name in scale.dimensions:
        items = [item for item in rulebook.indicators.values() if item.dimension == name]
        lines = [_contribution(item, score, weights.get(item.name, 0), hidden) for item in items]
        lines.sort(key=lambda line: (-line.weight, line.indicator.name))
        open_points = sum(line.weight for line in lines if line.points is None)
        points = int(score[f"points_{name}"])
        withheld = any(line.withheld and line.weight for line in lines)
        high = points + open_points
        if withheld:
            points = high = 0
        whole = sum(line.weight for line in lines)
        found.append(DimensionPart(name, points, high, whole, typical.get(name), tuple(lines), withheld))
    return tuple(found)


def _contribution(item: Indicator, score: Mapping[str, Any], weight: int, hidden: frozenset[str]) -> Contribution:
    withheld = item.name in hidden
    return Contribution(item, None if withheld else score.get(INDICATOR + item.name), weight, withheld)
