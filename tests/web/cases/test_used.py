"""What cases were granted is not awarded again by the next run, and a file of grants is read strictly."""

import json
from pathlib import Path

import polars as pl
import pytest

from kerong.commands.assess import assess
from kerong.commands.used import digest_of, used_before
from kerong.engine.award import GRANTED_BEFORE
from kerong.web.base.selectors.used import used_in
from tests.intake.office import code
from tests.web.cases.town import REGION, Town

pytestmark = pytest.mark.database
HEAD = "rule,enterprise_id,payee,affiliates,evidence,year,fen"


def test_a_second_run_does_not_award_what_is_granted(
    town: Town, grants_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kerong.commands.used.opened", lambda data_dir: None)
    town.call()
    town.at("verified", 2)
    held = town.at("reserved", 1)
    used = used_in(REGION)
    assert used.select("rule", "enterprise_id", "row_key", "fen").rows() == [("interest", code(1), "C1", 50_001)]
    assert used_in(REGION, besides=held.pk).is_empty()
    folder, pack = grants_run.parent / "registers", str(grants_run.parent / "pack")
    assess(folder, pack, tmp_path / "again", "2025-02-28", as_json=False, data_dir=tmp_path)
    told = pl.read_parquet(tmp_path / "again" / "verdicts.parquet").with_columns(pl.col("rule").cast(pl.String))
    own = told.filter(pl.col("rule") == "interest").sort("enterprise_id").select("awarded_fen", "cut_by")
    first = pl.read_parquet(grants_run / "verdicts.parquet").with_columns(pl.col("rule").cast(pl.String))
    before = first.filter(pl.col("rule") == "interest").sort("enterprise_id")["awarded_fen"].to_list()
    place = sorted(code(n) for n in range(1, 61)).index(code(1))
    assert own.row(place) == (0, "granted")
    before[place] = 0
    assert own["awarded_fen"].to_list() == before
    manifest = json.loads((tmp_path / "again" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["used"] == digest_of(used)


def test_a_file_of_grants_is_what_the_cases_say(town: Town, tmp_path: Path) -> None:
    town.call()
    town.at("reserved", 1)
    used_in(REGION).write_csv(tmp_path / "used.csv")
    read = used_before(tmp_path / "used.csv", None, REGION)
    assert read.schema == GRANTED_BEFORE
    assert digest_of(read) == digest_of(used_in(REGION))


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"{HEAD}\ninterest,E1,b,,,2024,1_000\n", 2),
        (f"{HEAD}\ninterest,E1,b,,,2024,５\n", 2),
        (f"{HEAD}\ninterest,E1,b,,,2024,1\ninterest,E1,b,,,2024,NaN\n", 3),
        (f"{HEAD}\ninterest,E1,b,,,2024,\n", 2),
        (f"{HEAD}\ninterest,E1,b,,,24.5,5\n", 2),
        (f"{HEAD}\ninterest,,b,,,2024,5\n", 2),
        (f"{HEAD},more\ninterest,E1,b,,,2024,5,6\n", 1),
        ("rule,enterprise_id\ninterest,E1\n", 1),
    ],
)
def test_a_file_of_grants_that_is_wrong_is_refused_with_its_line(
    text: str, line: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "used.csv").write_text(text, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        used_before(tmp_path / "used.csv", None, REGION)
    told = capsys.readouterr()
    assert f"line {line}" in told.err + told.out, ended
    assert f"第 {line} 行" in told.err + told.out


def test_a_file_and_a_portal_at_once_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        used_before(tmp_path / "used.csv", tmp_path, REGION)
    assert "twice" in "".join(capsys.readouterr())
