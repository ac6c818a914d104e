"""Measures of a series: where it is heading, how far it follows the seasons, how long it was silent.

All take `place`, ascending places of enterprises, one row per place and period with the sum of that period; rows of a
place are in ascending order of time. What cannot be said is NaN.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

Whole = NDArray[np.int64]
Real = NDArray[np.float64]
LEAST_PERIODS = 3  # two points lie on a line whatever they are
YEARS = 2  # below two of each calendar month nothing tells a season from a single event
MONTHS = 12


def trend(place: Whole, period: Whole, value: Real) -> tuple[Whole, Real]:
    """(places, slope of the least-squares line per period, over the absolute mean of the periods).

    0.02 on months: sales rise by two per cent of their mean a month. Unknown below three periods, or at a mean of 0.
    Periods that are not there are left out of the line, they do not count as zero.
    """
    size, count = _counts(place)
    there = np.flatnonzero(count)
    mean_x, mean_y = _means(place, period.astype(np.float64), count), _means(place, value, count)
    x = period - mean_x[place]
    along = np.bincount(place, weights=x * (value - mean_y[place]), minlength=size)[there]
    spread = np.bincount(place, weights=x * x, minlength=size)[there]
    level = np.abs(mean_y[there])
    sound = (count[there] >= LEAST_PERIODS) & (level > 0) & (spread > 0)
    slope = np.full(len(there), np.nan)
    slope[sound] = along[sound] / spread[sound] / level[sound]
    return there, slope


def seasonality(place: Whole, month: Whole, value: Real) -> tuple[Whole, Real]:
    """(places, share of the variance of monthly sums that the calendar month explains, 0 to 1).

    The share is adjusted for the number of months (epsilon squared), so that chance alone gives 0 on average. Unknown
    unless every calendar month was seen at least twice; a series that never changes has no season: 0.
    """
    size, count = _counts(place)
    there = np.flatnonzero(count)
    total = value - _means(place, value, count)[place]
    cell = place * MONTHS + month % MONTHS
    in_cell = np.bincount(cell, minlength=size * MONTHS)
    means = np.bincount(cell, weights=value, minlength=size * MONTHS) / np.maximum(in_cell, 1)
    within = value - means[cell]
    ss_total = np.bincount(place, weights=total**2, minlength=size)[there]
    ss_within = np.bincount(place, weights=within**2, minlength=size)[there]
    n = count[there]
    full = in_cell.reshape(size, MONTHS)[there].min(axis=1) >= YEARS
    noise = ss_within / np.maximum(n - MONTHS, 1) * (MONTHS - 1)
    share = np.full(len(there), np.nan)
    moves = full & (ss_total > 0)
    share[moves] = np.clip((ss_total - ss_within - noise)[moves] / ss_total[moves], 0, 1)
    share[full & (ss_total == 0)] = 0.0
    return there, share


def longest_gap(place: Whole, day: Whole) -> tuple[Whole, Real]:
    """(places, most days between one row and the next); unknown below two rows."""
    _, count = _counts(place)
    there = np.flatnonzero(count)
    gaps = np.full(len(count), -1, dtype=np.int64)
    same = place[1:] == place[:-1]
    np.maximum.at(gaps, place[1:][same], (day[1:] - day[:-1])[same])
    found = gaps[there].astype(np.float64)
    found[found < 0] = np.nan
    return there, found


def largest_share(place: Whole, value: Real, largest: int) -> tuple[Whole, Real]:
    """(places, share in bp of the `largest` positive sums in all positive sums, halves up); unknown where none is.

    One row per place and partner, in any order within a place.
    """
    ordered = pl.DataFrame({"place": place, "value": value}).sort("place", "value", descending=[False, True])
    place, positive = ordered["place"].to_numpy(), np.clip(ordered["value"].to_numpy(), 0, None)
    size, count = _counts(place)
    first = np.concatenate([[0], np.cumsum(count)[:-1]]) if size else np.zeros(0, dtype=np.int64)
    rank = np.arange(len(place)) - first[place]
    total = np.bincount(place, weights=positive, minlength=size)
    top = np.bincount(place, weights=np.where(rank < largest, positive, 0.0), minlength=size)
    there = np.flatnonzero(total > 0)
    return there, np.floor(top[there] / total[there] * 10_000 + 0.5)


def _counts(place: Whole) -> tuple[int, Whole]:
    size = int(place.max()) + 1 if len(place) else 0
    return size, np.bincount(place, minlength=size)


def _means(place: Whole, value: Real, count: Whole) -> Real:
    """The mean of every place, 0 where it has no rows."""
    return np.bincount(place, weights=value, minlength=len(count)) / np.maximum(count, 1)
