"""Fitting a card: cells, bins, weights of evidence, logit, whole points; per segment, and for everybody."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from kerong.engine.problems import joined, problems
from kerong.engine.score.card import loops, noted, points
from kerong.engine.score.card.binning import Floats
from kerong.engine.score.card.card import Bin, Card, CardSegment, Line
from kerong.engine.score.card.cells import Cells, binned, bins, column
from kerong.engine.score.card.logit import logit
from kerong.engine.score.card.plan import Characteristic, Plan, Segment
from kerong.engine.score.card.sample import Sample
from kerong.rulebook.cards import VERSION
from kerong.rulebook.models import EVERYONE

LEAST_OF_A_CLASS = 100  # with fewer of the rarer outcome a segment has no card of its own


def fit(sample: Sample, plan: Plan, *, on: date) -> tuple[Card | None, pl.DataFrame]:
    """The card of these rows, fitted on day `on`, and what is worth saying; no card where a problem is "refused".

    Raises ValueError where a characteristic of the plan is no column of the sample, or a column of another type.
    """
    absent = [item.name for item in plan.characteristics if item.name not in sample.rows.columns]
    if absent:
        raise ValueError(f"the sample has no column {', '.join(absent)}")
    rows = sample.judged.filter(pl.col("on") <= on)
    said = [_told(plan, [*noted.left_out(sample, on), *noted.refused(rows, plan), *noted.rows(rows, plan)])]
    if (said[0]["severity"] == "refused").any():
        return None, joined(said)
    segments: list[CardSegment] = []
    for segment in (*plan.segments, Segment(EVERYONE)):
        made, told = _tried(rows, plan, segment)
        segments += [made] if made else []
        said.append(told)
    return _card(rows, plan, on, tuple(segments)), joined(said)


def _told(plan: Plan, rows: Iterable[noted.Noted], segment: str = EVERYONE) -> pl.DataFrame:
    rule = plan.name if segment == EVERYONE else f"{plan.name}/{segment}"
    return problems({"stage": "score", "severity": "noted", "rule": rule, **row} for row in rows)


def _card(rows: pl.DataFrame, plan: Plan, on: date, segments: tuple[CardSegment, ...]) -> Card:
    bads = int(rows["outcome"].sum())
    days = rows["on"].sort()
    return Card(
        name=plan.name,
        version=VERSION,
        fitted_on=on,
        window=(days[0], days[-1]),
        rows=rows.height,
        bads=bads,
        rate_bp=points.whole(10_000 * bads / rows.height),
        prior_bp=None,
        scaling=plan.scaling,
        segments=segments,
    )


def _tried(rows: pl.DataFrame, plan: Plan, segment: Segment) -> tuple[CardSegment | None, pl.DataFrame]:
    """The card of a segment with enough rows of both outcomes; `all` always has one."""
    if segment.name == EVERYONE:
        made, told = _segment(rows, plan, segment)
        few = _rarer(rows)
        said: list[noted.Noted] = [{"kind": "card_few_of_a_class", "value": str(few)}] if few < LEAST_OF_A_CLASS else []
        return made, joined([told, _told(plan, said)])
    own = rows.filter(pl.col("segment") == segment.name) if "segment" in rows.columns else rows.clear()
    if _rarer(own) < LEAST_OF_A_CLASS:
        return None, _told(plan, [{"kind": "card_segment_small", "column": segment.name, "value": str(_rarer(own))}])
    return _segment(own, plan, segment)


def _rarer(rows: pl.DataFrame) -> int:
    bads = int(rows["outcome"].sum())
    return min(bads, rows.height - bads)


def _segment(rows: pl.DataFrame, plan: Plan, segment: Segment) -> tuple[CardSegment, pl.DataFrame]:
    bad = rows["outcome"].to_numpy()
    totals = int((~bad).sum()), int(bad.sum())
    is_many = rows.height * len(plan.characteristics) >= loops.MANY
    columns = [column(rows, item.name, item.kind) for item in plan.characteristics]

    def one(pair: tuple[Characteristic, pl.Series]) -> tuple[Cells, list[int]]:
        return binned(pair[1], bad, pair[0], plan, totals, is_many)

    each = loops.each(one, zip(plan.characteristics, columns, strict=True), is_many)
    fine, firsts = [own for own, _ in each], [first for _, first in each]
    lines = [
        Line(item.name, item.kind, *bins(one, first, totals))
        for item, one, first in zip(plan.characteristics, fine, firsts, strict=True)
    ]
    same = noted.twins([line.name for line in lines], fine)
    counted = [line.name not in same for line in lines]
    weights = _weights(lines, fine, firsts) * np.array(counted)[:, None]
    found = logit(np.stack([one.codes for one in fine]), weights, bad, is_many)
    scored = tuple(_scored(line, c, plan) for line, c in zip(lines, found.coefficients, strict=True))
    base = points.base_points(found.intercept, plan.scaling)
    made = CardSegment(segment.name, segment.condition, base, scored, ())
    steps = points.steps(made.worst, made.best, plan.scaling)
    told: list[noted.Noted] = [*noted.without_weight(*_only(counted, lines, found.coefficients)), *noted.repeated(same)]
    for four in zip(plan.characteristics, columns, fine, lines, strict=True):
        told += noted.characteristic(*four)
    return replace(made, calibration=steps), _told(plan, told, segment.name)


def _only(counted: Sequence[bool], lines: Sequence[Line], found: Floats) -> tuple[list[Line], Floats]:
    return [line for line, is_counted in zip(lines, counted, strict=True) if is_counted], found[np.array(counted)]


def _weights(lines: Sequence[Line], fine: Sequence[Cells], firsts: Sequence[list[int]]) -> Floats:
    """Weight of evidence per line and cell."""
    table = np.zeros((len(lines), max(len(one.goods) for one in fine)))
    for row, line, one, first in zip(table, lines, fine, firsts, strict=True):
        sizes = np.diff([*first, one.values])
        row[: one.values] = np.repeat([item.woe for item in line.bins], sizes)
        row[one.values] = line.missing.woe
        if line.other is not None:
            row[one.values + 1] = line.other.woe
    return table


def _scored(line: Line, coefficient: float, plan: Plan) -> Line:
    def scored(item: Bin) -> Bin:
        return replace(item, points=points.bin_points(item.woe, coefficient, plan.scaling))

    other = None if line.other is None else scored(line.other)
    return replace(line, bins=tuple(map(scored, line.bins)), missing=scored(line.missing), other=other)
