"""Aggregates of measures: one value per enterprise from the rows that a measure selects."""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.record.series import largest_share, longest_gap, seasonality, trend
from kerong.rulebook.content import Measure
from kerong.rulebook.forms import SURE
from kerong.rulebook.tree import Node

PLACE = "_place"
DAY_BITS = 32  # a day of any calendar year, moved to be positive


# sums over partners or periods of an enterprise, by what they are of: measures over the same rows share them
Sums = dict[tuple[str, Node | None, Node | None], pl.DataFrame]


def aggregated(measure: Measure, rows: pl.DataFrame, height: int, shared: Sums | None = None) -> pl.DataFrame:
    """One row per place 0..height-1: `value`, `seen` (it has rows), `unsure` (a row is unknown), `wrong` (overflow).

    `rows`: _place (sorted), unsure, and as far as the measure needs them value, by, period, known. `shared` is of
    measures over the same rows.
    """
    if measure.aggregate in (
        "mean",
        "variation",
        "concentration",
        "trend",
        "seasonality",
        "longest_gap",
        "top_five_share",
    ):
        sure = rows.filter(~pl.col("unsure")) if rows["unsure"].any() else rows
        found = _statistic(measure, sure, {} if shared is None else shared)
        flags = rows.group_by(PLACE).agg(pl.col("unsure").any())
        found = flags.join(found, on=PLACE, how="left")
    elif measure.aggregate in ("latest", "earliest"):
        found = _by_time(rows, last=measure.aggregate == "latest")
    else:
        found = rows.group_by(PLACE).agg(*_exact(measure.aggregate, measure.type.kind))
    places = pl.DataFrame({PLACE: pl.int_range(height, dtype=pl.UInt32, eager=True)})
    table = places.join(found.with_columns(pl.lit(True).alias("seen")), on=PLACE, how="left", maintain_order="left")
    wrong = pl.col("wrong") if "wrong" in table.columns else pl.lit(False)
    return table.with_columns(pl.col("seen", "unsure").fill_null(False), wrong.fill_null(False).alias("wrong"))


def _exact(aggregate: str, kind: str) -> tuple[pl.Expr, ...]:
    """value, unsure and perhaps wrong, of aggregates that do not depend on the order of rows."""
    unsure = pl.col("unsure").any()
    value = pl.col("value")
    match aggregate:
        case "count":
            return pl.len().cast(pl.Int64).alias("value"), unsure
        case "count_distinct":
            return value.n_unique().cast(pl.Int64).alias("value"), unsure
        case "min":
            return value.min().alias("value"), unsure
        case "max":
            return value.max().alias("value"), unsure
        case "any":
            holds = value.any(ignore_nulls=True)
            return holds.alias("value"), (unsure & ~holds).alias("unsure")
    if kind == "float":
        return value.sort().sum().alias("value"), unsure
    too_large = value.cast(pl.Float64).abs().sum() > SURE
    return value.sum().alias("value"), unsure, too_large.alias("wrong")


def _by_time(rows: pl.DataFrame, last: bool) -> pl.DataFrame:
    """The value of the latest (or earliest) row by period, then by when it was known; ties by the register's order."""
    order = [PLACE, "period", *(["known"] if "known" in rows.columns else [])]
    ordered = rows.sort(order, maintain_order=True, nulls_last=False)
    pick = pl.col("value").last() if last else pl.col("value").first()
    unsure = pl.col("unsure").last() if last else pl.col("unsure").first()
    return ordered.group_by(PLACE).agg(pick, unsure)


def _statistic(measure: Measure, rows: pl.DataFrame, shared: Sums) -> pl.DataFrame:
    """mean, variation over periods, concentration: running sums in the order of rows, one per enterprise."""
    aggregate = measure.aggregate
    if aggregate == "mean":
        place, value = rows[PLACE].to_numpy(), rows["value"].cast(pl.Float64).to_numpy()
        return _result(*_mean(place, value))
    if aggregate == "longest_gap":
        return _result(*longest_gap(*_by_day(_whole(rows[PLACE]), _whole(rows["value"].to_physical()))))
    kind = "months" if aggregate in ("trend", "seasonality") else "period" if aggregate == "variation" else "by"
    key = (kind, measure.value, measure.by)
    if key not in shared:
        shared[key] = _summed(rows, kind)
    sums = shared[key]
    place, value = _whole(sums[PLACE]), sums["value"].cast(pl.Float64).to_numpy()
    if kind == "months":
        return _result(*(trend if aggregate == "trend" else seasonality)(place, _whole(sums["period"]), value))
    if aggregate == "variation":
        return _result(*_variation(place, value))
    if aggregate == "top_five_share":
        return _result(*largest_share(place, value, 5))
    return _result(*_concentration(place, value))


