"""The index over many firms: compiled loops and threads say what the plain steps say, byte for byte."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from unittest.mock import patch

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.score import Index, Known, apply, index, many, points, population, runs, values
from kerong.engine.score.population import Codes, coded, named
from kerong.engine.score.tails import tails
from kerong.rulebook.content import Rulebook
from tests.engine.score.sheet import ON, enterprises, indicator
from tests.engine.score.test_objective import WEIGHTS, book
from tests.engine.score.test_standing import City, cities, placed

SHEET = [
    indicator("more", "input", weight=3),
    indicator("less", "input", "less"),
    indicator("middle", "output", "middle", best=1.5),
    indicator("middle_less", "output", "middle", best=-4.0),
    indicator("fixed", "output", fixed=(0, 4)),
    indicator("fixed_less", "output", "less", fixed=(-1, 4)),
    indicator("counts", "input"),
    indicator("rare", "input", "less"),
    indicator("flat", "output"),
    indicator("nobody", "output", "less"),
    indicator("huge", "input"),
]


@contextmanager
def compiled() -> Iterator[None]:
    """Every number of firms counts as many."""
    with patch("kerong.engine.score.population.MANY", 0):
        yield


def city(seed: int, firms: int, unknown: float) -> pl.DataFrame:
    """Firms with ties, holes, rare facts, huge numbers, and groups of very different size."""
    rng = np.random.default_rng(seed)
    drawn = {
        "more": rng.gamma(0.5, 1, firms),
        "less": rng.normal(0, 1e6, firms),
        "middle": rng.gamma(1, 1, firms),
        "middle_less": rng.normal(0, 3, firms).round(),
        "fixed": rng.integers(-1, 6, firms) * 0.75,
        "fixed_less": rng.integers(-3, 6, firms) * 0.5,
        "counts": rng.poisson(0.3, firms).astype(float),
        "rare": (rng.random(firms) < 0.02) * rng.normal(0, 1, firms),
        "flat": np.full(firms, 7.5),
        "nobody": np.full(firms, np.nan),
        "huge": rng.choice([-1.7e308, 1.7e308, 5e-324, 0.0, 1.0], firms),
    }
    holes = {name: np.where(rng.random(firms) < unknown, np.nan, column) for name, column in drawn.items()}
    kinds = {
        "stage": [None, "seed", "mature", "x"],
        "section": [None, "A", "C", "M"],
        "district": [None, "1", "2", "3"],
    }
    rows = {name: rng.choice(4, firms, p=[0.02, 0.6, 0.3, 0.08]) for name in kinds}
    return enterprises([{"enterprise_id": f"E{n:06d}"} for n in range(firms)], []).with_columns(
        *(pl.Series(name, [of[n] for n in rows[name]], pl.String) for name, of in kinds.items()),
        *(pl.Series(name, column).fill_nan(None) for name, column in holes.items()),
    )


def same(one: Index, other: Index) -> None:
    assert one.scale.to_json() == other.scale.to_json()
    assert_frame_equal(one.scores, other.scores)
    assert_frame_equal(one.problems, other.problems)


def sheet(method: str) -> Rulebook:
    return book(method, 2000, SHEET, WEIGHTS)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 700), st.floats(0, 1), st.sampled_from(["given", "entropy", "critic"]))
@example(1, 0, 0.0, "entropy")
@example(1, 1, 0.0, "entropy")
def test_the_loops_say_what_the_plain_steps_say(seed: int, firms: int, unknown: float, method: str) -> None:
    table, rules = city(seed, firms, unknown), sheet(method)
    plain = index(table, rules, ON)
    with compiled():
        same(plain, index(table, rules, ON))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(0, 700), st.floats(0, 1), st.booleans(), st.sampled_from([64, 1 << 15]))
@example(1, 0, 0.0, True, 64)
def test_points_alone_are_those_of_the_whole_index(
    seed: int, firms: int, unknown: float, are_many: bool, block: int
) -> None:
    """By loops or not, whatever the size of blocks; the scale is of other firms, in which some groups are missing."""
    rules, table = sheet("entropy"), city(seed, firms, unknown)
    scale = index(city(seed + 1, 40, 0.1), rules, ON).scale
    held = Known.of(values(table, rules, ON)[0], population(table, rules))
    full, _ = apply(held.values, held.firms, scale)
    with compiled() if are_many else nullcontext(), patch.object(runs, "BLOCK", block):
        assert_frame_equal(points(held, scale), full.select("enterprise_id", "points", "points_high", "coverage_bp"))


texts = st.one_of(st.none(), st.sampled_from("abc"), st.text(), st.sampled_from(["a" * 13, "a" * 12 + "b", "a" * 12]))


@pytest.mark.parametrize("most", [3, 4096])
@given(st.lists(texts), st.lists(st.sampled_from("abcd"), unique=True))
def test_texts_coded_once_are_coded_by_any_names(most: int, column: list[str | None], known: list[str]) -> None:
    """By loops and without, also where there are more texts than the loop tells apart."""
    told = pl.Series("industry_group", column, pl.String)
    parted = pl.concat([told, told.reverse()])  # equal texts in two buffers
    expected, names = coded(parted, known), sorted({text for text in column if text is not None})
    for way in (nullcontext(), compiled()):
        with way, patch.object(many, "NAMES", most):
            found = named(parted)
            assert found.names == names
            for codes, plain in ((found.by(known), expected), (found.codes, coded(parted, names))):
                assert codes.kinds == plain.kinds
                np.testing.assert_array_equal(codes.number, plain.number)


@pytest.mark.parametrize("threads", [1, 2, 7])
def test_the_number_of_threads_and_the_size_of_blocks_change_nothing(threads: int) -> None:
    table, rules = city(5, 3000, 0.2), sheet("entropy")
    plain = index(table, rules, ON)
    with (
        compiled(),
        patch("polars.thread_pool_size", lambda: threads),
        patch.object(many, "BLOCK", 700),
        patch.object(runs, "BLOCK", 500),
    ):
        same(plain, index(table, rules, ON))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(1, 5000), st.sampled_from([1, 40, 400, 1 << 15]), st.floats(0, 4))
def test_the_tails_are_those_of_sorting_however_few_rows_are_looked_at_first(
    seed: int, firms: int, sample: int, errors: float
) -> None:
    """Where the sample misleads, all values are looked at: the answer never depends on it."""
    rng = np.random.default_rng(seed)
    codes = Codes(rng.choice(4, firms, p=[0.1, 0.1, 0.2, 0.6]).astype(np.intp), 4)
    columns = [rng.gamma(0.3, 1, firms), rng.poisson(0.5, firms).astype(float), np.sort(rng.normal(0, 1, firms))]
    columns = [np.where(rng.random(firms) < 0.2, np.nan, column) for column in columns]
    with patch.object(many, "SAMPLE", sample), patch.object(many, "ERRORS", errors):
        found = many.all_tails(columns, codes, many.in_runs(codes, Codes(np.zeros(firms, dtype=np.intp), 1)))
    for column, ours in zip(columns, found, strict=True):
        for plain, compiled_ones in zip(tails(column, codes), ours, strict=True):
            np.testing.assert_array_equal(plain, compiled_ones)


def test_few_firms_are_scored_without_the_loops_and_so_are_very_many_districts() -> None:
    def refused(*_: object) -> None:
        raise AssertionError("the loops were asked")

    table = city(1, 50, 0.1)
    with patch.object(many, "gained", refused), patch.object(many, "among", refused):
        plain = index(table, sheet("given"), ON)
        with compiled(), pytest.raises(AssertionError, match="were asked"):
            index(table, sheet("given"), ON)
        with compiled(), patch("kerong.engine.score.population.MOST_KINDS", 0):
            same(plain, index(table, sheet("given"), ON))


@settings(max_examples=40, deadline=None)
@given(cities)
def test_places_by_loops_are_those_of_counting(city: City) -> None:
    plain = placed(city)
    with compiled():
        assert_frame_equal(plain, placed(city))
