"""A card fit to be used: guarded against leaks, fitted, and calibrated on points that had not seen their rows."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import polars as pl

from kerong.engine.problems import joined, problems
from kerong.engine.score.card import guard
from kerong.engine.score.card.calibration import Method, Truth, Whole, calibrated, folds
from kerong.engine.score.card.card import Card
from kerong.engine.score.card.fit import fit
from kerong.engine.score.card.metrics import auc, tally
from kerong.engine.score.card.plan import Plan
from kerong.engine.score.card.sample import Sample
from kerong.engine.score.card.score import score

FOLDS = 5


def trained(
    sample: Sample,
    plan: Plan,
    forbidden: Mapping[str, pl.Series],
    outcome_on: pl.Series | None,
    *,
    on: date,
    method: Method = "isotonic",
) -> tuple[Card | None, pl.DataFrame]:
    """The card and all problems; no card where the guard or the fit refuses. See `guard.check` and `fit`."""
    leaks = guard.check(sample, plan, forbidden, outcome_on)
    if (leaks["severity"] == "refused").any():
        return None, leaks
    card, told = fit(sample, plan, on=on)
    if card is None:
        return None, joined([leaks, told])
    made, points, bad = _learned(card, sample, plan, on=on, method=method)
    return made, joined([leaks, told, problems(_too_good(points, bad, plan))])


def fitted(sample: Sample, plan: Plan, *, on: date, method: Method = "isotonic") -> Card | None:
    """A fitted and calibrated card of a sample that the guard has passed; None where the fit refuses."""
    card, _ = fit(sample, plan, on=on)
    return None if card is None else recalibrated(card, sample, plan, on=on, method=method)


def recalibrated(card: Card, sample: Sample, plan: Plan, *, on: date, method: Method = "isotonic") -> Card:
    """The card with every segment's probabilities learned from out-of-fold points of its own rows.

    A segment with rows of one outcome only among these keeps the steps that its scaling implies.
    """
    return _learned(card, sample, plan, on=on, method=method)[0]


def _learned(card: Card, sample: Sample, plan: Plan, *, on: date, method: Method) -> tuple[Card, Whole, Truth]:
    """The recalibrated card; the out-of-fold points that it was learned from, and whether these rows were bad."""
    rows = sample.judged.filter(pl.col("on") <= on)
    points, names = out_of_fold(Sample(rows), plan, on=on, parts=folds(rows["subject"], FOLDS, plan.seed))
    bad = rows["outcome"].to_numpy().astype(bool)
    found = []
    for segment in card.segments:
        own = (names == segment.name) & (points != UNSEEN)
        both = own.any() and bad[own].any() and not bad[own].all()
        steps = calibrated(points[own], bad[own], method) if both else segment.calibration
        found.append(replace(segment, calibration=steps))
    seen = points != UNSEEN
    return replace(card, segments=tuple(found)), points[seen], bad[seen]


def _too_good(points: Whole, bad: Truth, plan: Plan) -> Iterator[dict[str, object]]:
    """A leak that was split over several columns, none of which is too good alone, shows in all of them together."""
    area = auc(tally(bad, -points.astype(np.float64)))
    believed = any(one.believed for one in plan.characteristics)
    if area is not None and area >= guard.BEST_AUC and not believed:
        row = {"stage": "score", "kind": "card_too_good", "severity": "noted", "rule": plan.name}
        yield {**row, "value": f"{area:.3f}"}


UNSEEN = np.iinfo(np.int64).min  # a row whose other folds gave no card


def out_of_fold(sample: Sample, plan: Plan, *, on: date, parts: Whole) -> "tuple[Whole, Truth]":
    """Points of every row by the card of the other folds (`UNSEEN` where these gave none), and its segment's name."""
    points = np.full(sample.rows.height, UNSEEN, dtype=np.int64)
    names = np.full(sample.rows.height, "", dtype=object)
    for part in np.unique(parts):
        here = parts == part
        card, _ = fit(Sample(sample.rows.filter(pl.Series(~here))), plan, on=on)
        if card is None:
            continue
        found = score(sample.rows.filter(pl.Series(here)), card)
        points[here] = found["points"].to_numpy()
        names[here] = found["segment"].to_numpy()
    return points, names
