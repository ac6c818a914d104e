"""The steps of the index over many firms, by compiled loops and several threads; importing it imports Numba.

Threads share indicators or blocks of rows among them; what each writes is its own, so that no byte depends on them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score import loops
from kerong.engine.score.earned import SMALL
from kerong.engine.score.gained import Gained, Reading
from kerong.engine.score.objective import STEPS
from kerong.engine.score.population import Codes
from kerong.engine.score.scale import Yardstick
from kerong.engine.score.tails import LEAST_KNOWN, Tails, empty, places, tail_of

SAMPLE = 1 << 15  # rows by which the tails are looked for: where they lie is then known within a few in a hundred
ERRORS = 4.0  # standard errors of the sample about an order statistic; beyond them it is looked for in all values
BLOCK = 1 << 15  # rows whose points stay in the cache while all indicators are added
SIGNS = {"more": 1.0, "less": -1.0}

Floats = NDArray[np.float64]
Short = NDArray[np.uint16]
T = TypeVar("T")
R = TypeVar("R")
Loop = Callable[..., Any]


def shared(work: Callable[[T], R], parts: Iterable[T]) -> list[R]:
    """The work on every part, in the order of the parts, by as many threads as Polars takes."""
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        return list(threads.map(work, parts))


def all_tails(columns: Sequence[Floats], groups: Codes) -> list[Tails]:
    """`tails` of every column."""
    at = groups.number.astype(np.uint16)
    sizes = np.bincount(groups.number, minlength=groups.kinds)
    rows = np.arange(0, at.size, max(at.size // SAMPLE, 1))
    rows = rows[np.argsort(at[rows], kind="stable")]
    ends = np.bincount(at[rows], minlength=groups.kinds).cumsum()
    samples = [rows, *np.split(rows, ends[:-1])[1:]]
    return shared(lambda column: _tails(column, at, sizes, samples, groups), columns)


def _tails(
    column: Floats, at: Short, sizes: NDArray[np.int64], samples: Sequence[NDArray[np.int64]], groups: Codes
) -> Tails:
    brackets = np.array([_bracket(column[rows]) for rows in samples])
    low, high = np.maximum(brackets[:, 1], brackets[0, 1]), np.minimum(brackets[:, 2], brackets[0, 2])
    outer = np.empty(column.size + 1, dtype=np.int32)
    rows = outer[: loops.outside(column, at, low, high, outer)]
    counts = np.zeros((groups.kinds, 2, 5), dtype=np.int64)
    room = np.array([column.size, *sizes[1:]])
    starts = room.cumsum() - room
    kept = np.empty((2, int(room.sum())))
    loops.sort_out(column, at, rows, brackets, counts, starts, kept)
    found = empty(groups.kinds)
    for group, size in enumerate(room):
        found.known[group] = known = int(size - counts[group, 0, 4])
        if known >= (LEAST_KNOWN if group else 1):
            inside = kept[:, starts[group] : starts[group] + size]
            _settle(column, at, group, found, (brackets[group], counts[group], inside))
    return found


def _bracket(sample: Floats) -> tuple[float, float, float, float]:
    """Between which values the two order statistics surely or nearly surely lie: low from and to, high from and to."""
    known = np.sort(sample[~np.isnan(sample)])
    n = known.size
    first, last = places(n) if n else (0, 0)
    room = int(ERRORS * np.sqrt(0.05 * 0.95 * n)) + 1
    if last - room <= first + room:
        return (-np.inf, np.inf, -np.inf, np.inf)
    low = -np.inf if first < room else float(known[first - room])
    high = np.inf if last + room >= n else float(known[last + room])
    return (low, float(known[first + room]), float(known[last - room]), high)


def _settle(column: Floats, at: Short, group: int, found: Tails, outer: tuple[Any, Any, Floats]) -> None:
    """Writes the order statistics of a group, from its outer values, or from all where they lie elsewhere."""
    brackets, counts, kept = outer
    nth = places(int(found.known[group]))[0]
    low = _nth(nth, brackets[0], brackets[1], counts[0], kept[0], 1)
    high = _nth(nth, brackets[3], brackets[2], counts[1], kept[1], -1)
    if low is None or high is None:
        tail_of(column if group == 0 else column[at == group], group, found)
    else:
        found.low[group], found.high[group] = low, high


def _nth(nth: int, far: float, near: float, counts: Any, kept: Floats, sign: int) -> float | None:
    """The value with `nth` others farther out; None where it does not lie in the bracket."""
    left = nth - int(counts[0])
    if left < 0:
        return None
    for held, value in ((int(counts[1]), far), (int(counts[2]), None), (int(counts[3]), near)):
        if left < held:
            if value is not None:
                return float(value)
            place = left if sign > 0 else held - 1 - left
            return float(np.partition(kept[:held], place)[place])
        left -= held
    return None


def bounds_of(item: Yardstick, groups: Sequence[str | None]) -> Floats:
    """Low, high, start and span by group as the loops read them; turned round where less is better."""
    sign = SIGNS.get(item.better, 1.0)
    rows = []
    for name in groups:
        bounds = item.bounds(name)
        low, high = (np.nan if x is None else x * sign for x in (bounds.low, bounds.high))
        low, high = (low, high) if sign > 0 else (high, low)
        rows.append((low, high, low * SMALL, high * SMALL - low * SMALL))
    return np.array(rows)


def all_counted(
    items: Sequence[Yardstick],
    columns: Sequence[Floats],
    groups: tuple[Sequence[str | None], Codes],
    stages: Codes,
) -> list[NDArray[np.int64]]:
    """`objective.counted` of every indicator's positions."""
    at, kind = groups[1].number.astype(np.uint16), stages.number.astype(np.uint16)

    def count(pair: tuple[Yardstick, Floats]) -> NDArray[np.int64]:
        item, column = pair
        counts = np.zeros((stages.kinds, STEPS + 1), dtype=np.int32)
        if item.everyone.low is not None:
            loop, way = _loop(item, loops.count_line, loops.count_peak)
            loop(way, column, at, bounds_of(item, groups[0]), kind, float(STEPS), counts)
        return counts.astype(np.int64)

    return shared(count, zip(items, columns, strict=True))


