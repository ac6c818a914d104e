"""The fitted scale: bounds, fallbacks, what is worth saying, and its JSON."""

import json
from collections.abc import Sequence

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kerong.engine.problems import sentence
from kerong.engine.score import Bounds, Scale, ScaleRefused, fit, from_json, population, values
from kerong.rulebook.content import Indicator
from tests.engine.score.sheet import ON, enterprises, flag, indicator, rulebook

WEIGHTS = {"seed": {"output": 1000}}


def fitted(rows: list[dict[str, object]], indicators: list[Indicator]) -> tuple[Scale, pl.DataFrame]:
    book = rulebook(indicators, WEIGHTS)
    table = enterprises([{"stage": "seed", **row} for row in rows], [item.name for item in indicators])
    return fit(values(table, book, ON)[0], population(table, book), book)


def firms(numbers: Sequence[float | None], section: str = "C", start: int = 0) -> list[dict[str, object]]:
    return [{"enterprise_id": f"E{start + n:04d}", "section": section, "a": x} for n, x in enumerate(numbers)]


def test_bounds_are_the_second_smallest_and_second_largest_of_thirty() -> None:
    scale, _ = fitted(firms([float(x) for x in range(30)]), [indicator("a")])
    assert scale.yardsticks[0].groups["C"] == Bounds(1.0, 28.0, 30, "group")


def test_three_firms_in_an_industry_are_read_with_the_bounds_of_all_firms() -> None:
    rows = firms([float(x) for x in range(40)]) + firms([500.0, 600.0, 700.0], "M", 40)
    scale, _ = fitted(rows, [indicator("a")])
    everyone = scale.yardsticks[0].everyone
    assert everyone == Bounds(2.0, 500.0, 43, "all")
    assert scale.yardsticks[0].groups["M"] == everyone
    assert scale.yardsticks[0].groups["C"] == Bounds(1.0, 38.0, 40, "group")


def test_an_industry_where_all_are_alike_is_read_with_the_bounds_of_all_firms() -> None:
    rows = firms([0.0] * 35) + firms([float(x) for x in range(60)], "M", 40)
    scale, _ = fitted(rows, [indicator("a")])
    assert scale.yardsticks[0].groups["C"] == scale.yardsticks[0].everyone


def test_a_rare_fact_is_read_from_the_usual_value_to_an_order_statistic_of_those_that_have_it() -> None:
    scale, noted = fitted(firms([0.0] * 60 + [4.0]), [indicator("a")])
    assert scale.yardsticks[0].everyone == Bounds(0.0, 4.0, 61, "rare")
    assert noted.is_empty()
    scale, _ = fitted(firms([0.0] * 900 + [float(x) for x in range(1, 21)] + [1e9]), [indicator("a")])
    assert scale.yardsticks[0].everyone == Bounds(0.0, 20.0, 921, "rare")


def test_a_rare_fact_may_lie_on_both_sides_of_the_usual_value() -> None:
    scale, _ = fitted(firms([0.0] * 90 + [-3.0, 5.0]), [indicator("a")])
    assert scale.yardsticks[0].everyone == Bounds(-3.0, 5.0, 92, "rare")


def test_a_constant_indicator_is_named_with_its_value() -> None:
    scale, noted = fitted(firms([7.5] * 40), [indicator("a")])
    assert scale.yardsticks[0].everyone == Bounds(7.5, 7.5, 40, "constant")
    assert noted["kind"].to_list() == ["indicator_constant"]
    assert "7.5" in sentence(noted.row(0, named=True), "en")


def test_an_indicator_that_is_known_for_nobody_is_named_and_has_no_bounds() -> None:
    scale, noted = fitted(firms([None, None]), [indicator("a")])
    assert scale.yardsticks[0].everyone == Bounds(None, None, 0, "none")
    assert noted["kind"].to_list() == ["indicator_without_values"]


def test_two_indicators_with_the_same_values_are_named_as_a_pair() -> None:
    rows = [{**row, "b": row["a"]} for row in firms([1.0, 2.0, None])]
    _, noted = fitted(rows, [indicator("a"), indicator("b")])
    assert noted.select("kind", "column", "value").rows() == [("indicators_duplicated", "b", "a")]


