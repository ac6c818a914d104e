"""Running sums within groups: what was paid before each row, of those that share its firm, group, bank or the whole."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.rulebook.kinds import LIMIT

Whole = NDArray[np.int64]
_PART = 1 << 20  # sums are held in two parts, so that none is too large to hold


@dataclass(frozen=True, slots=True)
class Running:
    """Rows by group: `order` has the rows of a group together, `first` the place of its first; `base`: paid earlier."""

    order: Whole
    first: Whole
    base: Whole

    def before(self, paid: Whole) -> Whole:
        """What was paid before each row: `base`, and `paid` (none negative) of the rows of its group before it.

        A sum too large to hold is the largest that can be held.
        """
        high, low = (self._sums(part) for part in (paid // _PART, paid % _PART))
        high, low = high + low // _PART, low % _PART
        sums = np.where(high >= LIMIT // _PART, LIMIT, np.minimum(high, LIMIT // _PART) * _PART + low)
        return np.where(sums > LIMIT - self.base, LIMIT, np.minimum(sums, LIMIT - self.base) + self.base)

    def _sums(self, values: Whole) -> Whole:
        values = values[self.order]
        so_far = np.cumsum(values) - values
        found = np.empty_like(so_far)
        found[self.order] = so_far - so_far[self.first]
        return found


def running(keys: pl.Series, base: pl.Series) -> Running:
    """Rows grouped by a key; those without one are one group. `base` (null: nothing) was paid earlier."""
    known = pl.Enum(keys.drop_nulls().unique())
    codes = keys.cast(known).to_physical().cast(pl.Int64).fill_null(-1).to_numpy()
    order = np.argsort(codes, kind="stable")
    sorted_ = codes[order]
    first = np.searchsorted(sorted_, sorted_)
    return Running(order, first, held(base))


def running_whole(height: int, base: int) -> Running:
    """All rows as one group."""
    places = np.arange(height)
    return Running(places, np.zeros(height, np.int64), np.full(height, min(base, LIMIT), np.int64))


def held(sums: pl.Series) -> Whole:
    """Sums as whole numbers that can be held, null as nothing."""
    return sums.cast(pl.Int128).fill_null(0).clip(0, LIMIT).cast(pl.Int64).to_numpy()
