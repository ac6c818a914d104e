"""Does a score predict? Its AUC for what came later beside those of simple figures, with intervals, on the same draws.

Sources: Hanley and McNeil 1982 (AUC as a rank statistic), Efron 1979 (bootstrap; paired: every score on the same rows).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card.metrics import Estimate, Tally, auc, interval

HALF = 0.5  # the AUC of a figure that tells nothing
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Validity:
    """How one score tells those to whom an outcome came from those to whom it did not.

    `rows` were at risk, `events` of them had it. `known_bp`: share of the rows whose score is known; the unknown stand
    at the median of the known, so that they tell nothing either way. `less`: the AUC of the first score less this one's
    on the same draws (None for the first), this one read in its better direction, whichever that is: an interval above
    0 says that the first predicts better than the figure could at all.
    """

    outcome: str
    score: str
    rows: int
    events: int
    known_bp: int
    auc: Estimate
    less: Estimate | None


def validity(
    outcomes: Mapping[str, pl.Series], scores: Mapping[str, pl.Series], rng: np.random.Generator, draws: int = 500
) -> list[Validity]:
    """Every outcome with every score. `outcomes`: Boolean, null = not at risk; `scores`: numbers, null = unknown.

    All series have one length and order. More of a score should mean more of the outcome: an AUC below 0.5 says that it
    goes the other way. Rows are drawn with replacement `draws` times for each outcome.
    """
    found: list[Validity] = []
    for name, came in outcomes.items():
        at_risk = came.is_not_null().to_numpy()
        bad = came.drop_nulls().to_numpy().astype(bool)
        held = {score: _ranked(told.filter(pl.Series(at_risk))) for score, told in scores.items()}
        known = {
            score: int(told.filter(pl.Series(at_risk)).is_not_null().to_numpy().sum()) for score, told in scores.items()
        }
        drawn: dict[str, list[float]] = {score: [] for score in held}
        for _ in range(draws if bad.size else 0):
            rows = rng.integers(0, bad.size, bad.size)
            weight = np.bincount(rows, minlength=bad.size).astype(np.float64)
            values = {score: _auc(levels, bad, weight) for score, levels in held.items()}
            for score, value in values.items():
                if value is not None:
                    drawn[score].append(value)
        own = {score: _auc(levels, bad, np.ones(bad.size)) for score, levels in held.items()}
        first = next(iter(held), "")
        for score in held:
            share = known[score] * 10_000 // max(bad.size, 1)
            less = None if score == first else _less(own[first], own[score], drawn[first], drawn[score], draws)
            estimate = _estimate(own[score], drawn[score], draws)
            found.append(Validity(name, score, bad.size, int(bad.sum()), share, estimate, less))
    return found


def _ranked(told: pl.Series) -> NDArray[np.int64]:
    """The level of every row among the distinct values, the unknown at the median; 0 where nothing is known."""
    numbers = told.cast(pl.Float64).fill_nan(None)
    middle = numbers.drop_nulls().sort()
    filled = numbers.fill_null(middle[(len(middle) - 1) // 2] if len(middle) else 0.0).to_numpy()
    return np.unique(filled, return_inverse=True)[1].ravel().astype(np.int64)


def _auc(levels: NDArray[np.int64], bad: NDArray[np.bool_], weight: Floats) -> float | None:
    if not bad.size:
        return None
    count = int(levels.max()) + 1
    bads = np.bincount(levels, weights=weight * bad, minlength=count).astype(np.float64)
    whole = np.bincount(levels, weights=weight, minlength=count).astype(np.float64)
    return auc(Tally(np.arange(count, dtype=np.float64), np.full(count, np.nan), whole - bads, bads))


def _estimate(value: float | None, drawn: list[float], draws: int) -> Estimate:
    return Estimate(value, *(interval(drawn, draws) if value is not None else (None, None)))


def _less(own: float | None, other: float | None, mine: list[float], theirs: list[float], draws: int) -> Estimate:
    """The difference; every draw that defines one AUC defines the other, for the rows are the same."""
    if own is None or other is None:
        return Estimate(None, None, None)
    if other < HALF:  # less of the figure means more of the outcome
        other, theirs = 1 - other, [1 - value for value in theirs]
    return _estimate(own - other, [a - b for a, b in zip(mine, theirs, strict=True)], draws)
