"""Challengers are what their names say, and nothing odd in the rows of a test stops them."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kerong.engine.score.card import challengers, metrics
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


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 10**6), bads=st.integers(20, 150), columns=st.integers(1, 12))
@example(seed=2, bads=60, columns=6)
@example(seed=5, bads=60, columns=12)
def test_the_logit_stands_where_no_coefficient_would_lower_the_loss_however_few_the_bads(
    seed: int, bads: int, columns: int
) -> None:
    """Whole steps of Newton ran away among 115 bads of 5,484: training AUC 0.32, and 0.26 to 0.37 on later days."""
    x, bad = _heavy(seed, bads, columns)
    found = challengers._least(x, bad.astype(np.float64))
    likely = 1 / (1 + np.exp(-(x @ found)))
    slope = x.T @ (bad - likely) - np.r_[0.0, found[1:]] * challengers.RIDGE
    assert np.abs(slope).max() < 1e-4
    nobody = np.r_[np.log(bad.mean() / (1 - bad.mean())), np.zeros(x.shape[1] - 1)]
    assert _loss(x, bad, found) <= _loss(x, bad, nobody) + 1e-6


@pytest.mark.parametrize(("seed", "columns"), [(2, 6), (5, 12)])
def test_the_logit_orders_its_own_rows_better_than_chance_where_a_column_tells(seed: int, columns: int) -> None:
    """Of a column that tells next to nothing, the least loss may order a hair worse than chance; here one tells."""
    x, bad = _heavy(seed, 60, columns)
    area = metrics.auc(metrics.tally(bad, x @ challengers._least(x, bad.astype(np.float64))))
    assert area is not None
    assert area >= 0.5


def _heavy(seed: int, bads: int, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Flags of heavy-tailed columns, the first of which tells, and who of 3,000 rows is bad."""
    rng = np.random.default_rng(seed)
    rows = 3_000
    heavy = np.exp(rng.normal(size=(rows, columns)) * 2)
    bad = np.argsort(rng.permutation(rows) - 500 * (heavy[:, 0] > 4)) < bads
    names = [f"x{at}" for at in range(columns)]
    table = pl.DataFrame({"outcome": bad, **dict(zip(names, heavy.T, strict=True))})
    plan = Plan("made_up", tuple(Characteristic(name) for name in names))
    return challengers._flags(table, challengers._columns(table, plan)), bad


def _loss(x: np.ndarray, bad: np.ndarray, found: np.ndarray) -> float:
    line = x @ found
    return float(np.logaddexp(0, line).sum() - line[bad].sum() + challengers.RIDGE / 2 * (found[1:] ** 2).sum())


def test_unseen_categories_and_missing_numbers_have_a_probability(card: Card) -> None:
    test = people(50, 9).with_columns(trade=pl.lit("never seen"), debt=pl.lit(None, pl.Float64))
    for name, found in challengers.challenged(people(), test, PLAN, card).items():
        if name == "logit" or challengers.has_lightgbm():
            assert found is not None
            assert ((found > 0) & (found < 1)).all()


LATER = st.floats(allow_nan=True, allow_infinity=True) | st.none()


@settings(max_examples=15, deadline=None)
@given(
    early=st.sampled_from([None, 0.1, -7e14, 1e308]), later=st.lists(LATER, min_size=1, max_size=5), few=st.booleans()
)
def test_what_the_training_rows_all_lack_or_all_share_moves_no_challenger_whatever_it_is_later(
    card: Card, early: float | None, later: list[float | None], few: bool
) -> None:
    plan = Plan("made_up", (*PLAN.characteristics, Characteristic("new")), seed=3)
    train, test = people(), people(60, 9)
    values = [early] * train.height
    if few and early is None:
        values[: challengers.LEAST_ROWS - 1] = [float(at) for at in range(challengers.LEAST_ROWS - 1)]
    new = pl.Series("new", values, dtype=pl.Float64)
    told = pl.Series("new", [later[at % len(later)] for at in range(60)], dtype=pl.Float64)
    with_it = challengers.challenged(train.with_columns(new), test.with_columns(told), plan, card)
    without = challengers.challenged(train, test, PLAN, card)
    assert challengers.left_out(train.with_columns(new), plan) == ("new",)
    for name, found in without.items():
        assert (with_it[name] is None) == (found is None)
        if found is not None:
            assert with_it[name] == pytest.approx(found, rel=1e-9), name


def test_the_logit_reads_values_beyond_those_of_the_training_rows_as_the_nearest_of_them(card: Card) -> None:
    debt = people()["debt"].drop_nans()
    ends = people(4, 9).with_columns(trade=pl.lit("a"), debt=pl.Series([debt.min(), -1e15, debt.max(), 1e15]))
    found = challengers.challenged(people(), ends, PLAN, card)["logit"]
    assert found is not None
    assert found[0] == found[1] < found[2] == found[3]


def test_a_category_that_everybody_has_is_left_out_and_so_is_one_that_nobody_has(card: Card) -> None:
    for trade in ("a", None):
        train = people().with_columns(trade=pl.lit(trade, pl.String))
        assert challengers.left_out(train, PLAN) == ("trade",)
        for name, found in challengers.challenged(train, people(30, 9), PLAN, card).items():
            if name == "logit" or challengers.has_lightgbm():
                assert found is not None
                assert ((found > 0) & (found < 1)).all()


@pytest.mark.skipif(not challengers.has_lightgbm(), reason="LightGBM (extra models) is not installed")
def test_trees_read_a_value_that_is_missing_only_later_as_one_in_the_middle(card: Card) -> None:
    train = people().with_columns(debt=pl.col("debt").fill_nan(0.0) + 1e6)
    middle = train["debt"].sort()[train.height // 2]
    test = people(2).with_columns(trade=pl.lit("a"), debt=pl.Series([None, middle]))
    found = challengers.challenged(train, test, PLAN, card)["lightgbm"]
    assert found is not None
    assert found[0] == found[1]


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
