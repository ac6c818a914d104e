"""How far a population has moved from the one that a card was fitted on: PSI per line and of the points, by period.

PSI = sum over bins of (share now - share then) x ln(share now / share then). With n and m rows in k bins that did not
move at all it is about chi-squared with k - 1 degrees times 1/n + 1/m (Yurdakul 2018): `noise` is its 95 % point, so
that a small sample is not called a shift. Beyond noise the usual words: under 0.10 stable, under 0.25 watch.
"""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import chdtri

from kerong.engine.score.card.card import Card, CardSegment, Line
from kerong.engine.score.card.plan import Scaling
from kerong.engine.score.card.score import score
from kerong.rulebook.cards import VERSION

Counts = NDArray[np.int64]

WATCH, SHIFTED = 0.10, 0.25
HALF = 0.5  # is added to every bin, so that an empty one has no infinite logarithm
NOBODY = Card("", VERSION, date.min, (date.min, date.min), 0, 0, 0, None, Scaling(), ())
PARTS = 10  # parts of the points, by quantiles of the rows of reference


@dataclass(frozen=True, slots=True)
class Shift:
    """`value`: PSI; `noise`: what chance alone exceeds once in twenty; `word`: stable, unclear (chance could do
    it: too few rows), watch or shifted."""

    value: float
    noise: float
    word: str


def psi(then: Counts, now: Counts) -> Shift | None:
    """The shift between two rows of counts over the same bins; None where either has no rows or there is one bin."""
    before, after = int(then.sum()), int(now.sum())
    if not before or not after or then.size < 2:
        return None
    a = (then + HALF) / (before + HALF * then.size)
    b = (now + HALF) / (after + HALF * now.size)
    value = float(((b - a) * np.log(b / a)).sum())
    noise = _chance(then.size - 1) * (1 / before + 1 / after)
    by_chance = "unclear" if value <= noise else "watch" if value < SHIFTED else "shifted"
    word = "stable" if value < WATCH else by_chance
    return Shift(value, noise, word)


def by_line(card: Card, now: pl.DataFrame) -> dict[str, Shift | None]:
    """The shift of every line of the segment `all` between the card's own rows and `now` (columns: characteristics)."""
    segment = card.segments[-1]
    return {line.name: psi(_then(line), _now(line, now)) for line in segment.lines}


def of_points(card: Card, then: pl.DataFrame, now: pl.DataFrame) -> Shift | None:
    """The shift of the points between two tables, over tenths of the first."""
    before, after = (score(rows, card)["points"].to_numpy() for rows in (then, now))
    if not before.size or not after.size:
        return None
    cuts = np.unique(np.quantile(before, np.arange(1, PARTS) / PARTS, method="lower"))
    sides = [np.bincount(np.searchsorted(cuts, part, side="left"), minlength=cuts.size + 1) for part in (before, after)]
    return psi(sides[0].astype(np.int64), sides[1].astype(np.int64))


def by_period(card: Card, then: pl.DataFrame, rows: pl.DataFrame) -> list[tuple[str, int, Shift | None]]:
    """Year, rows and the shift of the points against `then`, for every year of `on` in `rows`."""
    years = rows["on"].dt.year()
    found = []
    for year in sorted(years.drop_nulls().unique().to_list()):
        part = rows.filter(years == year)
        found.append((str(year), part.height, of_points(card, then, part)))
    return found


def _then(line: Line) -> Counts:
    return np.array([item.goods + item.bads for item in line.all_bins], dtype=np.int64)


def _now(line: Line, rows: pl.DataFrame) -> Counts:
    """Rows per bin of the line, read by a card of this line alone whose points are the numbers of the bins."""
    size = len(line.all_bins)
    numbers = [replace(item, points=at) for at, item in enumerate(line.all_bins)]
    bins, rest = tuple(numbers[: len(line.bins)]), numbers[len(line.bins) :]
    alone = replace(line, bins=bins, missing=rest[0], other=rest[1] if line.other else None)
    everyone = CardSegment("all", None, 0, (alone,), ((0, 5_000),))
    codes = score(rows, replace(NOBODY, segments=(everyone,)))["points"].to_numpy()
    return np.bincount(codes, minlength=size).astype(np.int64)


def _chance(degrees: int) -> float:
    """The 95 % point of chi-squared."""
    return float(chdtri(degrees, 0.05))
