"""Every command of docs/running.md does what the page says."""

import csv
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone
from typer.testing import CliRunner

import kerong.web.base.management.commands.worker as worker
from kerong.cli import app
from kerong.web.base.models import OutboxRow
from tests.conftest import lacking
from tests.web.cases.town import Town
from tests.web.ledger.real import Database
from tests.web.outbox.told import told_to

MANUAL = (Path(__file__).parents[3] / "docs/running.md").read_text(encoding="utf-8")
COMMANDS = ("worker", "nightly", "outbox", "ledger", "deal_audit")


def blocks(kind: str) -> list[str]:
    """The lines of all blocks of a kind."""
    found = re.findall(rf"```{kind}\n(.*?)```", MANUAL, re.DOTALL)
    return [line for block in found for line in block.splitlines()]


def one_round(this: worker.PortalWorker) -> None:
    """What the worker does between two looks at the clock."""
    worker.due_queued(timezone.now(), timezone.now())
    super(worker.PortalWorker, this).run()


@pytest.mark.database
@pytest.mark.usefixtures("one_connection")
def test_every_command_of_the_manual_does_what_the_manual_says(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in COMMANDS:
        monkeypatch.setattr(f"kerong.commands.{name}.opened", lambda _: None)
    monkeypatch.setattr(worker.PortalWorker, "run", one_round)
    monkeypatch.setattr(worker.PortalWorker, "configure_signals", lambda _: None)
    monkeypatch.chdir(tmp_path)
    town.at("reserved")
    OutboxRow.objects.create(kind="file", code="bank", payload={"name": "a", "text": ""}, key="x", state="aside")
    said = []
    for line in blocks("console"):
        done = CliRunner(env={"COLUMNS": "300"}).invoke(app, next(csv.reader([line], delimiter=" "))[1:])
        assert done.exit_code == 0, (line, done.output)
        said.append(" ".join(done.output.split()))
        if "--on" in line:
            (heads,) = sorted((tmp_path / "outbox/heads").glob("heads-2025-06-30-*.json"))
            shutil.copy(heads, "heads.json")
    told = "\n".join(said)
    for words in (
        "逐笔核对：完成",
        "Close of business: Done, closed through 2025-06-29",
        "the replay is the stored ledger",
        "everything agrees",
        "1 put aside",
        "1 will be tried again",
    ):
        assert words in told, words
    assert "apply>applied accept? return?" in told_to(town.people["wang"])


@pytest.mark.database
def test_the_backup_of_the_manual_holds_what_was_there(real_database: Database, tmp_path: Path) -> None:
    sqlite, postgresql = blocks("sh")
    if connection.vendor == "postgresql":
        if not shutil.which("pg_dump"):
            lacking("no pg_dump is on the path (Debian: apt-get install postgresql-client)")
        subprocess.run(postgresql, shell=True, check=True, cwd=tmp_path, env=real_database.environment)
        assert (tmp_path / "backup.dump").read_bytes()[:5] == b"PGDMP"
        return
    (tmp_path / "data").mkdir()
    shutil.move(real_database.name, tmp_path / "data/kerong.sqlite3")
    subprocess.run(sqlite.replace("python ", f"{sys.executable} ", 1), shell=True, check=True, cwd=tmp_path)
    copy = sqlite3.connect(tmp_path / "backup.sqlite3")
    assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert copy.execute("SELECT count(*) FROM django_migrations WHERE name = '0013_outbox'").fetchone() == (1,)
    copy.close()
