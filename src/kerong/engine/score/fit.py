"""Fitting the scale: where an indicator starts and ends, per industry group, and how many points it carries per stage.

Bounds are order statistics, not interpolated quantiles: with n known values and k = ceil(n / 20), the k-th smallest and
the k-th largest (5 % and 95 %). They depend on the set of values alone, never on the order of rows.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.problems import problems
from kerong.engine.score.population import Known
from kerong.engine.score.scale import Bounds, Scale, Yardstick
from kerong.engine.score.tails import LEAST_KNOWN, Tails, order_statistics, tails
from kerong.engine.score.weighed import Evidence, weighed
from kerong.rulebook.content import Indicator, Region, Rulebook

FLAG = (0.0, 1.0)
GLANCE = 4096  # values that are looked at first

Floats = NDArray[np.float64]


def fit(
    values: pl.DataFrame, firms: pl.DataFrame, rulebook: Rulebook, on: date | None = None
) -> tuple[Scale, pl.DataFrame]:
    """The scale of these firms, and problems worth saying (constant, empty and duplicated indicators, thin stages).

    `values`: `enterprise_id` and one Float64 column per indicator (null = unknown); `firms`: as `population` gives it;
    `on`: the day that the values are of, kept in the scale.
    Raises ValueError where the two are not about the same enterprises.
    """
    return fit_known(Known.of(values, firms), rulebook, on)


def fit_known(held: Known, rulebook: Rulebook, on: date | None = None) -> tuple[Scale, pl.DataFrame]:
    """As `fit`."""
    indicators, region = list(rulebook.indicators.values()), rulebook.region
    columns = {item.name: held.column(item.name) for item in indicators}
    names = held.groups.names
    fitted = [item.name for item in indicators if not (item.fixed or item.value.type.kind == "bool")]
    found = _all_tails({name: columns[name] for name in fitted}, held)
    known = _known({name: columns[name] for name in columns if name not in found}, held)
    yardsticks = tuple(
        _yardstick(item, columns[item.name], names, found[item.name] if item.name in found else known[item.name])
        for item in indicators
    )
    dimensions = _dimensions(indicators, region)
    weights, thin = weighed(region, indicators, dimensions, Evidence(yardsticks, columns, held))
    scale = Scale(
        dimensions=dimensions,
        yardsticks=yardsticks,
        weights=weights.stages,
        weights_unknown=weights.unknown,
        grades=region.grades,
        method=region.method,
        fitted_on=on,
        firms=held.firms.height,
    )
    noted = [*_flat(yardsticks), *_twins(yardsticks, columns), *_unmeasured(region, indicators), *thin]
    return scale, problems({"stage": "score", "severity": "noted", **row} for row in noted)


def _all_tails(columns: Mapping[str, Floats], held: Known) -> dict[str, Tails]:
    groups = held.groups.codes
    if not held.pays:
        return {name: tails(column, groups) for name, column in columns.items()}
    from kerong.engine.score import many

    return dict(zip(columns, many.all_tails(list(columns.values()), groups, held.in_runs), strict=True))


def _known(columns: Mapping[str, Floats], held: Known) -> dict[str, int]:
    """How many values are known."""
    if not held.pays:
        return {name: column.size - int(np.count_nonzero(np.isnan(column))) for name, column in columns.items()}
    from kerong.engine.score import many

    return dict(zip(columns, many.known(list(columns.values())), strict=True))


def _yardstick(indicator: Indicator, column: Floats, names: Sequence[str], found: Tails | int) -> Yardstick:
    """`found`: the tails of all firms and of the groups of these names, or, of fixed bounds, how many are known."""
    groups: dict[str, Bounds] = {}
    if isinstance(found, int):
        fixed = indicator.fixed or FLAG
        everyone = Bounds(min(fixed) + 0.0, max(fixed) + 0.0, found, "fixed")
    else:
        rows = [(int(known), float(low), float(high)) for known, low, high in zip(*found, strict=True)]
        everyone = _of_all(column, *rows[0])
        groups = {name: _of_group(*row, everyone) for name, row in zip(names, rows[1:], strict=True)}
    return Yardstick(indicator.name, indicator.dimension, indicator.better, indicator.best, everyone, groups)


def _of_all(column: Floats, known: int, low: float, high: float) -> Bounds:
    if known == 0:
        return Bounds(None, None, 0, "none")
    if low < high:
        return Bounds(low, high, known, "all")
    usual = low
    above, below = column[column > usual], column[column < usual]
    low = order_statistics(below)[0] if below.size else usual
    high = order_statistics(above)[1] if above.size else usual
    return Bounds(low, high, known, "rare" if low < high else "constant")


def _of_group(known: int, low: float, high: float, everyone: Bounds) -> Bounds:
    return Bounds(low, high, known, "group") if known >= LEAST_KNOWN and low < high else everyone


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


def _twins(yardsticks: Sequence[Yardstick], columns: dict[str, Floats]) -> list[dict[str, object]]:
    """Indicators whose values agree for every firm: the same fact would count twice.

    Only those whose bounds and every so manyth value agree are compared whole.
    """
    alike: dict[object, list[str]] = {}
    for item in yardsticks:
        alike.setdefault((item.everyone, *item.groups.values()), []).append(item.name)
    first: dict[bytes, str] = {}
    twin: dict[str, str] = {}
    for names in _alike_at_a_glance(alike.values(), columns):
        for name in names:
            if np.nanmin(columns[name], initial=np.inf) < np.nanmax(columns[name], initial=-np.inf):
                mark = _mark(columns[name])
                if mark in first:
                    twin[name] = first[mark]
                first.setdefault(mark, name)
    return [{"kind": "indicators_duplicated", "column": name, "value": twin[name]} for name in columns if name in twin]


def _alike_at_a_glance(alike: Iterable[Sequence[str]], columns: Mapping[str, Floats]) -> Iterator[Sequence[str]]:
    """Of each of these sets, the indicators whose every so manyth value is the same as another's."""
    for names in alike:
        parts: dict[bytes, list[str]] = {}
        for name in names if len(names) > 1 else ():
            column = columns[name]
            parts.setdefault(_mark(np.ascontiguousarray(column[:: column.size // GLANCE + 1])), []).append(name)
        yield from (part for part in parts.values() if len(part) > 1)


def _mark(column: Floats) -> bytes:
    """A digest of the values, in which every unknown is the same."""
    return hashlib.blake2b(np.where(np.isnan(column), np.nan, column).tobytes()).digest()


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
