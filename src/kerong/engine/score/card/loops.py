"""The work over all rows: cells of values, and the sums that Newton's method needs. One order of summing, always."""

import numpy as np
from numpy.typing import NDArray

BLOCK = 4096  # rows that are summed together: the order of sums is of the blocks, whatever runs them

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]


def coded(values: Floats, edges: Floats) -> Codes:
    """The cell of each value: 0 below the first of `edges` (ascending), and so on; one more than the last: missing.

    Infinite values are missing.
    """
    cells = np.searchsorted(edges, values, side="right").astype(np.uint8)
    cells[~np.isfinite(values)] = len(edges) + 1
    return cells


def sums(codes: Codes, table: Floats, bad: NDArray[np.bool_], found: Floats) -> tuple[float, Floats, Floats]:
    """Loss, gradient and Hessian of the logit `found` (intercept first) over rows of codes (lines, rows)."""
    size = len(found)
    loss, slope, curve = 0.0, np.zeros(size), np.zeros((size, size))
    lines = np.arange(len(codes))[:, None]
    for start in range(0, codes.shape[1], BLOCK):
        rows = np.ones((size, min(BLOCK, codes.shape[1] - start)))
        rows[1:] = table[lines, codes[:, start : start + BLOCK]]
        is_bad = bad[start : start + BLOCK]
        told = np.einsum("ji,j->i", rows, found)
        chance = 1 / (1 + np.exp(-np.clip(told, -700, 700)))
        loss += float(np.sum(np.logaddexp(0, told) - is_bad * told))
        slope += np.einsum("ji,i->j", rows, chance - is_bad)
        curve += np.einsum("ji,ki->jk", rows * (chance * (1 - chance)), rows)
    return loss, slope, curve
