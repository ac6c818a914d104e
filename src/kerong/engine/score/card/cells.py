"""Fine cells of a characteristic over the rows of a segment, and the bins that they are merged into."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card import loops
from kerong.engine.score.card.binning import CELLS, LEAST_ROWS, Counts, Floats, edges, finer, merged, odds, weight
from kerong.engine.score.card.card import Bin
from kerong.engine.score.card.plan import Characteristic, Kind, Plan, Trend

Totals = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Cells:
    """`codes`: the cell of each row; `goods`, `bads`: per cell. Behind the cells of values stand the missing ones and,
    for categories, all rare ones together. `edges` of numbers, or the `groups` of categories from safe to risky."""

    codes: NDArray[np.uint8]
    goods: Counts
    bads: Counts
    edges: Floats
    groups: tuple[tuple[str, ...], ...] | None

    @property
    def values(self) -> int:
        """The number of cells of values that are known and frequent."""
        return len(self.edges) + 1 if self.groups is None else len(self.groups)

    @property
    def known(self) -> int:
        """Rows whose value is known."""
        return int(self.goods.sum() + self.bads.sum() - self.goods[self.values] - self.bads[self.values])


def column(table: pl.DataFrame, name: str, kind: Kind) -> pl.Series:
    """The column as Float64 (number; flags are 0 and 1) or String (category).

    Raises ValueError where it is of another type; nothing is read out of texts.
    """
    found = table[name]
    is_text = isinstance(found.dtype, pl.String | pl.Categorical | pl.Enum)
    is_number = found.dtype.is_numeric() or found.dtype == pl.Boolean()
    if found.dtype != pl.Null() and not (is_text if kind == "category" else is_number):
        raise ValueError(f"characteristic {name} is no {kind}: its column is {found.dtype}")
    return found.cast(pl.String if kind == "category" else pl.Float64)


def numbers(column: pl.Series) -> Floats:
    """The values of a Float64 column, NaN where unknown."""
    return column.fill_null(float("nan")).to_numpy()


def binned(
    column: pl.Series, bad: NDArray[np.bool_], item: Characteristic, plan: Plan, totals: Totals, is_many: bool
) -> tuple[Cells, list[int]]:
    """The cells of a column of `column` over rows of which `bad` tells the outcome, and the first cells of its bins.

    Numbers are merged twice: hundredths first, then the values around the cuts that were found.
    """
    if item.kind == "category":
        own = _of_categories(column, bad, is_many)
        return own, _starts(own, "rising", plan, totals)
    values = numbers(column)
    known = np.sort(values[np.isfinite(values)])
    own = _of_numbers(values, bad, edges(known), is_many)
    firsts = _starts(own, item.trend, plan, totals)
    if len(firsts) > 1 and len(own.edges) < int((known[1:] != known[:-1]).sum()):
        own = _of_numbers(values, bad, finer(known, own.edges, firsts), is_many)
        firsts = _starts(own, item.trend, plan, totals)
    return own, firsts


def _of_numbers(values: Floats, bad: NDArray[np.bool_], cuts: Floats, is_many: bool) -> Cells:
    codes = np.empty(len(values), np.uint8)
    loops.coded(values, cuts, codes, is_many)
    return Cells(codes, *loops.counted(codes, bad, len(cuts) + 2, is_many), cuts, None)


def _of_categories(column: pl.Series, bad: NDArray[np.bool_], is_many: bool) -> Cells:
    """One cell per category that is frequent enough, neighbours in risk together where there are too many."""
    table = pl.DataFrame({"name": column, "bad": bad}).drop_nulls("name")
    counts = table.group_by("name").agg(pl.col("bad").sum().cast(pl.Int64), pl.len().cast(pl.Int64).alias("rows"))
    frequent = counts.filter(pl.col("rows") >= LEAST_ROWS).sort("name")
    safe = odds((frequent["rows"] - frequent["bad"]).to_numpy(), frequent["bad"].to_numpy())
    order = np.argsort(-safe, kind="stable")
    sizes = frequent["rows"].to_numpy()[order]
    cell = (
        (np.cumsum(sizes) - sizes) * CELLS // max(int(sizes.sum()), 1) if sizes.size > CELLS else np.arange(sizes.size)
    )
    cell = np.unique(cell, return_inverse=True)[1]
    names = frequent["name"].gather(order).to_list()
    number = int(cell.max()) + 1 if names else 0
    groups = tuple(tuple(sorted(n for n, c in zip(names, cell, strict=True) if c == at)) for at in range(number))
    codes = coded_categories(column, groups)
    return Cells(codes, *loops.counted(codes, bad, number + 2, is_many), np.empty(0), groups)


def coded_categories(column: pl.Series, groups: tuple[tuple[str, ...], ...]) -> NDArray[np.uint8]:
    """The group of each category; behind them: missing, then other."""
    cell = {name: at for at, group in enumerate(groups) for name in group}
    codes = column.replace_strict(cell, default=len(groups) + 1, return_dtype=pl.UInt8)
    return pl.select(pl.when(column.is_null()).then(len(groups)).otherwise(codes).cast(pl.UInt8)).to_series().to_numpy()


def _starts(cells: Cells, trend: Trend, plan: Plan, totals: Totals) -> list[int]:
    if cells.values < 2:
        return [0]
    goods, bads = cells.goods[: cells.values], cells.bads[: cells.values]
    least = max(LEAST_ROWS, -(-int(goods.sum() + bads.sum()) * plan.bin_least_bp // 10_000))
    return merged(goods, bads, totals, least, plan.bins_most, trend)


def bins(cells: Cells, firsts: list[int], totals: Totals) -> tuple[tuple[Bin, ...], Bin, Bin | None]:
    """The bins that begin with these cells, without points yet; then missing; then other, for categories."""
    ends = [*firsts[1:], cells.values]
    found = tuple(_bin(cells, first, end, totals) for first, end in zip(firsts, ends, strict=True))
    missing = _apart(cells, cells.values, totals)
    return found, missing, None if cells.groups is None else _apart(cells, cells.values + 1, totals)


def _bin(cells: Cells, first: int, end: int, totals: Totals) -> Bin:
    goods, bads = int(cells.goods[first:end].sum()), int(cells.bads[first:end].sum())
    woe = float(weight(goods, bads, *totals)) if goods + bads else 0.0
    if cells.groups is not None:
        return Bin(
            None, None, tuple(sorted(name for group in cells.groups[first:end] for name in group)), goods, bads, woe, 0
        )
    low = None if first == 0 else float(cells.edges[first - 1])
    high = None if end == cells.values else float(cells.edges[end - 1])
    return Bin(low, high, (), goods, bads, woe, 0)


def _apart(cells: Cells, at: int, totals: Totals) -> Bin:
    """Missing or other: neutral where too few rows say anything."""
    goods, bads = int(cells.goods[at]), int(cells.bads[at])
    woe = float(weight(goods, bads, *totals)) if goods + bads >= LEAST_ROWS else 0.0
    return Bin(None, None, (), goods, bads, woe, 0)
