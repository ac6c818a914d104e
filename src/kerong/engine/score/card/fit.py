"""Fitting a card: cells, bins, weights of evidence, logit, whole points; per segment, and for everybody."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.problems import joined, problems
from kerong.engine.score.card import points
from kerong.engine.score.card.card import VERSION, Bin, Card, CardSegment, Line
from kerong.engine.score.card.cells import Cells, bins, cells, starts
from kerong.engine.score.card.logit import logit
from kerong.engine.score.card.plan import EVERYONE, Plan, Segment
from kerong.engine.score.card.sample import Sample

LEAST_OF_A_CLASS = 100  # with fewer of the rarer outcome a segment has no card of its own

Noted = list[dict[str, object]]


def fit(sample: Sample, plan: Plan, *, on: date) -> tuple[Card | None, pl.DataFrame]:
    """The card of these rows, fitted on day `on`, and what is worth saying; no card where a problem is "refused".

    Raises ValueError where a characteristic of the plan is no column of the sample.
    """
    absent = [item.name for item in plan.characteristics if item.name not in sample.rows.columns]
    if absent:
        raise ValueError(f"the sample has no column {', '.join(absent)}")
    rows = sample.judged.filter(pl.col("on") <= on)
    noted: Noted = list(_left_out(sample, on))
    refused = _refused(rows, plan)
    if refused:
        return None, _told(plan, [*noted, *refused])
    found, segments = _segments(rows, plan, noted)
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
    ), joined([_told(plan, noted), *found])


def _told(plan: Plan, rows: Iterable[dict[str, object]]) -> pl.DataFrame:
    return problems({"stage": "score", "severity": "noted", "rule": plan.name, **row} for row in rows)


def _left_out(sample: Sample, on: date) -> Iterable[dict[str, object]]:
    unjudged, later = sample.rows["outcome"].null_count(), int((sample.judged["on"] > on).sum())
    if unjudged:
        yield {"kind": "card_outcome_unknown", "value": str(unjudged)}
    if later:
        yield {"kind": "card_row_later", "value": str(later)}


def _refused(rows: pl.DataFrame, plan: Plan) -> Noted:
    if not plan.characteristics:
        return [{"kind": "card_without_characteristics", "severity": "refused"}]
    if rows.is_empty():
        return [{"kind": "card_without_rows", "severity": "refused"}]
    if rows["outcome"].n_unique() < 2:
        return [{"kind": "card_one_class", "severity": "refused", "value": str(rows.height)}]
    return []


def _segments(rows: pl.DataFrame, plan: Plan, noted: Noted) -> tuple[list[pl.DataFrame], tuple[CardSegment, ...]]:
    found: list[CardSegment] = []
    told: list[pl.DataFrame] = []
    for segment in plan.segments:
        own = rows.filter(pl.col("segment") == segment.name) if "segment" in rows.columns else rows.clear()
        rarer = _rarer(own)
        if rarer < LEAST_OF_A_CLASS:
            noted.append({"kind": "card_segment_small", "column": segment.name, "value": str(rarer)})
            continue
        made, said = _segment(own, plan, segment)
        found.append(made)
        told.append(said)
    if _rarer(rows) < LEAST_OF_A_CLASS:
        noted.append({"kind": "card_few_of_a_class", "value": str(_rarer(rows))})
    made, said = _segment(rows, plan, Segment(EVERYONE))
    return [*told, said], (*found, made)


def _rarer(rows: pl.DataFrame) -> int:
    bads = int(rows["outcome"].sum())
    return min(bads, rows.height - bads)


def _segment(rows: pl.DataFrame, plan: Plan, segment: Segment) -> tuple[CardSegment, pl.DataFrame]:
    bad = rows["outcome"].to_numpy()
    totals = int((~bad).sum()), int(bad.sum())
    fine = [cells(rows[item.name], bad, item) for item in plan.characteristics]
    firsts = [starts(one, item, plan, totals) for one, item in zip(fine, plan.characteristics, strict=True)]
    lines = [
        Line(item.name, item.kind, *bins(one, first, totals))
        for item, one, first in zip(plan.characteristics, fine, firsts, strict=True)
    ]
    codes = np.stack([one.codes for one in fine])
    found = logit(codes, _weights(lines, fine, firsts), bad)
    scored = tuple(_scored(line, c, plan) for line, c in zip(lines, found.coefficients, strict=True))
    base = points.base_points(found.intercept, plan.scaling)
    made = CardSegment(segment.name, segment.condition, base, scored, ())
    steps = points.steps(made.worst, made.best, plan.scaling)
    return replace(made, calibration=steps), _told(plan, [])


def _weights(lines: Sequence[Line], fine: Sequence[Cells], firsts: Sequence[list[int]]) -> NDArray[np.float64]:
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
