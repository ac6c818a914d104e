import json
from pathlib import Path

import polars as pl
from typer.testing import CliRunner

from kerong.cli import app

RUN = CliRunner()


def test_synth_writes_a_city_and_tells_what_it_planted(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["synth", str(tmp_path / "city"), "--firms", "60", "--seed", "3", "--json"])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output)
    assert (told["firms"], told["seed"], told["on"]) == (60, 3, "2025-06-30")
    assert sum(told["planted"].values()) == len(pl.read_parquet(tmp_path / "city" / "truth" / "errors.parquet"))
    assert {row["register"] for row in told["registers"]} >= {"company", "tax", "patent", "loan"}


def test_the_table_of_synth_names_every_register(tmp_path: Path) -> None:
    done = RUN.invoke(app, ["synth", str(tmp_path), "--firms", "30"])
    assert done.exit_code == 0, done.output
    assert all(name in done.output for name in ("company", "social_security", "standard", "planted errors"))


def test_a_folder_with_something_in_it_is_refused_until_it_is_forced(tmp_path: Path) -> None:
    (tmp_path / "tax_2019.csv").write_text("old", "utf-8")
    (tmp_path / "mine.csv").write_text("kept", "utf-8")
    refused = RUN.invoke(app, ["synth", str(tmp_path), "--firms", "20"])
    assert refused.exit_code == 2
    assert "not empty" in refused.output
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "tax_2019.csv"]
    assert RUN.invoke(app, ["synth", str(tmp_path), "--firms", "20", "--force"]).exit_code == 0
    assert not (tmp_path / "tax_2019.csv").exists()
    assert (tmp_path / "mine.csv").read_text("utf-8") == "kept"


def test_a_wrong_day_or_region_ends_in_one_line_and_writes_nothing(tmp_path: Path) -> None:
    for arguments, said in ((["--on", "2025-02-30"], "no date"), (["--region", "nowhere"], "no region")):
        done = RUN.invoke(app, ["synth", str(tmp_path / "city"), *arguments])
        assert done.exit_code == 2
        assert said in done.output
        assert not (tmp_path / "city").exists()


def test_ways_are_named_or_read_from_a_file_and_wrong_ones_are_refused(tmp_path: Path) -> None:
    told = tmp_path / "ways.json"
    told.write_text('{"own_risk": 0, "shocks_a_year": 0, "by_surety": 0, "by_customer": 0}')
    done = RUN.invoke(app, ["synth", str(tmp_path / "calm"), "--firms", "40", "--ways", str(told)])
    assert done.exit_code == 0, done.output
    assert pl.read_parquet(tmp_path / "calm" / "truth" / "distress.parquet").is_empty()
    told.write_text('{"own_rsik": 0}')
    for ways, word in ((str(told), "own_rsik"), ("nowhere.json", "No such file")):
        refused = RUN.invoke(app, ["synth", str(tmp_path / "none"), "--firms", "40", "--ways", ways])
        assert refused.exit_code != 0
        assert word in refused.output.replace("\n", " ")
    assert not (tmp_path / "none").exists()
