"""From points to the probability of the bad outcome, and from one base rate to another.

Isotonic: pool adjacent violators over the points (Barlow et al. 1972, by `scipy.optimize.isotonic_regression`); Platt:
a logistic line with Platt's targets (Platt 1999). Both are to be fed with out-of-fold points: points that a row got
from a card which had not seen its subject. Another base rate moves all odds by one factor (Elkan 2001; Saerens 2002).
"""

from collections.abc import Sequence
from dataclasses import replace
from hashlib import blake2b
from typing import Literal

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card.card import Card

Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
Method = Literal["isotonic", "platt"]
Steps = tuple[tuple[int, int], ...]

WHOLE_BP = 10_000
NEWTON_STEPS = 100
WORTH = 1.0  # a step is smoothed with one row at the sample's rate: few rows never say "never" or "always"


def folds(subjects: pl.Series, count: int, seed: int) -> Whole:
    """The fold (0 to `count` - 1) of each subject: by a hash, so that all rows of a subject share it and no order of
    rows moves anybody."""
    distinct = subjects.unique().sort()
    numbers = [
        int.from_bytes(blake2b(f"{seed}|{name}".encode(), digest_size=8).digest(), "big") % count for name in distinct
    ]
    found = subjects.replace_strict(distinct, pl.Series(numbers, dtype=pl.Int64), return_dtype=pl.Int64)
    return found.to_numpy().astype(np.int64)


def calibrated(points: Whole, bad: Truth, method: Method) -> Steps:
    """(least points, probability in basis points) ascending in points, falling in probability, never 0 or 10,000.

    `points`, `bad`: one element per row, out of fold. Raises ValueError where there is no row or an unknown method.
    """
    if method not in ("isotonic", "platt"):
        raise ValueError(f"a calibration is isotonic or platt, not {method}")
    if points.size == 0:
        raise ValueError("no row to calibrate on")
    levels, places = np.unique(points, return_inverse=True)
    rows = np.bincount(places).astype(np.float64)
    bads = np.bincount(places, weights=bad).astype(np.float64)
    if method == "isotonic":
        return _steps(levels, _isotonic(rows, bads))
    every = np.arange(levels[0], levels[-1] + 1)
    return _steps(every, _platt(levels, rows, bads, every))


def probability_bp(points: Whole, steps: Steps) -> Whole:
    """The probability of each row in basis points; fewer points than the first step has read as the first."""
    starts = np.array([start for start, _ in steps], dtype=np.int64)
    values = np.array([value for _, value in steps], dtype=np.int64)
    return values[np.maximum(np.searchsorted(starts, points, side="right") - 1, 0)]


def with_prior(card: Card, rate_bp: int) -> Card:
    """The card with probabilities for a world in which `rate_bp` of 10,000 turn bad; points and ranks stay.

    All odds move by the ratio of the two rates' odds, which is right where the sample was thinned by outcome alone.
    Raises ValueError for 0 and 10,000 (and beyond): no evidence could move such a belief.
    """
    if not 0 < rate_bp < WHOLE_BP:
        raise ValueError(f"a base rate lies between 0 and 1: {rate_bp / WHOLE_BP:g} is none that evidence could move")
    held = card.rate_bp if card.prior_bp is None else card.prior_bp
    if not 0 < held < WHOLE_BP or not 0 < card.bads < card.rows:
        raise ValueError(f"card {card.name} was made where {held / WHOLE_BP:g} turned bad: it has no odds to shift")
    shift = _log_odds(rate_bp / WHOLE_BP) - _log_odds(held / WHOLE_BP)
    segments = tuple(replace(item, calibration=shifted(item.calibration, shift)) for item in card.segments)
    return replace(card, prior_bp=rate_bp, segments=segments)


def shifted(steps: Steps, shift: float) -> Steps:
    """Every probability with its log odds moved by `shift`; steps that come to the same basis points are joined."""
    held = [min(max(value, 1), WHOLE_BP - 1) / WHOLE_BP for _, value in steps]  # certainty has no odds to move
    moved = [1 / (1 + np.exp(-(_log_odds(value) + shift))) for value in held]
    return _steps(np.array([start for start, _ in steps], dtype=np.int64), np.array(moved))


def shifted_probability(probability: Floats, rate: float, to: float) -> Floats:
    """Probabilities that hold where `rate` turn bad, for a world in which `to` do (both between 0 and 1)."""
    factor = (to / (1 - to)) / (rate / (1 - rate))
    return np.asarray(probability * factor / (1 - probability + probability * factor), dtype=np.float64)


def _isotonic(rows: Floats, bads: Floats) -> Floats:
    """Falling rates: blocks of points pooled, smoothed towards the whole rate, pooled again where that crossed."""
    from scipy.optimize import isotonic_regression

    rate = bads.sum() / rows.sum()
    found = isotonic_regression(bads / rows, weights=rows, increasing=False)
    blocks = np.repeat(np.arange(found.blocks.size - 1), np.diff(found.blocks))
    size, bad = np.bincount(blocks, weights=rows), np.bincount(blocks, weights=bads)
    smooth = (bad + WORTH * rate) / (size + WORTH)
    return np.asarray(isotonic_regression(smooth, weights=size, increasing=False).x[blocks], dtype=np.float64)


def _platt(levels: Whole, rows: Floats, bads: Floats, every: Whole) -> Floats:
    """The logistic line at `every` points; where the points would say that more is riskier, the whole rate."""
    good, bad = (rows - bads).sum(), bads.sum()
    target = (bads * ((bad + 1) / (bad + 2)) + (rows - bads) * (1 / (good + 2))) / rows
    flat = float((rows * target).sum() / rows.sum())
    scale = float(np.ptp(levels)) or 1.0
    x = (levels - levels[0]) / scale
    a, b = _log_odds(flat), 0.0
    for _ in range(NEWTON_STEPS if levels.size > 1 else 0):
        likely = 1 / (1 + np.exp(-(a + b * x)))
        weight = rows * likely * (1 - likely)
        left = rows * (target - likely)
        turn = np.array([[weight.sum(), (weight * x).sum()], [(weight * x).sum(), (weight * x * x).sum()]])
        step = np.clip(np.linalg.solve(turn, np.array([left.sum(), (left * x).sum()])), -2, 2)
        a, b = a + float(step[0]), b + float(step[1])
        if np.abs(step).max() < 1e-10:
            break
    if b >= 0:
        return np.full(every.size, flat)
    return np.asarray(1 / (1 + np.exp(-(a + b * (every - levels[0]) / scale))), dtype=np.float64)


def _steps(starts: Whole, probability: Sequence[float] | Floats) -> Steps:
    """Whole basis points within 1 and 9,999, one step per change."""
    whole = np.clip(np.floor(np.asarray(probability) * WHOLE_BP + 0.5), 1, WHOLE_BP - 1).astype(np.int64)
    keep = np.concatenate([[True], whole[1:] != whole[:-1]])
    return tuple((int(start), int(value)) for start, value in zip(starts[keep], whole[keep], strict=True))


def _log_odds(rate: float) -> float:
    return float(np.log(rate / (1 - rate)))
