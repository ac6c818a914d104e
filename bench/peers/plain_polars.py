"""A composite index in plain Polars: weights by entropy, ranking by TOPSIS on min-max values, no groups, no unknown.

As an analyst would write it: three lazy queries over all columns; float sums in whatever order the engine takes.
"""

from pathlib import Path

import numpy as np
import polars as pl

from bench.claims import Work
from bench.indicators import values


def topsis(scratch: Path, firms: str, indicators: str) -> Work:
    """Work that weighs the indicators and scores every firm; answers with the number of scored firms."""
    matrix, _ = values(int(firms), int(indicators))
    names = [f"x{number}" for number in range(int(indicators))]
    table = pl.DataFrame(matrix, schema=names)

    def work() -> float:
        weights = entropy_weights(table)
        parts = [_min_max(name) * weight for name, weight in zip(names, weights, strict=True)]
        from_best = [(pl.col(name) - weight) ** 2 for name, weight in zip(names, weights, strict=True)]
        from_worst = [pl.col(name) ** 2 for name in names]
        query = (
            table.lazy()
            .with_columns(parts)
            .select(best=pl.sum_horizontal(from_best).sqrt(), worst=pl.sum_horizontal(from_worst).sqrt())
        )
        return float(query.select(pl.col("worst") / (pl.col("best") + pl.col("worst"))).collect().height)

    return work


def entropy_weights(table: pl.DataFrame) -> list[float]:
    """pymcdm's definition, of values above 0."""
    shares = [pl.col(name) / pl.col(name).sum() for name in table.columns]
    sums = table.lazy().select((share * share.log()).sum() for share in shares).collect().row(0)
    told = [1 + entropy / float(np.log(table.height)) for entropy in sums]
    return [one / sum(told) for one in told]


def _min_max(name: str) -> pl.Expr:
    column = pl.col(name)
    return (column - column.min()) / (column.max() - column.min())
