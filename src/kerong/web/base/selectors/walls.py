"""The triggers that keep money and histories as they were written: which must stand, and which do not.

A migration that makes a table anew loses them, and whoever owns the database can take them down: `kerong ledger verify`
asks for them.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module

from django.db import connection

from kerong.web.base.migrations import _case_walls, _deal_walls, _ledger_walls, _payment_walls, _set_once_walls

TRIGGER = re.compile(r"CREATE TRIGGER (\w+)\s+BEFORE\s[\w ]+?\sON\s+(\w+).*?(?:EXECUTE FUNCTION (\w+)\(\)|END$)", re.S)
FUNCTION = re.compile(r"CREATE FUNCTION (\w+)\(\) RETURNS trigger LANGUAGE plpgsql AS \$\$(.*?)\$\$", re.S)
IN_SQLITE = "SELECT tbl_name, name, sql FROM sqlite_master WHERE type = 'trigger'"
IN_POSTGRESQL = """
SELECT held.relname, wall.tgname, done.prosrc
FROM pg_trigger AS wall JOIN pg_class AS held ON held.oid = wall.tgrelid JOIN pg_proc AS done ON done.oid = wall.tgfoid
WHERE NOT wall.tgisinternal AND wall.tgenabled IN ('O', 'A') AND held.relnamespace = current_schema()::regnamespace
"""


@dataclass(frozen=True, slots=True, order=True)
class Wall:
    """A trigger of a table, and what it does, as the database keeps it."""

    table: str
    name: str
    does: str


def walls_wanted(vendor: str) -> frozenset[Wall]:
    """What the migrations put up on such a database."""
    return frozenset(_walls(tuple(_statements(vendor))))


def walls_standing() -> frozenset[Wall]:
    """What stands on the connected one; a trigger that is switched off does not."""
    with connection.cursor() as cursor:
        cursor.execute(IN_POSTGRESQL if connection.vendor == "postgresql" else IN_SQLITE)
        return frozenset(Wall(*row) for row in cursor.fetchall())


def walls_missing() -> list[Wall]:
    """What was put up and does not stand as it was, by table."""
    return sorted(walls_wanted(connection.vendor) - walls_standing())


def _statements(vendor: str) -> Iterator[str]:
    of_pools = import_module("kerong.web.base.migrations.0012_pool_move").KEPT
    of_budgets = import_module("kerong.web.base.migrations.0016_budget_change").TABLES
    yield from _ledger_walls.built(vendor)
    yield from _case_walls.built(vendor)
    yield from _deal_walls.built(vendor)
    yield from _case_walls.built(vendor, of_pools)
    yield from _payment_walls.built(vendor)
    yield from _set_once_walls.built(vendor, of_budgets)


def _walls(statements: Iterable[str]) -> Iterator[Wall]:
    bodies = {name: body for text in statements for name, body in FUNCTION.findall(text)}
    for text in statements:
        for found in TRIGGER.finditer(text):
            name, table, function = found.groups()
            yield Wall(table, name, bodies[function] if function else text)
