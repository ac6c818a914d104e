"""The command line of the benchmarks."""

import pytest
from typer.testing import CliRunner

from bench.groups import GROUPS
from kerong.cli import app


def test_an_unknown_group_of_claims_ends_in_one_line_that_names_the_groups() -> None:
    result = CliRunner().invoke(app, ["bench", "haus"])
    assert result.exit_code == 1
    there = ", ".join(GROUPS)
    assert result.output.splitlines() == [f"kerong bench: no claims called “haus”; there are: {there}, all"]


def test_rounds_below_one_are_refused() -> None:
    assert CliRunner().invoke(app, ["bench", "house", "--rounds", "0"]).exit_code == 2


def test_the_installed_package_without_a_clone_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> None:
    monkeypatch.setattr("kerong.commands.bench.ROOT", tmp_path)
    result = CliRunner().invoke(app, ["bench"])
    assert result.exit_code == 1
    assert "not part of the installed package" in result.output
