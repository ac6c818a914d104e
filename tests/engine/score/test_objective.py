"""Weights from the firms' own figures: entropy and CRITIC, against their definitions, their laws and awkward tables."""

import math
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from polars.testing import assert_frame_equal

from kerong.engine.problems import sentence
from kerong.engine.score import Scale, fit, from_json, index, population, values
from kerong.engine.score.objective import STEPS, Positions, conflicts, counted, divergences, mixed, moments
from kerong.engine.score.population import Codes
from kerong.rulebook.content import Rulebook
from tests.engine.score.sheet import ON, enterprises, flag, indicator, rulebook

NAMES = ("a", "b", "c", "d")
SHEET = [
    indicator("a", "input", weight=3),
    indicator("b", "input", "less"),
    indicator("c", "output", "middle", best=1.5),
    indicator("d", "output", fixed=(0, 4)),
]
WEIGHTS = {"seed": {"input": 700, "output": 300}, "mature": {"input": 345, "output": 655}}
methods = st.sampled_from(["entropy", "critic"])
seeds = st.integers(0, 2**32 - 1)


def book(method: str, mix_bp: int = 0, sheet: object = SHEET, weights: object = WEIGHTS) -> Rulebook:
    made = rulebook(sheet, weights)  # type: ignore[arg-type]
    return replace(made, region=replace(made.region, method=method, mix_bp=mix_bp))


def city(seed: int, firms: int = 260, unknown: float = 0.2) -> pl.DataFrame:
    """Firms of two stages, and of none, with holes."""
    rng = np.random.default_rng(seed)
    drawn = {
        name: np.where(rng.random(firms) < unknown, np.nan, rng.gamma(shape, 1, firms))
        for name, shape in zip(NAMES, (0.5, 2, 1, 3), strict=True)
    }
    return enterprises([{"enterprise_id": f"E{n:04d}"} for n in range(firms)], []).with_columns(
        pl.Series("stage", [(None, "seed", "mature")[n] for n in rng.choice(3, firms, p=[0.1, 0.5, 0.4])], pl.String),
        pl.Series("section", rng.choice(["C", "M"], firms), pl.String),
        *(pl.Series(name, column).fill_nan(None) for name, column in drawn.items()),
    )


def fitted(table: pl.DataFrame, rules: Rulebook) -> tuple[Scale, pl.DataFrame]:
    return fit(values(table, rules, ON)[0], population(table, rules), rules, ON)


def alone(positions: list[int]) -> float:
    """The divergence of these positions, all in one stage."""
    column = np.array(positions, dtype=np.int16)
    return float(divergences(counted(column, one_stage(column.size)))[1])


def one_stage(firms: int) -> Codes:
    return Codes(np.ones(firms, dtype=np.intp), 2)


def matrix(seed: int, lowest: int, firms: int = 400) -> NDArray[np.int16]:
    """Positions of firms in five indicators from `lowest` to STEPS, the second and the third related."""
    drawn = np.random.default_rng(seed).integers(lowest, STEPS + 1, (firms, 5))
    drawn[:, 2] = (drawn[:, 1] + drawn[:, 2]) // 2
    drawn[0], drawn[1] = STEPS, lowest
    return drawn.astype(np.int16)


def columns_of(table: NDArray[np.int16]) -> list[Positions]:
    return list(table.T)


@settings(deadline=None)
@given(st.lists(st.one_of(st.just(-1), st.integers(0, STEPS)), min_size=1, max_size=200))
def test_the_divergence_is_one_minus_shannons_evenness_of_the_known_positions(positions: list[int]) -> None:
    known = [p for p in positions if p >= 0]
    if len(set(known)) < 2:
        assert alone(positions) == 0
        return
    shares = [p / sum(known) for p in known if p]
    evenness = -math.fsum(p * math.log(p) for p in shares) / math.log(len(known))
    assert alone(positions) == pytest.approx(1 - evenness, abs=1e-9)


