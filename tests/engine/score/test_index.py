"""The index from values to points: laws that hold for every table, and the answers to awkward ones."""

from dataclasses import replace

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from kerong.engine.score import Scale, apply, fit, from_json, index, population, values
from kerong.rulebook.content import Rulebook
from kerong.rulebook.tree import Node
from kerong.rulebook.types import RATIO
from tests.engine.score.sheet import ON, enterprises, indicator, rulebook

NAMES = ("a", "b", "c", "d")
BOOK = rulebook(
    [
        indicator("a", "input", "more", weight=3),
        indicator("b", "input", "less"),
        indicator("c", "output", "middle", best=1.5),
        indicator("d", "output", "more", fixed=(0, 4)),
    ],
    {"seed": {"input": 700, "output": 300}, "mature": {"input": 345, "output": 655}},
)
number = st.one_of(st.none(), st.floats(-1e6, 1e6), st.integers(-3, 3).map(float))
firm = st.fixed_dictionaries(
    dict.fromkeys(NAMES, number)
    | {"stage": st.sampled_from(["seed", "mature", "other", None])}
    | {"section": st.sampled_from(["C", "M", None]), "district": st.sampled_from(["1", "2", None])}
)
cities = st.lists(firm, max_size=60).map(
    lambda rows: enterprises([{"enterprise_id": f"E{n:03d}", **row} for n, row in enumerate(rows)], NAMES)
)


def scale_of(table: pl.DataFrame, book: Rulebook = BOOK) -> Scale:
    return fit(values(table, book, ON)[0], population(table, book), book)[0]


def scored(table: pl.DataFrame, scale: Scale, book: Rulebook = BOOK) -> pl.DataFrame:
    return apply(values(table, book, ON)[0], population(table, book), scale)[0]


@settings(deadline=None)
@given(cities)
def test_the_known_contributions_add_up_to_the_points_and_to_the_dimensions(table: pl.DataFrame) -> None:
    scores = index(table, BOOK, ON).scores
    for row in scores.iter_rows(named=True):
        parts = {name: row[f"indicator_{name}"] or 0 for name in NAMES}
        assert row["points"] == sum(parts.values())
        assert (row["points_input"], row["points_output"]) == (parts["a"] + parts["b"], parts["c"] + parts["d"])


@settings(deadline=None)
@given(cities)
def test_what_is_open_is_exactly_the_weight_of_what_is_unknown(table: pl.DataFrame) -> None:
    result = index(table, BOOK, ON)
    for row in result.scores.iter_rows(named=True):
        weights = result.scale.weights_of(row["stage"])
        unknown = sum(weights[name] for name in NAMES if row[f"indicator_{name}"] is None)
        assert row["points_high"] - row["points"] == unknown
        assert row["coverage_bp"] == (1000 - unknown) * 10
        assert 0 <= row["points"] <= row["points_high"] <= 1000


@settings(deadline=None)
@given(cities, st.integers(0, 2**32 - 1))
def test_shuffled_rows_give_the_same_bytes(table: pl.DataFrame, seed: int) -> None:
    shuffled = table.sample(fraction=1.0, shuffle=True, seed=seed)
    one, other = index(table, BOOK, ON), index(shuffled, BOOK, ON)
    assert_frame_equal(one.scores, other.scores)
    assert one.scale.to_json() == other.scale.to_json()
    assert_frame_equal(one.problems, other.problems)


@settings(deadline=None)
@given(cities, firm, st.floats(0, 1e6))
def test_more_of_a_more_indicator_never_lowers_the_points(
    table: pl.DataFrame, held: dict[str, object], more: float
) -> None:
    scale = scale_of(table)
    base = held["a"] if isinstance(held["a"], float) else 0.0
    pair = [{"enterprise_id": name, **held, "a": value} for name, value in (("E1", base), ("E2", base + more))]
    low, high = scored(enterprises(pair, NAMES), scale)["points"]
    assert low <= high


@settings(deadline=None)
@given(cities, firm, st.sampled_from(NAMES), st.floats(-1e6, 1e6))
def test_learning_a_value_never_widens_the_interval(
    table: pl.DataFrame, held: dict[str, object], name: str, learned: float
) -> None:
    scale = scale_of(table)
    pair = [{"enterprise_id": "E1", **held, name: None}, {"enterprise_id": "E2", **held, name: learned}]
    before, after = scored(enterprises(pair, NAMES), scale).iter_rows(named=True)
    assert before["points"] <= after["points"]
    assert after["points_high"] <= before["points_high"]


@settings(deadline=None)
@given(cities)
def test_ranks_run_from_one_by_points_then_possible_points_then_id(table: pl.DataFrame) -> None:
    rows = index(table, BOOK, ON).scores.select("points", "points_high", "enterprise_id", "rank").rows()
    wanted = sorted(rows, key=lambda row: (-row[0], -row[1], row[2]))
    assert [row[3] for row in wanted] == list(range(1, len(rows) + 1))


