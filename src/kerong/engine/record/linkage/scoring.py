"""Weights of pairs, block by block in compiled loops; only those above a cut are kept."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from math import log2

import numpy as np
import polars as pl

from kerong.engine.record.linkage import kernel as k
from kerong.engine.record.linkage.blocking import Blocked, blocked
from kerong.engine.record.linkage.encoded import Encoded
from kerong.engine.record.linkage.model import Learned, Shares
from kerong.engine.record.linkage.plan import MEASURES, Key, Plan

_COST = (0, 3, 4, 2, 2, 1)  # of a measure, by its number: the cheap ones first
NO_CUT = -1e9


@dataclass(frozen=True, slots=True)
class Scored:
    """Pairs that weigh enough: rows of the left and right side by number, bits, pattern of levels; and the work."""

    left: k.Shorts
    right: k.Shorts
    weight: k.Floats
    pattern: k.Ints
    compared: int
    skipped: int

    def __len__(self) -> int:
        return len(self.left)


def bits_of(probability: float) -> float:
    """Log odds to the base 2."""
    return log2(probability / (1 - probability))


def scheme(
    found: Encoded,
    plan: Plan,
    learned: Iterable[Learned],
    values: dict[str, Shares] | None = None,
    prior: float | None = None,
) -> k.Scheme:
    """The arrays of a plan and what is learned of it; sets what the frequency of a value adds to its weight."""
    levels = [level for comparison in plan.comparisons for level in comparison.levels]
    start = np.cumsum([0, *(len(comparison.levels) for comparison in plan.comparisons)]).astype(np.int32)
    known = list(learned)
    weight = [one.bits(level + 1) for one in known for level in range(len(one.m) - 1)]
    by_frequency = np.zeros(len(levels), np.uint8)
    for comparison, begin, one in zip(plan.comparisons, start, known, strict=False):
        shares = (values or {}).get(comparison.base)
        if comparison.by_frequency and shares is not None and comparison.levels[0].measure == "equal":
            by_frequency[begin] = 1
            _adjust(found, comparison.base, shares, one.u[0])
    otherwise = [one.bits(len(one.m)) for one in known]
    cost = [max(_COST[MEASURES[level.measure]] for level in comparison.levels) for comparison in plan.comparisons]
    order = np.argsort(cost, kind="stable").astype(np.int32)
    stride = np.cumprod([1, *(len(comparison.levels) + 2 for comparison in plan.comparisons[:-1])]).astype(np.int64)
    most = np.array([_most(found, c, plan, weight, otherwise, by_frequency, start) for c in range(len(otherwise))])
    rest = most[order][::-1].cumsum()[::-1] - most[order]
    return k.Scheme(
        order, start,
        np.array([MEASURES[level.measure] for level in levels], np.int32),
        np.array([found.place(level.of) for level in levels], np.int32),
        np.array([level.bound for level in levels], np.float64),
        by_frequency, np.array(weight), np.array(otherwise), rest, stride,
        np.array(plan.naming, np.int32), 1e18 if prior is None else -bits_of(prior),
    )  # fmt: skip


def _adjust(found: Encoded, name: str, shares: Shares, u: float) -> None:
    """Bits that an equal value adds: log2(u / its own share)."""
    begin, texts = found.first[name], found.texts[name]
    own = np.full(len(texts), log2(u / shares.rest))
    places = pl.DataFrame({"text": texts.cast(pl.String)}).with_row_index("place")
    common = pl.DataFrame({"text": list(shares.common), "share": list(shares.common.values())})
    if len(common):
        met = places.join(common, on="text")
        own[met["place"].to_numpy()] = np.log2(u / met["share"].to_numpy())
    found.values.adjust[begin : begin + len(texts)] = own


def _most(
    found: Encoded, c: int, plan: Plan, weight: list[float], otherwise: list[float], by: k.Bytes, start: k.Shorts
) -> float:
    """The most that a comparison can add."""
    best = max(0.0, otherwise[c], *weight[start[c] : start[c + 1]])
    if not by[start[c]]:
        return best
    begin = found.first[plan.comparisons[c].base]
    adjust = found.values.adjust[begin : begin + len(found.texts[plan.comparisons[c].base])]
    return float(max(best, weight[start[c]] + float(adjust.max(initial=0.0))))


def scored(found: Encoded, rules: k.Scheme, cut: float, keys: Iterable[Key], pool: ThreadPoolExecutor) -> Scored:
    """All pairs that meet under one of the keys and weigh at least `cut`, each once, by left and right row."""
    parts: list[tuple[k.Shorts, k.Shorts, k.Floats, k.Ints]] = []
    compared = skipped = 0
    for own, met in met_by(found, keys):
        work = [pool.submit(piece_scored, found, rules, own, met, piece, cut) for piece in own.pieces()]
        for done in work:
            part, looked = done.result()
            parts.append(part)
            compared += looked
        skipped += own.skipped
    none = (np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), np.zeros(0, np.int64))
    left, right, weight, pattern = (np.concatenate(arrays) for arrays in zip(none, *parts, strict=True))
    _, once = np.unique(left.astype(np.int64) * found.rows + right, return_index=True)
    return Scored(left[once], right[once], weight[once], pattern[once], compared, skipped)


def met_by(found: Encoded, keys: Iterable[Key]) -> Iterator[tuple[Blocked, k.Met]]:
    """The blocks of each key, with what tells which pairs an earlier block has met."""
    slots: list[k.Shorts] = []
    for key in keys:
        own = blocked(found, key)
        slots.append(own.block_of_row)
        yield own, k.Met(np.concatenate(slots), np.cumsum([0, *(len(one) for one in slots)]).astype(np.int64))


def piece_scored(
    found: Encoded, rules: k.Scheme, own: Blocked, met: k.Met, piece: tuple[int, int, int], cut: float
) -> tuple[tuple[k.Shorts, k.Shorts, k.Floats, k.Ints], int]:
    """Left and right rows, weights and patterns of a piece's pairs that weigh `cut` or more; how many were compared."""
    first, last, pairs = piece
    left, right = np.empty(pairs, np.int32), np.empty(pairs, np.int32)
    weight, pattern = np.empty(pairs, np.float64), np.empty(pairs, np.int64)
    kept, looked = k.scan(
        found.values, rules, own.blocks, met, first, last, cut, found.two_sides, left, right, weight, pattern
    )
    return (left[:kept].copy(), right[:kept].copy(), weight[:kept].copy(), pattern[:kept].copy()), looked


def levels_of(pattern: k.Ints, plan: Plan) -> k.Shorts:
    """The level of every comparison [pair, comparison] in patterns."""
    found = np.empty((len(pattern), len(plan.comparisons)), np.int32)
    rest = pattern.copy()
    for c, comparison in enumerate(plan.comparisons):
        found[:, c] = rest % (len(comparison.levels) + 2)
        rest //= len(comparison.levels) + 2
    return found
