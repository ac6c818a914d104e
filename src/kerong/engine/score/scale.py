"""The frozen measure of the index: fitted once, readable as JSON, applied to any firm afterwards."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

VERSION = 1


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which values an indicator runs from 0 to 1, and where they come from.

    `basis`: "fixed" (declared), "group" (order statistics of the industry group), "all" (of all firms), "rare"
    (nearly all firms have one value: order statistics of those below and above it), "constant" (one value only), "none"
    (no value: both None). `known` counts the values that the bounds were taken from.
    """

    low: float | None
    high: float | None
    known: int
    basis: str


@dataclass(frozen=True, slots=True)
class Yardstick:
    """How one indicator is read: direction, and bounds for all firms and per industry group."""

    name: str
    dimension: str
    better: str
    best: float | None
    everyone: Bounds
    groups: Mapping[str, Bounds]

    def bounds(self, group: str | None) -> Bounds:
        """The bounds for a firm of `group`; an unknown or new group is read like all firms."""
        return self.everyone if group is None else self.groups.get(group, self.everyone)


@dataclass(frozen=True, slots=True)
class Scale:
    """Bounds, weights and grades of one run.

    `weights`: stage -> indicator -> points; `weights_unknown`: indicator -> points of a firm in none of these stages.
    `grades`: name and the least points that earn it.
    """

    dimensions: tuple[str, ...]
    yardsticks: tuple[Yardstick, ...]
    weights: Mapping[str, Mapping[str, int]]
    weights_unknown: Mapping[str, int]
    grades: tuple[tuple[str, int], ...]
    version: int = VERSION

    def weights_of(self, stage: str | None) -> Mapping[str, int]:
        """Points per indicator of a firm in `stage`."""
        return self.weights_unknown if stage is None else self.weights.get(stage, self.weights_unknown)

    def to_json(self) -> str:
        """The scale as text that people can read; `from_json` gives back an equal scale."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def from_json(text: str) -> Scale:
    """The scale that `to_json` wrote. Raises ValueError where the text is no scale of this version."""
    try:
        held = json.loads(text)
        if held["version"] != VERSION:
            raise ValueError(f"a scale of version {held['version']}: this program reads version {VERSION}")
        return Scale(
            dimensions=tuple(held["dimensions"]),
            yardsticks=tuple(_yardstick(item) for item in held["yardsticks"]),
            weights=held["weights"],
            weights_unknown=held["weights_unknown"],
            grades=tuple((str(name), int(points)) for name, points in held["grades"]),
        )
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise ValueError(f"this text is no scale: {error}") from error


def _yardstick(item: Mapping[str, Any]) -> Yardstick:
    groups = {name: Bounds(**bounds) for name, bounds in item["groups"].items()}
    return Yardstick(
        name=item["name"],
        dimension=item["dimension"],
        better=item["better"],
        best=item["best"],
        everyone=Bounds(**item["everyone"]),
        groups=groups,
    )
