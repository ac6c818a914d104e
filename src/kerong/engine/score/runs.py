"""Blocks of firms put in runs of one industry group and stage: within a run bounds and weights are constants.

So what values earn is worked out several at a time, and says the same as value by value. Importing this imports Numba.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import carray
from numpy.typing import NDArray

from kerong.compiled import compiled, pointer
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


class Runs(NamedTuple):
    """Rows, block by block, in runs of one group and stage.

    `size` is that of a block; `place` (of each row) is told within its block, as is where each run ends. `first`: the
    first run of each block, and behind them how many runs there are.
    """

    size: int
    place: Short
    ends: NDArray[np.intp]
    group: NDArray[np.uint32]
    kind: NDArray[np.uint32]
    first: NDArray[np.intp]


@compiled
def arrange(at: Any, groups: int, kind: Any, starts: Any, place: Short) -> None:
    """Places of a block's rows by stage, then group (below `groups`), then row.

    Stage by stage, as positions are counted by stage. `starts`: noughts, one more than stages times groups; afterwards
    where each of them ends.
    """
    for i in range(place.size):
        starts[kind[i] * np.uint64(groups) + at[i] + np.uint64(1)] += 1
    for number in range(1, starts.size):
        starts[number] += starts[number - 1]
    for i in range(place.size):
        cell = kind[i] * np.uint64(groups) + at[i]
        place[i] = starts[cell]
        starts[cell] += 1


def in_runs(place: Short, ends: Sequence[NDArray[np.uint32]], groups: int, size: int) -> Runs:
    """`place`: of every row in its block; `ends`: of each block where the rows of each stage and group end."""
    held = [np.flatnonzero(np.diff(found, prepend=np.uint32(0))) for found in ends]
    first = np.cumsum([0, *(cells.size for cells in held)], dtype=np.intp)
    cells = np.concatenate([np.empty(0, dtype=np.intp), *held])
    parts = [found[some] for found, some in zip(ends, held, strict=True)]
    last = np.concatenate([np.empty(0, dtype=np.uint32), *parts]).astype(np.intp)
    return Runs(size, place, last, (cells % groups).astype(np.uint32), (cells // groups).astype(np.uint32), first)


@compiled
def put(column: Floats, runs: Runs, number: int, to: Floats) -> int:
    """Puts a block's values in their places; yields how many are unknown."""
    first = number * runs.size
    value, place = column[first : first + runs.size], runs.place[first : first + runs.size]
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
def _slot(position: Any, is_known: bool, turn: Any) -> Any:
    """Where a position is counted."""
    slot = position + np.int32(TURNS)
    slot = slot + turn if position == STEPS else slot
    slot = turn if position == 0 else slot
    return slot if is_known else np.int32(UNKNOWN)


@compiled
def _line(way: float, value: Floats, table: Floats, full: float, to: Any) -> None:
    start, span = table[2], table[3]
    for i in range(value.size):
        to[i] = _reached(way * value[i] - start, span, full)


@compiled
def _line_slots(way: float, value: Floats, table: Floats, to: Any) -> None:
    start, span = table[2], table[3]
    for i in range(value.size):
        position = _reached(way * value[i] - start, span, float(STEPS))
        to[i] = _slot(position, value[i] == value[i], np.int32(i) & np.int32(TURNS - 1))


@compiled
def _peak(best: float, value: Floats, table: Floats, full: float, to: Any) -> None:
    """As `loops.peaked` where both slopes have a span."""
    up, up_span, down, down_span = table[2], table[3], table[4], table[5]
    for i in range(value.size):
        rises = value[i] < best
        start, span = (up if rises else down), (up_span if rises else down_span)
        to[i] = _reached((value[i] if rises else -value[i]) * SMALL - start, span, full)


