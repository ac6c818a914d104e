"""The order of the stages over past days: what models learn from, and how the index moved."""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from kerong.engine import record, score
from kerong.engine.score import Scale
from kerong.flow import Watch
from kerong.rulebook import Rulebook
from kerong.rulebook.models import Model


def trend(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    scale: Scale,
    days: Iterable[date],
    watch: Watch = lambda day: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> pl.DataFrame:
    """The table `history/index` of ARCHITECTURE.md: the index of each day, read with one scale."""
    seen = record.days_of(facts, rulebook, days, score.fields_of_index(rulebook), watch, decided)
    return score.trend(seen, rulebook, scale)


def sample(
    facts: Mapping[str, record.FactTable],
    rulebook: Rulebook,
    model: Model,
    days: Iterable[date],
    until: date,
    watch: Watch = lambda day: None,
    decided: record.Decided = record.NOTHING_DECIDED,
) -> score.Gathered:
    """What a declared model learns from: decisions of past days, and what came of each as it was known on `until`.

    Raises ValueError where the model is a formula or no day is asked for, record.Refused where a register fails.
    """
    reported, known = record.reports(facts, rulebook, score.registers_read(model), until, decided)
    happened = score.events(reported, known, model, until)
    seen = record.days_of(facts, rulebook, days, score.fields_read(model), watch, decided)
    return score.gathered(seen, happened, reported, model, until)
