"""The outer values of an indicator: those that lie farther out than a sample says the order statistics do.

Of runs of one industry group each (`runs`). Importing this imports Numba.
"""

import numpy as np
from numpy.typing import NDArray

from kerong.compiled import compiled
from kerong.engine.score.runs import Runs, put

# what is counted of a group: kept values; those below the lower cut and those that equal it; the same above; unknown
KEPT, LOW, LEVEL_LOW, HIGH, LEVEL_HIGH, UNKNOWN = range(6)
COUNTS = 6

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]


def cuts(near: Floats) -> Floats:
    """Between which values nothing is kept: those of each group and of all (place 0) are farther out.

    Where nothing lies between, all is kept.
    """
    found = np.column_stack((np.maximum(near[:, 0], near[0, 0]), np.minimum(near[:, 1], near[0, 1])))
    found[~(found[:, 0] < found[:, 1])] = (np.inf, -np.inf)
    return found


@compiled
def _keep(value: Floats, low: float, high: float, to: Floats, at: int) -> int:
    """Writes what lies farther out to to[at] and on, which has room for one more; yields where it ended.

    No branches to guess: they cost more than the work.
    """
    place = np.uint64(at)
    for i in range(value.size):
        to[place] = value[i]
        place += np.uint64((value[i] < low) | (value[i] > high))
    return int(place)


@compiled
def _tell(value: Floats, low: float, high: float, counts: Whole) -> None:
    below, level_low, above, level_high, unknown = 0, 0, 0, 0, 0
    for i in range(value.size):
        below += value[i] < low
        level_low += value[i] == low
        above += value[i] > high
        level_high += value[i] == high
        unknown += value[i] != value[i]
    counts[LOW] += below
    counts[LEVEL_LOW] += level_low
    counts[HIGH] += above
    counts[LEVEL_HIGH] += level_high
    counts[UNKNOWN] += unknown


@compiled
def keep(column: Floats, runs: Runs, cuts: Floats, starts: Whole, kept: Floats, counts: Whole) -> None:
    """Keeps the outer values of each group from kept[starts[group]] on, and counts."""
    value = np.empty(runs.size)
    for block in range(runs.first.size - 1):
        put(column, runs, block, value)
        first = 0
        for run in range(runs.first[block], runs.first[block + 1]):
            v, number = value[first : runs.ends[run]], runs.group[run]
            low, high = cuts[number, 0], cuts[number, 1]
            counts[number, KEPT] = _keep(v, low, high, kept[starts[number] :], counts[number, KEPT])
            _tell(v, low, high, counts[number])
            first = runs.ends[run]


@compiled
def joined(cuts: Floats, starts: Whole, kept: Floats, counts: Whole, to: Floats) -> Whole:
    """Keeps in `to` what lies farther out than the cuts of all (place 0); yields its counts."""
    found = np.zeros(COUNTS, dtype=np.int64)
    low, high = cuts[0, 0], cuts[0, 1]
    for number in range(starts.size):
        part = kept[starts[number] : starts[number] + counts[number, KEPT]]
        found[KEPT] = _keep(part, low, high, to, found[KEPT])
        _tell(part, low, high, found)
        # what equals a cut was not kept
        found[LEVEL_LOW] += counts[number, LEVEL_LOW] if cuts[number, 0] == low else 0
        found[LEVEL_HIGH] += counts[number, LEVEL_HIGH] if cuts[number, 1] == high else 0
        found[UNKNOWN] += counts[number, UNKNOWN]
    return found


def ends(nth: int, cut: Floats, counts: Whole, far: Floats) -> tuple[float, float] | None:
    """The values with `nth` others farther out on either side; None where one lies between the cuts.

    `far`: the kept values; they are put in another order.
    """
    held = far[: counts[KEPT]]
    low, high = (_end(nth, float(cut[tail]), counts[LOW + 2 * tail :], held, tail) for tail in range(2))
    return None if low is None or high is None else (low, high)


def _end(nth: int, cut: float, counts: Whole, held: Floats, tail: int) -> float | None:
    if nth < counts[0]:
        place = held.size - 1 - nth if tail else nth
        held.partition(place)
        return float(held[place])
    return cut if nth < counts[0] + counts[1] else None