@compiled
def _earn(has_peak: bool, way: float, value: Floats, table: Floats, full: float, to: Any) -> None:
    """What values earn of `full`, half up; what stands there for the unknown means nothing.

    `way`: where the peak is, or the sign of the line. `table`: a row of `many.bounds_of`.
    """
    if has_peak and table[0] < table[1] and table[3] > 0 and table[5] > 0:
        _peak(way, value, table, full, to)
    elif not has_peak and table[3] > 0:
        _line(way * SMALL, value, table, full, to)
    else:
        for i in range(value.size):
            if has_peak:
                gained = peaked(full, value[i], table[0], table[1], way)
            else:
                gained = sloped(way * value[i], table, full)
            to[i] = np.int32(gained + 0.5) if value[i] == value[i] else np.int32(0)


@compiled
def _tally(slot: Any, row: Any) -> None:
    for i in range(slot.size):
        row[np.uint32(slot[i])] += 1


@compiled
def count(has_peak: bool, way: float, column: Floats, runs: Runs, bounds: Floats, counts: Any) -> None:
    """Counts the positions of values in counts[kind], of PLACES places."""
    value, slots = np.empty(runs.size), np.empty(runs.size, dtype=np.int32)
    for block in range(runs.first.size - 1):
        put(column, runs, block, value)
        first = 0
        for run in range(runs.first[block], runs.first[block + 1]):
            v, part, table = value[first : runs.ends[run]], slots[first : runs.ends[run]], bounds[runs.group[run]]
            if not has_peak and table[3] > 0:
                _line_slots(way * SMALL, v, table, part)
            else:
                _earn(has_peak, way, v, table, float(STEPS), part)
                for i in range(v.size):
                    part[i] = _slot(part[i], v[i] == v[i], np.int32(i) & np.int32(TURNS - 1))
            _tally(part, counts[runs.kind[run]])
            first = runs.ends[run]


@compiled
def fold(counts: Any, places: Any, to: Any) -> None:
    """Adds what `count` counted to to[places[kind], position]."""
    for kind in range(places.size):
        row, found = counts[kind], to[places[kind]]
        for turn in range(TURNS):
            found[0] += row[turn]
            found[STEPS] += row[TOP + turn]
        for position in range(1, STEPS):
            found[position] += row[TURNS + position]


@compiled
def gain(
    columns: Any, is_known: Any, peaks: Any, ways: Floats, bounds: Floats, full: Floats, runs: Runs, block: int, to: Any
) -> None:
    """The points of a block's rows in to[0], and the weight of what is unknown in to[1].

    By indicator: the address of its column, whether anything is known of it, whether it has a peak, its way and bounds
    as `_earn` takes them, and its weights by stage.
    """
    value, earned = np.empty(runs.size), np.empty(runs.size, dtype=np.int32)
    sums = np.zeros((2, runs.size), dtype=np.int32)
    for item in range(columns.size):
        column = carray(pointer(columns[item]), runs.place.size, np.float64)
        unknown = put(column, runs, block, value)
        first = 0
        for run in range(runs.first[block], runs.first[block + 1]):
            end, weight = runs.ends[run], full[item, runs.kind[run]]
            v, part = value[first:end], earned[first:end]
            proven, open_points = sums[0, first:end], sums[1, first:end]
            if not is_known[item]:
                open_points += np.int32(weight)
            else:
                _earn(peaks[item], ways[item], v, bounds[item, runs.group[run]], weight, part)
                _add(v, part, unknown, np.int32(weight), proven, open_points)
            first = end
    first = block * runs.size
    place = runs.place[first : first + runs.size]
    for i in range(place.size):
        to[0, first + i] = sums[0, place[i]]
        to[1, first + i] = sums[1, place[i]]


@compiled
def _add(value: Floats, earned: Any, unknown: int, weight: Any, proven: Any, open_points: Any) -> None:
    if unknown == 0:
        for i in range(earned.size):
            proven[i] += earned[i]
    else:
        for i in range(earned.size):
            proven[i] += earned[i] if value[i] == value[i] else np.int32(0)
            open_points[i] += np.int32(0) if value[i] == value[i] else weight
