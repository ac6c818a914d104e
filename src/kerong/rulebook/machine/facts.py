"""A table's columns as the machine reads them: addresses of numbers, and of bytes that tell where they are unknown."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.rulebook.intervals import Interval

# bytes per row of what the machine can load; four bytes are a signed number
SIZES: dict[pl.DataType, int] = {pl.Int64(): 8, pl.Int32(): 4, pl.Boolean(): 1}
CODE = 4  # bytes of a code, which is far below what a signed number can hold


@dataclass(frozen=True, slots=True)
class Column:
    """`values` and `unknown` (None: known everywhere) are addresses; `size` is bytes per row."""

    values: int
    size: int
    unknown: int | None


class Facts:
    """The columns of a table, each made ready when it is first asked for; keeps alive what addresses point to."""

    def __init__(self, frame: pl.DataFrame) -> None:
        self.frame = frame
        self._held: list[npt.NDArray[np.generic]] = []
        self._columns: dict[str, Column | None] = {}
        self._unknown: dict[str, int | None] = {}
        self.bounds: dict[str, Interval | None] = {}

    def column(self, name: str) -> Column | None:
        """A column of the table; None where the machine cannot read its type."""
        if name not in self._columns:
            physical = self.frame[name].to_physical()
            is_code = isinstance(self.frame[name].dtype, pl.Categorical) and physical.dtype == pl.UInt32()
            size = CODE if is_code else SIZES.get(physical.dtype)
            if size is None:
                self._columns[name] = None
                return None
            unknown = self.unknown(name)
            if unknown is not None:
                physical = physical.fill_null(False if size == 1 else 0)
            self._columns[name] = Column(self._address(physical.rechunk().to_numpy()), size, unknown)
        return self._columns[name]

    def unknown(self, name: str) -> int | None:
        """Where a column is unknown, whatever its type; None: nowhere."""
        if name not in self._unknown:
            column = self.frame[name]
            self._unknown[name] = self._address(column.is_null().to_numpy()) if column.null_count() else None
        return self._unknown[name]

    def _address(self, array: npt.NDArray[np.generic]) -> int:
        self._held.append(array)
        return array.ctypes.data
