"""Reading people by a card: points that add up, what the unknown could change, and what cost most."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card import loops
from kerong.engine.score.card.binning import LEAST_ROWS
from kerong.engine.score.card.calibration import probability_bp
from kerong.engine.score.card.card import Bin, Card, CardSegment, Line
from kerong.engine.score.card.cells import coded_categories, column, numbers

REASONS_MOST = 4
NO_CODE = 255  # of no bin: a line has at most 252

Codes = NDArray[np.uint8]
Short = NDArray[np.int32]


def score(table: pl.DataFrame, card: Card) -> pl.DataFrame:
    """One row per row of `table`, in its order; a characteristic that the table lacks is missing for all.

    `subject`, `on` (where the table has them), `segment`, `points`, `points_low` and `points_high` (whatever the
    missing lines, and those with a category that the fit hardly saw, turn out to be), `coverage_bp` (share of the span
    of points that is known), `probability_bp` of the bad outcome, `points_<line>` (null where the row's segment has no
    such line), and `reasons`: at most four lines that cost most against the best of the segment, dearest first. The
    base of the segment and all `points_<line>` add up to `points`. Raises ValueError for a column of another type.
    """
    found = _joined([_scored(rows, segment) for rows, segment in _parts(table, card)])
    heads = [table[name] for name in ("subject", "on") if name in table.columns]
    names = ["segment", "points", "points_low", "points_high", "coverage_bp", "probability_bp"]
    lines = [f"points_{name}" for name in card.line_names]
    unread = [pl.lit(None, pl.Int32).alias(name) for name in lines if name not in found.columns]  # nobody's segment
    found = found.with_columns(unread)
    return pl.DataFrame([*heads, *found.select(*names, *lines, "reasons").get_columns()])


def total_points(table: pl.DataFrame, card: Card) -> pl.Series:
    """`points` of `score` alone (Int32), for whoever needs nothing else."""
    return _joined([_totalled(rows, segment) for rows, segment in _parts(table, card)])["points"]


def _parts(table: pl.DataFrame, card: Card) -> list[tuple[pl.DataFrame, CardSegment]]:
    """The rows that each segment reads, with their places where there is more than one; `all` stands there always."""
    *others, everyone = card.segments
    if "segment" not in table.columns or not others:
        return [(table, everyone)]
    placed = table.with_row_index("place")
    own = [(placed.filter(pl.col("segment") == item.name), item) for item in others]
    known = pl.col("segment").is_in([item.name for item in others]).fill_null(False)
    return [*(part for part in own if part[0].height), (placed.filter(~known), everyone)]


def _joined(parts: list[pl.DataFrame]) -> pl.DataFrame:
    if len(parts) == 1:
        return parts[0]
    return pl.concat(parts, how="diagonal").sort("place")


@dataclass(frozen=True, slots=True)
class _Read:
    """The rows of a segment as codes: for each line and row the place of its bin in `all_bins`; and the points of each
    line and code. `is_many`: so much to read that machine code pays."""

    rows: pl.DataFrame
    codes: Codes
    points: Short
    is_many: bool

    def told(self, *columns: pl.Series) -> pl.DataFrame:
        """These columns, and the places of the rows where they have one."""
        return pl.DataFrame([*columns, *(self.rows[name] for name in ("place",) if name in self.rows.columns)])


def _read(rows: pl.DataFrame, segment: CardSegment) -> _Read:
    lines = segment.lines
    points = np.zeros((len(lines), max(len(line.all_bins) for line in lines)), np.int32)
    for row, line in zip(points, lines, strict=True):
        row[: len(line.all_bins)] = [item.points for item in line.all_bins]
    is_many = rows.height * len(lines) >= loops.MANY
    codes = np.empty((len(lines), rows.height), np.uint8)
    loops.each(lambda pair: _code(rows, *pair, is_many), zip(lines, codes, strict=True), is_many)
    return _Read(rows, codes, points, is_many)


def _code(rows: pl.DataFrame, line: Line, codes: Codes, is_many: bool) -> None:
    if line.name not in rows.columns:
        codes[:] = len(line.bins)
        return
    values = column(rows, line.name, line.kind)
    if line.kind == "category":
        codes[:] = coded_categories(values, tuple(item.categories for item in line.bins))
    else:
        cuts = np.array([item.low for item in line.bins[1:]], np.float64)
        loops.coded(numbers(values), cuts, codes, is_many)


def _totalled(rows: pl.DataFrame, segment: CardSegment) -> pl.DataFrame:
    read = _read(rows, segment)
    found = np.full(rows.height, segment.base, np.int32)

    def add(block: slice) -> None:
        loops.total(read.codes[:, block], read.points, found[block], read.is_many)

    loops.each(add, loops.blocks(rows.height), read.is_many)
    return read.told(pl.Series("points", found, pl.Int32))


def _scored(rows: pl.DataFrame, segment: CardSegment) -> pl.DataFrame:
    read, lines = _read(rows, segment), segment.lines
    open_codes = _open_codes(lines)
    cost = np.array([line.best for line in lines], np.int32)[:, None] - read.points
    points, unsure = np.full(rows.height, segment.base, np.int32), np.zeros((3, rows.height), np.int32)
    parts = np.empty((len(lines), rows.height), np.int32)
    reasons, counts = np.zeros((rows.height, REASONS_MOST), np.int32), np.zeros(rows.height, np.uint8)

    def add(block: slice) -> None:
        codes = read.codes[:, block]
        loops.total(codes, read.points, points[block], read.is_many)
        for at, gaps in open_codes:
            loops.unknown(codes, at, gaps, unsure[:, block], read.is_many)
        for own, line, part in zip(read.points, codes, parts, strict=True):
            part[block] = own[line]
        reasons[block], counts[block] = loops.dearest(codes, cost, REASONS_MOST, read.is_many)

    loops.each(add, loops.blocks(rows.height), read.is_many)
    low, high, span = unsure
    whole = sum(line.span for line in lines)
    return read.told(
        pl.repeat(segment.name, rows.height, dtype=pl.String, eager=True).alias("segment"),
        pl.Series("points", points, pl.Int32),
        pl.Series("points_low", points + low, pl.Int32),
        pl.Series("points_high", points + high, pl.Int32),
        pl.Series(
            "coverage_bp", (whole - span.astype(np.int64)) * 10_000 // whole if whole else span + 10_000, pl.Int64
        ),
        pl.Series("probability_bp", probability_bp(points.astype(np.int64), segment.calibration), pl.Int64),
        *(pl.Series(f"points_{line.name}", part, pl.Int32) for line, part in zip(lines, parts, strict=True)),
        _named([line.name for line in lines], reasons, counts),
    )


def _open_codes(lines: tuple[Line, ...]) -> list[tuple[NDArray[np.uint8], Short]]:
    """The codes of each line that leave open what it gives, and what it could take or add were it known, with its span.

    That is the code of `missing`, and the one of `other` where too few rows of the fit stand behind it: its points are
    the average of all, not those of anything that was seen.
    """
    missing = np.array([len(line.bins) for line in lines], np.uint8)
    found = [(missing, _gaps(lines, [line.missing for line in lines]))]
    unseen = [line.other is not None and line.other.goods + line.other.bads < LEAST_ROWS for line in lines]
    if any(unseen):
        never = np.where(unseen, missing + 1, NO_CODE).astype(np.uint8)
        found.append((never, _gaps(lines, [line.other or line.missing for line in lines])))
    return found


def _gaps(lines: tuple[Line, ...], held: Sequence[Bin]) -> Short:
    """What each line could take from the points of `held` and add to them were it known, and its span."""
    low = [min(0, min(line.known_points) - own.points) for line, own in zip(lines, held, strict=True)]
    high = [max(0, max(line.known_points) - own.points) for line, own in zip(lines, held, strict=True)]
    return np.array([low, high, [line.span for line in lines]], np.int32)


def _named(names: list[str], reasons: Short, counts: Codes) -> pl.Series:
    told = pl.Series(names, dtype=pl.String).gather(pl.Series(reasons.reshape(-1))).reshape((-1, REASONS_MOST))
    lists = pl.DataFrame({"reasons": told.arr.to_list(), "many": counts})
    return lists.select(pl.col("reasons").list.head(pl.col("many")))["reasons"]
