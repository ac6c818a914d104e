"""What an owner of the database can do and nobody else: change what is walled."""

from collections.abc import Callable

from django.db import connection


def unwalled(change: Callable[[], object]) -> None:
    """Somebody who owns the database takes its triggers away and changes something."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET session_replication_role = replica")
        else:
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            for (name,) in cursor.fetchall():
                cursor.execute(f'DROP TRIGGER "{name}"')
        change()
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
