"""The innovation index (values, a frozen scale, points, standing, trend); cards over declared models."""

from kerong.engine.score.apply import apply, apply_known, points
from kerong.engine.score.credit import credit
from kerong.engine.score.declared import fields_read, plan_of, registers_read
from kerong.engine.score.fit import fit, fit_known
from kerong.engine.score.gathered import Gathered, gathered
from kerong.engine.score.index import Index, index
from kerong.engine.score.outcomes import events, events_of, months_after
from kerong.engine.score.pace import days_of_pace, pace
from kerong.engine.score.population import Known, population
from kerong.engine.score.scale import Bounds, Scale, ScaleRefused, Yardstick, from_json
from kerong.engine.score.standing import standing
from kerong.engine.score.steadiness import steady
from kerong.engine.score.trend import fields_of_index, quarters_before, trend
from kerong.engine.score.values import values
from kerong.engine.score.warning import begun, contagion, large_ties, of_institutions, readings, warnings

__all__ = [
    "Bounds",
    "Gathered",
    "Index",
    "Known",
    "Scale",
    "ScaleRefused",
    "Yardstick",
    "apply",
    "apply_known",
    "begun",
    "contagion",
    "credit",
    "days_of_pace",
    "events",
    "events_of",
    "fields_of_index",
    "fields_read",
    "fit",
    "fit_known",
    "from_json",
    "gathered",
    "index",
    "large_ties",
    "months_after",
    "of_institutions",
    "pace",
    "plan_of",
    "points",
    "population",
    "quarters_before",
    "readings",
    "registers_read",
    "standing",
    "steady",
    "trend",
    "values",
    "warnings",
]
