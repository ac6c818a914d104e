"""Leaks that no column shows alone: characteristics that together rebuild a forbidden number, or how long it took.

A line through values and ranks of all characteristics is fitted on one half of the subjects and judged on the other,
so that many columns gain nothing from luck.
"""

from collections.abc import Iterator, Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card.calibration import folds
from kerong.engine.score.card.plan import Plan

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]
Row = dict[str, object]

REBUILT = 0.97  # rank correlation on the other half from which a forbidden number is there in parts
NEAR = 0.85  # from which somebody has to explain
FOLLOWS = 0.9  # of the days until the outcome
LEAST_ROWS, LEAST_PER_COLUMN = 200, 5
LEAST_OF_A_CATEGORY = 20
SHOWN = 3  # columns that are named
RIDGE = 1e-3  # of the rows: columns that say the same share their weight


def rebuilt(rows: pl.DataFrame, plan: Plan, forbidden: Mapping[str, pl.Series]) -> Iterator[Row]:
    """Forbidden numbers that the characteristics of the plan rebuild together.

    `rows`: as a sample has them; `forbidden` in their order.
    """
    for name, column in forbidden.items():
        found = None if column.dtype == pl.String() else _told(rows, plan, _numbers(column))
        if found is not None and found[0] >= NEAR:
            refused = found[0] >= REBUILT
            kind = "characteristics_rebuild_forbidden" if refused else "characteristics_near_forbidden"
            said = {"column": found[1], "value": f"{name}, ρ = {found[0]:.3f}"}
            yield {"kind": kind, "severity": "refused" if refused else "noted", **said}


def following(rows: pl.DataFrame, plan: Plan, outcome_on: pl.Series) -> Iterator[Row]:
    """Characteristics that among the bad tell together how long it took until the outcome."""
    bad = rows["outcome"].fill_null(value=False) & outcome_on.is_not_null()
    found = _told(rows.filter(bad), plan, _numbers((outcome_on - rows["on"]).dt.total_days().filter(bad)))
    if found is not None and found[0] >= FOLLOWS:
        yield {"kind": "characteristics_follow_outcome", "column": found[1], "value": f"ρ = {found[0]:.3f}"}


def _told(rows: pl.DataFrame, plan: Plan, aim: Floats) -> tuple[float, str] | None:
    """How well the characteristics tell the number of the other half of the subjects, and those that tell most.

    None where there are too few rows to say.
    """
    there = np.isfinite(aim)
    if there.sum() < LEAST_ROWS or np.ptp(aim[there]) == 0:
        return None
    held = rows.filter(pl.Series(there))
    names, x = _columns(held, plan)
    if x.shape[1] * LEAST_PER_COLUMN > held.height:
        return None
    y = _ranks(aim[there])
    y = (y - y.mean()) / (y.std() or 1.0)
    fold = folds(held["subject"], 2, plan.seed)
    found, weight = [], np.zeros(x.shape[1])
    for part in (0, 1):
        here = fold == part
        if min(here.sum(), (~here).sum()) < LEAST_ROWS / 4 or np.ptp(y[here]) == 0:
            return None
        line = np.linalg.solve(x[~here].T @ x[~here] + RIDGE * here.size * np.eye(x.shape[1]), x[~here].T @ y[~here])
        said = x[here] @ line
        found.append(rank_correlation(said, y[here]))
        weight += np.abs(line)
    shares = {name: float(weight[names == name].sum()) for name in sorted(set(names))}
    most = sorted(shares, key=lambda name: (-shares[name], name))[:SHOWN]
    return sum(found) / 2, ", ".join(most)


def _columns(rows: pl.DataFrame, plan: Plan) -> tuple[NDArray[np.str_], Floats]:
    """Standardised columns (value, rank, being missing, categories), and of each the characteristic behind it."""
    names, columns = ["1"], [np.ones(rows.height)]
    for item in plan.characteristics:
        for column in _parts(rows[item.name]):
            if np.ptp(column) > 0:
                names.append(item.name)
                columns.append((column - column.mean()) / column.std())
    return np.array(names), np.column_stack(columns)


def _parts(value: pl.Series) -> Iterator[Floats]:
    if value.dtype == pl.String():
        counts = value.drop_nulls().value_counts().filter(pl.col("count") >= LEAST_OF_A_CATEGORY)
        for name in sorted(counts[value.name].to_list()):
            yield (value == name).fill_null(value=False).to_numpy().astype(np.float64)
        return
    held = _numbers(value)
    there = np.isfinite(held)
    if there.any():
        low, high = np.quantile(held[there], (0.01, 0.99))
        within = np.clip(np.where(there, held, low), low, high)
        yield np.where(there, within, within[there].mean())
        ranks = np.full(held.size, 0.5)
        ranks[there] = _ranks(held[there]) / there.sum()
        yield ranks
        yield there.astype(np.float64)


def rank_correlation(left: Floats, right: Floats) -> float:
    """Spearman's, with mean ranks for ties; 0 where a column is constant."""
    if left.size < 2 or np.ptp(left) == 0 or np.ptp(right) == 0:
        return 0.0
    return float(np.corrcoef(_ranks(left), _ranks(right))[0, 1])


def _ranks(values: Floats) -> Floats:
    return np.asarray(pl.Series(values).rank("average").to_numpy(), dtype=np.float64)


def _numbers(value: pl.Series) -> Floats:
    """As numbers (dates as days), NaN where there is none or an infinite one."""
    plain = value.cast(pl.Int32) if value.dtype == pl.Date() else value
    held = np.asarray(plain.cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)
    return np.where(np.isfinite(held), held, np.nan)
