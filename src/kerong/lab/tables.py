"""A frame from arrays."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl


def table(columns: Mapping[str, npt.NDArray[np.generic] | pl.Series | list[str]]) -> pl.DataFrame:
    """A frame from arrays: dates of any NumPy unit become Date (NaT is null), the rest keeps its type."""
    series = []
    for name, values in columns.items():
        if isinstance(values, np.ndarray) and values.dtype.kind == "M":
            series.append(pl.Series(name, values.astype("M8[D]")).cast(pl.Date))
        elif isinstance(values, np.ndarray) and values.dtype.kind == "U":
            series.append(pl.Series(name, values.tolist(), dtype=pl.String))
        else:
            series.append(pl.Series(name, values))
    return pl.DataFrame(series)
