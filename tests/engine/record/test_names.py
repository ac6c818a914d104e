"""Names as keys: one firm's spellings meet, and the key is stable."""

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kerong.engine.record.names import _keys, is_name, normalised
from kerong.engine.record.traditional import simplified


def key(*names: str | None) -> list[str | None]:
    frame = pl.DataFrame({"name": list(names)}, schema={"name": pl.String})
    return frame.select(normalised(pl.col("name"))).to_series().to_list()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("CREARE LLC ", "CREARE"),
        ("Foster-Miller, Inc.", "FOSTER MILLER"),
        ("Physical Sciences Incorporated", "PHYSICAL SCIENCES"),
        ("Acton Research Corp.", "ACTON RESEARCH"),
        ("Nanomix L.L.C.", "NANOMIX"),
        ("Nanomix L. L. C.", "NANOMIX"),
        ("STACEY'S", "STACEYS"),
        ("Stacey’s Co., Ltd.", "STACEYS"),
        ("Smith & Sons Company", "SMITH AND SONS"),
        ("Smith &amp; Sons & Co", "SMITH AND SONS"),
        ("Winset, Inc. dba Bankers Hill", "WINSET"),
        ("Charles & Michaela Gibbs d/b/a F", "CHARLES AND MICHAELA GIBBS"),
        ("The Société Générale Corporation", "SOCIETE GENERALE"),
        ("APPLIED RESEARCH CORPORATIO", "APPLIED RESEARCH"),
        ("Ｓｕｚｈｏｕ　Ｌａｂ　Ｉｎｃ．", "SUZHOU LAB"),
        ("苏州大江科技有限公司", "苏州大江科技"),
        ("苏州大江科技股份有限公司", "苏州大江科技"),
        ("大江（中国）科技 有限责任公司", "大江中国科技"),
        ("大江〔中国〕科技有限公司", "大江中国科技"),
        ("大江【中国】科技有限公司", "大江中国科技"),
        ("大江(中国)科技有限公司", "大江中国科技"),
        ("大江﹙中国﹚科技\u3000有限公司", "大江中国科技"),
        ("大江“中国”科技有限公司", "大江中国科技"),
        ("蘇州東方電子有限公司", "苏州东方电子"),
        ("蘇州東方電子（股份）有限公司", "苏州东方电子"),
        ("臺灣積體電路製造股份有限公司", "台湾积体电路制造"),
        ("苏州⻓江羣峯科技有限公司", "苏州长江群峰科技"),
        ("苏州新江科技有限公司（原苏州大江科技有限公司）", "苏州新江科技"),
        ("苏州新江科技有限公司（曾用名：大江厂）", "苏州新江科技"),
        ("苏州大江投资合伙企业（有限合伙）", "苏州大江投资合伙企业"),
    ],
)
def test_spellings_of_one_firm_give_one_key(name: str, expected: str) -> None:
    assert key(name) == [expected]


def test_a_name_that_is_only_form_or_punctuation_is_kept() -> None:
    assert key("Inc.", "The", "LLC LLC", "有限公司", "***", "dba", None) == [
        "INC",
        "THE",
        "LLC",
        "有限公司",
        "***",
        "DBA",
        None,
    ]


def test_different_firms_keep_different_keys() -> None:
    names = ["Incite", "Corpus Labs", "Cocoa", "Company Kitchen", "Coda LP Records", "The Theory", "Marco"]
    assert len(set(key(*names))) == len(names)


@pytest.mark.parametrize(
    "names",
    [
        ("大江新有限公司", "大江新材料有限公司", "大江材料有限公司", "大江有限公司", "大江新材有限公司"),
        ("苏州有限元科技有限公司", "苏州元科技有限公司", "苏州科技有限公司"),
        ("大江科技有限公司", "大江科技有限公司无锡分公司", "大江科技公司", "大江科技总公司", "大江科技集团有限公司"),
        ("大江投资有限公司", "大江投资合伙企业（有限合伙）", "大江投资管理有限公司"),
        ("乾元科技有限公司", "干元科技有限公司", "幹源科技有限公司"),
        ("瞭望科技有限公司", "了望科技有限公司"),
        ("哲科技有限公司", "喆科技有限公司"),
        ("大江（原创）科技有限公司", "大江科技有限公司", "大江（北京）科技有限公司"),
        ("原力科技有限公司", "力科技有限公司"),
        ("一江科技有限公司", "二江科技有限公司", "三江科技有限公司"),
        ("大江A科技有限公司", "大江B科技有限公司", "大江科技有限公司"),
        ("股份有限公司", "有限公司"),
    ],
)
def test_a_name_never_meets_another_by_losing_what_tells_them_apart(names: tuple[str, ...]) -> None:
    assert len(set(key(*names))) == len(names)


IDEOGRAPHS = st.one_of(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    st.sampled_from(list("有限公司股份责任合伙企业普通特殊原名蘇東電乾喆羣峯")),
    st.sampled_from(["有限公司", "股份有限公司", "合伙企业", "有限合伙", "特殊普通合伙"]),
)
CHINESE = st.lists(IDEOGRAPHS, max_size=12).map("".join)


@given(CHINESE)
@example("大江合伙企业有限合伙有限公司")
@example("有限公司有限公司")
def test_the_short_way_of_chinese_names_and_the_long_one_end_alike(name: str) -> None:
    assert key(name) == _keys(pl.Series([name], dtype=pl.String)).to_list()
    assert key(*key(name)) == key(name)


@given(st.lists(st.one_of(st.none(), CHINESE, st.text(max_size=8)), max_size=12))
def test_a_key_does_not_depend_on_the_names_beside_it(names: list[str | None]) -> None:
    assert key(*names) == [key(name)[0] for name in names]


@given(CHINESE, CHINESE)
def test_what_stands_before_the_form_of_a_firm_is_all_kept(first: str, second: str) -> None:
    """Two names of one legal form that differ otherwise than by writing have different keys."""
    names = pl.Series([f"大江{first}科技有限公司", f"大江{second}科技有限公司"])
    written = simplified(names)
    assert (written[0] == written[1]) == (len(set(key(*names.to_list()))) == 1)


def test_what_a_spreadsheet_left_of_a_formula_is_no_name() -> None:
    frame = pl.DataFrame({"name": ["#NAME?", "#REF!", "N/A", " ", None, "...", "=n", "科融", "Na Labs"]})
    assert frame.select(is_name(pl.col("name"))).to_series().to_list() == [False] * 6 + [True] * 3


FIRM = st.lists(
    st.sampled_from(
        ["THE", "Inc.", "L.L.C.", "&", "dba", "D/B/A", "Co", "and", "有限公司", "股份有限公司", "（", "x", "Ö", "a.b"]
    ),
    max_size=7,
).map(" ".join)


@given(st.one_of(st.text(), FIRM))
@example("ŉ ǰ ΐ ßẞ ﬁ İı")
@example("&amp;amp;")
def test_the_key_of_a_key_is_the_key(name: str) -> None:
    once = key(name)
    assert key(*once) == once


@given(st.text())
def test_a_name_with_a_letter_is_never_emptied(name: str) -> None:
    if any(character.isalnum() for character in name):
        assert key(name)[0]


@given(FIRM)
def test_upper_and_lower_case_give_one_key(name: str) -> None:
    assert key(name.lower()) == key(name.upper())
