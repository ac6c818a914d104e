"""How stable a ranking is under other weights: laws for every table of firms."""

from itertools import combinations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.score import fit, population, values
from kerong.engine.score.sensitivity import Sensitivity, sensitivity, sentence
from tests.engine.score.sheet import ON, enterprises, indicator, rulebook

NAMES = ("a", "b", "c")
BOOK = rulebook(
    [
        indicator("a", "input", fixed=(0, 9)),
        indicator("b", "input", fixed=(0, 9)),
        indicator("c", "output", fixed=(0, 9)),
    ],
    {"seed": {"input": 700, "output": 300}, "mature": {"input": 300, "output": 700}},
)
firm = st.fixed_dictionaries(
    dict.fromkeys(NAMES, st.one_of(st.none(), st.integers(0, 9).map(float)))
    | {"stage": st.sampled_from(["seed", "mature", None])}
)
cities = st.lists(firm, min_size=1, max_size=25).map(
    lambda rows: enterprises([{"enterprise_id": f"E{n:03d}", **row} for n, row in enumerate(rows)], NAMES)
)


def of(table: pl.DataFrame, draws: int = 6, seed: int = 1) -> Sensitivity:
    found, firms = values(table, BOOK, ON)[0], population(table, BOOK)
    scale = fit(found, firms, BOOK)[0]
    return sensitivity(found, firms, scale, BOOK, draws, np.random.default_rng(seed))


@settings(max_examples=12)
@given(cities, st.integers(0, 2**32 - 1))
def test_shuffled_rows_give_the_same_answer_and_the_same_seed_the_same_draws(table: pl.DataFrame, seed: int) -> None:
    one, other = of(table), of(table.sample(fraction=1.0, shuffle=True, seed=seed))
    assert one.agreements == other.agreements
    assert_frame_equal(one.places, other.places)


@settings(max_examples=12)
@given(cities)
def test_places_are_possible_and_every_rank_is_given_once(table: pl.DataFrame) -> None:
    places = of(table).places
    assert places["rank"].to_list() == list(range(1, table.height + 1))
    assert places.filter(
        (pl.col("best") > pl.col("worst")) | (pl.col("best") < 1) | (pl.col("worst") > table.height)
    ).is_empty()


@settings(max_examples=12)
@given(cities)
def test_the_runs_own_weights_agree_with_themselves(table: pl.DataFrame) -> None:
    given_ones = next(item for item in of(table).agreements if item.weights == "given")
    assert given_ones.top_bp == 10_000
    assert given_ones.kendall in (None, pytest.approx(1.0))
    assert given_ones.spearman in (None, pytest.approx(1.0))


def test_kendall_counts_pairs_as_by_hand() -> None:
    rows = [
        {"enterprise_id": f"E{n}", "stage": "seed", "a": a, "b": b, "c": c}
        for n, (a, b, c) in enumerate(
            [(9.0, 0.0, 0.0), (4.0, 3.0, 9.0), (1.0, 9.0, 2.0), (0.0, 0.0, 9.0), (5.0, 5.0, 5.0)]
        )
    ]
    own = [350 * row["a"] + 350 * row["b"] + 300 * row["c"] for row in rows]  # type: ignore[operator]
    equal = [334 * row["a"] + 333 * row["b"] + 333 * row["c"] for row in rows]  # type: ignore[operator]
    pairs = list(combinations(range(5), 2))
    signs = [np.sign(own[i] - own[j]) * np.sign(equal[i] - equal[j]) for i, j in pairs]
    found = next(item for item in of(enterprises(rows, NAMES)).agreements if item.weights == "equal")
    assert found.kendall == pytest.approx(sum(signs) / len(pairs))


def test_one_indicator_alone_ranks_the_same_under_any_weights() -> None:
    rows = [{"enterprise_id": f"E{n:02d}", "stage": "seed", "a": float(n % 10)} for n in range(30)]
    found = of(enterprises(rows, NAMES))
    drawn = next(item for item in found.agreements if item.weights == "drawn")
    assert (found.typical_width, drawn.top_bp) == (0, 10_000)
    assert drawn.kendall == pytest.approx(1.0)
    assert "0 places" in sentence(found, "en")
    assert "0 位" in sentence(found, "zh")


def test_without_draws_the_sentence_says_that_stability_is_not_known() -> None:
    found = of(enterprises([{"enterprise_id": "E1", "a": 1.0}], NAMES), draws=0)
    assert "not known" in sentence(found, "en")
    assert "未知" in sentence(found, "zh")


def test_no_firms_are_refused() -> None:
    with pytest.raises(ValueError, match="at least one firm"):
        of(enterprises([], NAMES))