def test_a_fact_that_few_firms_have_tells_most() -> None:
    for holders in (1, 10, 100):
        wanted = 1 - math.log(holders) / math.log(1000)
        assert alone([STEPS] * holders + [0] * (1000 - holders)) == pytest.approx(wanted, abs=1e-12)


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_entropy_weights_are_those_of_pymcdm_where_every_position_is_above_zero(seed: int) -> None:
    """At a position of 0 the two part: pymcdm sets the whole indicator's entropy to 0, here 0 ln 0 is 0."""
    peer = pytest.importorskip("pymcdm.weights", reason="pymcdm comes with the extra bench")
    table = matrix(seed, 1)
    ours = np.array([alone(column.tolist()) for column in columns_of(table)])
    np.testing.assert_allclose(ours / ours.sum(), peer.entropy_weights(table.astype(float)), rtol=1e-9)


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_critic_weights_are_those_of_pymcdm_where_everything_is_known(seed: int) -> None:
    peer = pytest.importorskip("pymcdm.weights", reason="pymcdm comes with the extra bench")
    table = matrix(seed, 0)
    ours = conflicts(moments(columns_of(table), one_stage(400))[1], np.ones(5, dtype=np.bool_))
    np.testing.assert_allclose(ours / ours.sum(), peer.critic_weights(table.astype(float)), rtol=1e-9)


