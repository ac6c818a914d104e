"""Likenesses of texts, parts of names, terms and decisions: laws first."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record.linkage import PlanError, comparison
from kerong.engine.record.linkage import kernel as k
from kerong.engine.record.linkage.firm_names import name_parts, points
from kerong.engine.record.linkage.terms import Terms

TEXTS = st.text(alphabet="苏州瑞图微ABC -1", max_size=12)


def _two(a: str, b: str) -> tuple[k.Shorts, int, int, int, int]:
    chars, start = points(pl.Series([a, b], dtype=pl.String))
    return chars, int(start[0]), len(a), int(start[1]), len(b)


def damerau(a: str, b: str, most: int = 9) -> int:
    return k.damerau(*_two(a, b), most, np.zeros(3 * (k.LONGEST + 1), np.int32))


def jaro_winkler(a: str, b: str) -> float:
    return k.jaro_winkler(*_two(a, b), np.zeros(2 * k.LONGEST + 2, np.uint8))


def slow_damerau(a: str, b: str) -> int:
    """The distance with restricted swaps, by its definition."""
    table = {(i, 0): i for i in range(len(a) + 1)} | {(0, j): j for j in range(len(b) + 1)}
    for i in range(1, len(a) + 1):
        for j in range(1, len(b) + 1):
            best = min(table[i - 1, j] + 1, table[i, j - 1] + 1, table[i - 1, j - 1] + (a[i - 1] != b[j - 1]))
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, table[i - 2, j - 2] + 1)
            table[i, j] = best
    return table[len(a), len(b)]


@given(TEXTS, TEXTS, st.integers(0, 12))
def test_the_compiled_distance_is_the_one_of_the_definition_up_to_its_bound(a: str, b: str, most: int) -> None:
    assert damerau(a, b, most) == min(slow_damerau(a, b), most + 1)


@given(TEXTS, TEXTS)
def test_the_likeness_of_two_names_has_no_sides_and_is_one_only_for_equal_names(a: str, b: str) -> None:
    there, back = jaro_winkler(a, b), jaro_winkler(b, a)
    assert there == pytest.approx(back)
    assert 0 <= there <= 1 + 1e-12
    assert (there > 1 - 1e-12) == (a == b and a != "")


@pytest.mark.parametrize(("a", "b", "value"), [("MARTHA", "MARHTA", 0.9611), ("DIXON", "DICKSONX", 0.8133)])
def test_likenesses_are_those_of_winklers_own_examples(a: str, b: str, value: float) -> None:
    assert jaro_winkler(a, b) == pytest.approx(value, abs=1e-4)


@pytest.mark.parametrize(
    ("name", "place", "core", "trade"),
    [
        ("苏州瑞图软件科技有限公司", "苏州", "瑞图", "软件科技"),
        ("瑞图（苏州）软件科技有限责任公司", "苏州", "瑞图", "软件科技"),
        ("江苏省苏州市瑞图(集团)股份有限公司", "江苏苏州", "瑞图", None),
        ("北京市海淀区中科创达软件股份有限公司", "北京", "中科创达", "软件"),
        ("蘇州瑞圖軟件有限公司", "苏州", "瑞图", "软件"),
        ("上海有限公司", None, "上海", None),
        ("Neotek, Inc.", None, "NEOTEK", None),
        ("", None, None, None),
        (None, None, None, None),
    ],
)
def test_a_chinese_name_falls_into_place_core_and_trade(
    name: str | None, place: str | None, core: str | None, trade: str | None
) -> None:
    parts = name_parts(pl.Series([name], dtype=pl.String)).row(0, named=True)
    assert (parts["place"], parts["core"], parts["trade"]) == (place, core, trade)


@given(st.text(max_size=30))
def test_no_name_loses_its_core(name: str) -> None:
    core = name_parts(pl.Series([name]))["core"][0]
    assert core is None or core != ""
    if any("\u4e00" <= char <= "\u9fff" for char in name):
        assert core is not None


def test_a_branch_keeps_what_tells_it_from_its_parent() -> None:
    cores = name_parts(pl.Series(["苏州瑞图科技有限公司", "苏州瑞图科技有限公司南京分公司"]))["core"]
    assert cores[0] != cores[1]


def test_terms_are_columns_and_steps_and_a_missing_column_is_unknown() -> None:
    terms = Terms(pl.DataFrame({"telephone": ["0512-6288 1234", ""], "day": ["2024年3月1日", "soon"]}))
    assert terms.of("telephone:digits:last8").to_list() == ["62881234", None]
    assert terms.of("day:year").to_list() == [2024.0, None]
    assert terms.of("day:date").to_list() == [19783.0, None]
    assert terms.of("email").to_list() == [None, None]
    with pytest.raises(PlanError, match="no step 'middle'"):
        terms.of("telephone:middle")


@pytest.mark.parametrize("line", ["like name", "equal", "equal name > 3"])
def test_a_level_that_cannot_be_read_is_refused_in_words(line: str) -> None:
    with pytest.raises(PlanError, match=r"no measure|is no level"):
        comparison("name", (line,))
