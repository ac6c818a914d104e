"""Where a value stands between its bounds, from 0 (worst) to 1 (best)."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def position(value: Floats, low: Floats, high: Floats, better: str, best: float | None = None) -> Floats:
    """Positions in [0, 1], NaN where the value or its bounds are unknown; all arrays of one length, `low` <= `high`.

    Values beyond a bound count as the bound. `better`: "more", "less", or "middle" (1 at `best`, falling in a straight
    line to 0 at either bound; a `best` beyond a bound moves that bound). Where the bounds coincide there is nothing to
    compare within: a value like them gets 0.5, a better one 1, a worse one 0. Raises ValueError for another `better`,
    and for "middle" without `best`.
    """
    if better == "more":
        return _between(value, low, high)
    if better == "less":
        return 1.0 - _between(value, low, high)
    if better == "middle" and best is not None:
        return _peaked(value, low, high, best)
    raise ValueError(f"better is {better!r} with best {best!r}: more, less, or middle with its best value")


def _between(value: Floats, low: Floats, high: Floats) -> Floats:
    # Halves keep the difference of two huge bounds finite, and are exact otherwise.
    start, span = low * 0.5, high * 0.5 - low * 0.5
    flat = 0.5 * (1.0 + (value > low) - (value < low))
    inside = (np.clip(value, low, high) * 0.5 - start) / np.where(span > 0, span, 1.0)
    return np.where(np.isnan(value) | np.isnan(low), np.nan, np.where(span > 0, inside, flat))


def _peaked(value: Floats, low: Floats, high: Floats, best: float) -> Floats:
    peak = np.full_like(value, best)
    bottom, top = np.minimum(low, peak), np.maximum(high, peak)
    inside = np.clip(value, bottom, top)
    rising, falling = _between(inside, bottom, peak), 1.0 - _between(inside, peak, top)
    slopes = np.where(inside < peak, rising, np.where(inside > peak, falling, np.where(np.isnan(inside), np.nan, 1.0)))
    nearness, usual = -np.abs(value * 0.5 - peak * 0.5), -np.abs(low * 0.5 - peak * 0.5)
    return np.where(low == high, _between(nearness, usual, usual), slopes)
