"""Whole points from a logit: the score is exactly the sum of its parts, and doubles the odds every `pdo` points."""

import math

from kerong.engine.score.card.plan import Scaling


def whole(value: float) -> int:
    """The nearest whole number, halves up."""
    return math.floor(value + 0.5)


def factor(scaling: Scaling) -> float:
    """Points per unit of ln(odds)."""
    return scaling.pdo / math.log(2)


def base_points(intercept: float, scaling: Scaling) -> int:
    """Points of somebody with no evidence for or against; `intercept` is ln(odds of bad)."""
    return whole(scaling.points - factor(scaling) * (math.log(scaling.odds) + intercept))


def bin_points(woe: float, coefficient: float, scaling: Scaling) -> int:
    """Points of a bin; never fewer for a higher weight of evidence, as coefficients are at least 0."""
    return whole(factor(scaling) * coefficient * woe)


def probability_bp(points: int, scaling: Scaling) -> int:
    """Probability of the bad outcome that these points stand for by the scaling, in basis points from 1 to 9,999."""
    told = (points - scaling.points) / factor(scaling) + math.log(scaling.odds)
    return min(max(whole(10_000 / (1 + math.exp(min(told, 700.0)))), 1), 9_999)


def steps(worst: int, best: int, scaling: Scaling) -> tuple[tuple[int, int], ...]:
    """The calibration that the scaling itself means: points from `worst` to `best` where it changes."""
    found: dict[int, int] = {}  # probability -> least points
    for points in range(worst, best + 1):
        found.setdefault(probability_bp(points, scaling), points)
    return tuple((points, bp) for bp, points in found.items())
