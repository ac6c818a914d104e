"""Problems in words: every kind has a sentence and a short title in both languages."""

import re

import pytest

from kerong.engine.problems import SCHEMA, SENTENCES, joined, label, problems, sentence


@pytest.mark.parametrize("kind", sorted(SENTENCES))
def test_every_kind_has_a_sentence_and_a_title_in_both_languages(kind: str) -> None:
    row = {name: f"<{name}>" for name in SCHEMA} | {"kind": kind}
    for lang in ("zh", "en"):
        assert "{" not in sentence(row, lang)
        title = label(kind, lang)
        assert title
        assert not re.search(r"\{|\}|  ", title)


def test_a_title_leaves_out_the_place_and_what_differs_from_row_to_row() -> None:
    assert label("credit_code_check_digit", "en") == "The check digit of credit code … is wrong"
    assert label("credit_code_check_digit", "zh") == "信用代码 … 校验码不符"
    assert label("duplicate_row", "zh") == "与另一行完全相同，只计一次"


def test_problems_stand_in_one_order_whatever_order_they_came_in() -> None:
    rows = [{"stage": "record", "kind": kind, "line": line} for kind in ("b", "a") for line in (2, 1)]
    there = joined([problems(rows[:2]), problems(rows[2:])])
    assert there.equals(joined([problems(rows[::-1])]))
    assert there["kind"].to_list() == ["a", "a", "b", "b"]
