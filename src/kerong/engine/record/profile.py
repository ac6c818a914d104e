"""What a batch looks like in figures: rows, empty cells, sums, magnitudes, keys, periods; integers, exact.

A profile is made block by block, so that a file of any size needs no more memory than one block and three hashes a
row; blocks in any order give the same profile. It holds no cell of any enterprise, only sums over all.
"""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.rulebook.content import Register

PERIOD = "#period"  # of a row: which delivery states it
SUMMED = ("fen", "count")
SCALED = ("fen", "bp")  # what has a unit that may be mistaken
FINE = 100  # magnitudes are told in hundredths of a power of ten
Profile = Mapping[str, Any]
Hashes = npt.NDArray[np.uint64]


class Profiler:
    """Takes a register's cleaned blocks, one after the other, and tells their profile."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self.rows = 0
        self.empty: Counter[str] = Counter()
        self.sums: Counter[str] = Counter()
        self.magnitudes: dict[str, Counter[int]] = {
            name: Counter() for name, column in register.columns.items() if column.type in SCALED
        }
        self.periods: Counter[str] = Counter()
        self._is_dated = register.known is not None and register.known not in register.row
        self._keys, self._versions, self._contents = _Numbers(), _Numbers(), _Numbers()

    def add(self, rows: pl.DataFrame) -> None:
        """One block: the register's columns, and the period of each row where it has one."""
        self.rows += rows.height
        for name, column in self.register.columns.items():
            cells = rows[name]
            self.empty[name] += cells.null_count()
            if column.type in SUMMED:
                self.sums[name] += int(cells.cast(pl.Int128).sum() or 0)
            if column.type in SCALED:
                for bin_, count in _magnitudes(cells).iter_rows():
                    self.magnitudes[name][bin_] += count
        if PERIOD in rows.columns:
            counted = rows[PERIOD].drop_nulls().value_counts(sort=False)
            for period, count in counted.iter_rows():
                self.periods[period] += count
        self._hashed(rows)

    def _hashed(self, rows: pl.DataFrame) -> None:
        """A number per row for its key, its key on its day, and its content: what comes again is counted, not kept.

        A key that is not fully known is no key: such a row is told apart by all of its content.
        """
        contents = rows.select(list(self.register.columns)).hash_rows()
        key = row_key_columns(self.register, rows)
        self._keys.add(_unless_open(rows, key, contents))
        self._contents.add(contents)
        known = self.register.known
        if self._is_dated and known is not None:
            self._versions.add(_unless_open(rows, key if known in key else [*key, known], contents))

    def told(self, set_aside: int = 0, without_identity: int = 0, faults: Mapping[str, int] | None = None) -> Profile:
        """The profile of all blocks so far: what is in it stands in docs/data.md."""
        return {
            "rows": self.rows,
            "set_aside": set_aside,
            "without_identity": without_identity,
            "faults": dict(sorted((faults or {}).items())),
            "keys": self._keys.distinct(),
            "conflicting": self._contents.distinct() - (self._versions if self._is_dated else self._keys).distinct(),
            "periods": dict(sorted(self.periods.items())),
            "columns": {name: self._column(name) for name in self.register.columns},
        }

    def _column(self, name: str) -> dict[str, int | None]:
        told: dict[str, int | None] = {"empty": self.empty[name]}
        if self.register.columns[name].type in SUMMED:
            told["sum"] = self.sums[name]
        if name in self.magnitudes:
            told["valued"] = sum(self.magnitudes[name].values())
            told["magnitude"] = _median(self.magnitudes[name])
        return told


def row_key_columns(register: Register, rows: pl.DataFrame) -> list[str]:
    """The columns that tell rows apart; for `enterprise_id` stands what enterprises are identified by."""
    wanted = [name for name in register.row if name != "enterprise_id"]
    if "enterprise_id" in register.row:
        wanted = identity_columns(register) + wanted
    return [name for name in dict.fromkeys(wanted) if name in rows.columns]


def identity_columns(register: Register) -> list[str]:
    """The columns from which a row's enterprise is known."""
    if register.identify == "credit_code":
        codes = [name for name, column in register.columns.items() if column.type == "credit_code"]
        return ["credit_code"] if "credit_code" in codes else codes[:1]
    by_name = [name for name in (register.name_column, register.state_column) if name is not None]
    return [] if register.identify == "none" else by_name


def _unless_open(rows: pl.DataFrame, key: list[str], contents: pl.Series) -> pl.Series:
    """The hash of the key, or of the content where there is no key or a part of it is unknown."""
    if not key:
        return contents
    is_open = rows.select(pl.any_horizontal(pl.col(key).is_null())).to_series()
    hashed = rows.select(key).hash_rows()
    return hashed.zip_with(~is_open, contents) if is_open.any() else hashed


def _magnitudes(cells: pl.Series) -> pl.DataFrame:
    """How many cells there are of each magnitude, in hundredths of a power of ten; zeros have none."""
    sizes = cells.drop_nulls().cast(pl.Float64).abs()
    sizes = sizes.filter(sizes > 0)
    return (sizes.log10() * FINE).floor().cast(pl.Int64).alias("bin").value_counts(sort=False)


def _median(counts: Mapping[int, int]) -> int | None:
    """The lower median of counted values."""
    half, passed = (sum(counts.values()) + 1) // 2, 0
    for value in sorted(counts):
        passed += counts[value]
        if passed >= half:
            return value
    return None


class _Numbers:
    """Numbers of 64 bits, held once: the memory grows where it stands."""

    def __init__(self) -> None:
        self._held: Hashes = np.empty(0, dtype=np.uint64)
        self._count = self._sorted = 0

    def add(self, numbers: pl.Series) -> None:
        """More of them."""
        after = self._count + len(numbers)
        if after > len(self._held):
            self._held.resize(max(after, len(self._held) * 5 // 4), refcheck=False)  # nobody else looks at the array
        self._held[self._count : after] = numbers.to_numpy()
        self._count = after

    def distinct(self) -> int:
        """How many different ones there are."""
        numbers = self._held[: self._count]
        if self._sorted < self._count:
            numbers.sort()
            self._sorted = self._count
        return int(np.count_nonzero(numbers[1:] != numbers[:-1])) + min(1, numbers.size)
