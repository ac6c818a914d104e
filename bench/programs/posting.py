"""Transfers posted through the service on PostgreSQL, beside the same SQL sent raw through psycopg.

Both sides begin with a fresh, durable server and a copy of the same database; the raw side sends, statement for
statement and transaction for transaction, what the service sent for the same postings on another copy.
"""

import atexit
import importlib
import multiprocessing
import os
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from bench.claims import Measured, Work
from tests.postgresql import address, cluster

POSTINGS = 4_000  # of all writers together
WRITERS = 8
PAYEES = 50  # of each writer
FEN = 100
DAY = date(2025, 3, 3)
COMMIT = ""
Sent = list[tuple[str, Any]]  # a statement and its values; COMMIT ends a posting
fork = multiprocessing.get_context("fork")


def service(scratch: Path, books: str) -> Work:
    """Work that posts through `ledger_post`; seconds of the slowest writer, answer: transfers stored."""
    home = _begun(int(books))
    return lambda: _timed(home, "one", lambda number: _post(number, int(books)))


def raw(scratch: Path, books: str) -> Work:
    """Work that sends the same SQL through psycopg."""
    home = _begun(int(books))
    with fork.Pool(WRITERS) as pool:
        sent = pool.starmap(_recorded, [(number, int(books)) for number in range(WRITERS)], chunksize=1)
    return lambda: _timed(home, "two", lambda number: _send(home, sent[number]))


def _begun(books: int) -> Path:
    """A server with the databases "one" and "two": migrated, with so many budgets, all alike; it ends with us."""
    stack = ExitStack()
    atexit.register(stack.close)
    home = stack.enter_context(cluster())
    os.environ |= {"KERONG_DATABASE": address(home, "one"), "DJANGO_SETTINGS_MODULE": "kerong.web.settings"}
    _administer(home, "CREATE DATABASE one")
    with fork.Pool(1) as pool:
        pool.apply(_prepared, (books,))
    _administer(home, "CREATE DATABASE two TEMPLATE one")
    import django

    django.setup()
    importlib.import_module("kerong.web.base.services.ledger")  # the writers' processes begin with it
    return home


def _prepared(books: int) -> None:
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from kerong.engine.money.ledger import Act, Book
    from kerong.engine.money.ledger.movements import appropriate, reserve_grant
    from kerong.web.base.models import User
    from kerong.web.base.services.ledger import book_open, ledger_post

    call_command("migrate", verbosity=0)
    keeper = User.objects.create(username="keeper", role="official")
    for number in range(books):
        book = Book(f"budget:{number}", "budget")
        book_open(keeper, book, book.code)
        act = Act(f"first {number}", DAY)
        given = appropriate(act, book, 2 * POSTINGS * FEN)
        # every account is there before the clock runs, and has the same number for both sides
        served = [f"{writer}-{payee}" for writer in range(number, WRITERS, books) for payee in range(PAYEES)]
        opened = [transfer for payee in served for transfer in reserve_grant(act, book, payee, FEN)]
        ledger_post(keeper, act.key, "first", {}, (*given, *opened))
    connection.close()


def _post(number: int, books: int, after: Callable[[], None] = lambda: None) -> None:
    """One writer: each posting is a reservation under a key of its own, for one of his payees."""
    from kerong.engine.money.ledger import Act, Book
    from kerong.engine.money.ledger.movements import reserve_grant
    from kerong.web.base.models import User
    from kerong.web.base.services.ledger import ledger_post

    keeper = User.objects.get()
    book = Book(f"budget:{number % books}", "budget")
    for turn in range(POSTINGS // WRITERS):
        act = Act(f"{number} {turn}", DAY, about=f"subsidy:{turn}")
        payee = f"{number}-{turn % PAYEES}"
        ledger_post(keeper, act.key, "reserve", {"fen": FEN, "payee": payee}, reserve_grant(act, book, payee, FEN))
        after()


def _recorded(number: int, books: int) -> Sent:
    """What the service sends for the writer's postings."""
    from django.db import connection

    sent: Sent = []

    def keep(execute: Callable[..., object], query: str, values: Any, many: bool, context: Any) -> object:
        sent.append((query, values))
        return execute(query, values, many, context)

    with connection.execute_wrapper(keep):
        _post(number, books, lambda: sent.append((COMMIT, None)))
    connection.close()
    return sent


def _send(home: Path, sent: Sent) -> None:
    import psycopg

    with psycopg.connect(address(home, "two")) as raw_connection, raw_connection.cursor() as cursor:
        for query, values in sent:
            if query == COMMIT:
                raw_connection.commit()
                continue
            cursor.execute(query.encode(), values)
            if cursor.description:
                cursor.fetchall()


def _timed(home: Path, name: str, write: Callable[[int], None]) -> Measured:
    begin = fork.Barrier(WRITERS + 1)

    def one(number: int) -> None:
        begin.wait()
        write(number)

    processes = [fork.Process(target=one, args=(number,)) for number in range(WRITERS)]
    for process in processes:
        process.start()
    begin.wait()
    start = time.perf_counter()
    for process in processes:
        process.join()
    seconds = time.perf_counter() - start
    if any(process.exitcode for process in processes):
        raise RuntimeError("a writer failed")
    return Measured(seconds, _counted(home, name))


def _counted(home: Path, name: str) -> float:
    import psycopg

    with psycopg.connect(address(home, name)) as raw_connection:
        found = raw_connection.execute("SELECT count(*) FROM base_transfer").fetchone()
    return float(found[0]) if found else 0.0


def _administer(home: Path, statement: str) -> None:
    import psycopg

    with psycopg.connect(address(home), autocommit=True) as administrator:
        administrator.execute(statement.encode())
