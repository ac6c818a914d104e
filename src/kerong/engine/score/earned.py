"""What a value earns between its bounds: from nothing at the worst to everything at the best."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from kerong.engine.score.scale import Yardstick

Floats = NDArray[np.float64]

SMALL = 2.0**-15  # differences of huge bounds, times a weight, stay finite; a power of two changes no digit


def earned(full: Floats, value: Floats, low: Floats, high: Floats, better: str, best: float | None = None) -> Floats:
    """Points before rounding, in [0, `full`]; NaN where the value or its bounds are unknown.

    All arrays have one length; `full` (at most 10,000) is what the best earns, `low` <= `high`. Values beyond a bound
    count as the bound. `better`: "more", "less", or "middle" (everything at `best`, falling in a straight line to
    nothing at either bound; a `best` beyond a bound moves that bound). Where the bounds coincide there is nothing to
    compare within: a value like them earns half, a better one everything, a worse one nothing.
    Multiplied before it is divided: a share that is a half point on paper is one here.
    Raises ValueError for another `better`, and for "middle" without `best`.
    """
    if better == "more":
        return _along(full, value, low, high)
    if better == "less":
        return _along(full, -value, -high, -low)
    if better == "middle" and best is not None:
        return _peaked(full, value, low, high, best)
    raise ValueError(f"better is {better!r} with best {best!r}: more, less, or middle with its best value")


def _along(full: Floats, value: Floats, low: Floats, high: Floats) -> Floats:
    start, span = low * SMALL, high * SMALL - low * SMALL
    inside = np.clip(value, low, high) * SMALL - start
    slope = np.minimum(full * inside / np.where(span > 0, span, 1.0), full)
    flat = full * 0.5 * (1.0 + (value > low) - (value < low))
    return np.where(np.isnan(value) | np.isnan(low), np.nan, np.where(span > 0, slope, flat))


def _peaked(full: Floats, value: Floats, low: Floats, high: Floats, best: float) -> Floats:
    peak = np.full_like(value, best)
    bottom, top = np.minimum(low, peak), np.maximum(high, peak)
    inside = np.clip(value, bottom, top)
    rising, falling = _along(full, inside, bottom, peak), _along(full, -inside, -top, -peak)
    summit = np.where(np.isnan(inside), np.nan, full)
    slopes = np.where(inside < peak, rising, np.where(inside > peak, falling, summit))
    nearness, usual = -np.abs(value * SMALL - peak * SMALL), -np.abs(low * SMALL - peak * SMALL)
    return np.where(low == high, _along(full, nearness, usual, usual), slopes)


def earned_by(
    item: Yardstick, value: Floats, groups: Sequence[str | None], rows: NDArray[np.intp], full: Floats
) -> Floats:
    """What values of an indicator earn; `rows` says with the bounds of which of `groups` (None: all) each is read."""
    bounds = [item.bounds(name) for name in groups]
    low = np.array([np.nan if b.low is None else b.low for b in bounds])[rows]
    high = np.array([np.nan if b.high is None else b.high for b in bounds])[rows]
    return earned(full, value, low, high, item.better, item.best)
