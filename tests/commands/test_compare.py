"""`kerong rules compare`: the reform that the manual shows, over a small city, and what is refused before any work."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kerong.cli import app

cli = CliRunner()
EXAMPLE = Path(__file__).resolve().parents[2] / "docs/examples/reforms/broader_interest_subsidy"
KEYS = {
    *("version", "headline", "region", "currency", "on", "reform", "enterprises", "money", "firms", "payees", "rules"),
    *("unchanged", "budgets", "outcomes", "crossings", "groups", "left_out", "distribution", "largest", "unknown"),
    "missing_registers",
}


@pytest.fixture(scope="session")
def compared(registers: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The report and the figures of the example."""
    out = tmp_path_factory.mktemp("compared") / "report.html"
    arguments = ["rules", "compare", "demo", str(EXAMPLE), "--data", str(registers), "--out", str(out), "--json"]
    done = cli.invoke(app, arguments)
    assert done.exit_code == 0, done.output
    return out, json.loads(done.stdout)


def refused(folder: Path, data: Path, *more: str) -> str:
    """What the command says of a reform that it refuses; nothing is written beside it."""
    done = cli.invoke(app, ["rules", "compare", "demo", str(folder), "--data", str(data), *more])
    assert done.exit_code == 2, done.output
    assert not folder.with_suffix(".html").exists()
    return done.output.replace("\n", " ")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the example that a test may change."""
    return Path(shutil.copytree(EXAMPLE, tmp_path / "reform"))


def test_the_example_of_the_manual_is_compared_and_its_page_is_complete_in_itself(
    compared: tuple[Path, dict[str, Any]],
) -> None:
    out, told = compared
    assert set(told) == KEYS
    own = [line["name"] for line in told["rules"] if line["cause"] == "rule"]
    assert sorted(own) == ["loan_interest_subsidy", "rd_subsidy"]
    assert set(told["groups"]) == {"district", "stage", "industry", "size"}
    page = out.read_text("utf-8")
    assert told["headline"]["zh"] in page
    assert told["headline"]["en"] in page
    markup = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert "src=" not in markup
    assert "<link" not in markup


def test_a_plain_call_shows_a_table_and_puts_the_report_beside_the_reform(copy: Path, registers: Path) -> None:
    done = cli.invoke(app, ["rules", "compare", "demo", str(copy), "--data", str(registers), "--lang", "en"])
    assert done.exit_code == 0, done.output
    assert "After the reform Demo City spends" in done.output.replace("\n", " ")
    assert "loan_interest_subsidy" in done.output
    assert copy.with_suffix(".html").is_file()
    again = cli.invoke(app, ["rules", "compare", "demo", str(copy), "--data", str(registers)])
    assert again.exit_code == 0, again.output


def test_no_firm_stands_in_a_report_unless_firms_are_asked_for(
    compared: tuple[Path, dict[str, Any]], registers: Path, tmp_path: Path
) -> None:
    out = tmp_path / "named.html"
    arguments = ["rules", "compare", "demo", str(EXAMPLE), "--data", str(registers), "--out", str(out), "--firms"]
    done = cli.invoke(app, [*arguments, "--json"])
    named = json.loads(done.stdout)["largest"]["gains"][0]["enterprise_id"]
    assert named in out.read_text("utf-8")
    assert named not in compared[0].read_text("utf-8")


def test_a_reform_that_begins_later_is_refused_with_the_day_on_which_it_begins(copy: Path, tmp_path: Path) -> None:
    (copy / "policies/rd_subsidy.toml").unlink()
    said = refused(copy, tmp_path, "--on", "2025-01-31")
    assert "changes nothing on 2025-01-31: it begins on 2025-06-30; use --on 2025-06-30" in said


def test_a_reform_that_changes_words_alone_is_refused(copy: Path, tmp_path: Path) -> None:
    (copy / "policies/rd_subsidy.toml").unlink()
    (copy / "policies/loan_interest_subsidy.toml").write_text('text = "other words"\n', "utf-8")
    assert "no condition, amount, limit, measure or register differs" in refused(copy, tmp_path)


def test_an_unknown_parameter_is_refused_with_its_line_and_the_nearest_one(copy: Path, tmp_path: Path) -> None:
    file = copy / "policies/loan_interest_subsidy.toml"
    file.write_text(file.read_text("utf-8").replace("parameter.rate_bp", "parameter.rate_pb"), "utf-8")
    said = refused(copy, tmp_path)
    assert "reform/policies/loan_interest_subsidy.toml:2: " in said
    assert "did you mean rate_bp?" in said


def test_a_folder_without_a_sheet_and_a_file_that_does_not_exist_are_refused(tmp_path: Path) -> None:
    assert "has no reform.toml" in refused(tmp_path, tmp_path)
    assert "is no folder" in refused(tmp_path / "nothing", tmp_path)


def test_a_run_in_the_place_of_raw_registers_is_refused(run: Path, copy: Path) -> None:
    assert "keeps not all of its registers" in refused(copy, run)


def test_a_missing_required_register_is_told_as_a_run_tells_it(copy: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = cli.invoke(app, ["rules", "compare", "demo", str(copy), "--data", str(tmp_path / "empty")])
    assert done.exit_code == 1
    assert "register “company” is missing" in done.output
    assert not copy.with_suffix(".html").exists()


def test_a_file_of_the_users_is_not_overwritten(copy: Path, registers: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.html"
    own.write_text("<p>mine</p>", "utf-8")
    assert "exists and is no report" in refused(copy, registers, "--out", str(own))
    assert own.read_text("utf-8") == "<p>mine</p>"


def test_a_report_into_a_folder_that_is_not_there_is_refused_before_the_work(copy: Path, tmp_path: Path) -> None:
    assert "its folder is not there" in refused(copy, tmp_path, "--out", str(tmp_path / "no" / "report.html"))
