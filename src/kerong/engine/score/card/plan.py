"""What a scorecard is asked to be, before any data: characteristics, segments, scaling, bounds of the bins."""

from dataclasses import dataclass, field
from typing import Literal

from kerong.rulebook.models import EVERYONE, OWN
from kerong.rulebook.said import Text

Kind = Literal["number", "category"]
Trend = Literal["rising", "falling", "auto", "none"]
MOST_POINTS = 100_000  # of a scaling, either way: what is added up stays far below the largest whole number
MOST_ODDS = 1e9


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One fact that a card may read.

    `trend`: how the risk moves with the value ("auto": whichever way tells more; "none": freely); categories have no
    order, so it says nothing of them. `believed`: why a characteristic that is suspiciously good alone is no leak.
    """

    name: str
    kind: Kind = "number"
    trend: Trend = "auto"
    title: Text | None = None
    believed: str | None = None


@dataclass(frozen=True, slots=True)
class Segment:
    """Whoever has a card of their own: the rows whose column `segment` has this name.

    `condition` says in the language of rules who that is; it is carried along and not evaluated here.
    """

    name: str
    condition: str | None = None


@dataclass(frozen=True, slots=True)
class Scaling:
    """Points and odds (good to bad): `points` stand for `odds` to one, and `pdo` points more double the odds."""

    points: int = 600
    odds: float = 50.0
    pdo: int = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """The declared model. `bin_least_bp`: least share of the known values in a bin; `seed` for whoever draws folds.

    Raises ValueError for names that stand twice and for numbers without meaning.
    """

    name: str
    characteristics: tuple[Characteristic, ...]
    segments: tuple[Segment, ...] = ()
    scaling: Scaling = field(default_factory=Scaling)
    bins_most: int = 8
    bin_least_bp: int = 500
    seed: int = 0

    def __post_init__(self) -> None:
        names = [item.name for item in self.characteristics]
        segments = [EVERYONE, *(item.name for item in self.segments)]
        if len(set(names)) < len(names) or len(set(segments)) < len(segments):
            raise ValueError(f"plan {self.name}: a name of a characteristic or of a segment stands twice")
        taken = sorted(set(OWN) & set(names))
        if taken:
            raise ValueError(f"plan {self.name}: no characteristic may be called {', '.join(taken)}")
        if not 1 <= self.bins_most <= 100 or not 0 <= self.bin_least_bp <= 10_000:
            raise ValueError(f"plan {self.name}: bins_most is within 1 and 100, bin_least_bp within 0 and 10,000")
        scaling = self.scaling
        if not 1 <= scaling.pdo <= 1_000 or not 0 < scaling.odds <= MOST_ODDS or abs(scaling.points) > MOST_POINTS:
            raise ValueError(
                f"plan {self.name}: pdo is within 1 and 1,000, odds are above 0 and at most {MOST_ODDS:,.0f}, "
                f"points are at most {MOST_POINTS:,}"
            )
