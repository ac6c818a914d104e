"""The steps of the index over many firms, by compiled loops and several threads; importing it imports Numba.

Threads share indicators or blocks of rows among them; what each writes is its own, so that no byte depends on them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from queue import SimpleQueue
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.compiled.views import Views
from kerong.engine.score import loops, outer, runs
from kerong.engine.score.earned import SMALL
from kerong.engine.score.gained import Gained, Reading
from kerong.engine.score.objective import STEPS, divergences
from kerong.engine.score.population import Codes, Named
from kerong.engine.score.scale import Yardstick
from kerong.engine.score.tails import LEAST_KNOWN, Tails, empty, places, tail_of

SAMPLE = 1 << 15  # rows by which the tails are looked for: where they lie is then known within a few in a hundred
ERRORS = 3.5  # standard errors of the sample from an order statistic inwards; beyond, all values are looked at
LINE = 8  # values in a line of the cache
BLOCK = 1 << 15  # rows whose points stay in the cache while all indicators are added
NAMES = loops.SLOTS // 4  # texts that the loop tells apart
SIGNS = {"more": 1.0, "less": -1.0}

Floats = NDArray[np.float64]
Short = NDArray[np.uint16]
T = TypeVar("T")
R = TypeVar("R")


def shared(work: Callable[[T], R], parts: Iterable[T]) -> list[R]:
    """The work on every part, in the order of the parts, by as many threads as Polars takes."""
    with ThreadPoolExecutor(pl.thread_pool_size()) as threads:
        return list(threads.map(work, parts))


def named(column: pl.Series) -> Named | None:
    """As the plain `named`; None where there is nothing to look at, or more names than tables are kept for."""
    if not column.len():
        return None
    views, numbers = Views(column), np.empty(column.len(), dtype=np.uint16)
    rows = np.empty(NAMES, dtype=np.int64)
    found = loops.numbered(views.views, views.valid, rows, numbers)
    if found < 0:
        return None
    seen = column.gather(rows[:found]).to_list()
    names = sorted(set(seen))
    places = {name: place for place, name in enumerate(names, start=1)}
    codes = np.empty(column.len(), dtype=np.intp)
    loops.renumbered(numbers, np.array([0, *(places[name] for name in seen)], dtype=np.intp), codes)
    return Named(names, Codes(codes, len(names) + 1))


def in_runs(groups: Codes, stages: Codes) -> runs.Runs:
    """All rows in runs of one group and stage."""
    at, kind = (codes.number.view(np.uint64) for codes in (groups, stages))
    size, place = runs.BLOCK, np.empty(at.size, dtype=np.uint16)

    def arranged(start: int) -> NDArray[np.uint32]:
        starts = np.zeros(groups.kinds * stages.kinds + 1, dtype=np.uint32)
        rows = slice(start, start + size)
        runs.arrange(at[rows], groups.kinds, kind[rows], starts, place[rows])
        return starts[:-1]

    return runs.in_runs(place, shared(arranged, range(0, at.size, size)), groups.kinds, size)


def known(columns: Sequence[Floats]) -> list[int]:
    """How many values of each column are known."""
    return shared(loops.known, columns)


def all_tails(columns: Sequence[Floats], groups: Codes, rows_in_runs: runs.Runs) -> list[Tails]:
    """`tails` of every column; `rows_in_runs`: of these groups."""
    size = groups.number.size
    rows = _sample(size)
    rows = rows[np.argsort(groups.number[rows], kind="stable")]
    sample = (rows, np.bincount(groups.number[rows], minlength=groups.kinds).cumsum())
    sizes = np.bincount(groups.number, minlength=groups.kinds)
    rooms: SimpleQueue[Floats] = SimpleQueue()  # fresh memory costs more than what is kept in it
    for _ in range(pl.thread_pool_size()):
        rooms.put(np.empty(size + groups.kinds))

    def work(column: Floats) -> Tails:
        room = rooms.get()
        try:
            return _tails(column, groups.number, rows_in_runs, sizes, sample, room)
        finally:
            rooms.put(room)

    return shared(work, columns)


def _sample(size: int) -> NDArray[np.int64]:
    """Rows spread over all, some in one line of the cache at a time."""
    starts = np.arange(0, size, max(size // SAMPLE, 1) * LINE)
    rows: NDArray[np.int64] = (starts[:, None] + np.arange(LINE)).ravel()
    return rows[rows < size]


def _tails(
    column: Floats,
    at: NDArray[np.intp],
    rows_in_runs: runs.Runs,
    sizes: NDArray[np.int64],
    sample: tuple[NDArray[np.int64], NDArray[np.int64]],
    kept: Floats,
) -> Tails:
    """`sample`: rows by group, and where each group ends among them; `kept`: room for the column and one per group."""
    seen = column[sample[0]]
    cuts = outer.cuts(np.array([_near(part) for part in (seen, *np.split(seen, sample[1][:-1])[1:])]))
    counts = np.zeros((sizes.size, outer.COUNTS), dtype=np.int64)
    starts = (sizes + 1).cumsum() - sizes - 1
    outer.keep(column, rows_in_runs, cuts, starts, kept, counts)
    of_all = np.empty(int(counts[:, outer.KEPT].sum()) + 1)
    counts_of_all = outer.joined(cuts, starts, kept, counts, of_all)
    found = empty(sizes.size)
    for group, size in enumerate((column.size, *sizes[1:])):
        told = counts[group] if group else counts_of_all
        found.known[group] = known = int(size - told[outer.UNKNOWN])
        if known >= (LEAST_KNOWN if group else 1):
            far = kept[starts[group] :] if group else of_all
            ends = outer.ends(places(known)[0], cuts[group], told, far)
            if ends is None:
                tail_of(column if group == 0 else column[at == group], group, found)
            else:
                found.low[group], found.high[group] = ends
    return found


def _near(sample: Floats) -> tuple[float, float]:
    """Values that surely or nearly surely lie farther in than the two order statistics."""
    known = np.sort(sample)
    n = int(known.searchsorted(np.inf, "right"))  # behind them stand the unknown
    first, last = places(n) if n else (0, 0)
    room = int(ERRORS * np.sqrt(0.05 * 0.95 * n)) + 1
    if last - room <= first + room:
        return (np.inf, -np.inf)
    return (float(known[first + room]), float(known[last - room]))


def bounds_of(item: Yardstick, groups: Sequence[str | None]) -> Floats:
    """By group, as the loops read them: low, high, start and span; of a peak start and span of either slope.

    Turned round where less is better. Bounds that are not known are told as 0.
    """
    has_peak, way = _way(item)
    sign = 1.0 if has_peak else way
    rows = []
    for name in groups:
        bounds = item.bounds(name)
        low, high = sorted(x * sign for x in (bounds.low or 0.0, bounds.high or 0.0))
        slopes = [(min(low, way), way), (-max(high, way), -way)] if has_peak else [(low, high), (low, high)]
        starts = [(start * SMALL, end * SMALL - start * SMALL) for start, end in slopes]
        rows.append((low, high, *starts[0], *starts[1]))
    return np.array(rows)


def all_divergences(
    items: Sequence[Yardstick],
    columns: Sequence[Floats],
    rows_in_runs: runs.Runs,
    groups: Sequence[str | None],
    stages: Codes,
) -> list[Floats]:
    """`objective.divergences` of every indicator's positions.

    `groups` and `stages` say what the numbers of the runs mean: whose bounds, and which place in the answer.
    """

    def told(pair: tuple[Yardstick, Floats]) -> Floats:
        item, column = pair
        counts = np.zeros((stages.number.size, runs.PLACES), dtype=np.int32)
        if item.everyone.low is not None:
            runs.count(*_way(item), column, rows_in_runs, bounds_of(item, groups), counts)
        by_place = np.zeros((stages.kinds, STEPS + 1), dtype=np.int64)
        runs.fold(counts, stages.number, by_place)
        return divergences(by_place)

    return shared(told, zip(items, columns, strict=True))


def points(columns: Mapping[str, Floats], reading: Reading, rows_in_runs: runs.Runs) -> NDArray[np.int32]:
    """The points and the weight of what is unknown (two rows), as `gained`, and nothing by indicator or dimension.

    `rows_in_runs`: of the reading's groups and stages.
    """
    items = [item for item in reading.scale.yardsticks if reading.full(item.name).any()]
    held = [np.ascontiguousarray(columns[item.name]) for item in items]  # their addresses live as long as they do
    ways = [_way(item) for item in items]
    told = (
        np.array([column.ctypes.data for column in held], dtype=np.int64),
        np.array([item.everyone.low is not None for item in items], dtype=np.bool_),
        np.array([has_peak for has_peak, _ in ways], dtype=np.bool_),
        np.array([way for _, way in ways], dtype=np.float64),
        np.array([bounds_of(item, reading.groups) for item in items]).reshape(len(items), -1, 6),
        np.array([reading.full(item.name) for item in items], dtype=np.float64).reshape(len(items), -1),
    )
    found = np.empty((2, reading.at.number.size), dtype=np.int32)
    shared(lambda block: runs.gain(*told, rows_in_runs, block, found), range(rows_in_runs.first.size - 1))
    return found


def _way(item: Yardstick) -> tuple[bool, float]:
    """Whether an indicator has a peak; where it is, or the sign of the line."""
    has_peak = item.better == "middle" and item.best is not None
    return has_peak, float(item.best or 0.0) if has_peak else SIGNS[item.better]


def coverage(unknown: NDArray[np.int32], whole: NDArray[np.int64], stages: Codes) -> NDArray[np.int64]:
    """The share of whole[stage] that is not unknown, in basis points, rounded down."""
    found = np.empty(unknown.size, dtype=np.int64)
    kind = stages.number.view(np.uint64)

    def work(start: int) -> None:
        rows = slice(start, start + BLOCK)
        loops.covered(unknown[rows], kind[rows], whole, found[rows])

    shared(work, range(0, unknown.size, BLOCK))
    return found


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
