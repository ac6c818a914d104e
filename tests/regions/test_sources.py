"""What the shipped packs say of their sources is so: the words are there, the checks come out, the counts are ours."""

from functools import cache
from pathlib import Path

import pytest

from kerong.rulebook import Rulebook, load
from kerong.rulebook.published_checks import all_checked
from kerong.rulebook.quotes import missing_quotes, quotes_of, sources_of
from kerong.store.packs import read_pack, region_names

REGIONS = (*region_names(), "china")


@cache
def book(region: str) -> Rulebook:
    return load(read_pack(region))


@pytest.mark.parametrize("region", REGIONS)
def test_every_quoted_word_of_a_pack_stands_in_the_text_of_its_document(region: str, shared: Path) -> None:
    texts = {path.name: path.read_text("utf-8") for path in (shared / "seeds").glob("*.txt")}
    missing = missing_quotes(book(region), texts)
    assert [f"{one.place.file}:{one.place.line}: {one.words}" for one in missing] == []


@pytest.mark.parametrize("region", REGIONS)
def test_every_check_of_a_pack_comes_out_as_its_author_found_it(region: str) -> None:
    found = list(all_checked(book(region).published))
    assert [one.check.name for one in found if one.outcome != one.check.expect] == []


@pytest.mark.parametrize("region", REGIONS)
def test_every_source_of_a_pack_that_names_a_document_quotes_it(region: str) -> None:
    published = book(region).published
    silent = [one.name for one in sources_of(book(region), published) if one.source.document in published.documents]
    quoting = {said.name for said, _ in quotes_of(book(region))}
    assert [name for name in silent if name not in quoting] == []
