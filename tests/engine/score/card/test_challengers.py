"""Challengers are what their names say, and nothing odd in the rows of a test stops them."""

from datetime import date

import numpy as np
import polars as pl
import pytest

from kerong.engine.score.card import challengers
from kerong.engine.score.card.card import Card
from kerong.engine.score.card.drift import by_line
from kerong.engine.score.card.fit import fit
from kerong.engine.score.card.plan import Characteristic, Plan
from kerong.engine.score.card.sample import Sample

PLAN = Plan("made_up", (Characteristic("debt", trend="rising"), Characteristic("trade", "category")), seed=3)


def people(rows: int = 3_000, seed: int = 1) -> pl.DataFrame:
    rng = np.random.default_rng(seed)
    debt = np.round(rng.normal(size=rows), 2)
    trade = rng.choice(["a", "b", "c"], rows)
    bad = rng.random(rows) < 1 / (1 + np.exp(1 - debt - (trade == "b")))
    known = np.where(rng.random(rows) < 0.1, np.nan, debt)
    return pl.DataFrame(
        {
            "subject": [f"s{at:05}" for at in range(rows)],
            "on": [date(2020, 1, 1)] * rows,
            "outcome": bad,
            "debt": known,
            "trade": trade,
        }
    )


@pytest.fixture(scope="module")
def card() -> Card:
    rows = people()
    made, _ = fit(Sample(rows), PLAN, on=date(2021, 1, 1))
    assert made is not None
    return made


def test_the_logit_is_that_of_scikit_learn(card: Card) -> None:
    linear = pytest.importorskip("sklearn.linear_model", reason="scikit-learn is a peer (extra bench): not installed")
    rows = people()
    found = challengers.challenged(rows, rows, PLAN, card)["logit"]
    known = np.isfinite(rows["debt"].to_numpy())
    held = rows["debt"].to_numpy()
    numbers = np.where(known, (held - held[known].mean()) / held[known].std(), 0.0)
    flags = [(rows["trade"] == name).to_numpy() for name in "abc"]
    x = np.column_stack([numbers, ~known, *flags]).astype(float)
    theirs = linear.LogisticRegression(C=1.0, tol=1e-10, max_iter=2_000).fit(x, rows["outcome"].to_numpy())
    assert found == pytest.approx(theirs.predict_proba(x)[:, 1], abs=1e-4)


def test_unseen_categories_and_missing_numbers_have_a_probability(card: Card) -> None:
    test = people(50, 9).with_columns(trade=pl.lit("never seen"), debt=pl.lit(None, pl.Float64))
    for name, found in challengers.challenged(people(), test, PLAN, card).items():
        if name == "logit" or challengers.has_lightgbm():
            assert found is not None
            assert ((found > 0) & (found < 1)).all()


@pytest.mark.skipif(not challengers.has_lightgbm(), reason="LightGBM (extra models) is not installed")
def test_trees_never_lower_the_risk_where_it_is_declared_to_rise(card: Card) -> None:
    test = people(200).with_columns(debt=pl.Series(np.linspace(-4, 4, 200)), trade=pl.lit("a"))
    found = challengers.challenged(people(), test, PLAN, card)["lightgbm"]
    assert found is not None
    assert (np.diff(found) >= 0).all()
    assert np.ptp(found) > 0.1
    again = challengers.challenged(people(), test, PLAN, card)["lightgbm"]
    assert again is not None
    assert found.tobytes() == again.tobytes()


def test_without_lightgbm_there_is_a_logit_and_no_trees(card: Card, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(challengers, "has_lightgbm", lambda: False)
    found = challengers.challenged(people(), people(20), PLAN, card)
    assert found["lightgbm"] is None
    assert found["logit"] is not None


def test_the_rows_of_the_fit_have_not_moved_and_others_have(card: Card) -> None:
    same = by_line(card, people())
    assert all(shift is not None and shift.value == pytest.approx(0, abs=1e-9) for shift in same.values())
    moved = by_line(card, people().with_columns(debt=pl.col("debt") + 1, trade=pl.lit("never seen")))
    assert {shift.word for shift in moved.values() if shift} == {"shifted"}
