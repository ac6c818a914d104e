"""The steps of the index over many firms, by compiled loops and several threads; importing it imports Numba.

Threads share indicators or blocks of rows among them; what each writes is its own, so that no byte depends on them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score import loops, runs
from kerong.engine.score.earned import SMALL
from kerong.engine.score.gained import Gained, Reading
from kerong.engine.score.objective import STEPS
from kerong.engine.score.population import Codes
from kerong.engine.score.scale import Yardstick
from kerong.engine.score.tails import LEAST_KNOWN, Tails, empty, places, tail_of

SAMPLE = 1 << 15  # rows by which the tails are looked for: where they lie is then known within a few in a hundred
ERRORS = 3.5  # standard errors of the sample from an order statistic inwards; beyond, all values are looked at
BLOCK = 1 << 15  # rows whose points stay in the cache while all indicators are added
SIGNS = {"more": 1.0, "less": -1.0}

Floats = NDArray[np.float64]
Short = NDArray[np.uint16]
T = TypeVar("T")
R = TypeVar("R")


def shared(work: Callable[[T], R], parts: Iterable[T]) -> list[R]:
    """The work on every part, in the order of the parts, by as many threads as Polars takes."""
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        return list(threads.map(work, parts))


def all_tails(columns: Sequence[Floats], groups: Codes) -> list[Tails]:
    """`tails` of every column."""
    at = short(groups)
    sizes = np.bincount(groups.number, minlength=groups.kinds)
    rows = np.arange(0, at.size, max(at.size // SAMPLE, 1))
    rows = rows[np.argsort(at[rows], kind="stable")]
    sample = (rows, np.bincount(at[rows], minlength=groups.kinds).cumsum())
    return shared(lambda column: _tails(column, at, sizes, sample, groups), columns)


def _tails(
    column: Floats,
    at: Short,
    sizes: NDArray[np.int64],
    sample: tuple[NDArray[np.int64], NDArray[np.int64]],
    groups: Codes,
) -> Tails:
    """`sample`: rows by group, and where each group ends among them."""
    seen = column[sample[0]]
    near = np.array([_near(part) for part in (seen, *np.split(seen, sample[1][:-1])[1:])])
    low, high = np.maximum(near[:, 0], near[0, 0]), np.minimum(near[:, 1], near[0, 1])
    outer = np.empty(column.size + 1, dtype=np.int32)
    rows = outer[: loops.outside(column, at, low, high, outer)]
    counts = np.zeros((groups.kinds, 5), dtype=np.uint64)
    room = np.array([rows.size, *sizes[1:]]) + 1
    starts = (room.cumsum() - room).astype(np.uint64)
    kept = np.empty((2, int(room.sum())))
    loops.sort_out(column, at, rows, near, counts, starts, kept)
    found = empty(groups.kinds)
    for group, size in enumerate((column.size, *sizes[1:])):
        found.known[group] = known = int(size) - int(counts[group, 4])
        if known >= (LEAST_KNOWN if group else 1):
            nth = places(known)[0]
            low_one, high_one = (
                _nth(nth, near[group, tail], counts[group], kept[tail, int(starts[group]) :], tail) for tail in range(2)
            )
            if low_one is None or high_one is None:
                tail_of(column if group == 0 else column[at == group], group, found)
            else:
                found.low[group], found.high[group] = low_one, high_one
    return found


def _near(sample: Floats) -> tuple[float, float]:
    """Values that surely or nearly surely lie farther in than the two order statistics."""
    known = np.sort(sample[~np.isnan(sample)])
    n = known.size
    first, last = places(n) if n else (0, 0)
    room = int(ERRORS * np.sqrt(0.05 * 0.95 * n)) + 1
    if last - room <= first + room:
        return (np.inf, -np.inf)
    return (float(known[first + room]), float(known[last - room]))


def _nth(nth: int, near: float, counts: NDArray[np.uint64], kept: Floats, tail: int) -> float | None:
    """The value with `nth` others farther out; None where it lies farther in than `near`."""
    held, level = int(counts[2 * tail]), int(counts[2 * tail + 1])
    if nth < held:
        place = held - 1 - nth if tail else nth
        return float(np.partition(kept[:held], place)[place])
    return float(near) if nth < held + level else None


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
    held = runs.blocks(short(groups[1]), short(stages), stages.kinds)

    def count(pair: tuple[Yardstick, Floats]) -> NDArray[np.int64]:
        item, column = pair
        counts = np.zeros((stages.kinds, STEPS + 1), dtype=np.int32)
        value, earned = _room()
        bounds = bounds_of(item, groups[0])
        for block in held if item.everyone.low is not None else ():
            full = np.full(block.ends.size, float(STEPS))
            unknown = runs.put(column[block.rows], block.place, value)
            runs.earn(*_way(item), value, block.ends, block.group, bounds, full, earned)
            runs.tally(value, earned, unknown, block.ends, block.kind, counts)
        return counts.astype(np.int64)

    return shared(count, zip(items, columns, strict=True))


def points(columns: Mapping[str, Floats], reading: Reading) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The points and the weight of what is unknown, as `gained`, without those of every indicator and dimension."""
    items = [item for item in reading.scale.yardsticks if reading.full(item.name).any()]
    bounds = [bounds_of(item, reading.groups) for item in items]
    full = [reading.full(item.name).astype(np.float64) for item in items]
    at, kind = short(reading.at), short(reading.stages)
    found, open_points = np.empty(at.size, dtype=np.int32), np.empty(at.size, dtype=np.int32)

    def work(start: int) -> None:
        block = runs.block_at(start, at, kind, reading.stages.kinds)
        value, earned = _room()
        sums = np.zeros((2, runs.BLOCK), dtype=np.int32)
        for item, table, weights in zip(items, bounds, full, strict=True):
            by_run = weights[block.kind]
            unknown = runs.put(columns[item.name][block.rows], block.place, value)
            if item.everyone.low is None:
                value[:], unknown = np.nan, value.size
            else:
                runs.earn(*_way(item), value, block.ends, block.group, table, by_run, earned)
            runs.add(value, earned, unknown, block.ends, by_run, sums)
        runs.put_back(sums, block.place, found[block.rows], open_points[block.rows])

    shared(work, range(0, at.size, runs.BLOCK))
    return found, open_points


