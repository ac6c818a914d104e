"""Where the portal's tables are: the address of a PostgreSQL, and the two roles of the decision about it."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from kerong.web import settings as portal

ROOT = Path(__file__).parents[3]
DECISION = ROOT / "docs" / "decisions" / "2026-11-21-the-stored-ledger-on-two-databases.md"
POST = """
import django
django.setup()
from tests.web.ledger.conftest import kept_budget
from tests.web.ledger.checked import all_adds_up
kept_budget()
all_adds_up()
"""


def database_of(monkeypatch: pytest.MonkeyPatch, address: str) -> dict[str, object]:
    """The settings' database with KERONG_DATABASE set so."""
    monkeypatch.setenv("KERONG_DATABASE", address)
    return portal._database()


def test_an_address_names_host_database_and_what_else_libpq_knows(monkeypatch: pytest.MonkeyPatch) -> None:
    told = database_of(monkeypatch, "postgresql://anna:s%40crt@db.example:5433/city?sslmode=require")
    names = ("USER", "PASSWORD", "HOST", "PORT", "NAME")
    assert [told[name] for name in names] == ["anna", "s@crt", "db.example", "5433", "city"]
    assert str(told["ENGINE"]).endswith(".postgresql")
    assert isinstance(told["OPTIONS"], dict)
    assert told["OPTIONS"]["sslmode"] == "require"


def test_without_an_address_it_is_sqlite_that_keeps_what_it_acknowledged(monkeypatch: pytest.MonkeyPatch) -> None:
    told = database_of(monkeypatch, "")
    assert told["ENGINE"] == "django.db.backends.sqlite3"
    assert isinstance(told["OPTIONS"], dict)
    assert told["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "synchronous=FULL" in told["OPTIONS"]["init_command"]


@pytest.mark.parametrize("address", ["mysql://u:secret@host/db", "secret", "postgresql://u@host:secret/db?nonsense=1"])
def test_an_address_that_is_none_is_refused_without_a_word_of_it(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    with pytest.raises(ImproperlyConfigured) as caught:
        database_of(monkeypatch, address)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


@pytest.mark.database
@pytest.mark.slow
def test_the_portals_own_role_posts_but_can_neither_empty_a_table_nor_take_a_wall_down(db: None) -> None:
    """The statements of the decision, as they are printed there."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no roles")
    host = connection.settings_dict["HOST"]
    block = DECISION.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    as_administrator, as_owner = block.replace("'…'", "'a'").split("-- then, as kerong_owner")
    run("kerong", "postgres", host, as_administrator)
    run("kerong_owner", "kerong", host, as_owner.partition("\n")[2])
    for role, program in (("kerong_owner", ["-m", "django", "migrate", "-v0"]), ("kerong_portal", ["-c", POST])):
        told = {"KERONG_DATABASE": f"postgresql://{role}@/kerong?host={host}"}
        environment = os.environ | told | {"DJANGO_SETTINGS_MODULE": "kerong.web.settings"}
        done = subprocess.run(
            [sys.executable, *program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr[-2000:]
    for statement in (
        "TRUNCATE base_transfer CASCADE",
        "DROP TRIGGER ledger_kept ON base_transfer",
        "ALTER TABLE base_transfer DISABLE TRIGGER ALL",
        "SET session_replication_role = replica",
        "DROP TABLE base_seal",
        "CREATE TABLE own (a int)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            run("kerong_portal", "kerong", host, statement)
    with pytest.raises(psycopg.errors.IntegrityError, match=r"ledger\.refused\.kept"):
        run("kerong_portal", "kerong", host, "UPDATE base_transfer SET fen = 1")


def run(role: str, database: str, host: str, statements: str) -> None:
    """The statements, one after the other."""
    with psycopg.connect(host=host, user=role, dbname=database, autocommit=True) as client:
        for statement in filter(str.strip, statements.split(";")):
            client.execute(statement.encode())
