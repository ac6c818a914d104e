"""`kerong rules lint`: findings by check with their lines; what is not explained makes it fail."""

import json
from pathlib import Path

from typer.testing import CliRunner

from kerong.cli import app
from tests.rulebook.lint.rules import book, policy

CLAUSES = ("enterprise.staff >= 0", "enterprise.level = 'low'")
PROOF = """
[[case]]
title = "a small firm is paid"
on = 2025-06-30
given = { enterprise.staff = 1, enterprise.level = "low" }
expect = { outcome = "met", fen = 1000 }
by = "第一条"
working = "10 * 100"
[[case]]
title = "a firm of another level is refused"
on = 2025-06-30
given = { enterprise.staff = 1, enterprise.level = "high" }
expect = { outcome = "failed" }
[[case]]
title = "a firm of which nothing is known is asked"
on = 2025-06-30
expect = { outcome = "unknown", clause = 1 }
"""
ACCEPTED = '\n[accepted]\nclause = "the register may be widened"\n'


def lint(folder: Path, text: str, *options: str) -> tuple[int, str]:
    """Exit status and output for the small region with this policy alone."""
    for file, content in book(text).texts.items():
        place = folder / file
        place.parent.mkdir(exist_ok=True)
        place.write_text(content, encoding="utf-8")
    result = CliRunner().invoke(app, ["rules", "lint", str(folder), *options])
    return result.exit_code, result.output


def test_a_warning_stands_under_its_check_with_file_and_line_and_makes_the_command_fail(tmp_path: Path) -> None:
    status, output = lint(tmp_path, policy("a", *CLAUSES, fen="1000", more=PROOF), "--lang", "en")
    lines = output.splitlines()
    assert status == 1
    assert lines[0].endswith(": clauses [clause]")
    words = "clause 1 is always true unless something is not known: enterprise.staff >= 0"
    assert lines[1] == f"  policies/p1.toml:10: a: {words}"
    assert lines[-1] == "0 errors, 1 warnings, 1 notes, 0 explained"


def test_an_explained_finding_lets_it_pass_and_is_listed_on_demand(tmp_path: Path) -> None:
    text = policy("a", *CLAUSES, fen="1000", more=ACCEPTED + PROOF)
    status, output = lint(tmp_path, text, "--lang", "en", "--no-notes")
    assert (status, output.strip()) == (0, "0 errors, 0 warnings, 1 notes, 1 explained")
    status, output = lint(tmp_path, text, "--lang", "en", "--accepted")
    assert status == 0
    assert "    explained: the register may be widened" in output.splitlines()


def test_findings_are_data_too_in_both_languages(tmp_path: Path) -> None:
    status, output = lint(tmp_path, policy("a", *CLAUSES, fen="1000", more=PROOF), "--json", "--no-notes")
    (row,) = json.loads(output)
    assert status == 1
    assert (row["check"], row["severity"], row["place"]["line"]) == ("clause", "warning", 10)
    assert "总是成立" in row["zh"]


def test_the_sentences_are_chinese_unless_english_is_asked_for(tmp_path: Path) -> None:
    _, output = lint(tmp_path, policy("a", *CLAUSES, fen="1000", more=PROOF))
    assert "第1个条件总是成立，只会因资料不足而停下" in output


def test_how_deep_a_cliff_may_be_is_an_option(tmp_path: Path) -> None:
    fen = "case when enterprise.staff < 300 then 1000 else 800 end"
    text = policy("a", "enterprise.level = 'low'", fen=fen, more=PROOF)
    deep, _ = lint(tmp_path, text)
    shallow, _ = lint(tmp_path, text, "--cliff", "2500")
    assert (deep, shallow) == (1, 0)
