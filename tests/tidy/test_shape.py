"""Sizes, names and docstrings, in the real source and in planted bad files."""

from collections.abc import Callable

import pytest

from tests.tidy import shape
from tests.tidy.source import Source, all_well, files, python

WRITTEN_BY_HAND = (".py", ".html", ".js", ".css")
DOCUMENTED = ("src/kerong/engine/", "src/kerong/rulebook/", "src/kerong/store/")
TESTS = [source for source in python("tests") if source.path.rpartition("/")[2].startswith("test_")]


def test_no_file_is_longer_than_four_hundred_lines() -> None:
    ours = [source for source in files() if source.path.endswith(WRITTEN_BY_HAND) or source.path == "kerong"]
    all_well(line for source in ours for line in shape.long_file(source))


def test_no_function_is_longer_than_seventy_lines() -> None:
    ours = [*python(), *(source for source in files() if source.path == "kerong")]
    all_well(line for source in ours for line in shape.long_functions(source))


def test_no_file_is_called_utils_or_helpers() -> None:
    all_well(line for source in files() for line in shape.empty_name(source))


def test_public_functions_of_the_core_say_what_they_mean() -> None:
    documented = [source for source in python("src/kerong") if source.path.startswith(DOCUMENTED)]
    all_well(line for source in documented for line in shape.silent_functions(source))


def test_names_of_tests_are_sentences_about_behaviour() -> None:
    all_well(line for source in TESTS for line in shape.terse_tests(source))


def test_packages_only_re_export_their_modules() -> None:
    packages = [source for source in python("src/kerong") if source.path.endswith("__init__.py")]
    all_well(line for source in packages for line in shape.busy_package(source))


def test_no_handler_catches_every_error_unnamed() -> None:
    all_well(line for source in python() for line in shape.hidden_failures(source))


LONG = "def long() -> None:\n" + "    pass\n" * shape.FUNCTION_LINES


@pytest.mark.parametrize(
    ("check", "path", "text"),
    [
        (shape.long_file, "src/a.py", "\n" * (shape.FILE_LINES + 1)),
        (shape.long_functions, "src/a.py", LONG),
        (shape.long_functions, "src/a.py", "class Inner:\n" + "".join(f"    {line}\n" for line in LONG.splitlines())),
        (shape.empty_name, "src/kerong/utils.py", ""),
        (shape.empty_name, "src/kerong/helpers/money.py", ""),
        (shape.silent_functions, "src/a.py", "def speaks() -> None:\n    pass\n"),
        (shape.terse_tests, "tests/test_a.py", "def test_it_works() -> None:\n    pass\n"),
        (shape.busy_package, "src/kerong/__init__.py", "rate_bp = 5\n"),
        (shape.busy_package, "src/kerong/__init__.py", "def rate() -> int:\n    return 5\n"),
        (shape.hidden_failures, "src/a.py", "try:\n    pass\nexcept:\n    pass\n"),
    ],
)
def test_a_planted_file_of_bad_shape_is_found(check: Callable[[Source], list[str]], path: str, text: str) -> None:
    assert check(Source(path, text))


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (shape.long_functions, LONG.replace("    pass\n", "", 1)),
        (shape.silent_functions, "def _inner() -> None:\n    pass\n"),
        (shape.busy_package, '"""A room."""\n\nfrom a import b\n\n__all__ = ["b"]\n'),
    ],
)
def test_a_file_of_good_shape_is_let_through(check: Callable[[Source], list[str]], text: str) -> None:
    assert check(Source("src/a.py", text)) == []
