"""Somebody who has the application's rights, or on SQLite the file: refused, or named by `kerong ledger verify`."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from typer.testing import CliRunner

from kerong.cli import app
from kerong.engine.money.ledger.accounts import Book
from kerong.web.base.models import Transfer, User
from tests.web.ledger.real import Database, alone
from tests.web.ledger.test_walls import insert, run, written

__all__ = ["written"]
pytestmark = pytest.mark.database
ON_POSTGRESQL = "only PostgreSQL has roles"
ON_SQLITE = "only SQLite is a file"
CLOSED = date(2025, 1, 31)  # the day through which the book is closed


def found(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The kinds of problems that `kerong ledger verify` names in the stored ledger."""
    monkeypatch.setattr("kerong.commands.ledger.opened", lambda data_dir: None)
    told = CliRunner().invoke(app, ["ledger", "verify", "--json"])
    kinds = sorted({one["kind"] for one in json.loads(told.stdout)["problems"]})
    assert told.exit_code == bool(kinds)
    return kinds


@pytest.fixture
def _postgresql() -> None:
    if connection.vendor != "postgresql":
        pytest.skip(ON_POSTGRESQL)


@contextmanager
def portal() -> Iterator[None]:
    """Logged in as a role that may use every table and owns none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = 'ledger_portal'")
        if cursor.fetchone() is None:
            cursor.execute("CREATE ROLE ledger_portal")
        cursor.execute("GRANT USAGE ON SCHEMA public TO ledger_portal")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO ledger_portal")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO ledger_portal")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET SESSION AUTHORIZATION ledger_portal")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET SESSION AUTHORIZATION")


def copied_in(row: Transfer, day: date) -> None:
    """A copy of the row of another day, by COPY."""
    statement, values = insert(row, day=day.isoformat())
    columns = statement.partition("(")[2].partition(")")[0]
    with (
        transaction.atomic(),
        connection.cursor() as cursor,
        cursor.cursor.copy(f"COPY base_transfer ({columns}) FROM STDIN") as copy,
    ):
        copy.write_row(values)


@pytest.mark.usefixtures("_postgresql")
def test_what_is_copied_in_meets_the_same_walls(written: Transfer) -> None:
    with portal():
        copied_in(written, date(2025, 3, 3))
        with pytest.raises(psycopg.Error, match=r"ledger\.refused\.closed"):
            copied_in(written, CLOSED)


@pytest.mark.usefixtures("_postgresql")
@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("TRUNCATE base_transfer CASCADE", "permission denied"),
        ("SET session_replication_role = replica", "permission denied"),
        ("ALTER TABLE base_transfer DISABLE TRIGGER ALL", "must be owner"),
        ("ALTER TABLE base_transfer DROP CONSTRAINT a_transfer_has_an_amount_within_bounds", "must be owner"),
        ("DROP TRIGGER ledger_kept ON base_transfer", "must be owner"),
        ("CREATE TRIGGER mine BEFORE INSERT ON base_transfer EXECUTE FUNCTION kerong_kept()", "permission denied"),
        ("CREATE RULE mine AS ON UPDATE TO base_transfer DO INSTEAD NOTHING", "must be owner"),
        ("ALTER FUNCTION kerong_transfer_fits() RESET search_path", "must be owner"),
        ("CREATE OR REPLACE FUNCTION kerong_kept() RETURNS trigger LANGUAGE sql AS ''", "permission denied"),
        ("CREATE SCHEMA mine", "permission denied"),
        ("SELECT setval('base_transfer_id_seq', 1)", "permission denied"),
        ("SET ROLE kerong", "permission denied"),
        ("COPY base_transfer FROM '/etc/passwd'", "permission denied|pg_read_server_files|superuser"),
        ("COPY base_transfer FROM PROGRAM 'true'", "permission denied|pg_execute_server_program|superuser"),
        ("UPDATE base_transfer SET fen = 1", "ledger.refused.kept"),
        ("DELETE FROM base_seal", "ledger.refused.kept"),
        ("UPDATE base_book SET closed_through = NULL", "ledger.refused.kept"),
        ("UPDATE base_account SET limited = '' WHERE code = 'appropriation'", "ledger.refused.kept"),
        ("UPDATE base_account SET debits_posted = credits_posted + 1 WHERE limited = 'credit'", "overdrawn"),
        ("DELETE FROM base_account WHERE code = 'appropriation'", "violates foreign key|still referenced"),
        (
            "INSERT INTO base_transfer SELECT * FROM base_transfer ON CONFLICT (id) DO UPDATE SET fen = 1",
            "ledger.refused",
        ),
        ("MERGE INTO base_seal USING base_book AS b ON true WHEN MATCHED THEN DELETE", "ledger.refused.kept"),
    ],
)
def test_the_applications_role_does_not_get_around_the_walls(written: Transfer, statement: str, why: str) -> None:
    with portal(), pytest.raises(DatabaseError, match=why):
        run(statement)


SHADOWED = (
    "CREATE TEMP TABLE base_book AS SELECT * FROM public.base_book",
    "UPDATE pg_temp.base_book SET closed_through = NULL",
    "SET LOCAL search_path = pg_temp, public",
)


def shadowed(row: Transfer) -> None:
    """A transfer into the closed period, beside a temporary table of books of which none is closed."""
    statement, values = insert(row, day=CLOSED.isoformat())
    with transaction.atomic():
        for one in SHADOWED:
            run(one)
        run(statement.replace("base_transfer", "public.base_transfer"), *values)


@pytest.mark.usefixtures("_postgresql")
def test_a_temporary_table_does_not_stand_in_for_the_book_that_a_wall_reads(written: Transfer) -> None:
    with portal(), pytest.raises(DatabaseError, match=r"ledger\.refused\.closed"):
        shadowed(written)
    run("ALTER FUNCTION kerong_transfer_fits() RESET search_path")  # the control: as the wall was, it is fooled
    with portal():
        shadowed(written)


ACCOUNT = """
INSERT INTO base_account
  (book_id, code, kind, subject, limited, debits_posted, credits_posted, debits_reserved, credits_reserved)
