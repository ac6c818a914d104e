"""Fitting the scale: where an indicator starts and ends, per industry group, and how many points it carries per stage.

Bounds are order statistics, not interpolated quantiles: with n known values and k = ceil(n / 20), the k-th smallest and
the k-th largest (5 % and 95 %). They depend on the set of values alone, never on the order of rows.
"""

import hashlib
from collections.abc import Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.problems import problems
from kerong.engine.score.population import aligned
from kerong.engine.score.scale import Bounds, Scale, Yardstick
from kerong.engine.score.weighed import Evidence, weighed
from kerong.rulebook.content import Indicator, Region, Rulebook

LEAST_KNOWN = 30  # an industry group with fewer known values is read with the bounds of all firms

Floats = NDArray[np.float64]
Members = dict[str, NDArray[np.intp]]


def fit(
    values: pl.DataFrame, firms: pl.DataFrame, rulebook: Rulebook, on: date | None = None
) -> tuple[Scale, pl.DataFrame]:
    """The scale of these firms, and problems worth saying (constant, empty and duplicated indicators, thin stages).

    `values`: `enterprise_id` and one Float64 column per indicator (null = unknown); `firms`: as `population` gives it;
    `on`: the day that the values are of, kept in the scale.
    Raises ValueError where the two are not about the same enterprises.
    """
    values, firms = aligned(values, firms)
    indicators, region = list(rulebook.indicators.values()), rulebook.region
    columns = {item.name: values[item.name].to_numpy().astype(np.float64) for item in indicators}
    members = _members(firms["industry_group"])
    yardsticks = tuple(_yardstick(item, columns[item.name], members) for item in indicators)
    dimensions = _dimensions(indicators, region)
    weights, thin = weighed(region, indicators, dimensions, Evidence(yardsticks, columns, firms))
    scale = Scale(
        dimensions=dimensions,
        yardsticks=yardsticks,
        weights=weights.stages,
        weights_unknown=weights.unknown,
        grades=region.grades,
        method=region.method,
        fitted_on=on,
        firms=firms.height,
    )
    noted = [*_flat(yardsticks), *_twins(columns), *_unmeasured(region, indicators), *thin]
    return scale, problems({"stage": "score", "severity": "noted", **row} for row in noted)


def _members(groups: pl.Series) -> Members:
    """Row numbers per industry group, groups in order of their names."""
    named = pl.DataFrame({"group": groups}).with_row_index("row").drop_nulls("group")
    parts = named.group_by("group").agg(pl.col("row").sort()).sort("group")
    return {group: np.array(rows, dtype=np.intp) for group, rows in parts.iter_rows()}


def _yardstick(indicator: Indicator, column: Floats, members: Members) -> Yardstick:
    fixed = indicator.fixed or ((0.0, 1.0) if indicator.value.type.kind == "bool" else None)
    known = column[~np.isnan(column)]
    groups: dict[str, Bounds] = {}
    if fixed is not None:
        everyone = Bounds(min(fixed) + 0.0, max(fixed) + 0.0, known.size, "fixed")
    else:
        everyone = _of_all(known)
        for group, rows in members.items():
            inside = column[rows]
            groups[group] = _of_group(inside[~np.isnan(inside)], everyone)
    return Yardstick(indicator.name, indicator.dimension, indicator.better, indicator.best, everyone, groups)


def _of_all(known: Floats) -> Bounds:
    if known.size == 0:
        return Bounds(None, None, 0, "none")
    low, high = _order_statistics(known)
    if low < high:
        return Bounds(low, high, known.size, "all")
    usual = low
    above, below = known[known > usual], known[known < usual]
    low = _order_statistics(below)[0] if below.size else usual
    high = _order_statistics(above)[1] if above.size else usual
    return Bounds(low, high, known.size, "rare" if low < high else "constant")


def _of_group(known: Floats, everyone: Bounds) -> Bounds:
    if known.size >= LEAST_KNOWN:
        low, high = _order_statistics(known)
        if low < high:
            return Bounds(low, high, known.size, "group")
    return everyone


def _order_statistics(known: Floats) -> tuple[float, float]:
    """The k-th smallest and the k-th largest of at least one value, k = ceil(n / 20)."""
    low, high = -(-known.size // 20) - 1, known.size - -(-known.size // 20)
    part = np.partition(known, (low, high))
    return float(part[low]), float(part[high])


def _dimensions(indicators: Sequence[Indicator], region: Region) -> tuple[str, ...]:
    measured = dict.fromkeys(indicator.dimension for indicator in indicators)
    declared = dict.fromkeys(name for points in region.weights.values() for name in points if name in measured)
    return tuple(declared | measured)


def _flat(yardsticks: Sequence[Yardstick]) -> list[dict[str, object]]:
    kinds = {"none": "indicator_without_values", "constant": "indicator_constant"}
    rows: list[dict[str, object]] = []
    for item in yardsticks:
        basis = "none" if item.everyone.known == 0 else item.everyone.basis
        if basis in kinds:
            low = item.everyone.low
            value = None if basis == "none" or low is None else f"{low:g}"
            rows.append({"kind": kinds[basis], "column": item.name, "value": value})
    return rows


def _twins(columns: dict[str, Floats]) -> list[dict[str, object]]:
    """Indicators whose values agree for every firm: the same fact would count twice."""
    first: dict[bytes, str] = {}
    rows: list[dict[str, object]] = []
    for name, column in columns.items():
        known = column[~np.isnan(column)]
        if known.size == 0 or known.min() == known.max():
            continue
        mark = hashlib.blake2b(np.where(np.isnan(column), np.nan, column).tobytes()).digest()
        if mark in first:
            rows.append({"kind": "indicators_duplicated", "column": name, "value": first[mark]})
        first.setdefault(mark, name)
    return rows


def _unmeasured(region: Region, indicators: Sequence[Indicator]) -> list[dict[str, object]]:
    """Dimensions with points but without indicators, and dimensions with indicators but without points."""
    measured = dict.fromkeys(indicator.dimension for indicator in indicators if indicator.weight)
    declared = dict.fromkeys(name for points in region.weights.values() for name, p in points.items() if p)
    rows: list[dict[str, object]] = [
        {"kind": "dimension_without_indicators", "column": name} for name in declared if name not in measured
    ]
    if declared:
        rows += [{"kind": "dimension_without_points", "column": name} for name in measured if name not in declared]
    return rows
