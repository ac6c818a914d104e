"""Model cards of public data: what docs/models says is what the commands make now."""

import gzip
import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from kerong.engine.score.card import challengers, metrics
from tests.commands.test_model import run

ROOT = Path(__file__).resolve().parents[2]
NIGHTLY = "KERONG_MODEL_REPORTS" in os.environ  # makes every document of docs/models anew, which takes minutes
SHEETS = ROOT / "docs" / "examples" / "models"


def test_the_term_of_sba_falsely_declared_as_known_is_refused(shared: Path, tmp_path: Path) -> None:
    text = (SHEETS / "sba.toml").read_text("utf-8")
    declared = text.replace('name = "term"\nheader = "term"', 'name = "months"\nheader = "MonthsAgreed"')
    declared = re.sub(
        r'(name = "months".*?)known = "after"\nreason = [^\n]*', r'\1known = "decision"', declared, flags=re.S
    )
    line = '[[characteristic]]\nname = "months"\ntitle = { zh = "期限", en = "Term" }\nvalue = "row.months"\n\n[group]'
    (tmp_path / "false.toml").write_text(declared.replace("[group]", line, 1), "utf-8")
    loans = gzip.decompress((shared / "data" / "usa" / "sba_balanced30000.csv.gz").read_bytes())
    (tmp_path / "loans.csv").write_bytes(loans.replace(b",term,", b",MonthsAgreed,", 1))
    done = run("fit", tmp_path / "loans.csv", "--sheet", tmp_path / "false.toml", "--out", tmp_path / "card.json")
    assert done.exit_code == 2
    assert "“months” alone is unbelievably good" in done.output
    assert "好得不可信" in done.output


def figures(text: str) -> dict[str, tuple[float, ...]]:
    """The first table of figures of the English half of a model card: values of card, logit and LightGBM."""
    rows = re.findall(
        r"^\| ([^|]+) \| ([\d.-]+)[^|]*\| ([\d.-]+)[^|]*\| ([\d.-]+)[^|]*\|$", text.split("English")[1], re.M
    )
    found: dict[str, tuple[float, ...]] = {}
    for name, *values in rows:
        found.setdefault(name, tuple(map(float, values)))
    return found


def remade(shared: Path, tmp_path: Path, name: str, *words: Any) -> tuple[str, str]:
    """The document and the same report made now with few draws."""
    files = {"sba_case": "usa/sba_case.csv", "german": "credit/german.data.txt", "sba": "usa/sba_balanced30000.csv.gz"}
    table, sheet, card = shared / "data" / files[name], SHEETS / f"{name}.toml", tmp_path / "card.json"
    more = ("--without", shared / "data" / "usa" / "sba_case.csv") if name == "sba" else ()
    assert run("fit", table, "--sheet", sheet, "--out", card, *more).exit_code == 0
    words = (*more, *words, "--draws", 20)
    assert run("report", table, "--sheet", sheet, "--card", card, "--out", tmp_path, *words).exit_code == 0
    document = (ROOT / "docs" / "models" / f"{name}.md").read_text("utf-8")
    return document, (tmp_path / f"{name}.md").read_text("utf-8")


@pytest.mark.skipif(not challengers.has_lightgbm(), reason="LightGBM (extra models) is not installed")
def test_the_published_split_of_sba_is_as_the_document_says(shared: Path, tmp_path: Path) -> None:
    document, made = remade(shared, tmp_path, "sba_case")
    said, found = figures(document), figures(made)
    assert len(said) >= 8
    for name, values in said.items():
        assert found[name] == pytest.approx(values, abs=0.0011), name
    assert 0.73 < found["AUC"][0] < 0.9
    assert "0.729" in document


def test_the_card_of_the_german_data_is_as_the_document_says(shared: Path, tmp_path: Path) -> None:
    document, made = remade(shared, tmp_path, "german", "--repeats", 1)
    assert made.split("## The card in full")[1] == document.split("## The card in full")[1]
    said, found = figures(document), figures(made)
    assert found["AUC"][0] == pytest.approx(said["AUC"][0], abs=0.02)  # one repeat against the mean of ten


def test_the_card_of_sba_out_of_time_is_as_the_document_says(shared: Path, tmp_path: Path) -> None:
    document = (ROOT / "docs" / "models" / "sba.md").read_text("utf-8")
    loans, other = shared / "data" / "usa" / "sba_balanced30000.csv.gz", shared / "data" / "usa" / "sba_case.csv"
    sheet, card, scores = SHEETS / "sba.toml", tmp_path / "card.json", tmp_path / "scores.parquet"
    assert run("fit", loans, "--sheet", sheet, "--out", card, "--without", other).exit_code == 0
    assert run("score", loans, "--sheet", sheet, "--card", card, "--out", scores, "--without", other).exit_code == 0
    rows = pl.read_parquet(scores).filter(pl.col("on") > date(2004, 12, 31))
    status = pl.read_csv(loans, infer_schema=False, columns=["loan_nr_chk_dgt", "mis_status"])
    bad = rows.join(
        status.with_columns(subject=pl.col("loan_nr_chk_dgt").str.replace(r"\.0$", "")), on="subject", how="left"
    )
    counts = metrics.tally(
        (bad["mis_status"] == "CHGOFF").to_numpy(),
        -rows["points"].to_numpy().astype(np.float64),
        rows["probability_bp"].to_numpy() / 10_000,
    )
    said = figures(document)
    area = metrics.auc(counts)
    assert area == pytest.approx(said["AUC"][0], abs=0.0006)
    assert metrics.ks(counts) == pytest.approx(said["KS"][0], abs=0.0006)
    assert metrics.brier(counts) == pytest.approx(said["Brier score"][0], abs=0.0006)
    slope = said["calibration slope (1 is right)"][0]
    assert metrics.calibration_slope(counts) == pytest.approx(slope, abs=0.0006)
    assert area is not None
    assert 0.58 < area < 0.72


@pytest.mark.skipif(not NIGHTLY, reason="the whole reports take minutes: KERONG_MODEL_REPORTS=1 makes them anew")
@pytest.mark.parametrize(("name", "words"), [("sba", ("--prior", 2_000)), ("sba_case", ()), ("german", ())])
def test_a_whole_report_is_as_the_document_says(name: str, words: Any, shared: Path, tmp_path: Path) -> None:
    document, made = remade(shared, tmp_path, name, *words)
    said, found = figures(document), figures(made)
    for metric, values in said.items():
        assert found[metric] == pytest.approx(values, abs=0.0011), metric
