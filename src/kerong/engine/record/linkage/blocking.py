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
    # rows come in their order, so that a stable sort leaves them ascending in each block
    return _listed(found, key, token, row, np.argsort(token, kind="stable"))


def _joined(found: Encoded, key: Key) -> tuple[k.Ints, k.Shorts]:
    """The number of a row's values in all terms of the key, and the rows that have them."""
    whole = found.values.codes[found.place(key.terms[0])].astype(np.int64)
    has = whole >= 0
    for name in key.terms[1:]:
        codes = found.values.codes[found.place(name)]
        has &= codes >= 0
        # numbers of the pairs so far made dense, so that no product overflows
        _, whole = np.unique(whole * (len(found.texts[name]) + 1) + (codes - found.first[name]), return_inverse=True)
    rows = np.flatnonzero(has).astype(np.int32)
    return whole[rows].astype(np.int64), rows


def _listed(found: Encoded, key: Key, given: k.Ints, given_row: k.Shorts, order: k.Ints) -> Blocked:
    """Blocks of equal tokens, rows ascending in each: the left side first."""
    token, row = given[order], given_row[order]
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
    for begin, stop in zip(start[large].tolist(), end[large].tolist(), strict=True):
        own = rows[begin:stop]
        rows[begin:stop] = own[np.argsort(found.rank[own], kind="stable")]
    number = np.where(large, -1, np.arange(len(size)))
    blocks = k.Blocks(rows, start[some], middle[some], end[some], window[some], number[some])
    block = np.empty(len(order), np.int64)
    block[order] = np.repeat(np.where(large, -1, np.arange(len(size))), size)
    of_row = _of_row(found.rows, given_row, block, max(key.rare, 1))
    skipped = int((whole - np.minimum(whole, size * plan.window))[large].sum())
    return Blocked(key, blocks, pairs[some], skipped, of_row)


def _of_row(rows: int, row: k.Shorts, block: k.Ints, slots: int) -> k.Shorts:
    """The blocks of every row [slot, row]; `row` is ascending."""
    of_row = np.full((slots, rows), -1, np.int32)
    slot = np.arange(len(row)) - np.searchsorted(row, row, side="left") if slots > 1 else 0
    of_row[slot, row] = block
    return of_row
