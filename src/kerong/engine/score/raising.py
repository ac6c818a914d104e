"""What raises the index: the cheapest changes that lift a firm to the next grade, and what evidence could bring.

Every proposal is scored with `apply` and the scale of the run: what is promised is what the index would say.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.acts import Act, Floats, Reach, Whole, acts
from kerong.engine.score.apply import apply
from kerong.engine.score.scale import Scale
from kerong.rulebook.content import Indicator

Values = Mapping[str, float | None]
NOTHING_MEASURED: Reach = {}


@dataclass(frozen=True, slots=True)
class Move:
    """One indicator gets another value: from `now` to `to`, in its own unit (fen, days, a share; flags 0 and 1).

    `points` are gained, or lost where below 0.
    """

    indicator: str
    now: float
    to: float
    points: int


@dataclass(frozen=True, slots=True)
class Step:
    """One act: the indicator that is changed first, then those that move with it as they rest on the same cause.

    `points` are gained by all of them; `effort` is that of one step of the change (1 a form ... 9 years of work),
    `steps_bp` how many such steps it is, in 1/10,000, once at least; `cost_bp` is their product.
    """

    moves: tuple[Move, ...]
    points: int
    effort: int
    steps_bp: int
    cost_bp: int

    @property
    def indicator(self) -> str:
        """What is changed itself."""
        return self.moves[0].indicator

    @property
    def now(self) -> float:
        """Its value."""
        return self.moves[0].now

    @property
    def to(self) -> float:
        """Its value afterwards."""
        return self.moves[0].to


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
    values: Values,
    scale: Scale,
    indicators: Sequence[Indicator],
    stage: str | None,
    group: str | None,
    reach: Reach = NOTHING_MEASURED,
) -> Raising:
    """The cheapest set of changes to the next grade: least cost, then fewest changes, then the order of `indicators`.

    `values`: the firm's value of each indicator (None = unknown), as a row of `values`; `stage` and `group` are held
    as they are. Only what a `change` of an indicator says can be changed, only what is known now, and no farther than
    firms come in a year: by `reach` (see `pace`), else as the change declares. The minimum is exact: a knapsack with
    one choice per act, by dynamic programming over whole points.
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
    options = _options(row, scale, acts(row, scale, indicators, group, reach), (stage, group), scored)
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
    possible: Sequence[Act],
    place: tuple[str | None, str | None],
    scored: Mapping[str, int | None],
) -> list[list[Step]]:
    """Per act, the steps worth choosing from: of each number of points the nearest value."""
    height = max((act.steps_bp.size for act in possible), default=0)
    if height == 0:
        return []
    tried = {name: values for act in possible for name, values in act.values.items()}
    columns = {
        name: np.pad(tried[name], (0, height - tried[name].size), mode="edge")
        if name in tried
        else [row[name]] * height
        for name in row
    }
    table = _scored(columns, scale, *place)
    options = []
    for act in possible:
        gained = {
            name: table[f"indicator_{name}"].to_numpy()[: act.steps_bp.size] - (scored[f"indicator_{name}"] or 0)
            for name in act.values
        }
        steps = _steps(row, act, gained)
        options += [steps] if steps else []
    return options


def _steps(row: Values, act: Act, gained: Mapping[str, NDArray[np.int64]]) -> list[Step]:
    """Of each number of points the first value that brings it, where it brings more than nearer ones."""
    total = np.sum(list(gained.values()), axis=0)
    best = np.maximum.accumulate(np.maximum(total, 0))
    return [
        Step(
            tuple(
                Move(name, float(row[name] or 0.0), float(values[k]), int(gained[name][k]))
                for name, values in act.values.items()
            ),
            int(best[k]),
            act.effort,
            int(act.steps_bp[k]),
            int(act.cost_bp[k]),
        )
        for k in np.flatnonzero(np.diff(best, prepend=0))
    ]


def _cheapest(options: Sequence[Sequence[Step]], needed: int) -> tuple[Step, ...]:
    """The choice of at most one step per act that brings `needed` points at least cost; () where none does."""
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
