"""The main job on the command line: what a run holds, and what is refused before anything is written."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kerong.cli import app
from kerong.engine import entitle
from kerong.rulebook import load
from kerong.store.runs import read_run

cli = CliRunner()
ARGUMENTS = ["--region", "demo", "--on", "2025-06-30"]


def test_a_run_holds_the_tables_the_rulebook_and_a_manifest_with_hashes_counts_seconds_and_memory(run: Path) -> None:
    tables = {"enterprises", "scores", "verdicts", "offers", "problems"}
    assert tables <= set(read_run(run).tables)
    manifest = json.loads((run / "manifest.json").read_text("utf-8"))
    assert {"run_id", "region", "on", "inputs", "rulebook", "code", "counts", "stages", "seconds", "peak_mb"} <= set(
        manifest
    )
    assert {"stage", "seconds", "peak_mb"} == set(manifest["stages"][0])
    assert all(len(value) == 64 for value in manifest["inputs"].values())
    assert manifest["counts"]["enterprises"] == pl.read_parquet(run / "enterprises.parquet").height
    assert (run / "rulebook" / "region.toml").is_file()


def test_every_enterprise_has_a_verdict_for_every_rule(run: Path) -> None:
    verdicts, firms = pl.read_parquet(run / "verdicts.parquet"), pl.read_parquet(run / "enterprises.parquet")
    rules = load(read_run(run).rulebook()).rules
    pairs = verdicts.select("rule", "enterprise_id").unique()
    assert pairs.height == len(rules) * firms.height
    assert verdicts["outcome"].is_in([0, 1, 2, 3]).all()


def test_the_plain_evaluator_explains_every_stored_verdict_to_the_fen(run: Path) -> None:
    book = load(read_run(run).rulebook())
    firms = {row["enterprise_id"]: row for row in pl.read_parquet(run / "enterprises.parquet").iter_rows(named=True)}
    rows = {
        (per, row["enterprise_id"], row["row_key"]): row
        for per in {rule.per for rule in book.rules.values()} - {"enterprise"}
        for row in pl.read_parquet(run / f"rows/{per}.parquet").iter_rows(named=True)
    }
    compared = 0
    for verdict in pl.read_parquet(run / "verdicts.parquet").iter_rows(named=True):
        rule, firm = book.rules[verdict["rule"]], verdict["enterprise_id"]
        facts = entitle.facts_of(firms[firm])
        if rule.per != "enterprise":
            own = rows.get((rule.per, firm, verdict["row_key"]))
            if own is None:
                continue
            facts |= entitle.facts_of({f"{rule.per}.{name}": value for name, value in own.items()})
        found = entitle.explain(rule, facts, date(2025, 6, 30))
        stored = (verdict["outcome"], verdict["clause"], verdict["entitled_fen"])
        assert (found.outcome, found.clause, found.entitled_fen) == stored, (rule.name, firm)
        compared += 1
    assert compared > 5_000


def test_points_are_exactly_the_sum_of_the_shown_contributions(run: Path) -> None:
    scores = pl.read_parquet(run / "scores.parquet")
    indicators = [name for name in scores.columns if name.startswith("indicator_")]
    assert len(indicators) == 40
    assert (scores["points"] == scores.select(pl.sum_horizontal(indicators)).to_series()).all()
    assert (scores["points_high"] >= scores["points"]).all()


def test_nothing_is_awarded_beyond_the_entitlement_and_what_was_cut_is_named(run: Path) -> None:
    paid = pl.read_parquet(run / "verdicts.parquet").filter(pl.col("awarded_fen").is_not_null())
    assert (paid["awarded_fen"] <= paid["entitled_fen"]).all()
    cut = paid.filter(pl.col("awarded_fen") < pl.col("entitled_fen"))
    assert cut.height > 0
    assert (cut["cut_by"] != "").all()


def test_a_run_in_the_past_sees_nothing_that_was_known_later(registers: Path, tmp_path: Path) -> None:
    done = cli.invoke(
        app, ["assess", str(registers), "--region", "demo", "--on", "2023-03-31", "--out", str(tmp_path / "r")]
    )
    assert done.exit_code == 0, done.output
    assert (pl.read_parquet(tmp_path / "r/rows/loan.parquet")["reported_on"] <= date(2023, 3, 31)).all()
    assert (pl.read_parquet(tmp_path / "r/enterprises.parquet")["established_on"] <= date(2023, 3, 31)).all()


def test_a_missing_required_register_stops_the_run_before_anything_is_written(registers: Path, tmp_path: Path) -> None:
    folder = tmp_path / "registers"
    shutil.copytree(registers, folder)
    for path in folder.glob("company*"):
        path.unlink()
    done = cli.invoke(app, ["assess", str(folder), *ARGUMENTS, "--out", str(tmp_path / "run")])
    assert done.exit_code == 1
    assert "register “company” is missing" in done.output
    assert not (tmp_path / "run").exists()


def test_a_missing_optional_register_is_noted_and_what_needs_it_is_unknown(registers: Path, tmp_path: Path) -> None:
    folder = tmp_path / "registers"
    shutil.copytree(registers, folder)
    for path in folder.glob("tax_2*"):
        path.unlink()
    done = cli.invoke(app, ["assess", str(folder), *ARGUMENTS, "--out", str(tmp_path / "run")])
    assert done.exit_code == 0, done.output
    problems = pl.read_parquet(tmp_path / "run/problems.parquet")
    assert problems.filter(pl.col("kind") == "register_absent")["register"].to_list() == ["tax"]
    assert pl.read_parquet(tmp_path / "run/enterprises.parquet")["sales_12m_fen"].null_count() > 0
    verdicts = pl.read_parquet(tmp_path / "run/verdicts.parquet").filter(pl.col("rule") == "tax_loan")
    assert verdicts.filter(pl.col("outcome") == 1).is_empty()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--region", "atlantis"], "no region “atlantis”; there are: demo"),
        (["--region", "demo", "--on", "2025-02-30"], "'2025-02-30' is no date"),
        (["--region", "demo", "--on", "soon"], "'soon' is no date"),
        (["--region", "demo", "--on", "2025-W10"], "'2025-W10' is no date"),
        (["--region", "demo", "--on", "0001-01-01"], "'0001-01-01' is no date"),
    ],
)
def test_an_unknown_region_or_date_ends_in_one_line_that_says_what_exists(
    arguments: list[str], said: str, registers: Path, tmp_path: Path
) -> None:
    done = cli.invoke(app, ["assess", str(registers), *arguments, "--out", str(tmp_path / "run")])
    assert done.exit_code == 2
    assert said in done.output
    assert len(done.output.strip().splitlines()) == 1
    assert not (tmp_path / "run").exists()


def test_a_folder_that_is_no_run_is_never_overwritten(registers: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "thesis.txt").write_text("years of work", "utf-8")
    done = cli.invoke(app, ["assess", str(registers), *ARGUMENTS, "--out", str(mine)])
    assert done.exit_code == 2
    assert (mine / "thesis.txt").read_text("utf-8") == "years of work"


@pytest.mark.parametrize("out", ["file/run", "broken", "x" * 300])
def test_a_place_where_nothing_can_be_written_is_told_in_one_line(registers: Path, tmp_path: Path, out: str) -> None:
    (tmp_path / "file").write_text("a file", "utf-8")
    (tmp_path / "broken").symlink_to("nowhere")
    done = cli.invoke(app, ["assess", str(registers), *ARGUMENTS, "--out", str(tmp_path / out)])
    assert done.exit_code == 2
    assert len(done.output.strip().splitlines()) == 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broken", "file"]


def test_explain_says_clause_by_clause_why_in_both_languages(run: Path) -> None:
    verdicts = pl.read_parquet(run / "verdicts.parquet").filter(
        (pl.col("rule") == "tax_loan") & (pl.col("outcome") == 1)
    )
    firm = verdicts["enterprise_id"][0]
    for lang, word in (("zh", "符合"), ("en", "met")):
        done = cli.invoke(app, ["explain", str(run), firm, "--rule", "tax_loan", "--lang", lang])
        assert done.exit_code == 0, done.output
        assert word in done.output
        assert done.output.count("✓") == 4
    data = json.loads(cli.invoke(app, ["explain", str(run), firm, "--rule", "tax_loan", "--json"]).output)
    assert data[0]["verdict"]["outcome"] == "met"
    assert [clause["number"] for clause in data[0]["clauses"]] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["919900000000000000"], "has no enterprise 919900000000000000"),
        (["x", "--rule", "tax_lone"], "there is no rule tax_lone; did you mean tax_loan?"),
    ],
)
def test_explain_of_an_unknown_enterprise_or_rule_says_what_exists(arguments: list[str], said: str, run: Path) -> None:
    done = cli.invoke(app, ["explain", str(run), *arguments])
    assert done.exit_code == 2
    assert said in done.output


@pytest.mark.parametrize(
    ("file", "text"),
    [("enterprises.parquet", "PAR1 damaged PAR1"), ("rulebook/region.toml", "x"), ("manifest.json", '{"on": "soon"}')],
)
def test_explain_of_a_damaged_run_says_so_in_one_line(run: Path, tmp_path: Path, file: str, text: str) -> None:
    shutil.copytree(run, tmp_path / "run")
    firm = pl.read_parquet(run / "enterprises.parquet")["enterprise_id"][0]
    (tmp_path / "run" / file).write_text(text, "utf-8")
    done = cli.invoke(app, ["explain", str(tmp_path / "run"), firm])
    assert done.exit_code == 2
    assert "is a damaged run" in done.output
    assert len(done.output.strip().splitlines()) == 1
