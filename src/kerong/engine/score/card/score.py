"""Reading people by a card: points that add up, what the unknown could change, and what cost most."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card import loops
from kerong.engine.score.card.card import Card, CardSegment, Line
from kerong.engine.score.card.cells import coded_categories, column

REASONS_MOST = 4

Whole = NDArray[np.int32]


def score(table: pl.DataFrame, card: Card) -> pl.DataFrame:
    """One row per row of `table`, in its order, which may lack characteristics (then they are missing).

    `subject`, `on` (where the table has it), `segment`, `points`, `points_low` and `points_high` (whatever the missing
    lines turn out to be), `coverage_bp` (share of the span of points that is known), `probability_bp` of the bad
    outcome, `points_<line>` (null where the row's segment has no such line), and `reasons`: at most four lines that
    cost most against the best of the segment, dearest first. base + all `points_<line>` = points.
    """
    places = _places(table, card)
    parts = [
        _read(table[np.flatnonzero(places == at)], segment).with_columns(
            pl.Series("place", np.flatnonzero(places == at), pl.UInt32)
        )
        for at, segment in enumerate(card.segments)
        if (places == at).any() or at == len(card.segments) - 1
    ]
    found = pl.concat(parts, how="diagonal").sort("place").drop("place")
    heads = [name for name in ("subject", "on") if name in table.columns]
    lines = [f"points_{name}" for name in card.line_names if f"points_{name}" in found.columns]
    names = ["segment", "points", "points_low", "points_high", "coverage_bp", "probability_bp", *lines, "reasons"]
    return table.select(heads).hstack(found.select(names))


def _places(table: pl.DataFrame, card: Card) -> NDArray[np.int64]:
    """The number of the segment that reads each row."""
    everyone = len(card.segments) - 1
    if "segment" not in table.columns or not everyone:
        return np.full(table.height, everyone)
    names = {segment.name: at for at, segment in enumerate(card.segments)}
    return table["segment"].replace_strict(names, default=everyone, return_dtype=pl.Int64).to_numpy()


@dataclass(frozen=True, slots=True)
class _Read:
    """Points of one line for every row, and where it is missing."""

    line: Line
    points: Whole
    is_missing: NDArray[np.bool_]


def _read(rows: pl.DataFrame, segment: CardSegment) -> pl.DataFrame:
    read = [_line(rows, line) for line in segment.lines]
    nothing = np.zeros(rows.height, np.int32)
    total = sum((one.points for one in read), nothing) + np.int32(segment.base)
    low, high = total.copy(), total.copy()
    known = np.zeros(rows.height, np.int64)
    for one in read:
        own = one.line.missing.points
        low += np.where(one.is_missing, min(0, min(one.line.known_points) - own), 0).astype(np.int32)
        high += np.where(one.is_missing, max(0, max(one.line.known_points) - own), 0).astype(np.int32)
        known += np.where(one.is_missing, 0, one.line.span)
    span = sum(line.span for line in segment.lines)
    return pl.DataFrame(
        {
            "segment": pl.repeat(segment.name, rows.height, dtype=pl.String, eager=True),
            "points": total,
            "points_low": low,
            "points_high": high,
            "coverage_bp": known * 10_000 // span if span else np.full(rows.height, 10_000),
            "probability_bp": _probability(total, segment),
            **{f"points_{one.line.name}": one.points for one in read},
            "reasons": _reasons(read, rows.height),
        }
    )


def _line(rows: pl.DataFrame, line: Line) -> _Read:
    missing = len(line.bins)
    if line.name not in rows.columns:
        codes = np.full(rows.height, missing, np.uint8)
    elif line.kind == "category":
        codes = coded_categories(column(rows, line.name, line.kind), tuple(item.categories for item in line.bins))
    else:
        cuts = np.array([item.low for item in line.bins[1:]], dtype=np.float64)
        codes = loops.coded(column(rows, line.name, line.kind).to_numpy(), cuts)
    table = np.array([item.points for item in line.all_bins], np.int32)
    return _Read(line, table[codes], codes == missing)


def _probability(total: Whole, segment: CardSegment) -> NDArray[np.int32]:
    least = np.array([points for points, _ in segment.calibration])
    chance = np.array([bp for _, bp in segment.calibration], np.int32)
    found: NDArray[np.int32] = chance[np.maximum(np.searchsorted(least, total, side="right") - 1, 0)]
    return found


def _reasons(read: list[_Read], rows: int) -> pl.Series:
    cost = np.stack([one.line.best - one.points for one in read]) if read else np.zeros((0, rows), np.int32)
    order = np.argsort(-cost, axis=0, kind="stable")[:REASONS_MOST]
    names = [one.line.name for one in read]
    dearest = np.take_along_axis(cost, order, axis=0) > 0
    told = [[names[at] for at in row[own]] for row, own in zip(order.T, dearest.T, strict=True)]
    return pl.Series("reasons", told, pl.List(pl.String))
