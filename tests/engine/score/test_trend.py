"""The index of past days."""

from types import SimpleNamespace

import polars as pl

from kerong.engine.score import apply, index, population, trend, values
from tests.engine.score.sheet import ON
from tests.engine.score.test_many import city, sheet


def test_a_day_of_the_trend_says_what_the_whole_index_says_with_the_same_scale() -> None:
    rules, table = sheet("entropy"), city(3, 800, 0.2)
    scale = index(city(4, 300, 0.1), rules, ON).scale
    found = trend([SimpleNamespace(on=ON, enterprises=table, known=pl.DataFrame())], rules, scale)
    full, _ = apply(values(table, rules, ON)[0], population(table, rules), scale)
    assert found.drop("on").equals(full.select("enterprise_id", "points", "points_high", "coverage_bp", "rank"))
    assert found["on"].unique().to_list() == [ON]
