"""The result of a query of another office's database as a file that can be received as a batch.

The cells are written as exact texts: a NUMERIC keeps every digit, a time its second. What was asked and when stands in
the file's own notes, so that the batch tells where its rows are from.
"""

import json
import shutil
import tempfile
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import polars as pl
import sqlglot
from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, StatementError
from sqlglot import expressions as exp
from sqlglot.errors import SqlglotError

ROWS = 50_000  # of one part that is held in memory
NOTES = "kerong.query"
DIALECTS = {"postgresql": "postgres", "mssql": "tsql", "mariadb": "mysql"}  # where sqlglot has another name
FORBIDDEN = (exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.Create, exp.Drop, exp.Alter, exp.Command, exp.Into)


class QueryRefused(ValueError):
    """The query is not asked, or the database does not answer it; `kind` names the sentence, `value` the reason."""

    def __init__(self, kind: str, value: str) -> None:
        super().__init__(f"{kind}: {value}")
        self.kind, self.value = kind, value


def is_read_only(query: str, dialect: str = "") -> bool:
    """Whether the text is one SELECT (a WITH may stand before it) that changes nothing; `dialect` is sqlglot's name."""
    try:
        statements = [statement for statement in sqlglot.parse(query, read=dialect or None) if statement is not None]
    except (SqlglotError, RecursionError):
        return False
    if len(statements) != 1 or not isinstance(statements[0], exp.Query):
        return False
    return statements[0].find(*FORBIDDEN) is None


def written(url: str, query: str, target: Path, asked: Mapping[str, object]) -> int:
    """Asks `query` with the parameters `asked` and writes its rows to `target` (Parquet, texts); the number of rows.

    The transaction is read-only where the database knows that, and is rolled back in any case. Rows come in parts, so
    that a large answer does not fill the memory. The same rows in the same order give the same bytes: a query says its
    ORDER BY.

    Raises:
        QueryRefused: `query_not_read_only`, `database_not_reached`, `database_refused`, `query_without_columns`,
            `query_column_twice` or `query_cell_of_other_type`.
    """
    try:
        backend = make_url(url).get_backend_name()
        if not is_read_only(query, DIALECTS.get(backend, backend if backend in sqlglot.Dialect.classes else "")):
            raise QueryRefused("query_not_read_only", " ".join(query.split())[:80])
        engine = create_engine(url)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise QueryRefused("database_not_reached", _reason(error)) from error
    except ValueError as error:  # of the port; what it quotes may be a piece of the password
        if isinstance(error, QueryRefused):
            raise
        raise QueryRefused("database_not_reached", "host:port") from error
    try:
        with engine.connect() as connection, connection.begin() as transaction:
            try:
                return _copied(connection, query, target, asked)
            finally:
                transaction.rollback()
    except (DBAPIError, StatementError) as error:
        kind = "database_refused" if getattr(error, "statement", None) else "database_not_reached"
        raise QueryRefused(kind, _reason(error)) from error
    finally:
        engine.dispose()


def _copied(connection: Connection, query: str, target: Path, asked: Mapping[str, object]) -> int:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET TRANSACTION READ ONLY"))
    elif connection.dialect.name == "sqlite":
        connection.execute(text("PRAGMA query_only = ON"))
    streamed = connection.execution_options(stream_results=True, yield_per=ROWS)
    result = streamed.execute(text(query), dict(asked))
    names = list(result.keys())
    if not names:
        raise QueryRefused("query_without_columns", "")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise QueryRefused("query_column_twice", twice)
    folder = Path(tempfile.mkdtemp(prefix=".query.", dir=target.parent))
    try:
        rows = _parts(result.partitions(ROWS), names, folder)
        notes = {"query": query, "asked": {key: _cell(value, key) for key, value in asked.items()}}
        whole = pl.scan_parquet(folder / "*.parquet")
        told = {NOTES: json.dumps(notes, ensure_ascii=False)}
        whole.sink_parquet(folder / "whole", compression="zstd", row_group_size=ROWS, metadata=told)
        (folder / "whole").rename(target)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return rows


def _parts(parts: Iterable[Iterable[Iterable[object]]], names: list[str], folder: Path) -> int:
    """A file for each part of the answer, numbered in its order; at least one, for the names of the columns."""
    schema = dict.fromkeys(names, pl.String())
    pl.DataFrame(schema=schema).write_parquet(folder / "00000000.parquet")
    count = 0
    for number, rows in enumerate(parts, 1):
        columns = zip(*rows, strict=True)
        cells = {n: [_cell(value, n) for value in column] for n, column in zip(names, columns, strict=True)}
        frame = pl.DataFrame(cells, schema=schema)
        frame.write_parquet(folder / f"{number:08}.parquet")
        count += frame.height
    return count


def _cell(value: object, column: str) -> str | None:
    """The value as an exact text."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    if isinstance(value, int | float | date | time | UUID):
        return str(value)
    raise QueryRefused("query_cell_of_other_type", f"{column}: {type(value).__name__}")


def _reason(error: Exception) -> str:
    """The database's own words on one line, without what was asked and without the address (it may hold a password)."""
    told = str(getattr(error, "orig", None) or error)
    return " ".join(told.split())[:200]
