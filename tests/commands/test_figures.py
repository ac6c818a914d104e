"""`kerong region figures` and `count`: published figures, checks in words, quotes looked up, sentences left out."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kerong.cli import app
from tests.rulebook.packs import pack
from tests.rulebook.published import DOCUMENT, LEVEL, POLICY, check, figure

REPORT = "截至2024年6月底，贷款余额5872.92亿元。设立基金3支。"


def kerong(*arguments: str) -> tuple[int, str]:
    """The status of a command and what it said, in lines of 200 characters."""
    result = CliRunner().invoke(app, arguments, env={"COLUMNS": "200"})
    return result.exit_code, result.output


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A region with two figures and a check that differs."""
    figures = (
        figure("loans", "5872.92", "亿元", "2024-06")
        + figure("spent", "1900", "亿元", qualifier="over")
        + figure("ratio", "3.5", "倍")
        + check("ratio", "loans / spent", "differs", "spent is published as over")
    )
    files = pack(documents_all=DOCUMENT, figures_scale=figures, policies_grant=POLICY)
    files["region.toml"] += LEVEL
    for file, text in files.items():
        (tmp_path / "north" / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "north" / file).write_text(text, "utf-8")
    return tmp_path / "north"


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    """The folder of the document's text."""
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "report.txt").write_text(REPORT, "utf-8")
    return tmp_path / "texts"


def test_figures_are_shown_with_qualifier_date_and_the_outcome_of_their_check(region: Path) -> None:
    status, said = kerong("region", "figures", str(region), "--lang", "en")
    assert status == 0
    for words in ("CNY 587.292 bn", "over CNY 190 bn", "2024-06", "3.091 times", "-0.409 times", "-11.7%"):
        assert words in said, words
    assert "1 differ" in said


def test_the_data_hold_exact_results_as_fractions(region: Path) -> None:
    status, said = kerong("region", "figures", str(region), "--json")
    data = json.loads(said)
    assert status == 0
    assert data["figures"][0]["value"] == "5872.92"
    assert data["checks"][0]["result"] == "146823/47500"
    assert data["checks"][0]["inexact_parts"] == ["spent"]


def test_quotes_that_are_in_the_text_are_counted_and_a_changed_one_is_named_with_its_line(
    region: Path, texts: Path
) -> None:
    status, said = kerong("region", "figures", str(region), "--texts", str(texts))
    assert status == 0
    assert "4 quotes, 0 not found" in said
    file = region / "figures" / "scale.toml"
    file.write_text(file.read_text("utf-8").replace("贷款余额5872.92亿元", "存款余额5872.92亿元", 1), "utf-8")
    status, said = kerong("region", "figures", str(region), "--texts", str(texts))
    assert status == 1
    assert "figures/scale.toml:8: 存款余额5872.92亿元: not in report.txt" in said


def test_a_document_that_is_not_in_the_folder_is_named(region: Path, texts: Path) -> None:
    (texts / "report.txt").unlink()
    status, said = kerong("region", "figures", str(region), "--texts", str(texts))
    assert status == 1
    assert "report.txt, is not in the folder" in said


def test_coverage_names_the_sentence_that_no_quote_touches(region: Path, texts: Path) -> None:
    status, said = kerong("region", "figures", str(region), "--texts", str(texts), "--coverage")
    assert status == 0
    assert "S3 report.txt: 1 of 2 sentences touched (50%)" in said
    assert "1: 设立基金3支。" in said


def test_coverage_without_texts_is_refused(region: Path) -> None:
    status, said = kerong("region", "figures", str(region), "--coverage")
    assert status == 2
    assert "--texts" in said


def test_counts_leave_out_what_a_pack_has_from_its_base() -> None:
    status, said = kerong("region", "count", "demo", "--json")
    counts = json.loads(said)["demo"]
    assert status == 0
    assert counts["rules"] > 20
    assert counts["assumed"] == counts["numbers"]  # a made-up city publishes nothing


def test_showing_a_rule_gives_its_quotes_level_mechanism_and_why_a_number_was_chosen(region: Path) -> None:
    status, said = kerong("rules", "show", str(region), "grant", "--lang", "en")
    assert status == 0
    for line in ("“贷款余额5872.92亿元”", "paid by: City", "works by: spreading of risk"):
        assert line in said, line
    assert "assumed, not published: the text gives no floor" in said


def test_counts_tell_assumed_numbers_from_all(region: Path) -> None:
    status, said = kerong("region", "count", str(region), "--json")
    counts = json.loads(said)[str(region)]
    assert status == 0
    assert (counts["rules"], counts["numbers"], counts["assumed"], counts["figures"]) == (1, 1, 1, 3)
    assert (counts["agrees"], counts["differs"]) == (0, 1)


def test_words_of_a_source_move_no_terminal(region: Path, texts: Path) -> None:
    (texts / "report.txt").write_text(REPORT + "\x1b[2J清屏。", "utf-8")
    status, said = kerong("region", "figures", str(region), "--texts", str(texts), "--coverage")
    assert status == 0
    assert "\x1b" not in said
