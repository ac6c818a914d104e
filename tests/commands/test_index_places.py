"""`kerong index rank` and `kerong index trend`: places of all and of a district, and the way of one firm."""

import json
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from kerong.cli import app
from kerong.commands.index_places import ranked
from kerong.store.runs import read_run

DAYS = [date(2024, 12, 31), date(2025, 3, 31), date(2025, 6, 30)]


def said(*arguments: str) -> tuple[int, str]:
    found = CliRunner().invoke(app, ["index", *arguments])
    return found.exit_code, found.output


def _told(*arguments: str) -> list[dict[str, object]]:
    code, output = said(*arguments, "--json")
    assert code == 0, output
    found: list[dict[str, object]] = json.loads(output)
    return found


def test_the_first_places_are_those_of_the_run_with_the_places_that_are_possible(run: Path) -> None:
    scores = pl.read_parquet(run / "scores.parquet").sort("rank")
    found = _told("rank", str(run), "--top", "7")
    assert [row["enterprise_id"] for row in found] == scores["enterprise_id"].head(7).to_list()
    assert [row["rank"] for row in found] == list(range(1, 8))
    assert [row["rank_worst"] for row in found] == scores["rank_worst"].head(7).to_list()


def test_places_of_every_district_count_from_one_without_gaps_and_hold_its_firms_alone(run: Path) -> None:
    firms = pl.read_parquet(run / "enterprises.parquet").filter(pl.col("district").is_not_null())
    seen = 0
    for code, size in firms["district"].value_counts().iter_rows():
        found = ranked(read_run(run), code, firms.height)
        assert [row["rank"] for row in found] == list(range(1, size + 1))
        assert {row["district"] for row in found} == {code}
        assert all(row["rank_best"] <= row["rank"] <= row["rank_worst"] <= size for row in found)  # type: ignore[operator]
        seen += len(found)
    assert seen == firms.height


def test_a_district_is_found_by_its_code_and_by_its_name_in_either_language(run: Path) -> None:
    by_code, chinese, english = (_told("rank", str(run), "--district", it) for it in ("990103", "云湖区", "Yunhu"))
    assert by_code == chinese == english
    assert by_code


def test_a_district_that_is_not_there_is_answered_with_those_that_are_in_both_languages(run: Path) -> None:
    code, output = said("rank", str(run), "--district", "Atlantis")
    assert code == 2
    assert "没有叫 Atlantis 的区" in output
    assert "no district is called Atlantis" in output
    assert "云湖区" in output


def test_a_long_name_is_wrapped_and_never_cut(run: Path, tmp_path: Path) -> None:
    other, firms = tmp_path / "run", pl.read_parquet(run / "enterprises.parquet")
    shutil.copytree(run, other)
    long = "甲" * 150
    firms.with_columns(pl.lit(long).alias("name")).write_parquet(other / "enterprises.parquet")
    code, output = said("rank", str(other), "--top", "1", "--lang", "en")
    assert code == 0, output
    assert output.count("甲") == len(long)


@pytest.fixture
def followed(run: Path, tmp_path: Path) -> Path:
    """The run with an index of two earlier quarters."""
    other, scores = tmp_path / "run", pl.read_parquet(run / "scores.parquet")
    shutil.copytree(run, other)
    columns = scores.select("enterprise_id", "points", "points_high", "coverage_bp", "rank")
    past = [
        columns.with_columns(pl.lit(day).alias("on"), pl.col("points") - 10 * back)
        for back, day in enumerate(reversed(DAYS))
    ]
    (other / "history").mkdir(exist_ok=True)
    pl.concat(past).sort("enterprise_id", "on").write_parquet(other / "history" / "index.parquet")
    return other


def test_a_trend_tells_every_day_of_a_firm_and_how_its_points_moved(followed: Path) -> None:
    row = pl.read_parquet(followed / "scores.parquet").row(0, named=True)
    found = _told("trend", str(followed), row["enterprise_id"])
    assert [one["on"] for one in found] == [day.isoformat() for day in DAYS]
    assert [one["moved"] for one in found] == [None, 10, 10]
    assert [one["points"] for one in found] == [row["points"] - 20, row["points"] - 10, row["points"]]
    _, shown = said("trend", str(followed), row["enterprise_id"], "--lang", "en")
    assert "+10" in shown
    assert all(day.isoformat() in shown for day in DAYS)


def test_a_run_without_past_quarters_says_how_to_make_one_with_them(run: Path) -> None:
    firm = pl.read_parquet(run / "scores.parquet")["enterprise_id"][0]
    code, output = said("trend", str(run), firm)
    assert code == 2
    assert "--history 8" in output
    assert "以往各季度" in output
