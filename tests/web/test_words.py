"""Words: every key that a template names exists, and both languages say something."""

import re
from pathlib import Path

import pytest

import kerong.web
from kerong.web.base.words import WORDS, word

TEMPLATES = Path(kerong.web.__file__).parent / "templates"


def test_every_key_that_a_template_names_exists() -> None:
    named = {
        (file.name, key)
        for file in TEMPLATES.rglob("*.html")
        for key in re.findall(r'{% word "([^"]+)"', file.read_text(encoding="utf-8"))
    }
    assert len(named) > 100
    assert not [item for item in named if item[1] not in WORDS]


def test_both_languages_have_words_with_the_same_places_to_fill() -> None:
    for key, (zh, en) in WORDS.items():
        assert zh.strip(), key
        assert en.strip(), key
        assert set(re.findall(r"{(\w+)}", zh)) == set(re.findall(r"{(\w+)}", en)), key


def test_english_words_hold_no_chinese_but_the_name_of_the_language() -> None:
    odd = [key for key, (_, en) in WORDS.items() if re.search(r"[\u4e00-\u9fff]", en)]
    assert odd == ["language.other"] or set(odd) == {"language.other", "language.switch"}


def test_an_unknown_key_is_an_error() -> None:
    with pytest.raises(KeyError):
        word("no.such.key", "zh")
