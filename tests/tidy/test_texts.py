"""Words that must stand nowhere, and lock files that name no place to download from."""

import pytest

from tests.tidy import texts
from tests.tidy.source import Source, all_well, files

REQUIREMENTS = [source for source in files() if source.path.startswith("requirements/")]
LOCKS = [source for source in files() if source.path.endswith("package-lock.json")]


def test_no_file_names_registries_machine_paths_or_unfinished_work() -> None:
    all_well(line for source in files() for line in texts.forbidden_words(source))


def test_every_requirement_is_pinned_with_hashes_and_names_no_index() -> None:
    assert REQUIREMENTS
    all_well(line for source in REQUIREMENTS for line in texts.loose_requirements(source))


def test_the_npm_lock_file_carries_no_download_address() -> None:
    assert LOCKS
    all_well(line for source in LOCKS for line in texts.lock_addresses(source))


@pytest.mark.parametrize("word", [*texts.REGISTRIES, *texts.UNFINISHED, texts.PATHS[0] + "main", texts.PATHS[1] + "x"])
def test_a_planted_forbidden_word_is_found(word: str) -> None:
    assert texts.forbidden_words(Source("docs/page.md", f"first line\nsee {word} for more\n"))


@pytest.mark.parametrize("text", ["network/" + "work" + "/flow", "{base}/ro" + "ot/x", "a hackathon"])
def test_words_that_only_look_alike_are_let_through(text: str) -> None:
    assert texts.forbidden_words(Source("docs/page.md", text)) == []


@pytest.mark.parametrize(
    "text",
    [
        "polars==2.1.0\n",
        "polars>=2.1 \\\n    --hash=sha256:" + "0" * 64 + "\n",
        "--index-url somewhere\n",
        "polars @ file:somewhere\n",
    ],
)
def test_a_planted_loose_requirement_is_found(text: str) -> None:
    assert texts.loose_requirements(Source("requirements/base.txt", text))


def test_a_planted_download_address_in_the_lock_is_found() -> None:
    assert texts.lock_addresses(Source("package-lock.json", '{\n"resolved": "somewhere"\n}\n'))
