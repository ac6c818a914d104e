"""The weights of a scale: as the region's sheet gives them, or as its firms' figures do, per life stage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerong.engine.score.earned import earned_by
from kerong.engine.score.objective import (
    LEAST_KNOWN,
    STEPS,
    Positions,
    counted,
    divergences,
    mixed,
    moments,
    strengths,
)
from kerong.engine.score.population import Codes, Known, Named
from kerong.engine.score.scale import Yardstick
from kerong.engine.score.weights import mean_points, points_by_indicator
from kerong.rulebook.content import Indicator, Region

Points = Mapping[str, int]


class Weights(NamedTuple):
    """Points per stage and indicator, and those of a firm in none of the stages."""

    stages: Mapping[str, Points]
    unknown: Points


@dataclass(frozen=True, slots=True)
class Evidence:
    """What objective weights are fitted on: yardsticks, the values by indicator (NaN: unknown), and whose they are."""

    yardsticks: Sequence[Yardstick]
    columns: Mapping[str, NDArray[np.float64]]
    held: Known


def weighed(
    region: Region, indicators: Sequence[Indicator], dimensions: Sequence[str], evidence: Evidence
) -> tuple[Weights, list[dict[str, object]]]:
    """The weights by the region's method, and what is worth noting about them.

    A region that declares no weights gives every dimension the same; an objective method then takes the stages that
    occur. An indicator without given points has none by any method.
    """
    given = {stage: points_by_indicator(points, indicators) for stage, points in region.weights.items()}
    unknown = points_by_indicator(mean_points(region.weights, dimensions), indicators)
    if region.method == "given":
        return Weights(given, unknown), []
    given = given or dict.fromkeys(evidence.held.stages.names, unknown)
    found = _found(region.method, list(given), [unknown, *given.values()], evidence)
    by_stage = [mixed(points, told, region.mix_bp) for points, told in zip(given.values(), found[1:], strict=True)]
    everyone = mixed(unknown, found[0], region.mix_bp)
    noted = [*_few(list(given), evidence.held.stages), *_telling_nothing([None, *given], [everyone, *by_stage])]
    fitted = {stage: told or given[stage] for stage, told in zip(given, by_stage, strict=True)}
    return Weights(fitted, everyone or unknown), noted


def _found(method: str, stages: Sequence[str], given: Sequence[Points], evidence: Evidence) -> list[dict[str, float]]:
    """What each indicator tells, of all firms and of each of these stages; `given`: their points, in that order."""
    held, items = evidence.held, evidence.yardsticks
    groups: Sequence[str | None] = [None, *held.groups.names]
    carrying = [{name for name, points in table.items() if points} for table in given]

    def positions() -> Iterator[Positions]:
        return (positions_of(item, evidence.columns[item.name], groups, held.groups.codes) for item in items)

    def told() -> Sequence[NDArray[np.float64]]:
        if not held.pays:
            by_stage = held.stages.by(stages)
            return [divergences(counted(one, by_stage)) for one in positions()]
        from kerong.engine.score import many

        columns = [evidence.columns[item.name] for item in items]
        return many.all_divergences(items, columns, held.in_runs, groups, held.stages.places(stages))

    names = [item.name for item in items]
    return strengths(method, carrying, names, told, lambda: moments(list(positions()), held.stages.by(stages)))


def positions_of(item: Yardstick, value: NDArray[np.float64], groups: Sequence[str | None], at: Codes) -> Positions:
    """Where values lie between the ends of a yardstick, in steps of STEPS; -1 where unknown."""
    found = earned_by(item, value, groups, at.number, np.full(value.size, float(STEPS)))
    return np.floor(np.nan_to_num(found, nan=-1.0) + 0.5).astype(np.int16)


def _few(names: Sequence[str], stages: Named) -> Iterator[dict[str, object]]:
    counts = dict(zip(stages.names, np.bincount(stages.codes.number, minlength=stages.codes.kinds)[1:], strict=True))
    for name in names:
        count = counts.get(name, 0)
        if count < LEAST_KNOWN:
            yield {"kind": "stage_of_few_firms", "column": name, "value": str(count)}


def _telling_nothing(names: Sequence[str | None], found: Sequence[Points | None]) -> Iterator[dict[str, object]]:
    for name, points in zip(names, found, strict=True):
        if points is None:
            yield {"kind": "weights_without_evidence", "column": name}
