"""The page of the ledger says which test holds each bad input and each law of money: every one of them is there."""

import ast
from pathlib import Path

import pytest

from tests.conftest import ROOT

OF = {"18", "19", "20", "21", "25", "issue", "law"}


def rows() -> list[tuple[str, str]]:
    """(of, test) of every row."""
    page = (ROOT / "docs/algorithms/ledger.md").read_text("utf-8")
    lines = page.partition("<!-- held -->\n")[2].partition("<!-- /held -->")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return [(one[0], one[3].strip("` |")) for one in cells]


def names_of(file: Path) -> set[str]:
    """The tests that a file defines."""
    tree = ast.parse(file.read_text("utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize("test", sorted({test for _, test in rows()}))
def test_every_test_that_the_page_names_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in names_of(ROOT / file)


def test_every_number_has_its_rows_and_no_other_is_named() -> None:
    assert {of for of, _ in rows()} == OF
    assert len(rows()) == len(set(rows()))
