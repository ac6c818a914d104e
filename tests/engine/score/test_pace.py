"""How far firms come in a year: counted as it is defined, the same in any order, silent where few moved."""

from random import Random

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.score.pace import LEAST_FIRMS, pace, reach_of

VALUE = st.one_of(st.none(), st.integers(-5, 5).map(float))
CITY = st.lists(st.tuples(VALUE, VALUE, st.sampled_from(["C", "I", None])), min_size=1, max_size=80)
City = list[tuple[float | None, float | None, str | None]]


def read(city: City, column: int) -> pl.DataFrame:
    ids = [f"{number:03d}" for number in range(len(city))]
    return pl.DataFrame({"enterprise_id": ids, "a": pl.Series([row[column] for row in city], dtype=pl.Float64)})


def firms(city: City) -> pl.DataFrame:
    groups = pl.Series([row[2] for row in city], dtype=pl.String)
    return read(city, 0).select("enterprise_id", industry_group=groups)


@given(CITY)
def test_nine_in_ten_of_the_firms_that_moved_came_no_farther_and_one_in_ten_at_least_so_far(city: City) -> None:
    found = pace(read(city, 0), read(city, 1), firms(city))
    for row in found.iter_rows(named=True):
        moved = [
            abs(after - before)
            for before, after, group in city
            if before is not None and after is not None and (after > before if row["up"] else after < before)
            if row["industry_group"] is None or group == row["industry_group"]
        ]
        assert len(moved) == row["firms"] >= LEAST_FIRMS
        assert sum(by > row["farthest"] for by in moved) < len(moved) / 10 + 1
        assert sum(by >= row["farthest"] for by in moved) >= len(moved) / 10


@given(CITY, st.randoms())
def test_the_order_of_firms_changes_nothing(city: City, random: Random) -> None:
    tables = [read(city, 0), read(city, 1), firms(city)]
    shuffled = []
    for table in tables:
        places = list(range(table.height))
        random.shuffle(places)
        shuffled.append(table[places])
    assert pace(*shuffled).equals(pace(*tables))


def test_a_group_of_few_is_read_by_all_firms_and_its_own_stands_before_theirs() -> None:
    city: City = [(0.0, 1.0, "C")] * 25 + [(0.0, 9.0, "I")] * 25 + [(0.0, 50.0, None)] * 3
    found = pace(read(city, 0), read(city, 1), firms(city))
    assert reach_of(found, "C") == {("a", True): 1.0}
    assert reach_of(found, "I") == {("a", True): 9.0}
    assert reach_of(found, "K") == reach_of(found, None) == {("a", True): 9.0}
    assert reach_of(found.clear(), "C") == {}
