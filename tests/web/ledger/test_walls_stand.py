"""The triggers that must stand after all migrations, on both databases, and that one which is gone is named."""

from collections import Counter

import pytest
from django.db import connection

from kerong.web.base.selectors.walls import walls_missing, walls_standing, walls_wanted

pytestmark = [pytest.mark.database, pytest.mark.django_db]
# how many triggers keep a table: (on SQLite, on PostgreSQL); SQLite needs one for each act, and one against REPLACE
ADDED_ONLY = (3, 2)
WALLS = {
    "base_transfer": (4, 3),
    "base_seal": (4, 3),
    "base_idempotencykey": (3, 2),
    "base_book": (2, 1),
    "base_account": (2, 1),
    **dict.fromkeys(("base_casemove", "base_casestep", "base_casescore"), ADDED_ONLY),
    **dict.fromkeys(("base_dealmove", "base_dealterm", "base_dealentry", "base_dealstep"), ADDED_ONLY),
    "base_poolmove": ADDED_ONLY,
    "base_paymentfile": ADDED_ONLY,
    "base_budgetchange": (3, 3),
    "base_instruction": (3, 3),
    "base_paymentreturn": (3, 3),
}


def test_every_table_that_keeps_money_or_its_history_has_all_its_triggers_after_all_migrations() -> None:
    place = 1 if connection.vendor == "postgresql" else 0
    standing = Counter(wall.table for wall in walls_standing())
    assert standing == {table: counts[place] for table, counts in WALLS.items()}


@pytest.mark.parametrize("vendor", ["sqlite", "postgresql"])
def test_the_list_of_walls_is_what_the_migrations_put_up(vendor: str) -> None:
    place = 1 if vendor == "postgresql" else 0
    wanted = Counter(wall.table for wall in walls_wanted(vendor))
    assert wanted == {table: counts[place] for table, counts in WALLS.items()}


def test_nothing_is_missing_where_nobody_took_anything_away() -> None:
    assert walls_missing() == []


@pytest.mark.parametrize("table", sorted(WALLS))
def test_a_trigger_that_is_gone_is_named_with_its_table(table: str) -> None:
    lost = min(wall for wall in walls_standing() if wall.table == table)
    with connection.cursor() as cursor:
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER {lost.name}{on}")
    assert walls_missing() == [lost]


def test_a_trigger_that_is_switched_off_or_does_something_else_is_named() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ALTER TABLE base_seal DISABLE TRIGGER ledger_kept")
            body = "$$ BEGIN RETURN NEW; END $$"
            cursor.execute(
                f"CREATE OR REPLACE FUNCTION kerong_transfer_fits() RETURNS trigger LANGUAGE plpgsql AS {body}"
            )
        else:
            for table, act in (("base_seal", "UPDATE"), ("base_transfer", "DELETE")):
                name = f"ledger_kept_{table}_{act.lower()}"
                cursor.execute(f"DROP TRIGGER {name}")
                cursor.execute(f"CREATE TRIGGER {name} BEFORE {act} ON {table} BEGIN SELECT 1; END")
    assert {wall.table for wall in walls_missing()} == {"base_seal", "base_transfer"}