def _room() -> tuple[Floats, NDArray[np.int32]]:
    """Where a block's values and what they earn are kept."""
    return np.empty(runs.BLOCK), np.zeros(runs.BLOCK, dtype=np.int32)


def _way(item: Yardstick) -> tuple[bool, float]:
    """Whether an indicator has a peak; where it is, or the sign of the line."""
    has_peak = item.better == "middle" and item.best is not None
    return has_peak, float(item.best or 0.0) if has_peak else SIGNS[item.better]


def short(codes: Codes) -> Short:
    """The codes as the loops read them."""
    return codes.number.astype(np.uint16)


def gained(columns: Mapping[str, Floats], reading: Reading) -> Gained:
    """As the plain `gained`, block by block of rows."""
    at, kind = short(reading.at), short(reading.stages)
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
                has_peak, way = _way(item)
                loop = loops.peak if has_peak else loops.line
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
    at, span = short(codes), int(high.max(initial=0)) + 1
    proven, possible = (np.zeros((codes.kinds, span), dtype=np.int64) for _ in range(2))
    loops.spread(points, high, at, proven, possible)
    found = np.empty((5, points.size), dtype=np.int32)
    sizes, up_to = proven.sum(axis=1, keepdims=True), proven.cumsum(axis=1)
    ahead, level = sizes - up_to, sizes - possible.cumsum(axis=1) + possible
    share = (2 * up_to - proven) * 10_000 // np.maximum(2 * sizes, 1)
    tables = np.array((ahead, level, share), dtype=np.int32)
    loops.place(points, high, at, order, tables, sizes[:, 0].astype(np.int32), found)
    return found