def test_declared_bounds_and_flags_are_not_fitted() -> None:
    held = [indicator("a", fixed=(0, 4)), flag("b", "output")]
    book = rulebook(held, WEIGHTS)
    table = enterprises(firms([100.0]), ["a"]).with_columns(b=pl.lit(True))
    scale, _ = fit(values(table, book, ON)[0], population(table, book), book)
    assert [item.everyone for item in scale.yardsticks] == [Bounds(0.0, 4.0, 1, "fixed"), Bounds(0.0, 1.0, 1, "fixed")]
    assert all(not item.groups for item in scale.yardsticks)


def test_a_region_without_enterprises_or_without_indicators_still_has_a_scale() -> None:
    scale, _ = fitted([], [indicator("a")])
    assert scale.yardsticks[0].everyone.basis == "none"
    bare, noted = fitted(firms([1.0]), [])
    assert (bare.yardsticks, bare.weights) == ((), {"seed": {}})
    assert noted["kind"].to_list() == ["dimension_without_indicators"]


def test_indicators_outside_all_weighted_dimensions_are_named() -> None:
    _, noted = fitted([{**row, "b": 1.0} for row in firms([1.0, 2.0])], [indicator("a"), indicator("b", "talent")])
    assert ("dimension_without_points", "talent") in noted.select("kind", "column").rows()


def test_values_and_population_of_different_enterprises_are_refused() -> None:
    book = rulebook([indicator("a")], WEIGHTS)
    one, two = (enterprises(firms([1.0], start=n), ["a"]) for n in (0, 1))
    with pytest.raises(ValueError, match="same enterprises"):
        fit(values(one, book, ON)[0], population(two, book), book)


def test_an_enterprise_that_stands_twice_is_refused() -> None:
    table = enterprises(firms([1.0]) * 2, ["a"])
    with pytest.raises(ValueError, match="not unique"):
        population(table, rulebook([indicator("a")], WEIGHTS))


@settings(deadline=None)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=80))
def test_a_scale_read_back_from_json_is_equal_to_the_one_written(numbers: list[float]) -> None:
    scale, _ = fitted(firms(numbers), [indicator("a", "output", "middle", best=0.1)])
    assert from_json(scale.to_json()) == scale
    assert from_json(scale.to_json()).to_json() == scale.to_json()


@pytest.mark.parametrize("text", ["[]", "{", "{}", "3", "[" * 100_000, '{"version": 2}'])
def test_a_text_that_is_no_scale_is_refused_in_both_languages(text: str) -> None:
    with pytest.raises(ScaleRefused, match="no scale") as caught:
        from_json(text)
    assert "不是评分标尺" in caught.value.said.zh


@pytest.mark.parametrize("version", [1, 3, 99, "2", None])
def test_a_scale_of_another_version_is_refused_and_says_what_to_do(version: object) -> None:
    scale, _ = fitted(firms([1.0]), [indicator("a")])
    with pytest.raises(ScaleRefused, match=f"version {version}: this program reads version 2; assess again") as caught:
        from_json(json.dumps(json.loads(scale.to_json()) | {"version": version}))
    assert f"版本是 {version}，本程序只读版本 2" in caught.value.said.zh


def test_a_scale_that_was_changed_by_hand_is_refused() -> None:
    scale, _ = fitted(firms([1.0, 2.0]), [indicator("a")])
    held = json.loads(scale.to_json())
    held["yardsticks"][0]["everyone"]["low"] = 0.5
    with pytest.raises(ScaleRefused, match="digest differs") as caught:
        from_json(json.dumps(held))
    assert "摘要不符" in caught.value.said.zh


def test_scales_of_the_same_firms_have_one_digest_and_others_another() -> None:
    one, again, other = (fitted(firms(numbers), [indicator("a")])[0] for numbers in ([1.0, 2.0], [2.0, 1.0], [1.0]))
    assert one.digest == again.digest == json.loads(one.to_json())["digest"]
    assert one.digest != other.digest


def test_a_region_without_weights_gives_every_dimension_the_same() -> None:
    book = rulebook([indicator("a", "input"), indicator("b", "output"), indicator("c", "output")])
    table = enterprises(firms([1.0]), ["a", "b", "c"])
    scale, _ = fit(values(table, book, ON)[0], population(table, book), book)
    assert scale.weights_of("seed") == {"a": 500, "b": 250, "c": 250}
