"""Names as keys: one firm's spellings meet, and the key is stable."""

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kerong.engine.record.names import is_name, normalised


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
