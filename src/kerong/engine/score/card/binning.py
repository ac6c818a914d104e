"""Bins that tell most: fine cells first, then the exact best merge of neighbours.

Source of the measure: information value, the symmetric Kullback-Leibler divergence of goods and bads over the bins
(Kullback, Information Theory and Statistics, 1959, divergence J). The programme over the last piece is exact.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kerong.engine.score.card.plan import Trend

CELLS = 100  # fine cells of a number: shares of a hundredth, and every value that is more frequent on its own
MOST_EDGES = 250  # a cell is a byte
LEAST_ROWS = 20  # fewer rows say too little: no bin has fewer, nor has what is missing or rare a weight of its own
TOLERANCE = 1e-12  # a gain below this is rounding

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Pieces = NDArray[Any]


def edges(known: Floats) -> Floats:
    """The least value of every fine cell but the first, ascending, from the known values in ascending order."""
    values, counts = _distinct(known)
    if values.size <= CELLS:
        return values[1:].copy()
    first = _shared(counts, CELLS)
    # a frequent value is a cell of its own
    frequent = np.flatnonzero(counts * CELLS >= 2 * known.size)
    first[frequent] = True
    first[np.minimum(frequent + 1, values.size - 1)] = True
    first[0] = False
    return values[first][:MOST_EDGES].copy()


def finer(known: Floats, found: Floats, firsts: Sequence[int]) -> Floats:
    """Edges as close as possible around the cuts between bins that begin with the cells `firsts` of edges `found`.

    The cells on both sides of every cut are parted anew, all others are one with their bin.
    """
    ends = np.concatenate(([-np.inf], found, [np.inf]))
    near = sorted({cell for first in firsts[1:] for cell in (first - 1, first)})
    parts = [found[[first - 1 for first in firsts[1:]]]]
    for cell in near:
        low, high = np.searchsorted(known, ends[cell : cell + 2])
        values, counts = _distinct(known[low:high])
        parts.append(values[_shared(counts, MOST_EDGES // len(near))])
    return np.unique(np.concatenate(parts))


def _distinct(known: Floats) -> tuple[Floats, Counts]:
    """The distinct values of sorted ones, and how often each is met; zero without a sign."""
    starts = np.flatnonzero(np.concatenate((np.ones(min(known.size, 1), bool), known[1:] != known[:-1])))
    return known[starts] + 0.0, np.diff(np.append(starts, known.size))


def _shared(counts: Counts, parts: int) -> Pieces:
    """Which of the distinct values begin another part but the first; there are at most `parts` of about equal size.

    A frequent value counts as one part at most, so that the parts of the others stay fine.
    """
    capped = np.minimum(counts, -(-int(counts.sum()) // parts))
    cell = (np.cumsum(capped) - capped) * parts // max(int(capped.sum()), 1)
    return np.concatenate((np.zeros(min(counts.size, 1), bool), cell[1:] > cell[:-1]))


def odds(goods: Any, bads: Any) -> Any:
    """Goods per bad; where one of the two counts is 0, half a case is added to both."""
    half = np.where((np.asarray(goods) == 0) | (np.asarray(bads) == 0), 0.5, 0.0)
    return (goods + half) / (bads + half)


def weight(goods: Any, bads: Any, all_goods: int, all_bads: int) -> Any:
    """Weight of evidence ln((goods / all goods) / (bads / all bads)), half a case added to an empty cell."""
    return np.log(odds(goods, bads) * (all_bads / all_goods))


def information(goods: Any, bads: Any, all_goods: int, all_bads: int) -> Any:
    """What bins add to the information value: (share of goods - share of bads) x weight of evidence."""
    half = np.where((np.asarray(goods) == 0) | (np.asarray(bads) == 0), 0.5, 0.0)
    apart = (goods + half) / all_goods - (bads + half) / all_bads
    return apart * weight(goods, bads, all_goods, all_bads)


def merged(goods: Counts, bads: Counts, totals: tuple[int, int], least: int, most: int, trend: Trend) -> list[int]:
    """The first cells of the bins (the first is 0) that have the highest information value together.

    `goods`, `bads`: per cell, in order of the value; `totals`: those of the whole segment. A bin is a run of cells of
    at least `least` rows, there are at most `most` bins, and goods per bad strictly fall from bin to bin ("rising"),
    rise ("falling"), either ("auto"), or are free ("none"). One bin where nothing else is allowed.
    """
    trends: Sequence[Trend] = ("rising", "falling") if trend == "auto" else (trend,)
    pieces = _pieces(goods, bads, totals, least)
    found = [_programme(*pieces, most, one) for one in trends]
    return max(found, key=lambda answer: answer[0])[1]


def _pieces(goods: Counts, bads: Counts, totals: tuple[int, int], least: int) -> tuple[Floats, Floats]:
    """For every run of cells from a (row) up to before e (column): information (-inf: not allowed), goods per bad."""
    to_goods, to_bads = (np.concatenate(([0], np.cumsum(part))) for part in (goods, bads))
    some_goods, some_bads = to_goods[None, :] - to_goods[:, None], to_bads[None, :] - to_bads[:, None]
    is_allowed = (some_goods + some_bads >= max(least, 1)) & np.triu(np.ones(some_goods.shape, bool), 1)
    some_goods, some_bads = (np.where(is_allowed, part, 1) for part in (some_goods, some_bads))
    value = np.where(is_allowed, information(some_goods, some_bads, *totals), -np.inf)
    return value, odds(some_goods, some_bads)


def _programme(value: Floats, ratio: Floats, most: int, trend: Trend) -> tuple[float, list[int]]:
    """Best sum of `value` and the starts of its pieces. best[k, s, a]: k + 1 pieces, the last one from s up to a."""
    cells = len(value) - 1
    best = np.full((most, cells + 1, cells + 1), -np.inf)
    came = np.zeros((most, cells + 1, cells + 1), np.int64)
    best[0, 0] = value[0]
    sign = {"rising": 1.0, "falling": -1.0, "none": 0.0}[trend]
    for at in range(1, cells):
        ends = np.flatnonzero(value[at] > -np.inf)
        starts = np.flatnonzero(best[:, :at, at].max(axis=0) > -np.inf)
        if not ends.size or not starts.size or most == 1:
            continue
        # a next piece may follow the starts whose ratio lies on the right side of its own: a prefix in this order
        ordered = starts[np.argsort(-sign * ratio[starts, at], kind="stable")]
        highest, which = _running(best[:-1, ordered, at])
        keys = -sign * ratio[ordered, at]
        many = np.searchsorted(keys, -sign * ratio[at, ends]) if sign else np.full(ends.size, keys.size)
        ends, many = ends[many > 0], many[many > 0] - 1
        best[1:, at, ends] = highest[:, many] + value[at, ends]
        came[1:, at, ends] = ordered[which[:, many]]
    return _traced(best[:, :, cells], came)


def _running(rows: Floats) -> tuple[Floats, Counts]:
    """The running maximum of each row and where it was first met."""
    highest = np.maximum.accumulate(rows, axis=1)
    is_new = np.concatenate((np.ones((len(rows), 1), bool), highest[:, 1:] > highest[:, :-1]), axis=1)
    return highest, np.maximum.accumulate(np.where(is_new, np.arange(rows.shape[1]), 0), axis=1)


def _traced(last: Floats, came: Counts) -> tuple[float, list[int]]:
    """The best way to the end, fewer pieces first where more gain nothing; the whole where no way is allowed."""
    top, pieces, start = -np.inf, 0, 0
    for number, row in enumerate(last):
        if row.max() > top + TOLERANCE:
            top, pieces, start = float(row.max()), number, int(row.argmax())
    cells, found = last.shape[1] - 1, [start]
    end = cells
    for number in range(pieces, 0, -1):
        end, start = start, int(came[number, start, end])
        found.append(start)
    return top, found[::-1]