@given(seeds)
@settings(max_examples=10, deadline=None)
def test_critic_reads_each_pair_on_the_firms_that_know_both(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = np.where(rng.random((400, 5)) < 0.2, -1, matrix(seed, 0))
    wanted = []
    for j in range(5):
        own = table[table[:, j] >= 0, j] / STEPS
        pairs = [table[(table[:, j] >= 0) & (table[:, k] >= 0)][:, [j, k]].astype(float) for k in range(5) if k != j]
        wanted.append(own.std(ddof=1) * sum(1 - np.corrcoef(pair, rowvar=False)[0, 1] for pair in pairs))
    found = conflicts(moments(columns_of(table), one_stage(400))[1], np.ones(5, dtype=np.bool_))
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


@given(seeds)
@settings(max_examples=5, deadline=None)
def test_an_indicator_alike_for_all_weighs_nothing_and_changes_nothing_for_the_others(seed: int) -> None:
    table = matrix(seed, 0)
    flat = np.column_stack([table, np.full(400, 5000, dtype=np.int16), np.full(400, -1, dtype=np.int16)])
    without = conflicts(moments(columns_of(table), one_stage(400))[1], np.ones(5, dtype=np.bool_))
    beside = conflicts(moments(columns_of(flat), one_stage(400))[1], np.ones(7, dtype=np.bool_))
    assert beside.tolist() == [*without.tolist(), 0.0, 0.0]
    assert alone([5000] * 400) == alone([0] * 400) == alone([-1] * 400) == 0


@settings(max_examples=20, deadline=None)
@given(seeds, methods, st.integers(0, 10_000))
def test_every_stage_hands_out_exactly_1000_points_by_every_method(seed: int, method: str, mix_bp: int) -> None:
    scale, _ = fitted(city(seed), book(method, mix_bp))
    for stage in ("seed", "mature", "another", None):
        assert sum(scale.weights_of(stage).values()) == 1000
        assert min(scale.weights_of(stage).values()) >= 0


@settings(max_examples=15, deadline=None)
@given(seeds, methods)
def test_shuffled_rows_give_the_same_weights_and_the_same_bytes(seed: int, method: str) -> None:
    table, rules = city(seed), book(method, 3000)
    one, other = index(table, rules, ON), index(table.sample(fraction=1.0, shuffle=True, seed=1), rules, ON)
    assert one.scale.to_json() == other.scale.to_json()
    assert_frame_equal(one.scores, other.scores)


@settings(max_examples=10, deadline=None)
@given(seeds, methods)
def test_the_whole_share_kept_gives_the_given_weights(seed: int, method: str) -> None:
    table = city(seed)
    kept, given_ones = (fitted(table, rules)[0] for rules in (book(method, 10_000), book("given")))
    assert (kept.weights, kept.weights_unknown) == (given_ones.weights, given_ones.weights_unknown)


@given(seeds, methods)
@settings(max_examples=5, deadline=None)
def test_a_scale_says_how_it_was_weighed_on_how_many_firms_of_which_day(seed: int, method: str) -> None:
    scale, _ = fitted(city(seed), book(method))
    assert (scale.method, scale.firms, scale.fitted_on) == (method, 260, ON)
    assert from_json(scale.to_json()) == scale


@pytest.mark.parametrize("method", ["entropy", "critic"])
def test_a_stage_of_few_firms_or_of_none_takes_the_weights_of_all_and_says_so(method: str) -> None:
    table = city(1, 150).with_columns(stage=pl.lit("seed"))
    scale, noted = fitted(table, book(method))
    assert scale.weights["mature"] == scale.weights_unknown
    (row,) = noted.filter(kind="stage_of_few_firms").iter_rows(named=True)
    assert (row["column"], row["value"]) == ("mature", "0")
    assert "fewer than 100" in sentence(row, "en")
    assert "少于 100" in sentence(row, "zh")


@pytest.mark.parametrize("method", ["entropy", "critic"])
@pytest.mark.parametrize("firms", [0, 1])
def test_one_firm_or_none_is_scored_with_the_given_weights_and_that_is_said(method: str, firms: int) -> None:
    table = city(1, 1).with_columns(a=1.0, b=1.0, c=1.0, d=1.0, stage=pl.lit("seed")).head(firms)
    found = index(table, book(method), ON)
    assert found.scale.weights == index(table, book("given"), ON).scale.weights
    assert found.scores.height == firms
    row = found.problems.filter(kind="weights_without_evidence", column="seed").row(0, named=True)
    assert "given ones are used" in sentence(row, "en")
    assert "给定权重" in sentence(row, "zh")


@pytest.mark.parametrize("method", ["entropy", "critic"])
def test_constant_and_empty_indicators_hand_their_points_to_the_others_and_are_named(method: str) -> None:
    table = city(1).with_columns(a=7.5, b=pl.lit(None, pl.Float64))
    scale, noted = fitted(table, book(method))
    assert all(points["a"] == points["b"] == 0 for points in [*scale.weights.values(), scale.weights_unknown])
    assert {("indicator_constant", "a"), ("indicator_without_values", "b")} <= set(
        noted.select("kind", "column").rows()
    )


@pytest.mark.parametrize("method", ["entropy", "critic"])
def test_duplicated_indicators_are_named_and_weigh_alike(method: str) -> None:
    sheet = [indicator(name, "output") for name in NAMES]
    table = city(1).with_columns(b=pl.col("a"))
    scale, noted = fitted(table, book(method, sheet=sheet, weights={"seed": {"output": 1000}}))
    assert abs(scale.weights["seed"]["a"] - scale.weights["seed"]["b"]) <= 1
    assert noted.filter(kind="indicators_duplicated").select("column", "value").rows() == [("b", "a")]


def test_a_rare_flag_takes_most_of_the_entropy_weights_and_a_share_kept_tempers_it() -> None:
    sheet = [flag("rare", "output"), indicator("a", "output")]
    table = city(1, 1000, 0).with_columns(rare=pl.int_range(1000) < 10)
    plain, tempered = (
        fitted(table, book("entropy", mix, sheet, {"seed": {"output": 1000}}))[0].weights["seed"]["rare"]
        for mix in (0, 8000)
    )
    assert plain > 700
    assert 500 < tempered < 600


@pytest.mark.parametrize("method", ["entropy", "critic"])
def test_endless_ratios_are_unknown_and_leave_the_weights_as_if_nobody_had_told_them(method: str) -> None:
    table = city(1)
    told = table.with_columns(a=pl.when(pl.int_range(260) < 9).then(pl.lit(math.inf)).otherwise("a"))
    empty = table.with_columns(a=pl.when(pl.int_range(260) < 9).then(None).otherwise("a"))
    assert fitted(told, book(method))[0] == fitted(empty, book(method))[0]
    noted = index(told, book(method), ON).problems.filter(kind="indicator_in_error")
    assert noted["column"].unique().to_list() == ["a"]
    assert noted.height == 9


def test_a_region_without_weights_of_its_own_weighs_the_stages_that_occur() -> None:
    scale, _ = fitted(city(1), book("entropy", weights={}))
    assert list(scale.weights) == ["mature", "seed"]
    assert scale.weights["seed"] != scale.weights["mature"]


def test_an_indicator_without_given_points_has_none_by_any_method() -> None:
    weights = {"seed": {"input": 1000, "output": 0}}
    scale, _ = fitted(city(1), book("entropy", weights=weights))
    assert scale.weights["seed"]["c"] == scale.weights["seed"]["d"] == 0


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1e6), min_size=1), st.integers(0, 10_000))
@settings(deadline=None)
def test_mixed_points_lie_between_the_given_and_the_objective_ones(found: dict[str, float], mix_bp: int) -> None:
    names = sorted(found)
    even = dict(zip(names, [1000 // len(names)] * len(names), strict=True))
    even[names[0]] += 1000 - sum(even.values())
    whole, part = mixed(even, dict(found), 0), mixed(even, dict(found), mix_bp)
    if whole is None or part is None:
        assert whole is part is None
        assert not any(found.values())
        return
    for name in names:
        low, high = sorted((even[name], whole[name]))
        assert low - 1 <= part[name] <= high + 1


def test_another_method_is_refused() -> None:
    with pytest.raises(ValueError, match="entropy or critic"):
        fitted(city(1, 5), book("ahp"))
