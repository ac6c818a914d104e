"""The model card: what a model was made from, how well it does beside others, for whom, and what it cannot do.

One record of plain values (JSON) that a page shows and `report_words` tells in Chinese and English.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.problems import joined, problems
from kerong.engine.score.card import drift, metrics
from kerong.engine.score.card.calibration import shifted_probability
from kerong.engine.score.card.card import Card
from kerong.engine.score.card.fairness import LEAST_OUTCOMES, LEAST_ROWS, cut_for, fairness
from kerong.engine.score.card.metrics import Estimate
from kerong.rulebook.said import Text

VERSION = 1
PLACES = 4
TENTHS = 10
TOO_GOOD = 0.9

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class About:
    """What people declared of a model. `limits`: what it cannot do and may not be used for. `forbidden`: columns that
    no characteristic may rest on, and why. `test`: how it was tested, in words. `elsewhere`: what others reached on the
    same rows, an AUC each. `fitted_from`: digests of the sample and the model, as the card in force has them."""

    name: str
    kind: str
    title: Text
    meaning: Text
    limits: tuple[Text, ...]
    forbidden: tuple[tuple[str, Text], ...]
    test: Text
    elsewhere: tuple[tuple[Text, float], ...] = ()
    fitted_from: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Tested:
    """Rows that no model had seen, in the order of a sample, and what each model said of them.

    `scores`: model -> one (risk, probability) per repeat; the card is "card"; None: the model could not be fitted.
    `points`: the card's, of the first repeat. `train`: the rows of the fit (None where folds took turns). `left_out`:
    characteristics that the logit could not read, as the rows of the fit say nothing by them.
    """

    rows: pl.DataFrame
    scores: Mapping[str, Sequence[tuple[Floats, Floats]] | None]
    points: NDArray[np.int64]
    train: pl.DataFrame | None
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ModelCard:
    """`held`: plain values only; the keys are those of `model_card`'s sections."""

    held: Mapping[str, Any]

    def to_json(self) -> str:
        """The model card as text that people can read."""
        return json.dumps(self.held, ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def model_card(
    about: About,
    card: Card,
    tested: Tested,
    told: pl.DataFrame,
    rng: np.random.Generator,
    *,
    draws: int = 500,
    prior_bp: int | None = None,
    approve_bp: int = 7_000,
) -> ModelCard:
    """The model card; `told`: problems of guard and fit.

    `prior_bp` adds the probabilities' figures for a world with this base rate of bads.
    """
    rates = {"sample": None} if prior_bp is None else {"sample": None, "prior": prior_bp / 10_000}
    held = {
        "version": VERSION,
        "about": {
            **asdict(about),
            "forbidden": [{"name": name, "reason": asdict(why)} for name, why in about.forbidden],
            "elsewhere": [{**asdict(said), "auc": area} for said, area in about.elsewhere],
        },
        "data": _data(card, tested),
        "problems": [row for row in _noted(card, tested, told) if row["severity"] == "noted"],
        "prior_bp": prior_bp,
        "draws": draws,
        "metrics": {name: _metrics(card, tested, rate, rng, draws) for name, rate in rates.items()},
        "calibration": _calibration(tested),
        "years": _years(card, tested, rng, draws),
        "segments": _segments(card, tested, rng, draws),
        "drift": _drift(card, tested),
        "fairness": _fairness(tested, rng, draws, approve_bp),
        "approve_bp": approve_bp,
        "card": json.loads(card.to_json()),
    }
    return ModelCard({**held, "warnings": _warnings(held)})


def _noted(card: Card, tested: Tested, told: pl.DataFrame) -> Iterator[dict[str, Any]]:
    rows = [{"column": name} for name in tested.left_out]
    same = {"stage": "score", "kind": "challenger_without_characteristic", "severity": "noted", "rule": card.name}
    yield from joined([told, problems({**same, **row} for row in rows)]).iter_rows(named=True)


def _data(card: Card, tested: Tested) -> dict[str, Any]:
    days, bad = tested.rows["on"], _bad(tested.rows)
    return {
        "rows": card.rows,
        "bads": card.bads,
        "window": [day.isoformat() for day in card.window],
        "fitted_on": card.fitted_on.isoformat(),
        "test_rows": tested.rows.height,
        "test_subjects": tested.rows["subject"].n_unique(),
        "test_bads": int(bad.sum()),
        "test_window": [str(days.min()), str(days.max())] if tested.rows.height else [],
        "repeats": max((len(one) for one in tested.scores.values() if one), default=0),
    }


def _metrics(card: Card, tested: Tested, rate: float | None, rng: np.random.Generator, draws: int) -> dict[str, Any]:
    """Per model every metric with its interval; None where the model is absent."""
    found: dict[str, Any] = {}
    for name, scores in tested.scores.items():
        if scores is None:
            found[name] = None
            continue
        asked = metrics.ALL if rate is None else metrics.PROBABILITY
        moved = scores
        if rate is not None:
            base = card.bads / card.rows
            moved = [(risk, shifted_probability(likely, base, rate)) for risk, likely in scores]
        bad, whose = _bad(tested.rows), subjects_of(tested.rows)
        said = metrics.estimates(bad, moved, rng, subjects=whose, metrics=asked, draws=draws, rate=rate)
        found[name] = {metric: _estimate(value) for metric, value in said.items()}
    return found


def _calibration(tested: Tested) -> list[dict[str, Any]]:
    """Tenths of the tested rows by rising probability: rows, the mean of what was said, and how many turned bad."""
    scores = tested.scores["card"]
    if not scores or not tested.rows.height:
        return []
    likely, bad = scores[0][1], _bad(tested.rows)
    order = np.sort(likely)
    places = np.arange(likely.size) * TENTHS // likely.size
    tenth = places[np.searchsorted(order, likely)]  # equal probabilities stand in one tenth
    found = []
    for one in np.unique(tenth):
        own = tenth == one
        said = round(float(np.sort(likely[own]).mean()), PLACES)
        found.append({"rows": int(own.sum()), "expected": said, "bads": int(bad[own].sum())})
    return found


def _years(card: Card, tested: Tested, rng: np.random.Generator, draws: int) -> list[dict[str, Any]]:
    """Skill and shift of the card by year of decision, where the rows are of more than one year."""
    years = tested.rows["on"].dt.year().to_numpy()
    if np.unique(years).size < 2:
        return []
    found = []
    for year in np.unique(years).tolist():
        rows = years == year
        shift = (
            None if tested.train is None else drift.of_points(card, tested.train, tested.rows.filter(pl.Series(rows)))
        )
        found.append({"year": year, **_part(tested, rows, rng, draws), "shift": _shift(shift)})
    return found


def _segments(card: Card, tested: Tested, rng: np.random.Generator, draws: int) -> list[dict[str, Any]]:
    if len(card.segments) < 2:
        return []
    named = tested.rows["segment"].to_numpy()
    held = [one.name for one in card.segments]
    names = np.where(np.isin(named, held), named, held[-1])  # the last reads whoever has no card of their own
    return [{"segment": one.name, **_part(tested, names == one.name, rng, draws)} for one in card.segments]


def _part(tested: Tested, rows: NDArray[np.bool_], rng: np.random.Generator, draws: int) -> dict[str, Any]:
    """Rows, rate and AUC of some of the rows; no AUC where either outcome has fewer than 20."""
    bad, count = _bad(tested.rows)[rows], int(rows.sum())
    scores = tested.scores["card"] or ()
    if not scores or min(int(bad.sum()), count - int(bad.sum())) < LEAST_OUTCOMES:
        return {"rows": count, "rate": float(round(bad.mean(), PLACES)) if count >= LEAST_ROWS else None, "auc": None}
    parts = [(risk[rows], likely[rows]) for risk, likely in scores]
    whose = subjects_of(tested.rows)[rows]
    said = metrics.estimates(bad, parts, rng, subjects=whose, metrics={"auc": metrics.auc}, draws=draws)
    return {"rows": count, "rate": float(round(bad.mean(), PLACES)), "auc": _estimate(said["auc"])}


def _drift(card: Card, tested: Tested) -> dict[str, Any] | None:
    if tested.train is None:
        return None
    points = drift.of_points(card, tested.train, tested.rows)
    lines = drift.by_line(card, tested.rows)
    return {"points": _shift(points), "lines": {name: _shift(shift) for name, shift in lines.items()}}


def _fairness(tested: Tested, rng: np.random.Generator, draws: int, approve_bp: int) -> list[dict[str, Any]]:
    cut, whose = cut_for(tested.points, approve_bp), subjects_of(tested.rows)
    names = [name for name in tested.rows.columns if name.startswith("group.")]
    found = []
    for name in names:
        title, bad = name.removeprefix("group."), _bad(tested.rows)
        said = fairness(title, tested.rows[name], tested.points, bad, cut, rng, draws, subjects=whose)
        groups = [
            {**{key: _rounded(value) for key, value in asdict(row).items()}, "low": row.low} for row in said.groups
        ]
        found.append({**asdict(said), "groups": groups})
    return found


def _warnings(held: Mapping[str, Any]) -> list[str]:
    """What a reader must not miss, by the key of its sentence."""
    found = []
    auc = held["metrics"]["sample"]["card"]["auc"]["value"]
    slope = held["metrics"]["sample"]["card"]["calibration_slope"]
    challengers = [one["auc"]["value"] for name, one in held["metrics"]["sample"].items() if one and name != "card"]
    if auc is not None and auc >= TOO_GOOD:
        found.append("too_good")
    if slope["high"] is not None and slope["high"] < 0.8:
        found.append("overconfident")
    if auc is not None and any(other is not None and other - auc > 0.02 for other in challengers):
        found.append("challenger_better")
    within = [(one["rows"], one["auc"]["value"]) for one in held["years"] if one["auc"]]
    if auc is not None and within and auc - sum(n * area for n, area in within) / sum(n for n, _ in within) > 0.03:
        found.append("across_years")
    if held["metrics"]["sample"].get("lightgbm") is None:
        found.append("lightgbm_absent")
    if held["drift"] and held["drift"]["points"] and held["drift"]["points"]["word"] in ("watch", "shifted"):
        found.append("shifted")
    if any(row["low"] for one in held["fairness"] for row in one["groups"]):
        found.append("unequal")
    return found


def _bad(rows: pl.DataFrame) -> NDArray[np.bool_]:
    return np.asarray(rows["outcome"].to_numpy(), dtype=bool)


def subjects_of(rows: pl.DataFrame) -> NDArray[np.int64]:
    """Whose row each is, as numbers that rise with the subject."""
    return rows["subject"].rank("dense").to_numpy().astype(np.int64)


def _estimate(found: Estimate) -> dict[str, float | None]:
    return {key: _rounded(value) for key, value in asdict(found).items()}


def _shift(found: drift.Shift | None) -> dict[str, Any] | None:
    return None if found is None else {key: _rounded(value) for key, value in asdict(found).items()}


def _rounded(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _rounded(one) for key, one in value.items()}
    return round(value, PLACES) + 0.0 if isinstance(value, float) else value
