"""`kerong index` on an assessed city: what raises a firm, in both languages."""

import json
import re
from pathlib import Path

import polars as pl

from tests.commands.runs import kerong


def _firm(run: Path) -> str:
    """A firm below the highest grade with something unknown."""
    scores = pl.read_parquet(run / "scores.parquet")
    return str(scores.filter((pl.col("points") < pl.col("points_high")) & (pl.col("points") > 150))["enterprise_id"][0])


def test_what_raises_a_firm_is_told_in_both_languages_with_points_and_effort(run: Path) -> None:
    firm = _firm(run)
    zh, en = (kerong("index", "raise", str(run), firm, "--lang", lang) for lang in ("zh", "en"))
    assert (zh.returncode, en.returncode) == (0, 0), zh.stderr + en.stderr
    assert "难度" in zh.stdout
    assert "仅补齐资料" in zh.stdout
    assert "effort" in en.stdout
    assert "evidence alone" in en.stdout


def test_the_steps_add_up_to_what_is_needed_as_data(run: Path) -> None:
    told = json.loads(kerong("index", "raise", str(run), _firm(run), "--json").stdout)
    row = pl.read_parquet(run / "scores.parquet").filter(enterprise_id=_firm(run)).row(0, named=True)
    assert (told["points"], told["points_high"], told["grade"]) == (row["points"], row["points_high"], row["grade"])
    assert sum(step["points"] for step in told["steps"]) >= told["needed"] > 0


def test_a_folder_that_is_no_run_and_a_firm_that_is_not_there_end_in_one_line(run: Path, tmp_path: Path) -> None:
    nowhere, nobody = kerong("index", "raise", str(tmp_path), "x"), kerong("index", "raise", str(run), "x")
    assert (nowhere.returncode, nobody.returncode) == (2, 2)
    assert "is not a run" in nowhere.stderr
    assert "no enterprise x" in nobody.stderr
    assert "Traceback" not in nowhere.stderr + nobody.stderr


def test_the_table_of_other_weights_ends_in_a_sentence_in_both_languages(run: Path) -> None:
    done = kerong("index", "sensitivity", str(run), "--draws", "5", "--seed", "1")
    assert done.returncode == 0, done.stderr
    assert all(
        word in done.stdout for word in ("entropy", "CRITIC", "equal", "drawn", "不能说明谁更好", "who is better")
    )


def test_the_proof_of_a_small_city_names_outcomes_baselines_and_intervals() -> None:
    data = json.loads(kerong("index", "proof", "--firms", "120", "--seed", "5", "--json").stdout)
    assert (data["on"], data["until"]) == ("2023-06-30", "2025-06-30")
    by = {(row["outcome"], row["score"]): row for row in data["found"]}
    assert {score for _, score in by} >= {"index", "age", "head-count", "patents", "revenue", "qualifications"}
    assert all(row["events"] <= row["rows"] <= data["firms"] for row in by.values())
    assert by["equity round", "index"]["less"] is None


def test_checks_are_counted_and_add_up(run: Path) -> None:
    rows = json.loads(kerong("index", "checks", str(run), "--json").stdout)
    assert len(rows) >= 10
    assert all(row["met"] + row["unknown"] <= row["firms"] for row in rows)
    told = kerong("index", "checks", str(run), "--firms", "--lang", "en").stdout
    listed = [line for line in told.splitlines() if re.match(r"[0-9A-Z]{18} \S.*: ", line)]
    assert len(listed) == sum(row["met"] for row in rows)
