"""Whether groups fare alike under a cut of the points: approval, chances of the good, skill; ratios to the largest.

A group with fewer than 100 rows, or with fewer than 20 of either outcome, shows no figure of its own: it would be luck,
and few rows tell on people. Its rows are counted together with those of the other small groups.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card.metrics import Estimate, auc, interval, tally

LEAST_ROWS = 100
LEAST_OUTCOMES = 20
FOUR_FIFTHS = 0.8

Truth = NDArray[np.bool_]
Whole = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One group. `approved`: share at or above the cut; `good_approved`: the same among those that turned out good;
    each `…_ratio` is that of this group over that of the largest; `low`: a ratio is below four fifths, interval
    included. Small groups: `rows` alone."""

    group: str
    rows: int
    bad_rate: float | None
    approved: float | None
    approved_ratio: Estimate | None
    good_approved: float | None
    good_ratio: Estimate | None
    auc: float | None
    auc_ratio: float | None
    low: bool


@dataclass(frozen=True, slots=True)
class Fairness:
    """The groups of one division, the largest first; `small` groups with `small_rows` rows are not shown singly."""

    name: str
    cut: int
    largest: str | None
    groups: tuple[GroupRow, ...]
    small: int
    small_rows: int


def cut_for(points: Whole, approve_bp: int) -> int:
    """The highest cut at which at least `approve_bp` of 10,000 rows have as many points or more."""
    if not points.size:
        return 0
    wanted = max(1, -(-points.size * approve_bp // 10_000))
    return int(np.sort(points)[::-1][wanted - 1])


def fairness(
    name: str, groups: pl.Series, points: Whole, bad: Truth, cut: int, rng: np.random.Generator, draws: int = 500
) -> Fairness:
    """How the groups of one division fare; rows without a group are the group "?"; all of one length."""
    names = groups.fill_null("?").to_numpy()
    held = {str(one): names == one for one in np.unique(names.astype(str))}
    large = {one: rows for one, rows in held.items() if _is_large(rows, bad)}
    order = sorted(large, key=lambda one: (-int(large[one].sum()), one))
    small = [rows for one, rows in held.items() if one not in large]
    if not order:
        return Fairness(name, cut, None, (), len(small), int(sum(rows.sum() for rows in small)))
    parts = {one: (points[large[one]], bad[large[one]]) for one in order}
    rows = tuple(_row(one, parts[one], parts[order[0]], cut, one == order[0], rng, draws) for one in order)
    return Fairness(name, cut, order[0], rows, len(small), int(sum(part.sum() for part in small)))


def _is_large(rows: Truth, bad: Truth) -> bool:
    bads = int(bad[rows].sum())
    return int(rows.sum()) >= LEAST_ROWS and min(bads, int(rows.sum()) - bads) >= LEAST_OUTCOMES


Part = tuple[Whole, Truth]


def _row(
    group: str, own: Part, largest: Part, cut: int, is_largest: bool, rng: np.random.Generator, draws: int
) -> GroupRow:
    areas = [auc(tally(bad, -points.astype(np.float64))) for points, bad in (own, largest)]
    approved = _ratio(_approved(own, cut), _approved(largest, cut), is_largest, rng, draws)
    good = _ratio(_good(own, cut), _good(largest, cut), is_largest, rng, draws)
    return GroupRow(
        group=group,
        rows=own[0].size,
        bad_rate=float(own[1].mean()),
        approved=float(_approved(own, cut).mean()),
        approved_ratio=approved,
        good_approved=float(_good(own, cut).mean()),
        good_ratio=good,
        auc=areas[0],
        auc_ratio=None if areas[0] is None or not areas[1] else areas[0] / areas[1],
        low=any(one is not None and one.high is not None and one.high < FOUR_FIFTHS for one in (approved, good)),
    )


def _approved(part: Part, cut: int) -> Truth:
    return np.asarray(part[0] >= cut, dtype=bool)


def _good(part: Part, cut: int) -> Truth:
    return np.asarray((part[0] >= cut)[~part[1]], dtype=bool)


def _ratio(own: Truth, largest: Truth, is_largest: bool, rng: np.random.Generator, draws: int) -> Estimate | None:
    """The ratio of two shares; its interval draws both groups again (shares of rows drawn anew are binomial)."""
    if not largest.any():
        return None
    if is_largest:
        return Estimate(1.0, 1.0, 1.0)
    over = rng.binomial(own.size, own.mean(), draws) / own.size
    under = rng.binomial(largest.size, largest.mean(), draws) / largest.size
    ratios = over[under > 0] / under[under > 0]
    return Estimate(float(own.mean() / largest.mean()), *interval(ratios, draws))
