"""The examples of docs/algorithms/lint.md are what lint says, and its table names the checks that there are."""

import re
from pathlib import Path

import pytest

from kerong.rulebook.lint import proof
from kerong.rulebook.lint.checks import NAMES
from tests.rulebook.lint.rules import book, policy, said
from tests.rulebook.packs import formula

PAGE = (Path(__file__).parents[3] / "docs" / "algorithms" / "lint.md").read_text(encoding="utf-8")
LARGE = formula("is_large", "enterprise.staff >= 100")
EXAMPLES = [
    tuple(cell.strip() for cell in line.strip("|").split(" | "))
    for line in PAGE.partition("## Examples")[2].splitlines()
    if line.startswith("| `")
]


@pytest.mark.parametrize("row", EXAMPLES, ids=lambda row: row[0])
def test_an_example_of_the_page_is_what_lint_says(row: tuple[str, ...]) -> None:
    clauses, fen, words = row[0].strip("`").split("; "), row[1].strip("`"), row[2].strip(" |")
    findings = [en for _, en in said(book(policy("a", *clauses, fen=fen), formulas_all=LARGE))]
    told = [en for en in findings if not en.startswith("nothing reads")]
    if words:
        assert words in told
    else:
        assert not [en for en in told if not en.startswith("eligibility")]


def test_the_table_of_checks_names_every_check_that_there_is() -> None:
    named = re.findall(r"^\| `(\w+)(?:\.(\w+))?` \| (?:error|warning|note)", PAGE, re.MULTILINE)
    assert list(dict.fromkeys(root for root, _ in named)) == list(NAMES)
    written = Path(proof.__file__).read_text(encoding="utf-8")
    assert {part for root, part in named if root == "proof"} == set(re.findall(r'"proof\.(\w+)"', written))
    assert len(EXAMPLES) > 9
