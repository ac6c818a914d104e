"""`kerong reconcile` over a folder: what people read, and what machines get."""

import json
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kerong.cli import app
from kerong.lab import CLEAN, make_city, write_city
from kerong.store.packs import read_pack

RUN = CliRunner()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("city")
    write_city(make_city(150, 5, texts=read_pack("demo"), rates=replace(CLEAN, return_differs=0.05)), path)
    return path


def test_differences_are_told_in_both_languages_with_both_amounts(folder: Path) -> None:
    done = RUN.invoke(app, ["reconcile", str(folder), "--region", "demo", "--on", "2025-07-31"])
    assert done.exit_code == 0, done.output
    assert "月报缺该企业 firm missing in the return" in done.output
    assert "余额 balance " in done.output


def test_the_tables_are_given_as_json_and_as_files(folder: Path, tmp_path: Path) -> None:
    asked = ["reconcile", str(folder), "--region", "demo", "--on", "2025-07-31", "--out", str(tmp_path), "--json"]
    done = RUN.invoke(app, asked)
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    planted = pl.read_parquet(folder / "truth" / "differences.parquet")
    assert len(told["differences"]) == len(planted) > 0
    assert len(pl.read_csv(tmp_path / "differences.csv")) == len(planted)
    assert len(pl.read_csv(tmp_path / "months.csv")) == len(told["months"])


def test_a_folder_without_returns_has_nothing_to_reconcile(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["reconcile", str(tmp_path), "--region", "demo", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output) == {"months": [], "differences": []}


def test_a_region_without_returns_is_told_so(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["reconcile", str(tmp_path), "--region", "usa"])
    assert done.exit_code == 2
    assert "no returns of institutions" in done.output


def test_a_return_that_cannot_be_read_ends_with_its_reason(tmp_path: Path) -> None:
    (tmp_path / "return_loan.csv").write_text("信用代码,所属月份\n91110000T14K24NB92,2025-05\n", "utf-8")
    done = RUN.invoke(app, ["reconcile", str(tmp_path), "--region", "demo"])
    assert done.exit_code == 1
    assert "return_loan" in done.output
