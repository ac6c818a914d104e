"""Sister firms: all that is known of them is the same but one piece of the name."""

from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kerong.engine.record.linkage import deduplicated, fit, standard_plan
from kerong.engine.record.linkage.contradiction import contradictions
from tests.engine.record.linkage.rows import firms

HERE = Path(__file__).parent
SISTERS = pl.read_csv(HERE / "sisters.csv", infer_schema=False)
SPELLINGS = pl.read_csv(HERE / "spellings.csv", infer_schema=False)
WORDS = st.lists(
    st.sampled_from(["苏州", "新科", "材料", "电子", "一部", "ALPHA", "II", "INC", "TEXAS", "(上海)", "有限公司", " "]),
    max_size=5,
).map("".join)


def said(left: str | None, right: str | None) -> str | None:
    pair = pl.DataFrame({"left": [left], "right": [right]}, schema={"left": pl.String, "right": pl.String})
    answer = contradictions(pair)[0]
    return None if answer is None else str(answer)


@pytest.mark.parametrize(("left", "right", "why"), SISTERS.rows())
def test_what_parts_two_sister_firms_is_named(left: str, right: str, why: str) -> None:
    assert said(left, right) == why


@pytest.mark.parametrize(("left", "right"), SPELLINGS.rows())
def test_two_spellings_of_one_name_do_not_contradict(left: str, right: str) -> None:
    assert said(left, right) is None


@given(WORDS, WORDS)
def test_a_contradiction_has_no_sides_and_no_name_contradicts_itself(left: str, right: str) -> None:
    assert said(left, right) == said(right, left)
    assert said(left, left) is None
    assert said(left, None) is None


def neighbours(pairs: pl.DataFrame, chinese: bool) -> pl.DataFrame:
    """Both names of every pair at one address, with one telephone and one legal representative, among other firms."""
    pairs = pairs.filter(pl.col("left").str.contains(r"\p{Han}") == chinese)
    rows = []
    for number, (left, right) in enumerate(pairs.select("left", "right").iter_rows()):
        shared = (f"王{chr(0x4E10 + number)}芳", f"0512{70_000_000 + number * 7}", f"{number} Garden Road {number * 3}")
        rows += [(f"s{number:03}a", left, *shared), (f"s{number:03}b", right, *shared)]
    columns = ["id", "name", "legal_representative", "telephone", "address"]
    others = firms(160).with_columns(address=pl.concat_str(pl.col("firm"), pl.lit(" Elm Street "), pl.col("firm") * 7))
    if not chinese:
        others = others.with_columns(name="Orchid " + pl.col("firm").cast(pl.String) + " Works Inc")
    return pl.concat([others.select(columns), pl.DataFrame(rows, schema=columns, orient="row")])


def decisions(pairs: pl.DataFrame, chinese: bool) -> list[str]:
    rows = neighbours(pairs, chinese)
    found = deduplicated(rows, fit(rows, None, standard_plan(rows)))
    own = found.pairs.filter(pl.col("left_id").str.head(4) == pl.col("right_id").str.head(4), pl.col("left_id") < "t")
    return own.filter(pl.col("left_id").str.starts_with("s"))["decided"].to_list()


@pytest.mark.parametrize("chinese", [True, False])
def test_sisters_at_one_address_with_one_telephone_are_never_merged_but_looked_at(chinese: bool) -> None:
    found = decisions(SISTERS, chinese)
    assert set(found) == {"review"}
    assert len(found) == SISTERS["left"].str.contains(r"\p{Han}").eq(chinese).sum()


@pytest.mark.parametrize("chinese", [True, False])
def test_spellings_at_one_address_with_one_telephone_are_merged(chinese: bool) -> None:
    found = decisions(SPELLINGS, chinese)
    # some of them are spellings of one core at two addresses, and a steward has to look
    assert found.count("same") >= 0.7 * len(found)
    assert "different" not in found


def test_a_short_name_does_not_join_two_sisters_that_both_are_like_it() -> None:
    shared = ("王建芳", "051270000000", "1 Garden Road")
    names = ("苏州新科材料有限公司", "苏州新科电子有限公司", "新科")
    rows = [(f"s{number}", name, *shared) for number, name in enumerate(names)]
    columns = ["id", "name", "legal_representative", "telephone", "address"]
    others = firms(160).with_columns(address=pl.concat_str(pl.col("firm"), pl.lit(" Elm Street")))
    table = pl.concat([others.select(columns), pl.DataFrame(rows, schema=columns, orient="row")])
    found = deduplicated(table, fit(table, None, standard_plan(table)))
    assert found.groups is not None
    assert found.groups.filter(pl.col("id").str.starts_with("s"))["group"].n_unique() == 3
    assert found.pairs.filter(pl.col("left_id").str.starts_with("s"))["decided"].to_list() == ["review"] * 3


def test_an_equal_code_outweighs_what_two_names_say() -> None:
    others = firms(160).with_columns(credit_code=pl.concat_str(pl.lit("9132"), pl.col("firm").cast(pl.String)))
    columns = ["id", "name", "legal_representative", "credit_code"]
    rows = [("s0", "苏州新科材料有限公司", "王建芳", "91329999"), ("s1", "苏州新科电子有限公司", "王建芳", "91329999")]
    table = pl.concat([others.select(columns), pl.DataFrame(rows, schema=columns, orient="row")])
    found = deduplicated(table, fit(table, None, standard_plan(table)))
    assert found.pairs.filter(left_id="s0", right_id="s1").select("decided", "contradiction").row(0) == ("same", None)


def test_one_rare_name_in_two_districts_is_looked_at_and_a_common_one_is_not() -> None:
    one = firms(200).select("id", "name", district=pl.concat_str(pl.lit("区"), pl.col("firm") % 40))
    namesakes = [(f"n{n:02}", "苏州瑞丰电子有限公司", f"区{n}") for n in range(30)]
    rare = [("r0", "苏州昊锐医药有限公司", "区1"), ("r1", "苏州昊锐医药有限公司", "区2")]
    table = pl.concat([one, pl.DataFrame([*namesakes, *rare], schema=["id", "name", "district"], orient="row")])
    found = deduplicated(table, fit(table, None, standard_plan(table))).pairs
    assert found.filter(left_id="r0", right_id="r1")["decided"].to_list() in (["review"], ["same"])
    common = found.filter(pl.col("left_id").str.starts_with("n") & (pl.col("decided") == "same"))
    assert common.is_empty()
