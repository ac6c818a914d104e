"""Row-level security on PostgreSQL: raw SQL by a role that owns nothing sees no deal or case of somebody else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction

from kerong.web.base.migrations._row_walls import POLICIES
from kerong.web.base.readers import NOBODY, WALLED, Reader, reading_as
from kerong.web.base.services.deal_people import reader_of
from tests.intake.office import code
from tests.web.cases.town import TERMS as CALL
from tests.web.cases.town import Town
from tests.web.deals.test_pooled import owed
from tests.web.deals.town import LendingTown

pytestmark = pytest.mark.database
FIRM, RIVER, HILL = Reader("enterprise", code(1)), Reader("bank", "bank_river"), Reader("bank", "bank_hill")
OFFICE = Reader("official")


@pytest.fixture(autouse=True)
def _only_where_rows_have_walls() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no row-level security")


@contextmanager
def portal() -> Iterator[None]:
    """As the role that the portal runs as: it may use every table and owns none."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE walled_portal")
        cursor.execute("GRANT USAGE ON SCHEMA public TO walled_portal")
        cursor.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO walled_portal")
        cursor.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO walled_portal")
        cursor.execute("SET LOCAL ROLE walled_portal")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")


def raw(query: str, reader: Reader | None) -> int:
    """What a client sees that tells this reader (None: none), by SQL that no wrapper touches."""
    with transaction.atomic(), connection.cursor() as cursor:
        names = ("", "") if reader is None else (reader.role, reader.code)
        cursor.execute("SELECT set_config('kerong.role', %s, true), set_config('kerong.code', %s, true)", names)
        cursor.execute(query)
        return int(cursor.fetchone()[0])


def rows(table: str, reader: Reader | None) -> int:
    return raw(f"SELECT count(*) FROM {table}", reader)


def test_a_bank_sees_its_own_deals_and_an_untold_reader_none(town: LendingTown) -> None:
    town.drawn(1)
    town.do("gao", town.applied(2, product="hill"), "take")
    with portal():
        for reader, deals, moves, entries in (
            (RIVER, 1, 6, 1),
            (HILL, 1, 2, 0),
            (FIRM, 1, 6, 1),
            (Reader("enterprise", code(2)), 1, 2, 0),
            (Reader("enterprise", code(3)), 0, 0, 0),
            (OFFICE, 0, 0, 0),
            (Reader("bank", ""), 0, 0, 0),
            (Reader("postgres", "bank_river"), 0, 0, 0),
            (NOBODY, 0, 0, 0),
            (None, 0, 0, 0),
            (Reader("system"), 2, 8, 1),
        ):
            found = tuple(rows(table, reader) for table in ("base_deal", "base_dealmove", "base_dealentry"))
            assert found == (deals, moves, entries), reader


def test_what_one_transaction_was_told_the_next_does_not_know(town: LendingTown) -> None:
    town.drawn(1)
    with portal():
        assert rows("base_deal", RIVER) == 1
        assert raw("SELECT count(*) FROM base_deal WHERE id > 0", None) == 0
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL kerong.role = ''")
            cursor.execute("SELECT count(*) FROM base_deal")
            assert cursor.fetchone()[0] == 0


def test_raw_sql_changes_and_adds_nothing_beyond_the_wall(town: LendingTown) -> None:
    deal = town.drawn(1)
    with portal():
        changed = f"WITH done AS (UPDATE base_deal SET since = since WHERE id = {deal.pk} RETURNING 1)"
        assert raw(f"{changed} SELECT count(*) FROM done", HILL) == 0
        assert raw(f"{changed} SELECT count(*) FROM done", RIVER) == 1
        added = f"INSERT INTO base_dealparty (deal_id, role, code) VALUES ({deal.pk}, 'bank', 'bank_hill') RETURNING 1"
        with pytest.raises(DatabaseError, match="row-level security"):
            raw(added, HILL)


def test_a_view_reads_as_whoever_asks_it(town: LendingTown) -> None:
    town.drawn(1)
    with connection.cursor() as cursor:
        cursor.execute("CREATE VIEW walled WITH (security_invoker = true) AS SELECT id FROM base_deal")
    with portal():
        assert (rows("walled", RIVER), rows("walled", HILL)) == (1, 0)


def test_the_services_work_behind_the_wall_from_application_to_compensation(town: LendingTown) -> None:
    town.firm(1)
    do, applied = town.do, town.applied
    with portal():

        def as_person(who: str, work: object, *arguments: object, **wish: object) -> object:
            with reading_as(reader_of(town.people[who])):
                return work(*arguments, **wish)  # type: ignore[operator]

        town.do = lambda who, *rest, **wish: as_person(who, do, who, *rest, **wish)  # type: ignore[method-assign, assignment]
        town.applied = lambda *rest: as_person("firm1", applied, *rest)  # type: ignore[method-assign, assignment]
        deal = town.overdue(1, until=date(2025, 6, 10))
        deal = town.do("fang", deal, "claim")
        fen = owed(deal)
        deal = town.do("lin", deal, "verify", fen=fen)
        deal = town.do("wang", deal, "compensate", fen=fen)
        deal = town.do("fang", deal, "recover", fen=1_000)
        assert deal.state == "compensated"
        assert (rows("base_poolloan", HILL), rows("base_dealstep", HILL)) == (0, 0)
        assert (rows("base_poolloan", OFFICE), rows("base_dealstep", OFFICE)) == (1, 3)


def test_a_firm_sees_its_own_cases_an_office_all_and_everybody_what_is_on_notice(grants_run: Path, db: None) -> None:
    town = Town.open(grants_run)
    town.call(terms=CALL)
    town.at("verified", 1)
    town.at("noticed", 2)
    with portal():
        seen = [
            rows("base_case", reader) for reader in (OFFICE, FIRM, Reader("enterprise", code(2)), HILL, NOBODY, None)
        ]
        assert seen == [2, 2, 1, 1, 1, 0]
        assert rows("base_casemove", FIRM) > rows("base_casemove", NOBODY) > 0


def test_every_table_with_a_policy_is_one_whose_statements_tell_the_reader(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = {str(name) for (name,) in cursor.fetchall()}
        cursor.execute("SELECT tablename FROM pg_policies WHERE schemaname = 'public'")
        walled = {str(name) for (name,) in cursor.fetchall()}
    assert {table for table in tables if f'"{table}'.startswith(WALLED)} == walled
    assert walled > set(POLICIES)
