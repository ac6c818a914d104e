"""`kerong explain` in regions that have less than the demo city."""

import json
import re
from pathlib import Path

import polars as pl
from typer.testing import CliRunner

from kerong.cli import app
from tests.rulebook.packs import pack

cli = CliRunner()


def test_an_enterprise_is_explained_by_its_id_where_the_region_provides_no_names(tmp_path: Path) -> None:
    texts = pack()
    texts["region.toml"] = texts["region.toml"].replace('name = ["firm.label"]\n', "")
    for name, text in texts.items():
        (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pack" / name).write_text(text, encoding="utf-8")
    (tmp_path / "registers").mkdir()
    (tmp_path / "registers/firm.csv").write_text(
        "代码,名称,片区,资金\n91330000MA0000007W,甲,东岸,1\n", encoding="utf-8"
    )
    folders = [str(tmp_path / "registers"), "--region", str(tmp_path / "pack"), "--out", str(tmp_path / "run")]
    assert cli.invoke(app, ["assess", *folders]).exit_code == 0
    done = cli.invoke(app, ["explain", str(tmp_path / "run"), "91330000MA0000007W"])
    assert (done.exit_code, done.output.strip()) == (0, "91330000MA0000007W")
    assert "has no enterprise 甲" in cli.invoke(app, ["explain", str(tmp_path / "run"), "甲"]).stderr


def told(run: Path, firm: str, *more: str) -> str:
    """What the command prints of one firm."""
    done = cli.invoke(app, ["explain", str(run), firm, *more])
    assert done.exit_code == 0, done.output
    return done.output


def test_every_explanation_agrees_with_the_stored_verdict_and_is_plain_json(run: Path) -> None:
    for firm in pl.read_parquet(run / "enterprises.parquet")["enterprise_id"][::80]:
        for found in json.loads(told(run, firm, "--json")):
            if not found["clauses"]:
                continue
            verdict = found["verdict"]
            assert (found["outcome"], found["clause"]) == (verdict["outcome"], verdict["clause"]), found["rule"]
            assert found["amount"]["entitled_fen"] == verdict["entitled_fen"]
            deciding = [c["number"] for c in found["clauses"] if c["outcome"] == found["outcome"]]
            assert found["outcome"] in ("met", "error") or found["clause"] in (*deciding, len(found["clauses"]) + 1)


def test_values_name_the_files_and_the_rows_that_they_come_from(run: Path) -> None:
    verdicts = pl.read_parquet(run / "verdicts.parquet")
    firm = verdicts.filter((pl.col("rule") == "loan_interest_subsidy") & (pl.col("row_key") != ""))["enterprise_id"][0]
    (found, *_) = json.loads(told(run, firm, "--rule", "loan_interest_subsidy", "--json"))
    inputs = json.loads((run / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    read = {name: field for clause in found["clauses"] for name, field in clause["read"].items()}
    assert all(field["registers"] for field in read.values())
    files = [file for field in read.values() for register in field["registers"] for file in register["files"]]
    assert files
    assert all(inputs[file["file"]] == file["sha256"] for file in files)
    rows = {field["row"] for name, field in read.items() if name.startswith("loan.")}
    assert rows == {found["row_key"]}


def test_the_next_best_action_is_printed_in_both_languages_where_there_is_one(run: Path) -> None:
    firms = pl.read_parquet(run / "enterprises.parquet")["enterprise_id"][:6]
    seen = 0
    for firm in firms:
        actions = [found["action"] for found in json.loads(told(run, firm, "--json")) if found["action"]]
        seen += len(actions)
        assert told(run, firm, "--lang", "zh").count("下一步：") == len(actions)
        assert told(run, firm, "--lang", "en").count("→ next: ") == len(actions)
        assert all(action["money_fen"] is None or action["money_fen"] > 0 for action in actions)
        assert not {"enterprise.district", "enterprise.established_on"} & {n for a in actions for n in a["to"]}
    assert seen > 2


def test_an_amount_that_somebody_else_is_paid_names_the_payee(run: Path) -> None:
    verdicts = pl.read_parquet(run / "verdicts.parquet").filter(pl.col("awarded_fen").is_not_null())
    theirs = verdicts.filter(pl.col("payee_kind") == "institution").row(0, named=True)
    told_en = told(run, theirs["enterprise_id"], "--rule", theirs["rule"], "--lang", "en")
    assert re.search(rf"paid to the institution .*\b{theirs['payee']}\b.*: CNY", told_en)
    assert "付给机构 " in told(run, theirs["enterprise_id"], "--rule", theirs["rule"])
    own = verdicts.filter((pl.col("payee_kind") == "enterprise") & (pl.col("awarded_fen") > 0)).row(0, named=True)
    assert "paid to" not in told(run, own["enterprise_id"], "--rule", own["rule"], "--lang", "en")
