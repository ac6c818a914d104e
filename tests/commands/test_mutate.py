"""`kerong rules mutate`: what no case notices is listed by file and line, and ends the command with 1."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerong.cli import app
from tests.lab.test_mutations import AT, BELOW, ODD, RULE
from tests.rulebook.packs import pack

cli = CliRunner()


def folder(path: Path, rule: str) -> str:
    for name, text in pack(policies_grant=rule).items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text, "utf-8")
    return str(path)


def test_a_rule_whose_cases_notice_every_change_ends_well(tmp_path: Path) -> None:
    done = cli.invoke(app, ["rules", "mutate", folder(tmp_path, RULE + AT + BELOW + ODD), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "0 unnoticed" in done.output


def test_a_survivor_is_listed_with_its_line_and_a_case_that_would_notice_it(tmp_path: Path) -> None:
    done = cli.invoke(app, ["rules", "mutate", folder(tmp_path, RULE + AT + ODD), "grant", "--lang", "en"])
    assert done.exit_code == 1
    line = RULE.splitlines().index("[[when]]") + 1
    assert f"policies/grant.toml:{line}: clause 1: 1_000 becomes 999" in done.output
    assert "with enterprise.capital_fen = 999 would: failed (clause 1)" in done.output.replace("\n", " ")
    assert "3 unnoticed" in done.output


def test_survivors_come_as_data_too(tmp_path: Path) -> None:
    done = cli.invoke(app, ["rules", "mutate", folder(tmp_path, RULE + AT + ODD), "--json"])
    assert done.exit_code == 1
    lines = json.loads(done.output)
    assert {line["part"] for line in lines} == {"clause_1"}
    assert lines[0]["witness"]["outcome"] == "failed"
    assert lines[0]["accepted"] is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_what_a_rule_explains_is_counted_and_shown_when_asked_for(lang: str, tmp_path: Path) -> None:
    why = '[accepted]\n"mutation.clause_1" = "no firm is that small"\n'
    pack_folder = folder(tmp_path, RULE.replace("[[when]]", why + "[[when]]") + AT + ODD)
    quiet = cli.invoke(app, ["rules", "mutate", pack_folder, "--lang", lang])
    assert quiet.exit_code == 0
    assert "no firm is that small" not in quiet.output
    asked = cli.invoke(app, ["rules", "mutate", pack_folder, "--accepted", "--lang", lang])
    assert "no firm is that small" in asked.output


def test_a_survivor_names_the_key_by_which_it_is_accepted(tmp_path: Path) -> None:
    done = cli.invoke(app, ["rules", "mutate", folder(tmp_path, RULE + AT + ODD), "--lang", "en"])
    lines = [line for line in done.output.splitlines() if "policies/grant.toml:" in line]
    assert lines
    assert all('[accepted] "mutation.clause_1"' in line for line in lines)


def test_cases_that_do_not_hold_are_told_once_and_no_change_is_listed(tmp_path: Path) -> None:
    text = RULE + AT.replace("fen = 100 }", "fen = 101 }") + ODD.replace("199 }", "198 }")
    done = cli.invoke(app, ["rules", "mutate", folder(tmp_path, text), "--lang", "en"])
    assert done.exit_code == 1
    assert done.output.count("policies/grant.toml:") == 1
    assert "2 cases do not hold, so no change is tried" in done.output
    assert "at the threshold; an amount that leaves a rest" in done.output
    assert "0 changes, 0 noticed" in done.output


def test_a_rule_that_is_not_there_is_answered_with_the_nearest(tmp_path: Path) -> None:
    done = cli.invoke(app, ["rules", "mutate", folder(tmp_path, RULE), "grand"])
    assert done.exit_code == 2
    assert "did you mean grant?" in done.output
