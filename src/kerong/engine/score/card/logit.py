"""Logistic regression on weights of evidence: ridge, no coefficient below zero, by Newton's method.

A coefficient below zero would turn a line around: safer values would cost points. Such a line gets none instead.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kerong.engine.score.card import loops

RIDGE = 1.0
STEPS_MOST = 50
CLOSE = 1e-9  # the largest move of a coefficient in the last step

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Logit:
    """ln(odds of bad) = `intercept` - sum of `coefficients` x weight of evidence."""

    intercept: float
    coefficients: Floats


def logit(codes: NDArray[np.uint8], weights: Floats, bad: NDArray[np.bool_], is_many: bool = False) -> Logit:
    """The fit that minimises loss + ridge / 2 x squares of the coefficients, all of which are at least 0.

    `codes` (lines, rows): the bin of each value; `weights` (lines, bins): weight of evidence of each bin; `bad` (rows).
    Needs rows of both classes. `is_many`: by machine code.
    """
    rate = float(bad.mean())
    found = np.zeros(len(codes) + 1)
    found[0] = np.log(rate / (1 - rate))
    table = -weights
    loss, slope, curve = loops.sums(codes, table, bad, found, is_many)
    for _ in range(STEPS_MOST):
        slope[1:] += RIDGE * found[1:]
        curve[np.arange(1, len(found)), np.arange(1, len(found))] += RIDGE
        step = _least(curve, curve @ found - slope) - found
        penalised, share = loss + RIDGE / 2 * float(found[1:] @ found[1:]), 1.0
        while True:
            tried = found + share * step
            loss, slope, curve = loops.sums(codes, table, bad, tried, is_many)
            if loss + RIDGE / 2 * float(tried[1:] @ tried[1:]) <= penalised + 1e-9 * abs(penalised) or share < 1e-6:
                break
            share /= 2
        found = tried
        if np.abs(share * step).max(initial=0.0) < CLOSE:
            break
    return Logit(float(found[0]), found[1:].copy())


def _least(curve: Floats, pull: Floats) -> Floats:
    """The w that minimises w'curve w / 2 - pull'w, the first of w free, all others at least 0."""
    from scipy.optimize import nnls

    root: Any = np.linalg.cholesky(curve).T
    aim = np.linalg.solve(root.T, pull)
    others = nnls(root[1:, 1:], aim[1:])[0] if len(pull) > 1 else np.empty(0)
    first = (aim[0] - root[0, 1:] @ others) / root[0, 0]
    return np.concatenate(([first], others))