@settings(deadline=None)
@given(cities)
def test_standing_counts_neighbours_and_keeps_the_order_of_the_ranks(table: pl.DataFrame) -> None:
    scores = index(table, BOOK, ON).scores
    for key in ("1", "2"):
        ids = table.filter(pl.col("district") == key)["enterprise_id"].to_list()
        inside = scores.filter(pl.col("enterprise_id").is_in(ids)).sort("rank")
        assert inside["rank_district"].to_list() == list(range(1, len(ids) + 1))
        assert inside["size_district"].unique().to_list() in ([], [len(ids)])
    loose = scores.filter(pl.col("industry_group").is_null())
    assert loose["rank_group"].null_count() == loose["size_group"].null_count() == loose.height


@settings(max_examples=20, deadline=None)
@given(cities)
def test_a_scale_from_json_gives_the_same_scores(table: pl.DataFrame) -> None:
    scale = scale_of(table)
    assert_frame_equal(scored(table, scale), scored(table, from_json(scale.to_json())))


def test_grades_are_given_by_proven_and_by_possible_points() -> None:
    book = rulebook([indicator("a", fixed=(0, 10)), indicator("b", fixed=(0, 10))], {"seed": {"output": 1000}})
    rows = [
        {"enterprise_id": f"E{n}", "stage": "seed", "a": a, "b": b}
        for n, (a, b) in enumerate([(8.0, 6.0), (8.0, None), (7.98, 6.0)])
    ]
    scores = index(enterprises(rows, ["a", "b"]), book, ON).scores
    assert scores.select("points", "points_high", "grade", "grade_high").rows() == [
        (700, 700, "A", "A"),
        (400, 900, "B", "A"),
        (699, 699, "B", "B"),
    ]


def test_a_region_that_declares_no_weights_hears_nothing_of_stages_without_weights() -> None:
    plain = rulebook([indicator("a", "input"), indicator("d", "output")])
    result = index(enterprises([{"enterprise_id": "E1", "stage": None, "d": 4.0}], NAMES), plain, ON)
    assert result.problems.filter(kind="stage_without_weights").is_empty()


def test_a_stage_without_weights_is_scored_with_the_mean_and_counted() -> None:
    rows = [{"enterprise_id": f"E{n}", "stage": stage, "d": 4.0} for n, stage in enumerate([None, "exit", "exit"])]
    result = index(enterprises(rows, NAMES), BOOK, ON)
    noted = result.problems.filter(kind="stage_without_weights").select("column", "value").rows()
    assert noted == [(None, "1"), ("exit", "2")]
    # (300 + 655) / 2 = 477.5: the half goes to the earlier dimension, so that output has 477 and d, the later one, 238
    assert result.scores["indicator_d"].to_list() == [238, 238, 238]


def test_an_indicator_that_nobody_knows_leaves_its_points_open_for_all() -> None:
    rows = [{"enterprise_id": f"E{n}", "stage": "seed", "a": float(n)} for n in range(3)]
    scores = index(enterprises(rows, NAMES), BOOK, ON).scores
    assert scores["indicator_b"].null_count() == 3
    assert scores.select("points", "points_high").rows() == [(0, 475), (263, 738), (525, 1000)]


def test_a_firm_of_a_new_industry_is_read_like_all_firms() -> None:
    rows = [{"enterprise_id": f"E{n:02d}", "stage": "seed", "section": "C", "a": float(n)} for n in range(40)]
    scale = scale_of(enterprises(rows, NAMES))
    pair = [{"enterprise_id": s, "stage": "seed", "section": s, "a": 20.0} for s in ("new", "other")]
    assert scored(enterprises(pair, NAMES), scale)["indicator_a"].n_unique() == 1


def test_no_enterprises_give_an_empty_table_of_the_same_shape() -> None:
    empty = index(enterprises([], NAMES), BOOK, ON).scores
    one = index(enterprises([{"enterprise_id": "E1"}], NAMES), BOOK, ON).scores
    assert (empty.height, empty.schema) == (0, one.schema)


def test_a_division_by_zero_is_unknown_and_names_firm_and_indicator() -> None:
    operands = tuple(Node("field", RATIO, value=("enterprise", name)) for name in ("a", "b"))
    quotient = replace(indicator("q"), value=Node("divide", RATIO, operands))
    book = rulebook([quotient], {"seed": {"output": 1000}})
    rows = [{"enterprise_id": "E1", "a": 1.0, "b": 0.0}, {"enterprise_id": "E2", "a": 1.0, "b": 2.0}]
    found, noted = values(enterprises(rows, ["a", "b"]), book, ON)
    assert found["q"].to_list() == [None, 0.5]
    assert noted.select("kind", "column", "enterprise_id").rows() == [("indicator_in_error", "q", "E1")]


def test_a_number_that_is_not_finite_is_unknown_and_named() -> None:
    rows = [{"enterprise_id": "E1", "a": float("inf")}, {"enterprise_id": "E2", "a": float("nan")}]
    book = rulebook([indicator("a")], {"seed": {"output": 1000}})
    found, noted = values(enterprises(rows, ["a"]), book, ON)
    assert found["a"].null_count() == 2
    assert noted["enterprise_id"].to_list() == ["E1", "E2"]
