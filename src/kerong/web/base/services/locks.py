"""Locks by name that end with the transaction, for what is no row yet.

SQLite needs none: its transactions begin with the one lock for writing (IMMEDIATE).
"""

from django.db import connection

from kerong.engine.money.ledger.chain import sm3


def lock(name: str, *, shared: bool = False) -> None:
    """Waits for the lock; those who share it wait only for one who does not. Waiters are served in turn."""
    if connection.vendor == "postgresql":
        _ask(f"SELECT pg_advisory_xact_lock{'_shared' if shared else ''}(%s)", name)


def is_locked_at_once(name: str) -> bool:
    """Takes the lock, unless somebody has it: then False, and nobody waits."""
    return connection.vendor != "postgresql" or bool(_ask("SELECT pg_try_advisory_xact_lock(%s)", name))


def _ask(query: str, name: str) -> object:
    number = int.from_bytes(sm3(name.encode())[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute(query, [number])
        return cursor.fetchone()[0]
