"""A damaged archive ends every command in a line in both languages, never in a traceback."""

import sys
from pathlib import Path

import pytest

from kerong.cli import main
from kerong.store.archive import Archive
from tests.intake.office import Office, june


@pytest.mark.parametrize(
    "command", [["held"], ["status"], ["quality"], ["log"], ["quarantine", "000001", "--out", "q.csv"], ["init"]]
)
@pytest.mark.parametrize("damage", ["head.json", "batches"])
def test_a_damaged_archive_is_named_in_both_languages(
    tmp_path: Path, command: list[str], damage: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    office = Office(tmp_path)
    office.archive = Archive.create(tmp_path / "city", "demo")
    office.send("tax_a.csv", june())
    path = office.archive.path / damage
    if path.is_dir():
        path = next(path.glob("*/batch.json"))
    path.unlink()
    region = ["--region", "demo"] if command == ["init"] else []
    monkeypatch.setattr(sys, "argv", ["kerong", "data", command[0], str(tmp_path / "city"), *command[1:], *region])
    with pytest.raises(SystemExit) as ended:
        main()
    told = capfd.readouterr().err
    assert ended.value.code == 2
    assert path.name in told
    assert len(told.splitlines()) == 2
