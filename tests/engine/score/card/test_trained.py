"""A card as it is used: what no single column shows is seen in all of them together."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from kerong.engine.problems import sentence
from kerong.engine.score.card import Characteristic, Plan, Sample
from kerong.engine.score.card.trained import trained

ROWS = 1_500
ON = date(2020, 1, 1)
NAMES = ("a", "b", "c", "d")


def split(strength: float, believed: str | None = None) -> pl.DataFrame:
    """Problems of a card over four columns that each know a fourth of what decides the outcome."""
    rng = np.random.default_rng(4)
    parts = rng.normal(size=(len(NAMES), ROWS))
    bad = parts.sum(axis=0) * strength + rng.logistic(size=ROWS) > 0
    known = pl.Series([ON + timedelta(days=at) for at in range(ROWS)])
    columns = dict(zip(NAMES, parts, strict=True))
    rows = pl.DataFrame({"subject": [f"s{at:04}" for at in range(ROWS)], "on": known, "outcome": bad, **columns})
    plan = Plan("made", tuple(Characteristic(name, believed=believed) for name in NAMES))
    card, told = trained(Sample(rows, dict.fromkeys(NAMES, known)), plan, {}, None, on=ON + timedelta(days=ROWS))
    assert card is not None
    return told


def test_a_leak_spread_over_columns_that_are_honest_alone_is_told() -> None:
    told = split(5.0)
    assert told["kind"].to_list() == ["card_too_good"]
    row = told.row(0, named=True)
    assert row["severity"] == "noted"
    assert "AUC 0.9" in sentence(row, "en")
    assert "泄漏" in sentence(row, "zh")


def test_an_honest_card_and_one_that_is_believed_are_not_suspected() -> None:
    assert split(0.4).is_empty()
    assert split(5.0, believed="the answers of the applicant to the same form").is_empty()
