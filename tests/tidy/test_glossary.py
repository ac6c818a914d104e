"""One word for one thing: the glossary is complete, free of doubles, and speaks of what exists."""

import re

import pytest

from kerong.rulebook.content import ALERT_KINDS, CHECK_KINDS, PAYEE_KINDS, POLICY_KINDS, PRODUCT_KINDS
from kerong.rulebook.types import COLUMN_TYPES, UNITS
from tests.tidy.glossary import repeated, terms
from tests.tidy.source import ROOT, files

TERMS = terms((ROOT / "docs/glossary.md").read_text(encoding="utf-8"))
CODES = {term.code for term in TERMS if term.code}
TERMS_AT_LEAST = 80


def test_the_glossary_has_at_least_eighty_terms() -> None:
    assert len(TERMS) >= TERMS_AT_LEAST


def test_no_word_of_the_glossary_stands_twice() -> None:
    for words in ([term.zh for term in TERMS], [term.en for term in TERMS], [term.code for term in TERMS]):
        assert repeated(words) == []


def test_every_type_kind_and_payee_of_the_rulebook_is_in_the_glossary() -> None:
    vocabulary = {*COLUMN_TYPES, *POLICY_KINDS, *PRODUCT_KINDS, *ALERT_KINDS, *CHECK_KINDS, *PAYEE_KINDS, *UNITS}
    assert vocabulary - CODES == set()


def test_every_code_name_of_the_glossary_exists_in_source_or_contract() -> None:
    places = [
        source for source in files() if source.path.startswith("src/") or source.path == "docs/rulebook-reference.md"
    ]
    written = {word for source in places for word in re.findall(r"\w+", source.text)}
    assert CODES - written == set()


@pytest.mark.parametrize("row", ["| 中 | en | `a` | - |", "| 中 | en | a b | - | text |", "| 中 |  | `a` | - | text |"])
def test_a_planted_row_without_five_proper_cells_is_found(row: str) -> None:
    with pytest.raises(ValueError, match=r"cells|backticks"):
        terms(row)


def test_a_planted_word_that_stands_twice_is_found() -> None:
    assert repeated(["loan", "fund", "loan", "", ""]) == ["loan"]
