"""A fitted scorecard: bins with their counts, weights and whole points, readable as JSON, never pickled."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from kerong.engine.score.card.plan import Kind, Scaling
from kerong.rulebook.card_json import read_card


@dataclass(frozen=True, slots=True)
class Bin:
    """Values that are read alike: `low` <= value < `high` (None: unbounded), or one of `categories`.

    `goods`, `bads`: rows of the fit. `woe`: weight of evidence, ln((goods / all goods) / (bads / all bads)), positive
    where safer than the segment. `points`: what it adds to the base.
    """

    low: float | None
    high: float | None
    categories: tuple[str, ...]
    goods: int
    bads: int
    woe: float
    points: int


@dataclass(frozen=True, slots=True)
class Line:
    """How one characteristic is read. `bins` in order of the value (categories: from the safest to the riskiest).

    `missing` is read where the value is not known, `other` (None for numbers) where a category is none of the bins'.
    """

    name: str
    kind: Kind
    bins: tuple[Bin, ...]
    missing: Bin
    other: Bin | None = None

    @property
    def all_bins(self) -> tuple[Bin, ...]:
        """The bins, `missing`, and `other` where there is one."""
        return (*self.bins, self.missing, *((self.other,) if self.other else ()))

    @property
    def known_points(self) -> tuple[int, ...]:
        """The points of every bin that a known value may fall into."""
        return tuple(item.points for item in (*self.bins, *((self.other,) if self.other else ())))

    @property
    def best(self) -> int:
        """The most points that the line gives."""
        return max(item.points for item in self.all_bins)

    @property
    def span(self) -> int:
        """The most less the least points that a known value may give."""
        return max(self.known_points) - min(self.known_points)


@dataclass(frozen=True, slots=True)
class CardSegment:
    """The card of a segment: `base` + the points of one bin per line.

    `calibration`: (least points, probability of the bad outcome in basis points), points ascending, never empty;
    fewer points than the first step has read as the first.
    """

    name: str
    condition: str | None
    base: int
    lines: tuple[Line, ...]
    calibration: tuple[tuple[int, int], ...]

    @property
    def best(self) -> int:
        """The most points that anybody can have."""
        return self.base + sum(line.best for line in self.lines)

    @property
    def worst(self) -> int:
        """The fewest points that anybody can have."""
        return self.base + sum(min(item.points for item in line.all_bins) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Card:
    """A card as it was fitted on `fitted_on` on rows decided within `window` (first and last day).

    `rows`, `bads`, `rate_bp` (bads per 10,000) tell of all rows with an outcome; `prior_bp`: the rate of bads that
    the probabilities are shifted to (None: the sample's own). The last segment is `all`.
    """

    name: str
    version: int
    fitted_on: date
    window: tuple[date, date]
    rows: int
    bads: int
    rate_bp: int
    prior_bp: int | None
    scaling: Scaling
    segments: tuple[CardSegment, ...]

    def segment(self, name: str | None) -> CardSegment:
        """The segment of this name, or `all`."""
        return next((item for item in self.segments if item.name == name), self.segments[-1])

    @property
    def line_names(self) -> tuple[str, ...]:
        """Every characteristic that a segment reads, in the order of first use."""
        return tuple(dict.fromkeys(line.name for item in self.segments for line in item.lines))

    def to_json(self) -> str:
        """The card as text that people can read; `from_json` gives back an equal card."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1, allow_nan=False, default=date.isoformat) + "\n"


def from_json(text: str) -> Card:
    """The card that `to_json` wrote. Raises CardRefused (a ValueError) where the text is no card of this version."""
    held = read_card(text)
    first, last = held["window"]
    given = {
        **held,
        "fitted_on": date.fromisoformat(held["fitted_on"]),
        "window": (date.fromisoformat(first), date.fromisoformat(last)),
        "scaling": Scaling(**held["scaling"]),
        "segments": tuple(_segment(item) for item in held["segments"]),
    }
    return Card(**given)


def _segment(held: Mapping[str, Any]) -> CardSegment:
    lines = tuple(_line(item) for item in held["lines"])
    steps = tuple((points, bp) for points, bp in held["calibration"])
    return CardSegment(held["name"], held["condition"], held["base"], lines, steps)


def _line(held: Mapping[str, Any]) -> Line:
    bins = tuple(_bin(item) for item in held["bins"])
    other = None if held["other"] is None else _bin(held["other"])
    return Line(held["name"], held["kind"], bins, _bin(held["missing"]), other)


def _bin(held: Mapping[str, Any]) -> Bin:
    return Bin(**{**held, "categories": tuple(held["categories"])})
