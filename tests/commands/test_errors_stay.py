"""What cannot be calculated is an error in every rule that reads it, and no default hides it."""

import json
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kerong.cli import app
from tests.rulebook.packs import formula, pack

CODES = ("91330000MA0000007W", "91330100MA00000173")
FORMULAS = (
    formula("per_share", "(enterprise.capital_fen + 1_000_000) / enterprise.capital_fen")
    + formula("is_dear", "enterprise.per_share > 0.5")
    + formula("in_row", "(firm.capital_fen + 1_000_000) / firm.capital_fen", 'per = "firm"')
)
RULE = """
name = "{name}"
kind = "subsidy"
{per}
title = {{ zh = "甲", en = "A" }}
text = "甲"
source = {{ document = "办法", clause = "第一条" }}
[[when]]
is = "{condition}"
title = {{ zh = "甲", en = "A" }}
[amount]
fen = "{fen}"
round = "down"
"""
RULES = {
    "reads": ("", "enterprise.is_dear", "100"),
    "defaults": ("", "coalesce(enterprise.per_share, 1.0) > 0.1", "100"),
    "looks": ("", "enterprise.per_share is null or true", "100"),
    "asks_null": ("", "enterprise.per_share is null", "100"),
    "pays_by_it": ("", "enterprise.name is not null", "case when enterprise.is_dear then 1 else 2 end"),
    "of_rows": ('per = "firm"', "coalesce(firm.in_row, 1.0) > 0.1", "100"),
    "of_firms": ('per = "firm"', "coalesce(enterprise.per_share, 1.0) > 0.1", "100"),
    "untouched": ("", "enterprise.name = '甲'", "100"),
}
ERRS = {name for name in RULES if name not in ("looks", "untouched")}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two firms, the first with a capital of nought: a quotient of it has no answer."""
    files = {f"policies/{n}.toml": RULE.format(name=n, per=p, condition=c, fen=f) for n, (p, c, f) in RULES.items()}
    for name, text in {**pack(formulas_all=FORMULAS), **files}.items():
        (tmp_path / "pack" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "pack" / name).write_text(text, encoding="utf-8")
    (tmp_path / "registers").mkdir()
    rows = f"代码,名称,片区,资金\n{CODES[0]},甲,东岸,0\n{CODES[1]},乙,东岸,1\n"
    (tmp_path / "registers/firm.csv").write_text(rows, encoding="utf-8")
    options = ["--region", str(tmp_path / "pack"), "--out", str(tmp_path / "run")]
    done = CliRunner().invoke(app, ["assess", str(tmp_path / "registers"), *options])
    assert done.exit_code == 0, done.output
    return tmp_path / "run"


def test_an_error_of_a_formula_is_one_in_every_rule_that_reads_it_and_nothing_is_paid(run: Path) -> None:
    verdicts = pl.read_parquet(run / "verdicts.parquet")
    first = {row["rule"]: row for row in verdicts.filter(pl.col("enterprise_id") == CODES[0]).iter_rows(named=True)}
    assert {name for name, row in first.items() if row["outcome"] == 3} == ERRS
    assert all(first[name]["awarded_fen"] is None for name in ERRS)
    assert first["untouched"]["awarded_fen"] == 100
    other = verdicts.filter(pl.col("enterprise_id") == CODES[1])
    assert other.filter(pl.col("outcome") == 3).height == 0
    problems = pl.read_parquet(run / "problems.parquet").filter(pl.col("kind") == "rule_error")
    assert set(problems["rule"]) == ERRS
    assert set(problems["enterprise_id"]) == {CODES[0]}


def test_the_explanation_of_such_a_rule_is_the_same_error(run: Path) -> None:
    done = CliRunner().invoke(app, ["explain", str(run), CODES[0], "--json"])
    assert done.exit_code == 0, done.output
    told = {found["rule"]: found["outcome"] for found in json.loads(done.stdout)}
    assert {name for name, outcome in told.items() if outcome == "error"} == ERRS


def test_a_run_without_errors_has_no_column_of_them(run: Path) -> None:
    columns = pl.read_parquet(run / "enterprises.parquet").columns
    assert [name for name in columns if name.endswith("!error")] == ["per_share!error", "is_dear!error"]
