"""The index over many firms: the same steps as the plain ones, in compiled loops. Importing it imports Numba.

Every loop goes through one indicator, or one block of rows, on its own and counts in whole numbers: threads share the
work among them and cannot change a byte. A law holds each loop equal to its plain form.
"""

from typing import Any

import numpy as np
from numba import carray
from numpy.typing import NDArray

from kerong.compiled import compiled, pointer
from kerong.engine.score.earned import SMALL

Floats = NDArray[np.float64]
Short = NDArray[np.uint16]  # unsigned: a loop over signed places would look for negative ones


SLOTS = 1 << 14  # places for texts that are told apart
SHIFT = np.uint64(64 - 14)
MIX = np.uint64(0x9E3779B97F4A7C15)


@compiled
def _along(full: float, value: float, low: float, high: float) -> float:
    start, span = low * SMALL, high * SMALL - low * SMALL
    if span > 0:
        return min(full * (min(max(value, low), high) * SMALL - start) / span, full)
    return full * 0.5 * (1.0 + (value > low) - (value < low))


@compiled
def peaked(full: float, value: float, low: float, high: float, best: float) -> float:
    """What a value that is best in the middle earns of `full`, before rounding."""
    if low == high:
        usual = -abs(low * SMALL - best * SMALL)
        return _along(full, -abs(value * SMALL - best * SMALL), usual, usual)
    bottom, top = min(low, best), max(high, best)
    inside = min(max(value, bottom), top)
    if inside < best:
        return _along(full, inside, bottom, best)
    if inside > best:
        return _along(full, -inside, -top, -best)
    return full


@compiled
def sloped(value: float, bounds: Floats, full: float) -> float:
    """What a value on a line earns of `full`, before rounding; `bounds`: low, high, start and span."""
    part: float
    if bounds[3] > 0:
        inside = min(max(value, bounds[0]), bounds[1]) * SMALL - bounds[2]
        part = min(full * inside / bounds[3], full)
    else:
        part = full * 0.5 * (1.0 + (value > bounds[0]) - (value < bounds[0]))
    return part


@compiled
def line(sign: float, value: Floats, at: Short, bounds: Floats, kind: Short, full: Floats, to: Any) -> int:
    """What values earn along a line, half up, into `to`; -1 where unknown. Yields how many are.

    Row i is read with bounds[at[i]] and can earn full[kind[i]]. `sign` is -1 where less is better: bounds too.
    """
    unknown = 0
    for i in range(value.size):
        part = sloped(sign * value[i], bounds[at[i]], full[kind[i]])
        is_known = value[i] == value[i]
        to[i] = np.int32(part + 0.5) if is_known else np.int32(-1)
        unknown += not is_known
    return unknown


@compiled
def peak(best: float, value: Floats, at: Short, bounds: Floats, kind: Short, full: Floats, to: Any) -> int:
    """As `line`, for a value that is best in the middle."""
    unknown = 0
    for i in range(value.size):
        if value[i] == value[i]:
            low, high = bounds[at[i], 0], bounds[at[i], 1]
            to[i] = np.int32(peaked(full[kind[i]], value[i], low, high, best) + 0.5)
        else:
            to[i] = np.int32(-1)
            unknown += 1
    return unknown


@compiled
def add(gained: Any, kind: Short, full: Any, sums: Any, part: Any, unknown: int) -> None:
    """Adds an indicator's points to sums[0] and to its dimension's `part`, and what is open to sums[1]."""
    if unknown == 0:
        for i in range(gained.size):
            sums[0, i] += gained[i]
            part[i] += gained[i]
        return
    for i in range(gained.size):
        known = gained[i] >= 0
        sums[0, i] += gained[i] if known else 0
        part[i] += gained[i] if known else 0
        sums[1, i] += 0 if known else full[kind[i]]


@compiled
def numbered(views: int, valid: Any, rows: Any, to: Any) -> int:
    """Numbers the texts of a column from 1 (0: null); `rows`: where each stands first. Yields how many, -1: too many.

    `views`: the address of its string views. Equal texts that stand in different places of a buffer have two numbers.
    """
    words = carray(pointer(views), 2 * to.size, np.uint64)
    ones, others = np.empty(SLOTS, dtype=np.uint64), np.empty(SLOTS, dtype=np.uint64)
    slots = np.zeros(SLOTS, dtype=np.uint16)
    found = 0
    for i in range(to.size):
        if valid.size and not valid[i]:
            to[i] = 0
            continue
        one, other = words[2 * i], words[2 * i + 1]
        slot = ((one ^ (other * MIX)) * MIX) >> SHIFT
        while slots[slot] and (ones[slot] != one or others[slot] != other):
            slot = (slot + np.uint64(1)) & np.uint64(SLOTS - 1)
        if not slots[slot]:
            if found == rows.size:
                return -1
            rows[found] = i
            found += 1
            slots[slot], ones[slot], others[slot] = found, one, other
        to[i] = slots[slot]
    return found


@compiled
def renumbered(numbers: Short, places: Any, to: Any) -> None:
    """places[number] of every row."""
    for i in range(numbers.size):
        to[i] = places[numbers[i]]


@compiled
def covered(unknown: Any, kind: Any, whole: Any, to: Any) -> None:
    """What is known of whole[kind], in basis points, rounded down."""
    for i in range(unknown.size):
        full = whole[kind[i]]
        if unknown[i] == 0:  # a division takes longer than all the rest
            to[i] = 10_000 if full else 0
        else:
            to[i] = (full - unknown[i]) * 10_000 // max(full, 1)


@compiled
def known(value: Floats) -> int:
    """How many are known."""
    found = 0
    for i in range(value.size):
        found += value[i] == value[i]
    return found


@compiled
def ordered(points: Any, high: Any, span: int, order: Any, ranks: Any) -> None:
    """Order and ranks by points, then high, most first, then the row; both are below `span`."""
    starts = np.zeros(span * span + 1, dtype=np.int32)
    for i in range(points.size):
        starts[(span - 1 - points[i]) * span + span - high[i]] += 1  # the place behind it: where it ends
    for key in range(1, starts.size):
        starts[key] += starts[key - 1]
    for i in range(points.size):
        key = (span - 1 - points[i]) * span + span - 1 - high[i]
        order[starts[key]] = i
        starts[key] += 1
        ranks[i] = starts[key]


@compiled
def spread(points: Any, high: Any, at: Any, proven: Any, possible: Any) -> None:
    """Counts firms by group and points, as they are proven and as they could be."""
    for i in range(points.size):
        proven[at[i], points[i]] += 1
        possible[at[i], high[i]] += 1


@compiled
def place(points: Any, high: Any, at: Any, order: Any, tables: Any, sizes: Any, to: Any) -> None:
    """Writes to[0..4]: rank among those of the group, best, worst, percentile, size, by tables of group and points."""
    seen = np.zeros(sizes.size, dtype=np.int32)
    for i in range(points.size):
        to[1, i] = 1 + tables[0, at[i], high[i]]
        to[2, i] = tables[1, at[i], points[i]]
        to[3, i] = tables[2, at[i], points[i]]
        to[4, i] = sizes[at[i]]
    for i in range(order.size):
        seen[at[order[i]]] += 1
        to[0, order[i]] = seen[at[order[i]]]
