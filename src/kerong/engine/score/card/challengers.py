"""Other models on the same rows, so that a card is never called good without anything beside it.

A plain logit on standardised numbers and categories as flags, and LightGBM with monotone constraints (extra `models`;
where it is not installed the report says so). They are shown, not used: only a card is readable enough to decide by.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card.card import Card
from kerong.engine.score.card.plan import Characteristic, Plan

Floats = NDArray[np.float64]
Truth = NDArray[np.bool_]

LEAST_ROWS = 20  # of a category that has a flag of its own, of values that have a slope, of missing ones
RIDGE = 1.0
STEPS = 100
CLOSE, SMALLEST = 1e-8, 1e-9  # the largest move of a coefficient in the last step; the smallest share of a step
TREES, LEAVES, RATE, LEAST_IN_LEAF = 300, 15, 0.05, 50


@dataclass(frozen=True, slots=True)
class _Column:
    """How a characteristic becomes numbers: by mean and deviation, or by categories in order of their names.

    Values are read within `low` and `high`, those of the training rows: beyond them nothing was learned. `slopes`:
    there are enough values, and not all alike; `marks`: enough are missing, and enough known. `blank`: what trees read
    for a missing value, NaN, or the middle of the values where the training rows had none missing.
    """

    name: str
    categories: tuple[str, ...] | None
    mean: float = 0.0
    deviation: float = 1.0
    low: float = 0.0
    high: float = 0.0
    slopes: bool = False
    marks: bool = False
    blank: float = float("nan")

    @property
    def is_left_out(self) -> bool:
        """Whether the training rows say nothing by it."""
        return not (self.categories or self.slopes or self.marks)


def challenged(train: pl.DataFrame, test: pl.DataFrame, plan: Plan, card: Card) -> Mapping[str, Floats | None]:
    """The probability of being bad of every row of `test` by each challenger; None where one cannot be fitted.

    Both tables have `outcome` and the plan's characteristics; `train` needs rows of both outcomes.
    """
    return {"logit": _logit(train, test, plan), "lightgbm": _boosted(train, test, plan, card)}


def left_out(train: pl.DataFrame, plan: Plan) -> tuple[str, ...]:
    """The characteristics by which the logit tells no row of `train` from another, so that it does not read them."""
    return tuple(one.name for one in _columns(train, plan) if one.is_left_out)


def has_lightgbm() -> bool:
    """Whether the extra `models` is installed."""
    return find_spec("lightgbm") is not None


def _logit(train: pl.DataFrame, test: pl.DataFrame, plan: Plan) -> Floats | None:
    columns = _columns(train, plan)
    x, y = _flags(train, columns), train["outcome"].to_numpy().astype(np.float64)
    if not 0 < y.mean() < 1:
        return None
    return _logistic(_flags(test, columns) @ _least(x, y))


def _least(x: Floats, y: Floats) -> Floats:
    """The coefficients of least loss + ridge / 2 x squares, the first (of the ones) free.

    Newton's step is halved until the loss falls: whole ones run away where the bads are few, and what comes of them
    ranks people the wrong way round.
    """
    ridge = np.full(x.shape[1], RIDGE)
    ridge[0] = 0.0
    found = np.zeros(x.shape[1])
    found[0] = np.log(y.mean() / (1 - y.mean()))
    loss = _loss(x, y, found, ridge)
    for _ in range(STEPS):
        likely = _logistic(x @ found)
        curve = (x * (likely * (1 - likely))[:, None]).T @ x + np.diag(ridge) + 1e-9 * np.eye(found.size)
        step = np.linalg.solve(curve, x.T @ (y - likely) - ridge * found)
        share = 1.0
        while (lower := _loss(x, y, found + share * step, ridge)) > loss and share > SMALLEST:
            share /= 2
        if share <= SMALLEST:
            break
        found, loss = found + share * step, lower
        if np.abs(share * step).max() < CLOSE:
            break
    return found


def _loss(x: Floats, y: Floats, found: Floats, ridge: Floats) -> float:
    odds = x @ found
    return float((np.logaddexp(0.0, odds) - y * odds).sum() + 0.5 * (ridge * found * found).sum())


def _logistic(odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(odds, -35, 35))), dtype=np.float64)


def _columns(train: pl.DataFrame, plan: Plan) -> list[_Column]:
    return [_column(train[item.name], item) for item in plan.characteristics]


def _column(values: pl.Series, item: Characteristic) -> _Column:
    if item.kind == "category":
        counts = values.drop_nulls().value_counts().filter(pl.col("count") >= LEAST_ROWS)
        names = counts.filter(pl.col("count") < values.len())[values.name]
        marks = _marks(values.len() - values.null_count(), values)
        return _Column(item.name, tuple(sorted(names.to_list())), marks=marks)
    numbers = _numbers(values)
    held = np.sort(numbers[np.isfinite(numbers)])
    marks = _marks(held.size, values)
    if held.size < LEAST_ROWS or held[0] == held[-1]:
        return _Column(item.name, None, marks=marks)
    with np.errstate(over="ignore"):
        mean, deviation = float(held.mean()), float(held.std())
    slopes = bool(np.isfinite(mean) and np.isfinite(deviation) and deviation > 0)
    blank = float(held[held.size // 2]) if held.size == numbers.size else float("nan")
    return _Column(item.name, None, mean, deviation, float(held[0]), float(held[-1]), slopes, marks, blank)


def _marks(known: int, values: pl.Series) -> bool:
    return min(known, values.len() - known) >= LEAST_ROWS


def _flags(rows: pl.DataFrame, columns: list[_Column]) -> Floats:
    """One column of ones, then what each characteristic gives."""
    return np.column_stack([np.ones(rows.height), *(part for one in columns for part in _parts(rows[one.name], one))])


def _parts(values: pl.Series, one: _Column) -> Iterator[Floats]:
    """The number (the mean where missing), flags of categories, being missing: as far as they tell rows apart."""
    missing = values.is_null().to_numpy()
    if one.categories is None:
        numbers = _numbers(values)
        missing = ~np.isfinite(numbers)
        if one.slopes:
            within = np.clip(np.where(missing, one.mean, numbers), one.low, one.high)
            yield np.where(missing, 0.0, (within - one.mean) / one.deviation)
    for name in one.categories or ():
        yield (values == name).fill_null(False).to_numpy().astype(np.float64)
    if one.marks:
        yield missing.astype(np.float64)


def _numbers(values: pl.Series) -> Floats:
    return np.asarray(values.cast(pl.Float64).fill_null(float("nan")).to_numpy(), dtype=np.float64)


def _boosted(train: pl.DataFrame, test: pl.DataFrame, plan: Plan, card: Card) -> Floats | None:
    """One thread and a fixed seed: the same rows give the same trees."""
    if not has_lightgbm() or train["outcome"].n_unique() < 2:
        return None
    from lightgbm import Dataset
    from lightgbm import train as boosted

    names = [item.name for item in plan.characteristics]
    columns = _columns(train, plan)
    settings = {
        "objective": "binary",
        "learning_rate": RATE,
        "num_leaves": LEAVES,
        "min_data_in_leaf": LEAST_IN_LEAF,
        "monotone_constraints": [_direction(item, card) for item in plan.characteristics],
        "deterministic": True,
        "force_row_wise": True,
        "num_threads": 1,
        "seed": plan.seed % 2**31,
        "verbosity": -1,
    }
    categories = [item.name for item in plan.characteristics if item.kind == "category"]
    rows = Dataset(
        _codes(train, columns),
        train["outcome"].to_numpy().astype(np.float64),
        feature_name=names,
        categorical_feature=categories,
        free_raw_data=False,
    )
    found = boosted(settings, rows, num_boost_round=TREES).predict(_codes(test, columns), num_threads=1)
    return np.asarray(found, dtype=np.float64)


def _codes(rows: pl.DataFrame, columns: list[_Column]) -> Floats:
    """Numbers as they are, categories as their places; NaN where missing, never seen, or left out.

    A number that is missing here and never was in the training rows is their middle: trees would read it as zero.
    """
    parts = []
    for one in columns:
        if one.is_left_out:
            parts.append(np.full(rows.height, np.nan))
        elif one.categories is None:
            values = _numbers(rows[one.name])
            parts.append(np.where(np.isfinite(values), values, one.blank))
        else:
            places = {name: float(at) for at, name in enumerate(one.categories)}
            codes = [places.get(name, np.nan) for name in rows[one.name].to_list()]
            parts.append(np.array(codes, dtype=np.float64))
    return np.column_stack(parts)


def _direction(item: Characteristic, card: Card) -> int:
    """How the risk moves with the value: as declared, else as the card's bins have it; 0 where they turn."""
    if item.kind == "category":
        return 0
    if item.trend in ("rising", "falling"):
        return 1 if item.trend == "rising" else -1
    line = next((one for one in card.segments[-1].lines if one.name == item.name), None)
    steps = np.diff([one.woe for one in line.bins]) if line else np.zeros(0)
    return 1 if steps.size and (steps <= 0).all() else -1 if steps.size and (steps >= 0).all() else 0
