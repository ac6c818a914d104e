"""The loops of scorecards in machine code, for many rows: what the plain forms in `loops` say, only faster.

Numba keeps what it compiled, and compiles anew when this file changes. No sum is reordered (no fastmath).
"""

import numpy as np
from numpy.typing import NDArray

from kerong.compiled import compiled

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]
Whole = NDArray[np.int64]
Short = NDArray[np.int32]
Flags = NDArray[np.bool_]

PART = 64  # rows whose features are gathered together
EIGHT = 8  # cuts that a value is held against at once


@compiled
def coded(values: Floats, cuts: Floats, codes: Codes) -> None:
    """As `loops.coded`, one line."""
    n, k = len(values), len(cuts)
    padded = np.full((k + EIGHT) // EIGHT * EIGHT, np.inf)
    padded[:k] = cuts
    for at in range(0, len(padded), EIGHT):
        a, b, c, d = padded[at], padded[at + 1], padded[at + 2], padded[at + 3]
        e, f, g, h = padded[at + 4], padded[at + 5], padded[at + 6], padded[at + 7]
        for i in range(n):
            x = values[i]
            low = np.int64(x >= a) + np.int64(x >= b) + np.int64(x >= c) + np.int64(x >= d)
            high = np.int64(x >= e) + np.int64(x >= f) + np.int64(x >= g) + np.int64(x >= h)
            before = np.int64(codes[i]) if at > 0 else np.int64(0)
            codes[i] = before + low + high if abs(x) < np.inf else k + 1


@compiled
def counted(codes: Codes, bad: Flags, counts: Whole) -> None:
    """Adds to `counts` (cells, 2) the goods and bads of each cell."""
    for i in range(len(codes)):
        counts[codes[i], np.int64(bad[i])] += 1


@compiled
def sums(codes: Codes, table: Floats, bad: Flags, found: Floats, slope: Floats, curve: Floats) -> float:
    """As `loops.sums`, of one block: adds to `slope` and to the lower half of `curve`, answers with the loss."""
    lines, n = codes.shape
    size = lines + 1
    rows, pulled = np.ones((PART, size)), np.empty((PART, size))
    loss = 0.0
    for start in range(0, n, PART):
        many = min(PART, n - start)
        for j in range(lines):
            for i in range(many):
                rows[i, j + 1] = table[j, codes[j, start + i]]
        for i in range(many):
            told = 0.0
            for j in range(size):
                told += rows[i, j] * found[j]
            told = min(max(told, -700.0), 700.0)
            chance = 1 / (1 + np.exp(-told))
            loss += max(told, 0.0) + np.log1p(np.exp(-abs(told))) - bad[start + i] * told
            apart, spread = chance - bad[start + i], chance * (1 - chance)
            for j in range(size):
                slope[j] += apart * rows[i, j]
                pulled[i, j] = spread * rows[i, j]
        for i in range(many, PART):
            pulled[i] = 0.0
        for i in range(0, many, 4):
            for j in range(size):
                a, b, c, d = pulled[i, j], pulled[i + 1, j], pulled[i + 2, j], pulled[i + 3, j]
                for k in range(j + 1):
                    curve[j, k] += a * rows[i, k] + b * rows[i + 1, k] + c * rows[i + 2, k] + d * rows[i + 3, k]
    return loss


@compiled
def total(codes: Codes, points: Short, found: Short) -> None:
    """Adds the points of every line to `found` (rows)."""
    for j in range(len(codes)):
        own, line = points[j], codes[j]
        for i in range(len(found)):
            found[i] += own[line[i]]


@compiled
def unknown(codes: Codes, missing: Codes, gaps: Short, found: Short) -> None:
    """Adds to `found` (3, rows) the three `gaps` (3, lines) of every line that is missing."""
    for j in range(len(codes)):
        at, line = missing[j], codes[j]
        for i in range(len(line)):
            if line[i] == at:
                for z in range(3):
                    found[z, i] += gaps[z, j]


@compiled
def dearest(codes: Codes, cost: Short, found: Short, counts: Codes) -> None:
    """The lines of the highest `cost` (lines, cells) of each row into `found` (rows, most), dearest first, equal ones
    in order of the lines, and how many cost something into `counts`."""
    most = found.shape[1]
    held = np.zeros(found.shape, np.int32)
    for j in range(len(codes)):
        own, line = cost[j], codes[j]
        for i in range(len(line)):
            price = own[line[i]]
            if price > held[i, most - 1]:
                at = most - 1
                while at > 0 and price > held[i, at - 1]:
                    held[i, at], found[i, at] = held[i, at - 1], found[i, at - 1]
                    at -= 1
                held[i, at], found[i, at] = price, j
                counts[i] = min(counts[i] + 1, most)
