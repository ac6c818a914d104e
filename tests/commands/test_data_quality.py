"""`kerong data quality` of a register that is sent whole."""

from datetime import UTC, datetime
from pathlib import Path

from typer.testing import CliRunner

from kerong.cli import app
from kerong.intake import receive
from kerong.rulebook import load
from kerong.store.archive import Archive
from tests.intake.office import HEADER, TAX, code, texts


def test_a_whole_register_that_came_without_news_is_shown_as_come_in_time(tmp_path: Path) -> None:
    told = texts() | {"registers/tax.toml": TAX.replace('extent = "period"', 'extent = "whole"')}
    for name, text in told.items():
        (tmp_path / "north" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "north" / name).write_text(text, "utf-8")
    archive = Archive.create(tmp_path / "archive", "north")
    for day in (10, 20):
        path = tmp_path / f"tax_{day}.csv"
        path.write_text(f"{HEADER}\n{code(1)},2025-04,{day},,2025-05-03\n", "utf-8")
        receive(archive, load(told), path, "tax", datetime(2025, 6, day, tzinfo=UTC), "Li")
    arguments = ["data", "quality", str(archive.path), "--region", str(tmp_path / "north"), "--at", "2025-07-31"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert "按时收到，无新内容" in done.output
    assert "came in time, nothing new" in done.output
    assert "missing" not in done.output
