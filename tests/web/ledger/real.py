"""A database of its own for a test: on disk, durable, with a real connection for every thread or process.

The tests' own database is one transaction of one connection (on SQLite: in memory); races and kills need more.
"""

import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from django.db import connection, connections
from pytest_django.plugin import DjangoDbBlocker

PATIENCE = 300  # seconds until a thread that hangs fails the test
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Database:
    """`name`: what settings call NAME. `environment`: what makes another process use it."""

    name: str
    environment: dict[str, str]


@contextmanager
def copied(folder: Path, blocker: DjangoDbBlocker) -> Iterator[Database]:
    """An empty, migrated database; new threads of this process use it too, until the end."""
    with blocker.unblock():
        made = _on_postgresql(folder) if connection.vendor == "postgresql" else _on_sqlite(folder)
        settings = connections.settings["default"]
        before, settings["NAME"] = settings["NAME"], made.name
        try:
            yield made
        finally:
            settings["NAME"] = before
            if connection.vendor == "postgresql":
                _administer(f"DROP DATABASE {made.name} WITH (FORCE)")


def _on_sqlite(folder: Path) -> Database:
    file = folder / "kerong.sqlite3"
    connection.ensure_connection()
    target = sqlite3.connect(file)
    connection.connection.backup(target)
    target.close()
    return Database(str(file), os.environ | {"KERONG_DATA": str(folder), "KERONG_DATABASE": ""})


def _on_postgresql(folder: Path) -> Database:
    template, name = connection.settings_dict["NAME"], f"real_{os.getpid()}_{abs(hash(folder))}"
    connection.close()  # a template must not be in use
    _administer(f"CREATE DATABASE {name} TEMPLATE {template}")
    told = connection.settings_dict
    address = f"postgresql://{told['USER']}@/{name}?host={told['HOST']}"
    return Database(name, os.environ | {"KERONG_DATA": str(folder), "KERONG_DATABASE": address})


def _administer(statement: str) -> None:
    import psycopg

    told = connection.settings_dict
    with psycopg.connect(host=told["HOST"], user=told["USER"], dbname="postgres", autocommit=True) as administrator:
        administrator.execute(statement.encode())


def at_once(works: Sequence[Callable[[], T]]) -> list[T]:
    """What the works give, each in a thread and on a connection of its own, all begun at the same moment.

    Raises the first error of a work; AssertionError where one hangs.
    """
    begin = threading.Barrier(len(works))
    given: dict[int, T] = {}
    failed: list[BaseException] = []

    def one(number: int, work: Callable[[], T]) -> None:
        try:
            connection.ensure_connection()
            begin.wait(PATIENCE)
            given[number] = work()
        except BaseException as error:  # noqa: BLE001 (told in the thread of the test)
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=pair, daemon=True) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert not any(thread.is_alive() for thread in threads)
    if failed:
        raise failed[0]
    return [given[number] for number in range(len(works))]


def alone(work: Callable[[], T]) -> T:
    """What the work gives, on the database of the test's own."""
    return at_once([work])[0]


def somebody_waits() -> None:
    """Returns once another connection waits for a lock of PostgreSQL. Raises AssertionError where nobody comes."""
    for _ in range(PATIENCE * 20):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits for a lock")
