"""What raises the index: the cheapest changes that lift a firm to the next grade, and what evidence could bring.

Every proposal is scored with `apply` and the scale of the run: what is promised is what the index would say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.apply import apply
from kerong.engine.score.scale import Bounds, Scale, Yardstick
from kerong.rulebook.content import Indicator

WHOLE_BP = 10_000
LEAST, MOST = 1e-12, 1.7e308  # of a step, and of a span: between them all stays finite
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Values = Mapping[str, float | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One indicator gets another value: from `now` to `to`, in its own unit (fen, days, a share; flags 0 and 1).

    `points` are gained; `effort` is that of the change (1 a form ... 9 years of work); `cost_bp` is the effort in
    1/10,000, times the size of the change (1 to 2: once, and the part of the indicator's span that it goes through).
    """

    indicator: str
    now: float
    to: float
    points: int
    effort: int
    cost_bp: int


@dataclass(frozen=True, slots=True)
class Open:
    """An unknown indicator, and the most that evidence of it can bring."""

    indicator: str
    points: int


@dataclass(frozen=True, slots=True)
class Raising:
    """How a firm gets from its `grade` to the next one.

    `next_grade` is None where there is none higher; `needed` are the points that it takes. `steps` is the cheapest set
    that brings them, in the order of the sheet; empty where there is no next grade or changes cannot bring them: `most`
    is what all changes together could. `evidence` lists what is unknown, most points first; all of it together could
    lift the firm to `points_high` and `grade_high`, without any change.
    """

    points: int
    points_high: int
    grade: str | None
    grade_high: str | None
    next_grade: str | None
    needed: int
    most: int
    steps: tuple[Step, ...]
    evidence: tuple[Open, ...]

    @property
    def is_reached(self) -> bool:
        """Whether the steps lead to the next grade."""
        return bool(self.steps)

    @property
    def by_evidence(self) -> bool:
        """Whether evidence alone may lead to the next grade."""
        return self.next_grade is not None and self.points_high >= self.points + self.needed

    @property
    def cost_bp(self) -> int:
        """What the steps cost together."""
        return sum(step.cost_bp for step in self.steps)


def raising(
    values: Values, scale: Scale, indicators: Sequence[Indicator], stage: str | None, group: str | None
) -> Raising:
    """The cheapest set of changes to the next grade: least cost, then fewest changes, then the order of `indicators`.

    `values`: the firm's value of each indicator (None = unknown), as a row of `values`; `stage` and `group` are held
    as they are. Only what a `change` of an indicator says can be changed, and only what is known now. The minimum is
    exact: a knapsack with one choice per indicator, by dynamic programming over whole points.
    Raises KeyError where a value of the scale's indicators is missing.
    """
    row = {item.name: values[item.name] for item in scale.yardsticks}
    scored = _scored({name: [value] for name, value in row.items()}, scale, stage, group).row(0, named=True)
    weights = scale.weights_of(stage)
    unknown = [
        Open(item.name, weights.get(item.name, 0))
        for item in scale.yardsticks
        if scored[f"indicator_{item.name}"] is None and weights.get(item.name, 0)
    ]
    points = int(scored["points"])
    higher = sorted((bar, name) for name, bar in scale.grades if bar > points)
    needed = higher[0][0] - points if higher else 0
    options = _options(row, scale, indicators, stage, group, scored)
    return Raising(
        points=points,
        points_high=int(scored["points_high"]),
        grade=scored["grade"],
        grade_high=scored["grade_high"],
        next_grade=higher[0][1] if higher else None,
        needed=needed,
        most=sum(max(step.points for step in steps) for steps in options),
        steps=_cheapest(options, needed),
        evidence=tuple(sorted(unknown, key=lambda item: -item.points)),
    )


def _scored(
    columns: Mapping[str, Sequence[float | None] | Floats], scale: Scale, stage: str | None, group: str | None
) -> pl.DataFrame:
    """Columns of values scored as firms of one stage and group, rows in their order."""
    values = pl.DataFrame({name: pl.Series(column, dtype=pl.Float64) for name, column in columns.items()})
    ids = pl.int_range(values.height, eager=True).cast(pl.String).str.zfill(8).alias("enterprise_id")
    told = {"stage": stage, "industry_group": group, "district": None}
    firms = pl.DataFrame({"enterprise_id": ids}).with_columns(
        pl.lit(value, pl.String).alias(name) for name, value in told.items()
    )
    return apply(values.insert_column(0, ids), firms, scale)[0]


def _options(
    row: Values,
    scale: Scale,
    indicators: Sequence[Indicator],
    stage: str | None,
    group: str | None,
    scored: Mapping[str, int | None],
) -> list[list[Step]]:
    """Per indicator that can be raised, the steps worth choosing from: of each number of points the nearest value."""
    yardsticks = {item.name: item for item in scale.yardsticks}
    tried: dict[str, Floats] = {}
    for item in indicators:
        now, points = row.get(item.name), scored.get(f"indicator_{item.name}")
        if item.change is not None and now is not None and points is not None:
            found = candidates(now, item, yardsticks[item.name], group)
            if found.size:
                tried[item.name] = found
    height = max((found.size for found in tried.values()), default=0)
    if height == 0:
        return []
    columns = {
        name: np.pad(tried[name], (0, height - tried[name].size), mode="edge")
        if name in tried
        else [row[name]] * height
        for name in row
    }
    table = _scored(columns, scale, stage, group)
    options: list[list[Step]] = []
    for item in indicators:
        if item.name in tried:
            gained = (
                table[f"indicator_{item.name}"].to_numpy()[: tried[item.name].size] - scored[f"indicator_{item.name}"]
            )
            steps = _steps(
                float(row[item.name] or 0.0), item, yardsticks[item.name].bounds(group), tried[item.name], gained
            )
            options += [steps] if steps else []
    return options


