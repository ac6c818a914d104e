"""Samples and plans for tests of scorecards: small ones by hand, and a crowd with known causes."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import polars as pl

from kerong.engine.score.card import Card, Characteristic, Plan, Sample, Segment, fit

DECIDED, FITTED = date(2020, 1, 1), date(2021, 6, 30)


def table(outcome: Sequence[bool | None], columns: Mapping[str, object]) -> pl.DataFrame:
    """Rows of a sample, one per outcome."""
    subjects = [f"S{number:06d}" for number in range(len(outcome))]
    head = {"subject": subjects, "on": [DECIDED] * len(subjects), "outcome": pl.Series(outcome, dtype=pl.Boolean)}
    return pl.DataFrame({**head, **columns}, schema_overrides={"on": pl.Date})


def crowd(rows: int = 4_000, seed: int = 1) -> pl.DataFrame:
    """`age` lowers the risk (a tenth is unknown), `debt` raises it, `trade` "a" is risky, `noise` tells nothing."""
    rng = np.random.default_rng(seed)
    age, debt, noise = rng.normal(size=(3, rows))
    trade = rng.choice(list("abcde"), rows)
    told = -1.5 - 0.9 * age + 0.7 * debt + 0.8 * (trade == "a")
    bad = rng.random(rows) < 1 / (1 + np.exp(-told))
    held = np.where(rng.random(rows) < 0.1, np.nan, age)
    return table(bad.tolist(), {"age": held, "debt": debt, "noise": noise, "trade": trade})


def plan(*names: str, categories: Sequence[str] = ("trade",), segments: Sequence[str] = (), bins: int = 8) -> Plan:
    """A plan over these columns, those of `categories` as such."""
    items = tuple(Characteristic(name, "category" if name in categories else "number") for name in names)
    return Plan("test", items, tuple(Segment(name) for name in segments), bins_most=bins)


def fitted(rows: pl.DataFrame, wanted: Plan) -> tuple[Card, pl.DataFrame]:
    """The card, where there is one, and the problems."""
    card, problems = fit(Sample(rows), wanted, on=FITTED)
    assert card is not None
    return card, problems
