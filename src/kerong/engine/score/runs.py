"""Blocks of firms put in runs of one industry group and stage: within a run bounds and weights are constants.

So what values earn is worked out several at a time, and says the same as value by value. Importing this imports Numba.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerong.compiled import compiled
from kerong.engine.score.earned import SMALL
from kerong.engine.score.loops import peaked, sloped
from kerong.engine.score.objective import STEPS

BLOCK = 1 << 15  # rows whose values stay in the cache; places in a block are told in 16 bits
# Positions at the ends are the most frequent ones. They are counted in several places in turn: to add one to what was
# added to just before means to wait for it.
TURNS = 8
TOP = TURNS + STEPS
UNKNOWN = TOP + TURNS
PLACES = UNKNOWN + 1

Floats = NDArray[np.float64]
Short = NDArray[np.uint16]


class Block(NamedTuple):
    """Rows in runs: `place` of each row, and of each run where it ends, and its `group` and `kind` (stage)."""

    rows: slice
    place: Short
    ends: NDArray[np.intp]
    group: NDArray[np.uint32]
    kind: NDArray[np.uint32]


def block_at(start: int, at: Short, groups: int, kind: Short) -> Block:
    """The rows from `start` on; `at` (below `groups`) and `kind` tell the group and the stage of each row.

    Stage by stage, as positions are counted by stage.
    """
    rows = slice(start, start + BLOCK)
    cell = kind[rows].astype(np.uint32) * np.uint32(groups) + at[rows]
    starts = np.zeros(int(cell.max()) + 2, dtype=np.uint32)
    place = np.empty(cell.size, dtype=np.uint16)
    arrange(cell, starts, place)
    held = np.flatnonzero(np.diff(starts, prepend=np.uint32(0))).astype(np.uint32)
    return Block(rows, place, starts[held].astype(np.intp), held % np.uint32(groups), held // np.uint32(groups))


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
def _reached(inside: float, span: float, full: float) -> Any:
    """As `loops.sloped` over a span: to cut off before or after the start is taken away gives the same digits.

    What is a hair above `full`, a whole number, is rounded to it.
    """
    inside = inside if inside > 0.0 else 0.0
    inside = inside if inside < span else span
    return np.int32(full * inside / span + 0.5)


@compiled
def _line(way: float, value: Floats, start: float, span: float, full: float, to: Any) -> None:
    for i in range(value.size):
        to[i] = _reached(way * value[i] - start, span, full)


@compiled
def _peak(best: float, value: Floats, rise: Floats, full: float, to: Any) -> None:
    """As `loops.peaked` where both slopes have a span."""
    up, up_span, down, down_span = rise[2], rise[3], rise[4], rise[5]
    for i in range(value.size):
        rises = value[i] < best
        start, span = (up if rises else down), (up_span if rises else down_span)
        to[i] = _reached((value[i] if rises else -value[i]) * SMALL - start, span, full)


@compiled
def _earn(has_peak: bool, way: float, value: Floats, ends: Any, group: Any, bounds: Floats, full: Any, to: Any) -> None:
    """What values in runs earn of full[run], half up, into `to`; what stands there for the unknown means nothing.

    `way`: where the peak is, or the sign of the line. `bounds` as `many.bounds_of` gives them.
    """
    first = 0
    for run in range(ends.size):
        v, part, table = value[first : ends[run]], to[first : ends[run]], bounds[group[run]]
        if has_peak and table[0] < table[1] and table[3] > 0 and table[5] > 0:
            _peak(way, v, table, full[run], part)
        elif not has_peak and table[3] > 0:
            _line(way * SMALL, v, table[2], table[3], full[run], part)
        else:
            for i in range(v.size):
                if has_peak:
                    gained = peaked(full[run], v[i], table[0], table[1], way)
                else:
                    gained = sloped(way * v[i], bounds, group[run], full[run])
                part[i] = np.int32(gained + 0.5) if v[i] == v[i] else np.int32(0)
        first = ends[run]


@compiled
def _slots(value: Floats, earned: Any) -> None:
    """Turns positions into the places where they are counted."""
    for i in range(value.size):
        turn = np.int32(i) & np.int32(TURNS - 1)
        slot = earned[i] + np.int32(TURNS)
        slot = slot + turn if earned[i] == STEPS else slot
        slot = turn if earned[i] == 0 else slot
        earned[i] = slot if value[i] == value[i] else np.int32(UNKNOWN)


@compiled
def _tally(slot: Any, row: Any) -> None:
    for i in range(slot.size):
        row[np.uint32(slot[i])] += 1


@compiled
def count(
    has_peak: bool,
    way: float,
    column: Floats,
    place: Short,
    ends: Any,
    group: Any,
    kind: Any,
    bounds: Floats,
    value: Floats,
    earned: Any,
    counts: Any,
) -> None:
    """Counts the positions of a block's values in counts[kind], of PLACES places; `value`, `earned`: room for them."""
    put(column, place, value)
    _earn(has_peak, way, value, ends, group, bounds, np.full(ends.size, float(STEPS)), earned)
    first = 0
    for run in range(ends.size):
        part = earned[first : ends[run]]
        _slots(value[first : ends[run]], part)
        _tally(part, counts[kind[run]])
        first = ends[run]


def positions(counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """What `count` counted, by position."""
    found = counts[:, TURNS : TOP + 1].astype(np.int64)
    found[:, 0] = counts[:, :TURNS].sum(axis=1)
    found[:, STEPS] = counts[:, TOP : TOP + TURNS].sum(axis=1)
    return found


@compiled
def gain(
    has_peak: bool,
    way: float,
    column: Floats,
    place: Short,
    ends: Any,
    group: Any,
    full: Floats,
    bounds: Floats,
    value: Floats,
    earned: Any,
    sums: Any,
) -> None:
    """Adds what a block's values earn to sums[0], and full[run] of the unknown to sums[1].

    All are unknown where `bounds` are none.
    """
    unknown = put(column, place, value)
    if bounds.shape[0]:
        _earn(has_peak, way, value, ends, group, bounds, full, earned)
    else:
        value[:] = np.nan
        unknown = value.size
    _add(value, earned, unknown, ends, full, sums)


@compiled
def _add(value: Floats, earned: Any, unknown: int, ends: Any, full: Any, sums: Any) -> None:
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
