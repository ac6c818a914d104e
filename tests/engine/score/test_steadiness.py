"""A firm's places by other ways of weighing: its own among them, the same in any order, what another sum finds."""

from dataclasses import replace

import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.score import fit, index, population, steady, values
from kerong.engine.score.sensitivity import sensitivity
from kerong.engine.score.steadiness import WAYS
from kerong.rulebook.content import Rulebook
from tests.engine.score.sheet import ON, enterprises, indicator, rulebook
from tests.engine.score.test_sensitivity import BOOK, cities

PLACES = ["rank_weights_best", "rank_weights_worst"]


def of(table: pl.DataFrame, book: Rulebook = BOOK) -> pl.DataFrame:
    found = index(table, book, ON)
    return steady(found.scores, table, book, found.scale, ON)


@settings(max_examples=15, deadline=None)
@given(cities)
def test_the_runs_own_place_lies_between_the_best_and_the_worst_and_all_are_possible(table: pl.DataFrame) -> None:
    for row in of(table).iter_rows(named=True):
        assert 1 <= row[PLACES[0]] <= row["rank"] <= row[PLACES[1]] <= table.height


@settings(max_examples=15, deadline=None)
@given(cities, st.integers(0, 2**32 - 1))
def test_the_order_of_firms_changes_no_place_by_other_weights(table: pl.DataFrame, seed: int) -> None:
    assert_frame_equal(of(table), of(table.sample(fraction=1.0, shuffle=True, seed=seed)))


@settings(max_examples=15, deadline=None)
@given(cities)
def test_the_places_are_those_of_a_run_that_weighs_otherwise(table: pl.DataFrame) -> None:
    mine = of(table)
    places = [mine["rank"].to_list()]
    found, firms = values(table, BOOK, ON)[0], population(table, BOOK)
    for way in WAYS:
        book = replace(BOOK, region=replace(BOOK.region, method=way, mix_bp=0))
        scale = fit(found, firms, book)[0]
        own = sensitivity(found, firms, scale, book, 0, np.random.default_rng(1)).places
        places.append(own.sort("enterprise_id")["rank"].to_list())
    assert mine[PLACES[0]].to_list() == [min(row) for row in zip(*places, strict=True)]
    assert mine[PLACES[1]].to_list() == [max(row) for row in zip(*places, strict=True)]


def test_one_indicator_leaves_weights_nothing_to_decide() -> None:
    book = rulebook([indicator("a", "input", fixed=(0, 9))], {"seed": {"input": 1000}})
    rows: list[dict[str, object]] = [{"enterprise_id": f"E{n}", "stage": "seed", "a": float(n)} for n in range(4)]
    found = of(enterprises(rows, ("a",)), book)
    assert found["rank_weights_best"].to_list() == found["rank_weights_worst"].to_list() == found["rank"].to_list()
