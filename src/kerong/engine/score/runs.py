"""Blocks of firms put in runs of one industry group and stage: within a run bounds and weights are constants.

So what values earn is worked out several at a time, and says the same as value by value. Importing this imports Numba.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerong.compiled import compiled
from kerong.engine.score.earned import SMALL
from kerong.engine.score.loops import peaked, sloped

BLOCK = 1 << 15  # rows whose values stay in the cache; places in a block are told in 16 bits

Floats = NDArray[np.float64]
Short = NDArray[np.uint16]


class Block(NamedTuple):
    """Rows in runs: `place` of each row, and of each run where it ends, and its `group` and `kind` (weights)."""

    rows: slice
    place: Short
    ends: NDArray[np.intp]
    group: NDArray[np.uint32]
    kind: NDArray[np.uint32]


def blocks(at: Short, kind: Short, kinds: int) -> list[Block]:
    """All rows; `at` and `kind` (below `kinds`) tell the group and the weights of each."""
    return [block_at(start, at, kind, kinds) for start in range(0, at.size, BLOCK)]


def block_at(start: int, at: Short, kind: Short, kinds: int) -> Block:
    """The rows from `start` on."""
    rows = slice(start, start + BLOCK)
    cell = at[rows].astype(np.uint32) * np.uint32(kinds) + kind[rows]
    starts = np.zeros(int(cell.max()) + 2, dtype=np.uint32)
    place = np.empty(cell.size, dtype=np.uint16)
    arrange(cell, starts, place)
    held = np.flatnonzero(np.diff(starts, prepend=np.uint32(0))).astype(np.uint32)
    return Block(rows, place, starts[held].astype(np.intp), held // np.uint32(kinds), held % np.uint32(kinds))


@compiled
def arrange(cell: Any, starts: Any, place: Short) -> None:
    """Places by cell, then row. `starts`: noughts, one more than cells; afterwards where each cell ends."""
    for i in range(cell.size):
        starts[cell[i] + np.uint32(1)] += 1
    for number in range(1, starts.size):
        starts[number] += starts[number - 1]
    for i in range(cell.size):
        place[i] = starts[cell[i]]
        starts[cell[i]] += 1


@compiled
def put(value: Floats, place: Short, to: Floats) -> int:
    """Puts the values in their places; yields how many are unknown."""
    unknown = 0
    for i in range(place.size):
        to[place[i]] = value[i]
        unknown += value[i] != value[i]
    return unknown


@compiled
def _along(sign: float, value: Floats, start: float, span: float, full: float, to: Any) -> None:
    """As `loops.sloped` over a span: to cut off before or after the start is taken away gives the same digits."""
    for i in range(value.size):
        inside = sign * value[i] * SMALL - start
        inside = inside if inside > 0.0 else 0.0
        inside = inside if inside < span else span
        part = full * inside / span
        part = part if part < full else full
        to[i] = np.int32(part + 0.5)


@compiled
def earn(
    has_peak: bool, way: float, value: Floats, ends: Any, group: Any, bounds: Floats, full: Floats, to: Any
) -> None:
    """What values in runs earn of full[run], half up, into `to`; what stands there for the unknown means nothing.

    `way`: where the peak is, or the sign of the line. `bounds` as `many.bounds_of` gives them.
    """
    first = 0
    for run in range(ends.size):
        v, part, g = value[first : ends[run]], to[first : ends[run]], group[run]
        if not has_peak and bounds[g, 3] > 0:
            _along(way, v, bounds[g, 2], bounds[g, 3], full[run], part)
        else:
            for i in range(v.size):
                if has_peak:
                    gained = peaked(full[run], v[i], bounds[g, 0], bounds[g, 1], way)
                else:
                    gained = sloped(way * v[i], bounds, g, full[run])
                part[i] = np.int32(gained + 0.5) if v[i] == v[i] else np.int32(0)
        first = ends[run]


@compiled
def tally(value: Floats, earned: Any, unknown: int, ends: Any, kind: Any, counts: Any) -> None:
    """Counts in counts[kind, earned] what is known."""
    first = 0
    for run in range(ends.size):
        v, part, row = value[first : ends[run]], earned[first : ends[run]], counts[kind[run]]
        for i in range(v.size):
            if unknown == 0 or v[i] == v[i]:
                row[np.uint32(part[i])] += 1
        first = ends[run]


@compiled
def add(value: Floats, earned: Any, unknown: int, ends: Any, full: Any, sums: Any) -> None:
    """Adds what is earned to sums[0], and full[run] of the unknown to sums[1]."""
    points = sums[0]
    if unknown == 0:
        for i in range(earned.size):
            points[i] += earned[i]
        return
    first = 0
    for run in range(ends.size):
        v, part, open_points = value[first : ends[run]], earned[first : ends[run]], sums[1, first : ends[run]]
        proven = points[first : ends[run]]
        for i in range(v.size):
            proven[i] += part[i] if v[i] == v[i] else np.int32(0)
            open_points[i] += np.int32(0) if v[i] == v[i] else np.int32(full[run])
        first = ends[run]


@compiled
def put_back(sums: Any, place: Short, points: Any, unknown: Any) -> None:
    """The sums of a block, in the order of the rows."""
    for i in range(place.size):
        points[i] = sums[0, place[i]]
        unknown[i] = sums[1, place[i]]
