"""Does a score predict: its AUC against pairs by hand, and comparisons on the same draws."""

from itertools import product

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.score.validity import Validity, validity

rows = st.lists(st.tuples(st.one_of(st.none(), st.booleans()), st.one_of(st.none(), st.integers(0, 5))), max_size=30)


def of(came: list[bool | None], figure: list[float | None], seed: int = 1, draws: int = 20) -> list[Validity]:
    outcomes = {"later": pl.Series(came, dtype=pl.Boolean)}
    scores = {"index": pl.Series(figure, dtype=pl.Float64)}
    scores["turned"] = -scores["index"]
    return validity(outcomes, scores, np.random.default_rng(seed), draws)


@settings(max_examples=60)
@given(rows)
def test_the_auc_is_the_share_of_pairs_in_the_right_order_with_the_unknown_at_the_median(
    table: list[tuple[bool | None, int | None]],
) -> None:
    found = of([came for came, _ in table], [value for _, value in table])[0]
    at_risk = [(came, value) for came, value in table if came is not None]
    known = sorted(value for _, value in at_risk if value is not None)
    middle = known[(len(known) - 1) // 2] if known else 0
    had = [middle if value is None else value for came, value in at_risk if came]
    had_not = [middle if value is None else value for came, value in at_risk if not came]
    pairs = [1.0 if a > b else 0.5 if a == b else 0.0 for a, b in product(had, had_not)]
    assert (found.rows, found.events) == (len(at_risk), len(had))
    assert found.auc.value == (pytest.approx(sum(pairs) / len(pairs)) if pairs else None)


@settings(max_examples=30)
@given(rows)
def test_a_figure_read_backwards_is_no_worse_and_no_better_than_itself(
    table: list[tuple[bool | None, int | None]],
) -> None:
    first, second = of([came for came, _ in table], [None if v is None else v + 0.0 for _, v in table])
    if None in [value for came, value in table if came is not None] or first.auc.value is None:
        return
    assert first.less is None
    assert second.less is not None
    assert second.less.value == pytest.approx(min(0.0, 2 * first.auc.value - 1))


def test_more_draws_of_the_same_seed_lie_around_the_figure_and_the_same_seed_gives_the_same_interval() -> None:
    came = [True] * 40 + [False] * 60
    figure = [float(n % 7 + 2 * hit) for n, hit in enumerate(came)]
    one, again = (of(list(came), list(figure), seed=3, draws=200)[0].auc for _ in range(2))
    assert one == again
    assert one.low is not None
    assert one.high is not None
    assert one.value is not None
    assert one.low < one.value < one.high


def test_an_outcome_that_never_came_has_no_auc() -> None:
    found = of([False, False, None], [1.0, 2.0, 3.0])
    assert [(item.rows, item.events, item.auc.value) for item in found] == [(2, 0, None)] * 2