def _summed(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Sums of an enterprise by partner ("by") or period; "months": months of dates and months, years of years."""
    if kind == "months" and rows.schema["period"] == pl.Date:
        months = pl.col("period").dt.year().cast(pl.Int64) * 12 + pl.col("period").dt.month().cast(pl.Int64) - 1
        rows = rows.with_columns(period=months)
    key = "by" if kind == "by" else "period"
    of, value = rows[key].to_physical(), rows["value"]
    if value.dtype == pl.Int64 and of.dtype.is_integer() and not of.null_count() and not value.null_count():
        numbers = of.cast(pl.Int64)
        if _fits(numbers):
            return _run_sums(rows[PLACE], numbers, value, key)
    return rows.group_by(PLACE, key).agg(_ordered_sum(rows.schema["value"])).sort(PLACE, key)


def _fits(numbers: pl.Series) -> bool:
    """Whether all have at most 32 bits."""
    limit = (1 << DAY_BITS - 1) - 1
    return bool(numbers.is_between(-limit, limit).all())


def _run_sums(place: pl.Series, of: pl.Series, value: pl.Series, key: str) -> pl.DataFrame:
    """Sums of whole numbers by place and a number of at most 32 bits, in the order of both: one sort, one pass."""
    joint = (_whole(place) << DAY_BITS) + (of.to_numpy() + (1 << DAY_BITS - 1))
    order = np.argsort(joint, kind="stable")
    joint = joint[order]
    first = np.flatnonzero(np.concatenate([[True], joint[1:] != joint[:-1]])) if len(joint) else order
    sums = np.add.reduceat(value.to_numpy()[order], first) if len(joint) else value.to_numpy()
    places, numbers = joint[first] >> DAY_BITS, (joint[first] & ((1 << DAY_BITS) - 1)) - (1 << DAY_BITS - 1)
    return pl.DataFrame({PLACE: places.astype(np.uint32), key: numbers, "value": sums})


def _by_day(place: NDArray[np.int64], day: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Both in the order of places and days, sorted as one whole number."""
    moved = np.sort((place << DAY_BITS) + (day + (1 << DAY_BITS - 1)))
    return moved >> DAY_BITS, (moved & ((1 << DAY_BITS) - 1)) - (1 << DAY_BITS - 1)


def _whole(values: pl.Series) -> NDArray[np.int64]:
    return values.cast(pl.Int64).to_numpy()


def _ordered_sum(dtype: pl.DataType) -> pl.Expr:
    """A sum that does not depend on the order of rows: floats are sorted first."""
    return pl.col("value").sort().sum() if dtype.is_float() else pl.col("value").sum()


def _result(places: np.ndarray, values: np.ndarray) -> pl.DataFrame:
    frame = pl.DataFrame({PLACE: places.astype(np.uint32), "value": values})
    return frame.with_columns(pl.col("value").fill_nan(None))


def _mean(place: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = int(place.max()) + 1 if len(place) else 0
    count = np.bincount(place, minlength=size)
    total = np.bincount(place, weights=value, minlength=size)
    there = np.flatnonzero(count)
    return there, total[there] / count[there]


def _variation(place: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Standard deviation over mean; unknown below two periods or at a mean of zero."""
    there, mean = _mean(place, value)
    if not len(there):
        return there, mean
    of_place = np.zeros(int(place.max()) + 1)
    of_place[there] = mean
    _, spread = _mean(place, (value - of_place[place]) ** 2)
    count = np.bincount(place)[there]
    usable = (count >= 2) & (mean != 0)
    result = np.full(len(there), np.nan)
    result[usable] = np.sqrt(spread[usable]) / np.abs(mean[usable])
    return there, result


def _concentration(place: np.ndarray, value: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Herfindahl index of positive shares in basis points; unknown where nothing positive was summed."""
    positive = np.clip(value, 0, None)
    size = int(place.max()) + 1 if len(place) else 0
    total = np.bincount(place, weights=positive, minlength=size)
    there = np.flatnonzero(total > 0)
    keep = total[place] > 0 if len(place) else np.zeros(0, dtype=bool)
    share = positive[keep] / total[place[keep]]
    index = np.bincount(place[keep], weights=share**2, minlength=size)
    return there, np.floor(index[there] * 10_000 + 0.5)
