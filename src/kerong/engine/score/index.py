"""The innovation index of a region, from the values of its indicators to points, grades and standing."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.problems import joined
from kerong.engine.score.apply import apply_known
from kerong.engine.score.fit import fit_known
from kerong.engine.score.population import Known, population
from kerong.engine.score.scale import Scale
from kerong.engine.score.standing import standing
from kerong.engine.score.values import values
from kerong.rulebook.content import Rulebook


@dataclass(frozen=True, slots=True)
class Index:
    """`scores` and `problems` as in ARCHITECTURE.md, and the scale that the scores were read with."""

    scores: pl.DataFrame
    scale: Scale
    problems: pl.DataFrame


def index(enterprises: pl.DataFrame, rulebook: Rulebook, on: date) -> Index:
    """Fit a scale on these enterprises and apply it. Raises ValueError where an `enterprise_id` stands twice."""
    firms = population(enterprises, rulebook)
    found, failed = values(enterprises, rulebook, on)
    held = Known.of(found, firms)
    scale, weak = fit_known(held, rulebook, on)
    scores, strange = apply_known(held, scale)
    return Index(standing(scores, firms), scale, joined([failed, weak, strange]))