def gained(columns: Mapping[str, Floats], reading: Reading) -> Gained:
    """As the plain `gained`, block by block of rows."""
    at, kind = (codes.number.astype(np.uint16) for codes in (reading.at, reading.stages))
    items = reading.scale.yardsticks
    bounds = [bounds_of(item, reading.groups) for item in items]
    full = [reading.full(item.name) for item in items]
    earns = [weights.astype(np.float64) for weights in full]
    indicators = {item.name: np.empty(at.size, dtype=np.int32) for item in items}
    dimensions = {name: np.zeros(at.size, dtype=np.int32) for name in reading.scale.dimensions}
    sums = np.zeros((2, at.size), dtype=np.int32)

    def work(start: int) -> None:
        rows = slice(start, start + BLOCK)
        for number, item in enumerate(items):
            to, value = indicators[item.name][rows], columns[item.name][rows]
            if item.everyone.low is None:
                to[:], unknown = -1, to.size
            else:
                loop, way = _loop(item, loops.line, loops.peak)
                unknown = loop(way, value, at[rows], bounds[number], kind[rows], earns[number], to)
            loops.add(to, kind[rows], full[number], sums[:, rows], dimensions[item.dimension][rows], unknown)

    shared(work, range(0, at.size, BLOCK))
    return Gained(indicators, dimensions, sums[0], sums[1])


def ranks(points: NDArray[np.int32], high: NDArray[np.int32]) -> NDArray[np.int32]:
    """Ranks from 1: most points first, then the higher possible points, then the order of the rows."""
    order, found = np.empty(points.size, dtype=np.int32), np.empty(points.size, dtype=np.int32)
    loops.ordered(points, high, int(high.max(initial=0)) + 1, order, found)
    return found


def among(
    points: NDArray[np.int32], high: NDArray[np.int32], order: NDArray[np.int32], codes: Codes
) -> NDArray[np.int32]:
    """The columns of `standing.Among`, one in a row."""
    at, span = codes.number.astype(np.uint16), int(high.max(initial=0)) + 1
    proven, possible = (np.zeros((codes.kinds, span), dtype=np.int64) for _ in range(2))
    loops.spread(points, high, at, proven, possible)
    found = np.empty((5, points.size), dtype=np.int32)
    sizes, up_to = proven.sum(axis=1, keepdims=True), proven.cumsum(axis=1)
    ahead, level = sizes - up_to, sizes - possible.cumsum(axis=1) + possible
    share = (2 * up_to - proven) * 10_000 // np.maximum(2 * sizes, 1)
    tables = np.array((ahead, level, share), dtype=np.int32)
    loops.place(points, high, at, order, tables, sizes[:, 0].astype(np.int32), found)
    return found


def _loop(item: Yardstick, line: Loop, peak: Loop) -> tuple[Loop, float]:
    """Which of two loops reads an indicator, and its first argument: the sign of the line, or the place of the peak."""
    if item.better == "middle" and item.best is not None:
        return peak, item.best
    return line, SIGNS[item.better]
