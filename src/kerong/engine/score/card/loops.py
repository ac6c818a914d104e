"""The work over all rows, plainly by numpy for few of them and in machine code for many.

Sums of decimals are made block by block and added in the order of the blocks, so that they are the same whatever runs
the blocks; all else is whole numbers.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from polars import thread_pool_size

BLOCK = 1 << 14  # rows that are gone through together
MANY = 4_000_000  # values from which loading the machine code pays

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]
Whole = NDArray[np.int64]
Short = NDArray[np.int32]
Flags = NDArray[np.bool_]
T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Iterable[T], is_many: bool) -> list[R]:
    """The answers in the order of `items`; by all cores where there is much to do."""
    if not is_many:
        return [work(item) for item in items]
    with ThreadPoolExecutor(thread_pool_size()) as pool:
        return list(pool.map(work, items))


def blocks(rows: int) -> list[slice]:
    """Runs of rows."""
    return [slice(start, min(start + BLOCK, rows)) for start in range(0, rows, BLOCK)]


def coded(values: Floats, cuts: Floats, codes: Codes, is_many: bool) -> None:
    """Into `codes` the cell of each value: 0 below the first of `cuts` (ascending), and so on; one more: missing.

    Infinite values are missing. At most 250 cuts.
    """
    if is_many:
        from kerong.engine.score.card import compiled

        compiled.coded(values, cuts, codes)
        return
    codes[:] = np.searchsorted(cuts, values, side="right")
    codes[~np.isfinite(values)] = len(cuts) + 1


def counted(codes: Codes, bad: Flags, cells: int, is_many: bool) -> tuple[Whole, Whole]:
    """Goods and bads of each cell."""
    if is_many:
        from kerong.engine.score.card import compiled

        counts = np.zeros((cells, 2), np.int64)
        compiled.counted(codes, bad, counts)
        return counts[:, 0].copy(), counts[:, 1].copy()
    both, bads = np.bincount(codes, minlength=cells), np.bincount(codes[bad], minlength=cells)
    return (both - bads).astype(np.int64), bads.astype(np.int64)


def sums(codes: Codes, table: Floats, bad: Flags, found: Floats, is_many: bool = False) -> tuple[float, Floats, Floats]:
    """Loss, gradient and Hessian of the logit `found` (intercept first) over rows of `codes` (lines, rows).

    `table` (lines, cells): what a cell adds to ln(odds of bad) per unit of its coefficient.
    """
    function = _compiled_sums if is_many else _plain_sums
    parts = each(lambda rows: function(codes[:, rows], table, bad[rows], found), blocks(codes.shape[1]), is_many)
    size = len(found)
    loss, slope, curve = 0.0, np.zeros(size), np.zeros((size, size))
    for part in parts:
        loss, slope, curve = loss + part[0], slope + part[1], curve + part[2]
    return loss, slope, curve


def _plain_sums(codes: Codes, table: Floats, bad: Flags, found: Floats) -> tuple[float, Floats, Floats]:
    rows = np.ones((len(found), codes.shape[1]))
    rows[1:] = table[np.arange(len(codes))[:, None], codes]
    told = np.clip(np.einsum("ji,j->i", rows, found), -700, 700)
    chance = 1 / (1 + np.exp(-told))
    loss = float(np.sum(np.logaddexp(0, told) - bad * told))
    slope = np.einsum("ji,i->j", rows, chance - bad)
    return loss, slope, np.einsum("ji,ki->jk", rows * (chance * (1 - chance)), rows)


def _compiled_sums(codes: Codes, table: Floats, bad: Flags, found: Floats) -> tuple[float, Floats, Floats]:
    from kerong.engine.score.card import compiled

    slope, half = np.zeros(len(found)), np.zeros((len(found), len(found)))
    loss = compiled.sums(np.ascontiguousarray(codes), table, bad, found, slope, half)
    return loss, slope, half + np.tril(half, -1).T


def total(codes: Codes, points: Short, found: Short, is_many: bool) -> None:
    """Adds to `found` (rows) the `points` (lines, cells) of the cells `codes` (lines, rows)."""
    if is_many:
        from kerong.engine.score.card import compiled

        compiled.total(codes, points, found)
        return
    for line, own in zip(codes, points, strict=True):
        found += own[line]


def unknown(codes: Codes, missing: Codes, gaps: Short, found: Short, is_many: bool) -> None:
    """Adds to `found` (3, rows) the three `gaps` (3, lines) of each line whose code is `missing` (lines)."""
    if is_many:
        from kerong.engine.score.card import compiled

        compiled.unknown(codes, missing, gaps, found)
        return
    for line, at, gap in zip(codes, missing, gaps.T, strict=True):
        found += np.where(line == at, gap[:, None], np.int32(0))


def dearest(codes: Codes, cost: Short, most: int, is_many: bool) -> tuple[Short, Codes]:
    """The `most` lines of the highest `cost` (lines, cells) of each row (rows, most), dearest first, equal ones in
    order of the lines; and how many of them cost something."""
    found, counts = np.zeros((codes.shape[1], most), np.int32), np.zeros(codes.shape[1], np.uint8)
    if is_many:
        from kerong.engine.score.card import compiled

        compiled.dearest(codes, cost, found, counts)
        return found, counts
    paid = cost[np.arange(len(codes))[:, None], codes]
    order = np.argsort(-paid, axis=0, kind="stable")[:most]
    found[:, : len(order)] = order.T
    counts[:] = (np.take_along_axis(paid, order, axis=0) > 0).sum(axis=0)
    return found, counts
