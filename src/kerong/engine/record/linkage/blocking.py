"""Where pairs are looked for: rows in blocks by the keys of a plan, none of them compared whole if it is too
large."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kerong.engine.record.linkage import kernel as k
from kerong.engine.record.linkage.encoded import Encoded
from kerong.engine.record.linkage.plan import Key
from kerong.engine.record.linkage.tokens import rarest

PAIRS = 1 << 20  # of a piece of work


@dataclass(frozen=True, slots=True)
class Blocked:
    """The blocks of one key; `pairs` of each at most, `skipped`: pairs of large blocks that are not looked at."""

    key: Key
    blocks: k.Blocks
    pairs: k.Ints
    skipped: int
    block_of_row: k.Shorts  # [slot, row]: the blocks of a row that are compared whole, -1 where it has none

    def pieces(self) -> Iterator[tuple[int, int, int]]:
        """Consecutive blocks of about PAIRS pairs together: first, last (exclusive), pairs."""
        ends = self.pairs.cumsum()
        first = 0
        while first < len(ends):
            done = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, done + PAIRS, side="right")))
            yield first, last, int(ends[last - 1]) - done
            first = last


def blocked(found: Encoded, key: Key) -> Blocked:
    """The blocks of a key over encoded rows. Rows without a value in one of its terms are in none."""
    if key.rare:
        codes = found.values.codes[found.place(key.terms[0])]
        token, row = rarest(found.values.tokens, found.values.token_start, codes, found.token_counts, key.rare)
    else:
        token, row = _joined(found, key)
    order = np.lexsort((row, token))
    return _listed(found, key, token[order], row[order])


def _joined(found: Encoded, key: Key) -> tuple[k.Ints, k.Shorts]:
    """The number of a row's values in all terms of the key, and the rows that have them."""
    whole = np.zeros(found.rows, np.int64)
    has = np.ones(found.rows, bool)
    for name in key.terms:
        codes = found.values.codes[found.place(name)]
        has &= codes >= 0
        # numbers of the pairs so far made dense, so that no product overflows
        _, whole = np.unique(whole * (len(found.texts[name]) + 1) + (codes - found.first[name]), return_inverse=True)
    rows = np.flatnonzero(has).astype(np.int32)
    return whole[rows].astype(np.int64), rows


def _listed(found: Encoded, key: Key, token: k.Ints, row: k.Shorts) -> Blocked:
    """Blocks of equal tokens, rows ascending in each: the left side first."""
    bounds = np.flatnonzero(np.diff(token, prepend=-1, append=-1)) if len(token) else np.zeros(1, np.int64)
    start, end = bounds[:-1].astype(np.int64), bounds[1:].astype(np.int64)
    right = np.concatenate([np.zeros(1, np.int64), (row >= found.two_sides).cumsum()])
    middle = end - (right[end] - right[start]) if found.two_sides else start
    size = end - start
    whole = (middle - start) * (end - middle) if found.two_sides else size * (size - 1) // 2
    plan = found.plan
    large = whole > plan.block_rows * (plan.block_rows - 1) // 2
    window = np.where(large, plan.window, 0)
    pairs = np.where(large, size * plan.window, whole)
    some = whole > 0
    rows = row.copy()
    rank = _rank(found) if large.any() else np.zeros(0, np.int64)
    for begin, stop in zip(start[large].tolist(), end[large].tolist(), strict=True):
        own = rows[begin:stop]
        rows[begin:stop] = own[np.argsort(rank[own], kind="stable")]
    number = np.where(large, -1, np.arange(len(size)))
    blocks = k.Blocks(rows, start[some], middle[some], end[some], window[some], number[some])
    of_row = _of_row(found.rows, row, np.repeat(np.where(large, -1, np.arange(len(size))), size), max(key.rare, 1))
    skipped = int((whole - np.minimum(whole, size * plan.window))[large].sum())
    return Blocked(key, blocks, pairs[some], skipped, of_row)


def _of_row(rows: int, row: k.Shorts, block: k.Ints, slots: int) -> k.Shorts:
    """The blocks of every row [slot, row], in the order in which they are listed."""
    of_row = np.full((slots, rows), -1, np.int32)
    order = np.argsort(row, kind="stable")
    own = row[order]
    first = np.searchsorted(own, own, side="left")
    of_row[np.arange(len(own)) - first, own] = block[order]
    return of_row


def _rank(found: Encoded) -> k.Ints:
    """The place of every row when rows are sorted by the base terms of the comparisons, in their order."""
    columns = [found.values.codes[found.place(comparison.base)] for comparison in reversed(found.plan.comparisons)]
    rank = np.empty(found.rows, np.int64)
    rank[np.lexsort(columns)] = np.arange(found.rows)
    return rank
