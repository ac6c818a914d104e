"""Registers that lie in a database: what is asked, what comes back exactly, and what is refused."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from sqlalchemy import create_engine, text

from kerong.store.sql import QueryRefused, is_read_only, written
from tests.postgresql import FAST, cluster


@pytest.fixture
def office(tmp_path: Path) -> str:
    """A SQLite database of another office."""
    with sqlite3.connect(tmp_path / "office.db") as connection:
        connection.execute("create table tax (code text, month text, sales numeric)")
        connection.executemany("insert into tax values (?, ?, ?)", [("A", "2025-06", 1), ("B", "2025-06", None)])
    connection.close()
    return f"sqlite:///{tmp_path / 'office.db'}"


@pytest.mark.parametrize(
    ("query", "reads"),
    [
        ("select * from tax", True),
        ("with t as (select 1 as a) select a from t order by a", True),
        ("select 1 as a union all select 2", True),
        ("delete from tax", False),
        ("select 1; drop table tax", False),
        ("with d as (delete from tax returning *) select * from d", False),
        ("select * into copy from tax", False),
        ("vacuum", False),
        ("select from where", False),
        ("", False),
    ],
)
def test_only_one_query_that_changes_nothing_is_asked(query: str, reads: bool) -> None:
    assert is_read_only(query) is reads


def test_the_answer_is_a_file_of_exact_texts_and_the_same_twice(office: str, tmp_path: Path) -> None:
    query = "select code as 统一社会信用代码, sales from tax where month = :month order by code"
    rows = [written(office, query, tmp_path / name, {"month": "2025-06"}) for name in ("a.parquet", "b.parquet")]
    assert rows == [2, 2]
    table = pl.read_parquet(tmp_path / "a.parquet")
    assert table.rows() == [("A", "1"), ("B", None)]
    assert table.columns == ["统一社会信用代码", "sales"]
    assert (tmp_path / "a.parquet").read_bytes() == (tmp_path / "b.parquet").read_bytes()
    assert "2025-06" in pl.read_parquet_metadata(tmp_path / "a.parquet")["kerong.query"]


@pytest.mark.parametrize(
    ("query", "kind"),
    [
        ("drop table tax", "query_not_read_only"),
        ("select nothing from tax", "database_refused"),
        ("select code, code from tax", "query_column_twice"),
        ("select zeroblob(2) as bytes", "query_cell_of_other_type"),
        ("select code from tax where month = :month", "database_refused"),
    ],
)
def test_what_cannot_be_asked_is_refused_by_name_and_leaves_no_file(
    office: str, tmp_path: Path, query: str, kind: str
) -> None:
    with pytest.raises(QueryRefused) as caught:
        written(office, query, tmp_path / "out.parquet", {})
    assert caught.value.kind == kind
    assert not (tmp_path / "out.parquet").exists()


def test_a_database_that_is_not_there_is_named_without_its_password(tmp_path: Path) -> None:
    for url in (f"sqlite:///{tmp_path}/no/where.db", "nonsense://u:secret@host/db", "no address"):
        with pytest.raises(QueryRefused) as caught:
            written(url, "select 1 as a", tmp_path / "out.parquet", {})
        assert caught.value.kind == "database_not_reached"
        assert "secret" not in caught.value.value


def test_a_large_answer_comes_in_parts_and_is_whole(office: str, tmp_path: Path) -> None:
    query = (
        "with recursive n(i) as (select 1 union all select i + 1 from n where i < 120001) select i from n order by i"
    )
    assert written(office, query, tmp_path / "out.parquet", {}) == 120_001
    assert pl.read_parquet(tmp_path / "out.parquet")["i"].cast(pl.Int64).sum() == 120_001 * 120_002 // 2


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """A PostgreSQL of our own on a socket in a folder; skipped (in CI: failed) where none is installed."""
    with cluster(FAST) as home:
        yield f"postgresql+psycopg://kerong@/postgres?host={home}"


def test_postgresql_gives_every_digit_and_lets_nobody_write(postgres: str, tmp_path: Path) -> None:
    query = """
    select 123456789012345678901234567890.12::numeric as 金额, date '2024-02-29' as day, true as flag,
           timestamptz '2024-06-30 12:00:00+08' at time zone 'UTC' as "at", null::text as nothing
    """
    assert written(postgres, query, tmp_path / "out.parquet", {}) == 1
    row = pl.read_parquet(tmp_path / "out.parquet").row(0)
    assert row == ("123456789012345678901234567890.12", "2024-02-29", "true", "2024-06-30 04:00:00", None)
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("create sequence receipts"))
    engine.dispose()
    with pytest.raises(QueryRefused, match="read-only"):
        written(postgres, "select nextval('receipts') as made", tmp_path / "out2.parquet", {})


def test_postgresql_streams_a_large_answer(postgres: str, tmp_path: Path) -> None:
    assert (
        written(postgres, "select i from generate_series(1, 120001) i order by i", tmp_path / "o.parquet", {})
        == 120_001
    )


def test_a_query_too_deep_to_read_and_an_address_that_is_none_are_refused_without_a_word_of_the_password(
    tmp_path: Path,
) -> None:
    deep = "(" * 3000 + "select 1" + ")" * 3000
    with pytest.raises(QueryRefused, match="query_not_read_only"):
        written("sqlite://", deep, tmp_path / "o.parquet", {})
    with pytest.raises(QueryRefused) as refused:
        written("postgresql+psycopg://u@host:secret", "select 1 as a", tmp_path / "o.parquet", {})
    assert (refused.value.kind, refused.value.value) == ("database_not_reached", "host:port")
