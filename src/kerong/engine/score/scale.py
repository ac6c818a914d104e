"""The frozen measure of the index: fitted once, readable as JSON, applied to any firm afterwards."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from math import isfinite
from typing import Any

from kerong.rulebook.content import Text

VERSION = 2


class ScaleRefused(ValueError):
    """A text that is no scale of this program; `said` says why in both languages, and so does its own text."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{en} / {zh}")
        self.said = Text(zh, en)


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
    `grades`: name and the least points that earn it. `method`: where the weights come from (given, entropy, critic).
    `firms`: how many it was fitted on; `fitted_on`: the day that their values are of, None where nobody said.
    """

    dimensions: tuple[str, ...]
    yardsticks: tuple[Yardstick, ...]
    weights: Mapping[str, Mapping[str, int]]
    weights_unknown: Mapping[str, int]
    grades: tuple[tuple[str, int], ...]
    method: str = "given"
    fitted_on: date | None = None
    firms: int = 0
    version: int = VERSION

    def weights_of(self, stage: str | None) -> Mapping[str, int]:
        """Points per indicator of a firm in `stage`."""
        return self.weights_unknown if stage is None else self.weights.get(stage, self.weights_unknown)

    @property
    def digest(self) -> str:
        """The SHA-256 of all that the scale says: scores of equal digests can be compared point by point."""
        return _digest(self._told())

    def to_json(self) -> str:
        """The scale as text that people can read, with its digest; `from_json` gives back an equal scale."""
        return _text({**self._told(), "digest": self.digest}) + "\n"

    def _told(self) -> dict[str, Any]:
        return {**asdict(self), "fitted_on": self.fitted_on and self.fitted_on.isoformat()}


def _text(told: Mapping[str, Any]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)


def _digest(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, ensure_ascii=False, allow_nan=False).encode()).hexdigest()


def from_json(text: str) -> Scale:
    """The scale that `to_json` wrote.

    Raises ScaleRefused (a ValueError) where the text is no scale, of another version, or changed since.
    """
    try:
        held = json.loads(text)
        if held["version"] != VERSION:
            raise _other_version(held["version"])
        digest = held.pop("digest")
        scale = _scale(held)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        if isinstance(error, ScaleRefused):
            raise
        raise ScaleRefused(f"这段文字不是评分标尺：{error}", f"this text is no scale: {error}") from error
    if digest != scale.digest:
        raise ScaleRefused(
            "评分标尺在写出之后被改动（摘要不符）：请重新运行评估",
            "this scale was changed after it was written (its digest differs): assess again",
        )
    return scale


def _other_version(version: object) -> ScaleRefused:
    return ScaleRefused(
        f"评分标尺的版本是 {version}，本程序只读版本 {VERSION}：请用本版本重新运行评估",
        f"a scale of version {version}: this program reads version {VERSION}; assess again with this program",
    )


def _scale(held: Mapping[str, Any]) -> Scale:
    return Scale(
        dimensions=tuple(held["dimensions"]),
        yardsticks=tuple(_yardstick(item) for item in held["yardsticks"]),
        weights={stage: _points(table) for stage, table in held["weights"].items()},
        weights_unknown=_points(held["weights_unknown"]),
        grades=tuple((str(name), _whole(points)) for name, points in held["grades"]),
        method=held["method"],
        fitted_on=None if held["fitted_on"] is None else date.fromisoformat(held["fitted_on"]),
        firms=_whole(held["firms"]),
    )


def _points(table: Mapping[str, Any]) -> dict[str, int]:
    """Weights of a stage; raises ValueError for what no scale says, whatever its digest."""
    return {str(name): _whole(points) for name, points in table.items()}


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < 2**31:
        raise ValueError(f"{value!r} is no whole number of 0 or more")
    return value


def _bounds(held: Mapping[str, Any]) -> Bounds:
    ends = (held["low"], held["high"])
    if any(end is not None and (type(end) not in (int, float) or not isfinite(end)) for end in ends):
        raise ValueError(f"{ends!r} are no bounds")
    if (ends[0] is None) != (ends[1] is None) or (ends[0] is not None and ends[0] > ends[1]):
        raise ValueError(f"{ends!r} are no bounds")
    return Bounds(**{**held, "known": _whole(held["known"])})


def _yardstick(item: Mapping[str, Any]) -> Yardstick:
    groups = {name: _bounds(bounds) for name, bounds in item["groups"].items()}
    return Yardstick(
        name=item["name"],
        dimension=item["dimension"],
        better=item["better"],
        best=item["best"],
        everyone=_bounds(item["everyone"]),
        groups=groups,
    )
