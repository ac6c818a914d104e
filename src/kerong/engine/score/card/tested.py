"""A model tested on rows that it had not seen: after a day, in a published part, or in folds that take turns."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.card.calibration import Truth, folds
from kerong.engine.score.card.card import Card
from kerong.engine.score.card.challengers import challenged, left_out
from kerong.engine.score.card.plan import Plan
from kerong.engine.score.card.report import Tested
from kerong.engine.score.card.sample import Sample
from kerong.engine.score.card.score import score
from kerong.engine.score.card.trained import fitted

Floats = NDArray[np.float64]
STEPS, SMALLEST = 512, 1e-12
Scores = dict[str, list[tuple[Floats, Floats]] | None]


def held_out(sample: Sample, train: Truth, plan: Plan, card: Card) -> Tested:
    """A card fitted where `train` is true, and the challengers, on the other rows (all in the order of `sample`)."""
    judged = sample.rows["outcome"].is_not_null().to_numpy()
    fit_rows, rows = (sample.rows.filter(pl.Series(part & judged)) for part in (train, ~train))
    scored = score(rows, card)
    points = scored["points"].to_numpy().astype(np.int64)
    scores: Scores = {"card": [(-points.astype(np.float64), _likely(scored))]}
    for name, likely in challenged(fit_rows, rows, plan, card).items():
        scores[name] = None if likely is None else [(stepped(likely), stepped(likely))]
    return Tested(rows, scores, points, fit_rows, left_out(fit_rows, plan))


@dataclass(slots=True)
class _Turn:
    """What one repeat said of every row, by model; NaN where nothing was said."""

    risk: dict[str, Floats]
    likely: dict[str, Floats]


def in_turns(sample: Sample, plan: Plan, *, on: date, parts: int, repeats: int) -> Tested:
    """Every row is judged by models of the other `parts` - 1 folds, `repeats` times with other folds.

    Raises ValueError where a part of the rows gives no card (one outcome only).
    """
    rows = sample.judged
    scores: Scores = {}
    points = np.zeros(rows.height, dtype=np.int64)
    for repeat in range(repeats):
        turn = _turn(rows, plan, on, folds(rows["subject"], parts, plan.seed + 1 + repeat))
        for name, risk in turn.risk.items():
            whole = None if np.isnan(risk).any() else (risk, turn.likely[name])
            before = scores.setdefault(name, [])
            scores[name] = None if whole is None or before is None else [*before, whole]
        if repeat == 0:
            points = (-turn.risk["card"]).astype(np.int64)
    return Tested(rows, scores, points, None, left_out(rows, plan))


def _turn(rows: pl.DataFrame, plan: Plan, on: date, fold: NDArray[np.int64]) -> _Turn:
    names = ("card", "logit", "lightgbm")
    found = _Turn(*({name: np.full(rows.height, np.nan) for name in names} for _ in range(2)))
    for part in np.unique(fold):
        here = fold == part
        seen, unseen = rows.filter(pl.Series(~here)), rows.filter(pl.Series(here))
        card = fitted(Sample(seen), plan, on=on)
        if card is None:
            raise ValueError("a part of the rows has one outcome only: there are too few rows for folds")
        scored = score(unseen, card)
        found.risk["card"][here] = -scored["points"].to_numpy().astype(np.float64)
        found.likely["card"][here] = _likely(scored)
        for name, likely in challenged(seen, unseen, plan, card).items():
            if likely is not None:
                found.risk[name][here] = found.likely[name][here] = stepped(likely)
    return found


def stepped(likely: Floats) -> Floats:
    """Probabilities in steps of a 512th of log odds: figures move by a thousandth at most, KS by a few, and every
    draw of the bootstrap counts some thousand levels where each row would be one of its own."""
    held = np.clip(likely, SMALLEST, 1 - SMALLEST)
    odds = np.round(np.log(held / (1 - held)) * STEPS) / STEPS
    return np.asarray(1 / (1 + np.exp(-odds)), dtype=np.float64)


def _likely(scored: pl.DataFrame) -> Floats:
    return scored["probability_bp"].to_numpy().astype(np.float64) / 10_000
