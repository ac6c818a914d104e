"""Whether groups fare alike under a cut of the points: approval, chances of the good, skill; ratios to the largest.

A group with fewer than 100 rows, or with fewer than 20 of either outcome, shows no figure of its own: it would be luck,
and few rows tell on people. Its rows are counted together with those of the other small groups.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card.metrics import Estimate, Floats, auc, interval, owners_of, tally, times_drawn

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
    name: str,
    groups: pl.Series,
    points: Whole,
    bad: Truth,
    cut: int,
    rng: np.random.Generator,
    draws: int = 500,
    subjects: Whole | None = None,
) -> Fairness:
    """How the groups of one division fare; rows without a group are the group "?"; all of one length.

    `subjects`: whose row each is; samples draw these, as `metrics.estimates` says.
    """
    whose = owners_of(points.size, subjects)
    names = groups.fill_null("?").to_numpy()
    held = {str(one): names == one for one in np.unique(names.astype(str))}
    large = {one: rows for one, rows in held.items() if _is_large(rows, bad)}
    order = sorted(large, key=lambda one: (-int(large[one].sum()), one))
    small = [rows for one, rows in held.items() if one not in large]
    if not order:
        return Fairness(name, cut, None, (), len(small), int(sum(rows.sum() for rows in small)))
    parts = {one: (points[large[one]], bad[large[one]], whose[large[one]]) for one in order}
    rows = tuple(_row(one, parts[one], parts[order[0]], cut, one == order[0], rng, draws) for one in order)
    return Fairness(name, cut, order[0], rows, len(small), int(sum(part.sum() for part in small)))


def _is_large(rows: Truth, bad: Truth) -> bool:
    bads = int(bad[rows].sum())
    return int(rows.sum()) >= LEAST_ROWS and min(bads, int(rows.sum()) - bads) >= LEAST_OUTCOMES


Part = tuple[Whole, Truth, Whole]  # points, bad, whose row
Share = tuple[Truth, Whole]  # of which rows it holds, whose row each is


def _row(
    group: str, own: Part, largest: Part, cut: int, is_largest: bool, rng: np.random.Generator, draws: int
) -> GroupRow:
    areas = [auc(tally(bad, -points.astype(np.float64))) for points, bad, _ in (own, largest)]
    approved = _ratio(_approved(own, cut), _approved(largest, cut), is_largest, rng, draws)
    good = _ratio(_good(own, cut), _good(largest, cut), is_largest, rng, draws)
    return GroupRow(
        group=group,
        rows=own[0].size,
        bad_rate=float(own[1].mean()),
        approved=float(_approved(own, cut)[0].mean()),
        approved_ratio=approved,
        good_approved=float(_good(own, cut)[0].mean()),
        good_ratio=good,
        auc=areas[0],
        auc_ratio=None if areas[0] is None or not areas[1] else areas[0] / areas[1],
        low=any(one is not None and one.high is not None and one.high < FOUR_FIFTHS for one in (approved, good)),
    )


def _approved(part: Part, cut: int) -> Share:
    return np.asarray(part[0] >= cut, dtype=bool), part[2]


def _good(part: Part, cut: int) -> Share:
    return np.asarray((part[0] >= cut)[~part[1]], dtype=bool), part[2][~part[1]]


def _ratio(own: Share, largest: Share, is_largest: bool, rng: np.random.Generator, draws: int) -> Estimate | None:
    """The ratio of two shares; its interval draws the subjects of both groups again."""
    if not largest[0].any():
        return None
    if is_largest:
        return Estimate(1.0, 1.0, 1.0)
    over, under = _drawn(own, rng, draws), _drawn(largest, rng, draws)
    ratios = over[under > 0] / under[under > 0]
    return Estimate(float(own[0].mean() / largest[0].mean()), *interval(ratios, draws))


def _drawn(share: Share, rng: np.random.Generator, draws: int) -> Floats:
    """The share in samples of subjects."""
    holds, subjects = share
    owners = owners_of(holds.size, subjects)
    rows = np.bincount(owners).astype(np.float64)
    if rows.size == holds.size:  # a row each: what a sample counts is binomial
        return np.asarray(rng.binomial(holds.size, holds.mean(), draws) / holds.size, dtype=np.float64)
    hits = np.bincount(owners, weights=holds)
    times = [times_drawn(owners, rng) for _ in range(draws)]
    return np.array([(one @ hits) / (one @ rows) for one in times])
