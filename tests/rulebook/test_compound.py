"""Several texts as one: nothing is alike that differs, nothing differs that is alike, and both writings agree."""

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from kerong.rulebook.compound import compound, compound_column, parted

TEXTS = st.lists(st.text(alphabet="|\\\\a甲\n", max_size=6), min_size=1, max_size=4)


@given(TEXTS)
def test_the_parts_of_a_compound_are_what_it_was_made_of(parts: list[str]) -> None:
    assert parted(compound(parts)) == parts


@given(TEXTS, TEXTS)
def test_different_parts_never_look_alike(one: list[str], other: list[str]) -> None:
    assert (compound(one) == compound(other)) == (one == other)


@given(st.lists(TEXTS.filter(lambda parts: len(parts) == 2), min_size=1, max_size=5))
def test_by_columns_it_is_the_same_text(rows: list[list[str]]) -> None:
    frame = pl.DataFrame(rows, schema=["one", "other"], orient="row")
    told = frame.select(compound_column([pl.col("one"), pl.col("other")])).to_series().to_list()
    assert told == [compound(parts) for parts in rows]


@given(st.text(alphabet="|\\\\ab", max_size=8))
def test_any_text_has_parts(text: str) -> None:
    assert len(parted(text)) >= 1


def test_what_has_no_mark_of_its_own_is_joined_by_bars_and_an_unknown_part_leaves_it_unknown() -> None:
    assert compound(["C1", "bank"]) == "C1|bank"
    assert compound(["a|b", "c"]) != compound(["a", "b|c"])
    frame = pl.DataFrame({"one": ["a", None], "other": ["b", "c"]})
    assert frame.select(compound_column([pl.col("one"), pl.col("other")])).to_series().to_list() == ["a|b", None]