SELECT id, 'payee:Z', 'payee', 'Z', '', 0, 7, 0, 0 FROM base_book
"""
LINK = f"""
INSERT INTO base_seal (book_id, sequence, closes_through, hash, at)
SELECT book_id, max(sequence) + 1, '2025-02-28', '{"0" * 64}', max(at) FROM base_seal GROUP BY book_id
"""
NOTICED = {  # what the application may do, and should not: the statement, and what verify names
    "a balance": ("UPDATE base_account SET debits_posted = debits_posted + 1 WHERE code = 'treasury'", "balance"),
    "an account": (ACCOUNT, "balance"),
    "a closing": ("UPDATE base_book SET closed_through = '2999-12-31'", "closed"),
    "a false link": (LINK, "hash"),
}


@contextmanager
def as_the_application() -> Iterator[None]:
    """With its rights where the database knows of rights."""
    if connection.vendor == "postgresql":
        with portal():
            yield
    else:
        yield


@pytest.mark.parametrize("what", NOTICED)
def test_what_the_application_could_still_do_is_named(
    written: Transfer, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    statement, word = NOTICED[what]
    assert found(monkeypatch) == []
    with as_the_application():
        run(statement)
    assert any(word in kind for kind in found(monkeypatch))


def test_a_transfer_written_past_the_service_is_named(written: Transfer, monkeypatch: pytest.MonkeyPatch) -> None:
    statement, values = insert(written)
    with as_the_application():
        run(statement, *values)
    assert "ledger_balance_differs" in found(monkeypatch)


@pytest.fixture
def file(shared_budget: tuple[User, Book], real_database: Database) -> Path:
    """The file of a ledger, closed through January."""
    if connection.vendor != "sqlite":
        pytest.skip(ON_SQLITE)
    with stranger(Path(real_database.name)) as held:
        held.execute("INSERT INTO base_book (code, kind, title, owner, currency) VALUES ('x', 'pool', '', '', 'CNY')")
    return Path(real_database.name)


@contextmanager
def stranger(path: Path) -> Iterator[sqlite3.Connection]:
    """A client with the settings that SQLite has by itself: no foreign keys, no recursive triggers."""
    held = sqlite3.connect(path, isolation_level=None)
    try:
        yield held
    finally:
        held.close()


COPY = "ref || 'x', book_id, move, debit_id, credit_id, fen, step, '2025-01-31', about, pending_id, reverses_id"


@pytest.mark.parametrize(
    "statements",
    [
        ["INSERT OR REPLACE INTO base_transfer SELECT * FROM base_transfer"],
        ["REPLACE INTO base_account SELECT * FROM base_account"],
        ["INSERT INTO base_transfer SELECT * FROM base_transfer WHERE true ON CONFLICT DO UPDATE SET fen = 1"],
        ["UPDATE OR REPLACE base_account SET id = (SELECT max(id) FROM base_account)"],
        ["UPDATE OR REPLACE base_book SET code = 'x'"],
        ["PRAGMA recursive_triggers = OFF", "DELETE FROM base_transfer"],
        ["PRAGMA defer_foreign_keys = ON", "DELETE FROM base_idempotencykey"],
    ],
)
def test_a_client_of_the_file_does_not_write_over_what_was_written(file: Path, statements: list[str]) -> None:
    *before, last = statements
    with stranger(file) as held:
        for statement in before:
            held.execute(statement)
        with pytest.raises(sqlite3.IntegrityError, match=r"ledger\.refused\.kept"):
            held.execute(last)


@pytest.mark.parametrize("shadow", ["TEMP TABLE base_book", "TABLE beside.base_book"])
def test_no_other_table_of_that_name_stands_in_for_the_closed_book(file: Path, shadow: str) -> None:
    with stranger(file) as held:
        held.execute("UPDATE base_book SET closed_through = '2025-01-31'")
        held.execute("ATTACH ':memory:' AS beside")
        held.execute(f"CREATE {shadow} AS SELECT id, code, NULL AS closed_through FROM main.base_book")
        columns = ("ref", "book_id", "move", "debit_id", "credit_id", "fen", "step", '"on"', "about", "pending_id")
        rest = ("reverses_id", "rule", "rule_version", "evidence", "at", "key")
        with pytest.raises(sqlite3.IntegrityError, match=r"ledger\.refused\.closed"):
            held.execute(
                f"INSERT INTO main.base_transfer ({', '.join((*columns, *rest))})"
                f" SELECT {COPY}, rule, rule_version, evidence, at, key FROM main.base_transfer"
            )


TAKEN_DOWN: dict[str, tuple[list[str], str]] = {
    "a trigger": (["DROP TRIGGER ledger_kept_base_transfer_delete"], "ledger_wall_missing"),
    "all triggers": (
        ["PRAGMA writable_schema = ON", "DELETE FROM sqlite_master WHERE type = 'trigger'"],
        "ledger_wall_missing",
    ),
    "a check": (
        ["PRAGMA ignore_check_constraints = ON", "UPDATE base_account SET debits_posted = 10000000000"],
        "ledger_balance_differs",
    ),
    "foreign keys": (["DELETE FROM base_account WHERE code = 'appropriation'"], "ledger_balance_differs"),
}


@pytest.mark.parametrize("what", TAKEN_DOWN)
def test_what_the_owner_of_the_file_takes_down_is_named(file: Path, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    statements, kind = TAKEN_DOWN[what]
    with stranger(file) as held:
        for statement in statements:
            held.execute(statement)
    assert kind in _alone(lambda: found(monkeypatch))


def _alone(work: Callable[[], list[str]]) -> list[str]:
    return alone(work)
