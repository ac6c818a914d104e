"""The index report on paper: the same bytes every time, and a firm's text is never markup."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kerong.paper.index_pdf import index_pdf
from kerong.paper.index_words import LABELS
from kerong.paper.typeset import FONTS, FontMissing, plain
from kerong.rulebook import load
from kerong.rulebook.content import Region
from kerong.store.packs import read_pack
from tests.conftest import lacking

HOSTILE = [
    '#panic("typst code")',
    '#import "/etc/passwd": *',
    "]} #{ let x = [",
    "\\u{202e}\\ * _ $ ` < @label> // = heading /* comment",
    "a\u202ereversed\u200f \u0000\n\r\t",
    "龑䶮㛃 ﷽ 😀",
    "长" * 1000,
    "",
]


@pytest.fixture(scope="module")
def region() -> Region:
    return load(read_pack("demo")).region


@pytest.fixture(autouse=True)
def _font() -> None:
    if not any(FONTS.glob("*.otf")):
        lacking("the font of documents is not there (./kerong makes it)")


def _content(text: str = "text", lang: str = "zh") -> dict[str, Any]:
    """A report whose every text is `text`, with something in each of its parts."""
    line = {"title": text, "points": None, "weight": 40, "withheld": False, "value": text, "earns": text}
    place = {"kind": text, "title": text, "rank": 3, "of": text, "between": text}
    step = {"title": text, "how": text, "now": text, "to": text, "points": 5, "effort": text, "also": [text]}
    return {
        "lang": lang,
        "enterprise_id": text,
        "on": "2025-06-30",
        "stage": text,
        "headline": [text, text],
        "points": 120,
        "points_high": 160,
        "coverage": "96%",
        "grade": "D",
        "places": [place],
        "steady": text,
        "radar": {"names": [text] * 3, "proven": [1.0] * 3, "reachable": [9.0] * 3, "typical": [None, 1.0, 1.0]},
        "dimensions": [
            {"title": text, "points": 0, "high": 40, "weight": 40, "withheld": False, "lines": [line]},
            {
                "title": text,
                "points": 0,
                "high": 0,
                "weight": 0,
                "withheld": True,
                "lines": [line | {"withheld": True}],
            },
        ],
        "raising": {
            "way": text,
            "steps": [step],
            "evidence_way": text,
            "evidence": [{"title": text, "points": text, "registers": text}],
        },
        "flags": [{"rule": "x", "title": text, "summary": text, "brings": text}],
        "flags_open": text,
        "trend": {"sentence": text},
        "method": [text],
    }


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_report_gives_the_same_bytes_and_another_day_others(lang: str, region: Region) -> None:
    once, again = (index_pdf(_content(lang=lang), "甲公司", region, "run") for _ in range(2))
    later = index_pdf(_content(lang=lang) | {"on": "2025-07-01"}, "甲公司", region, "run")
    assert once[:5] == b"%PDF-"
    assert once == again
    assert once != later


def test_pasted_text_would_be_code_so_the_next_test_can_fail() -> None:
    typst = pytest.importorskip("typst")
    with pytest.raises(typst.TypstError):
        typst.compile(HOSTILE[0].encode())


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_full_of_code_is_printed_and_not_run(text: str, region: Region) -> None:
    assert index_pdf(_content(text), text, region, "run")[:5] == b"%PDF-"


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=60))
def test_any_text_ends_in_a_document(text: str, region: Region) -> None:
    assert index_pdf(_content(text), text, region, "run")[:5] == b"%PDF-"


@given(text=st.text(max_size=400), longest=st.integers(min_value=1, max_value=200))
def test_a_firms_text_is_cut_and_holds_no_sign_that_turns_or_breaks_lines(text: str, longest: int) -> None:
    shown = plain(text, longest)
    assert len(shown) <= longest
    assert not set(shown) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u2028\u2029\n\r\t\0"
    )
    assert plain(shown, longest) == shown


def test_what_is_withheld_leaves_its_parts_out(region: Region) -> None:
    withheld = _content() | {"raising": None, "trend": None, "places": [], "flags": [], "flags_open": ""}
    whole, less = (index_pdf(told, None, region, "run") for told in (_content(), withheld))
    without = index_pdf(withheld, None, region, "run", shows_flags=False)
    assert len({whole, less, without}) == 3


def test_a_missing_font_is_said_in_both_languages(region: Region, tmp_path: Path) -> None:
    with pytest.raises(FontMissing) as empty:
        index_pdf(_content(), "甲公司", region, "run", folder=tmp_path)
    assert "字体" in empty.value.said.zh
    assert "font" in empty.value.said.en
    (tmp_path / "broken.otf").write_bytes(b"no font")
    with pytest.raises(FontMissing):
        index_pdf(_content(), "甲公司", region, "run", folder=tmp_path)


def test_content_is_plain_json_and_labels_have_both_languages() -> None:
    assert json.loads(json.dumps(_content())) == _content()
    assert all(zh.strip() and en.strip() for zh, en in LABELS.values())