def candidates(now: float, indicator: Indicator, yardstick: Yardstick, group: str | None) -> Floats:
    """The values that a change can bring and that may be worth more, the nearest first.

    Whole numbers step by one, others by a round part of the span (a thousandth at least, a ten-thousandth at most), so
    that an amount is a round one. Beyond the value that earns everything nothing is tried, and what counts from 0
    does not go below it.
    """
    bounds, change = yardstick.bounds(group), indicator.change
    if change is None or bounds.low is None or bounds.high is None:
        return np.empty(0)
    if indicator.value.type.kind == "bool":
        return np.array([1.0]) if now == 0.0 and change.better != "less" else np.empty(0)
    target = {"more": bounds.high, "less": bounds.low}.get(yardstick.better, yardstick.best or 0.0)
    if target == now:
        return np.empty(0) if bounds.low < bounds.high or yardstick.better == "middle" else _beyond(now, indicator)
    up = target > now
    if change.better == ("less" if up else "more"):
        return np.empty(0)
    start = max(now, min(bounds.low, target)) if up else min(now, max(bounds.high, target))
    unit = _unit(max(_span(bounds, yardstick), abs(target - start)), indicator)
    first, last = (floor(start / unit), ceil(target / unit)) if up else (ceil(start / unit), floor(target / unit))
    sign = 1 if up else -1
    found = _rounded(np.arange(first, last + sign, sign, dtype=np.float64), unit)
    worth = found[(found > now if up else found < now) & ~((found < 0) & (now >= 0))]
    return np.asarray(worth)


def _beyond(now: float, indicator: Indicator) -> Floats:
    """Where all firms have one value, the next better one earns everything."""
    sign = 1 if indicator.better == "more" else -1
    change = indicator.change
    if change is None or change.better == ("less" if sign > 0 else "more"):
        return np.empty(0)
    unit = _unit(abs(now), indicator)
    place = floor(now / unit) + 1 if sign > 0 else ceil(now / unit) - 1
    found = _rounded(np.array([float(place)]), unit)
    return found if found[0] >= 0 or now < 0 else np.empty(0)


def _span(bounds: Bounds, yardstick: Yardstick) -> float:
    low, high = bounds.low or 0.0, bounds.high or 0.0
    return high - low if yardstick.best is None else max(high, yardstick.best) - min(low, yardstick.best)


def _unit(span: float, indicator: Indicator) -> float:
    """The power of ten that lies in the span a thousand to ten thousand times; whole numbers step by one at least."""
    part = max(10.0 ** (floor(log10(min(span, MOST))) - 3), LEAST) if span > 0 else 0.0001
    is_whole = indicator.value.type.kind == "int" and indicator.value.type.divisor == 1
    return max(part, 1.0) if is_whole else part


def _rounded(places: Floats, unit: float) -> Floats:
    """Multiples of a power of ten as a person would write them: 0.3, not 0.30000000000000004."""
    return places * unit if unit >= 1 else places / round(1 / unit)


def _steps(now: float, indicator: Indicator, bounds: Bounds, values: Floats, gained: NDArray[np.int64]) -> list[Step]:
    """Of each number of points the first value that brings it, where it brings more than nearer ones."""
    if indicator.change is None:
        return []
    best = np.maximum.accumulate(np.maximum(gained, 0))
    places = np.flatnonzero(np.diff(best, prepend=0))
    effort = indicator.change.effort
    return [
        Step(
            indicator.name,
            now,
            float(values[k]),
            int(best[k]),
            effort,
            effort * (WHOLE_BP + _size_bp(now, float(values[k]), indicator, bounds)),
        )
        for k in places
    ]


def _size_bp(now: float, to: float, indicator: Indicator, bounds: Bounds) -> int:
    """How large a change is: the part of the indicator's span that it goes through; a flag has no size."""
    if indicator.value.type.kind == "bool":
        return 0
    low, high = bounds.low or 0.0, bounds.high or 0.0
    if indicator.best is not None:
        low, high = min(low, indicator.best), max(high, indicator.best)
    return WHOLE_BP if low == high else min(WHOLE_BP, round(abs(to / 2 - now / 2) / (high / 2 - low / 2) * WHOLE_BP))


def _cheapest(options: Sequence[Sequence[Step]], needed: int) -> tuple[Step, ...]:
    """The choice of at most one step per indicator that brings `needed` points at least cost; () where none does."""
    if needed == 0:
        return ()
    tens = len(options) + 1  # cost and number of steps in one whole number
    impossible = np.iinfo(np.int64).max // 4
    least: list[Whole] = [np.full(needed + 1, impossible, dtype=np.int64)]
    least[0][0] = 0
    for steps in reversed(options):
        after = least[0]
        here = after.copy()
        for step in steps:
            here = np.minimum(here, _without(after, step.points) + step.cost_bp * tens + 1)
        least.insert(0, here)
    if least[0][needed] >= impossible:
        return ()
    chosen: list[Step] = []
    for steps, here, after in zip(options, least, least[1:], strict=False):
        for step in steps:
            if here[needed] == after[max(0, needed - step.points)] + step.cost_bp * tens + 1:
                chosen.append(step)
                needed = max(0, needed - step.points)
                break
    return tuple(chosen)


def _without(after: Whole, points: int) -> Whole:
    """What is left to pay for, per number of points still needed, once `points` are there."""
    left = np.maximum(np.arange(after.size) - points, 0)
    return np.asarray(after[left])
