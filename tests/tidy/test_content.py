"""What every rule of every region pack carries."""

import re
from itertools import product

import pytest

from tests.tidy.content import bare_rule, untitled
from tests.tidy.source import Source, all_well, files

PACKS = [source for source in files() if re.fullmatch(r"src/kerong/regions/.+\.toml", source.path)]
RULES = [source for source in PACKS if re.search(r"/(policies|products)/\w+\.toml$", source.path)]


def test_every_policy_and_product_has_a_source_its_words_and_two_cases() -> None:
    all_well(line for source in RULES for line in bare_rule(source))


def test_every_title_of_a_region_pack_is_in_both_languages() -> None:
    assert PACKS
    all_well(line for source in PACKS for line in untitled(source))


GOOD = """
text = "按实际支付利息的50%给予贴息"
source = { document = "办法", clause = "第七条", status = "published" }
[[case]]
[[case]]
"""


def test_a_rule_with_source_words_and_two_cases_is_let_through() -> None:
    assert bare_rule(Source("policies/a.toml", GOOD)) == []
    assert bare_rule(Source("policies/a.toml", GOOD.replace('status = "published"', 'quote = ["给予贴息"]'))) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('document = "办法", ', ""),
        ('clause = "第七条"', 'clause = ""'),
        ('"published"', '"assumed"'),
        (', status = "published"', ""),
        ("按实际支付利息的50%给予贴息", " "),
        ("[[case]]\n[[case]]", "[[case]]"),
        ("source = {", "origin = {"),
    ],
)
def test_a_planted_rule_that_lacks_something_is_found(old: str, new: str) -> None:
    assert old in GOOD
    assert bare_rule(Source("policies/a.toml", GOOD.replace(old, new)))


@pytest.mark.parametrize(
    ("table", "title"), list(product(["", "[column.a]", "[[measure]]"], ['zh = "名"', 'en = "name"']))
)
def test_a_planted_title_in_one_language_is_found(table: str, title: str) -> None:
    assert untitled(Source("a.toml", f"{table}\ntitle = {{ {title} }}\n"))
