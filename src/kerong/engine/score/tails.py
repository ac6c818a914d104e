"""The tails of an indicator: how many values are known, and the k-th smallest and k-th largest, k = ceil(n / 20)."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kerong.engine.score.population import Codes

LEAST_KNOWN = 30  # an industry group with fewer known values is read with the bounds of all firms

Floats = NDArray[np.float64]


class Tails(NamedTuple):
    """Of all firms (place 0) and of each group; low and high are NaN where too few values are known to look."""

    known: NDArray[np.int64]
    low: Floats
    high: Floats


def order_statistics(known: Floats) -> tuple[float, float]:
    """The k-th smallest and the k-th largest of at least one value."""
    low, high = places(known.size)
    part = np.partition(known, (low, high))
    return float(part[low]), float(part[high])


def places(known: int) -> tuple[int, int]:
    """Where the two stand among so many sorted values, from 0."""
    k = -(-known // 20)
    return k - 1, known - k


def tails(column: Floats, groups: Codes) -> Tails:
    """The tails of a column (NaN: unknown) over all firms and within each group."""
    found = empty(groups.kinds)
    tail_of(column, 0, found)
    by_group = column[np.argsort(groups.number, kind="stable")]
    ends = np.bincount(groups.number, minlength=groups.kinds).cumsum()
    for group in range(1, groups.kinds):
        tail_of(by_group[ends[group - 1] : ends[group]], group, found)
    return found


def empty(kinds: int) -> Tails:
    """Tails of which nothing is known."""
    return Tails(np.zeros(kinds, dtype=np.int64), np.full(kinds, np.nan), np.full(kinds, np.nan))


def tail_of(column: Floats, group: int, found: Tails) -> None:
    """Writes the tails of one group, whose values these are."""
    known = column[~np.isnan(column)]
    found.known[group] = known.size
    if known.size >= (LEAST_KNOWN if group else 1):
        found.low[group], found.high[group] = order_statistics(known)
