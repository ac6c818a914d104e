"""What the city holds of one enterprise: by register with source and legal basis, and what registers say otherwise."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl
from django.utils.timezone import localtime

from kerong.rulebook.content import Register, Rulebook, Text
from kerong.rulebook.types import COLUMN_TYPES
from kerong.web.base.models import AccessLog
from kerong.web.base.models.access_log import EVERY_ENTERPRISE
from kerong.web.base.selectors.carried import Carried
from kerong.web.base.selectors.objections import Disputed, subject_title
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rules import kind_of

READS_LOOKED_AT = 1_000
READS_SHOWN = 60
CONFLICTS_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Held:
    """One register and what it holds of the enterprise; `rows` is 0 where it says nothing."""

    register: Register
    rows: int
    periods: int | None
    first: date | None
    last: date | None
    known: date | None
    age: int | None


@dataclass(frozen=True, slots=True)
class Statement:
    """One value that was stated: by whom, when, and whether the record carries it."""

    register: Text
    feed: str
    value: Any
    kind: str
    known: date | None
    reliability: int
    won: bool


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field, or one column of rows of one key, of which registers say different things, and what decided."""

    field: str
    title: Text
    row_key: str
    by: str
    statements: tuple[Statement, ...]
    disputed: str


@dataclass(frozen=True, slots=True)
class Reads:
    """Reads of one day by the same people in the same way."""

    day: date
    role: str
    institution: str
    what: str
    purpose: str
    consent: int | None
    count: int


def held_of(published: Published, enterprise_id: str) -> list[Held]:
    """Every register of the city, those that know the enterprise first."""
    rows: dict[str, dict[str, Any]] = {}
    if "coverage" in published.tables:
        found = published.table("coverage").filter(pl.col("enterprise_id") == enterprise_id).collect()
        rows = {row["register"]: row for row in found.iter_rows(named=True)}
    lines = [_held(register, rows.get(name), published.on) for name, register in published.rulebook.registers.items()]
    return sorted(lines, key=lambda line: line.rows == 0)


def conflicts_of(
    published: Published, enterprise_id: str, held: Carried, marks: Disputed
) -> tuple[list[Conflict], int]:
    """(what registers state differently of the enterprise, as far as it may be seen; how many more there are)."""
    if "conflicts" not in published.tables:
        return [], 0
    own = pl.col("enterprise_id") == enterprise_id
    table = published.table("conflicts").filter(own).collect()
    parts = table.partition_by("field", "row_key", maintain_order=True)
    found = [_conflict(published, part.to_dicts(), marks) for part in parts]
    seen = [one for one in found if _may_see(one.field, held)]
    seen.sort(key=lambda one: "." in one.field)
    return seen[:CONFLICTS_SHOWN], max(len(seen) - CONFLICTS_SHOWN, 0)


def reads_by_day(enterprise_id: str) -> list[Reads]:
    """Who has read the enterprise's data, a line for each day, reader and way; its own reads are left out."""
    log = AccessLog.objects.filter(enterprise_id__in=[enterprise_id, EVERY_ENTERPRISE]).exclude(purpose="own_data")
    told: dict[Reads, int] = {}
    for row in log[:READS_LOOKED_AT]:
        day = localtime(row.at).date()
        one = Reads(day, row.role, row.institution, row.what, row.purpose, row.consent_id, 0)
        told[one] = told.get(one, 0) + 1
    return [replace(one, count=count) for one, count in list(told.items())[:READS_SHOWN]]


def _held(register: Register, row: Mapping[str, Any] | None, on: date) -> Held:
    if row is None:
        return Held(register, 0, None, None, None, None, None)
    age = (on - row["known"]).days if row["known"] else None
    return Held(register, row["rows"], row["periods"], row["first"], row["last"], row["known"], age)


def _conflict(published: Published, rows: list[dict[str, Any]], marks: Disputed) -> Conflict:
    book, first = published.rulebook, rows[0]
    field = str(first["field"])
    register = book.registers.get(first["register"])
    column = register.columns.get(first["column"]) if register else None
    title = column.title if "." in field and column else subject_title(book, field)
    won = next((row["by"] for row in rows if row["won"]), first["by"])
    return Conflict(
        field=field,
        title=title,
        row_key=first["row_key"] or "",
        by=won,
        statements=tuple(_statement(book, row) for row in sorted(rows, key=lambda row: not row["won"])),
        disputed=marks.of_row(first["register"], first["row_key"] or "") if "." in field else marks.of(field),
    )


def _statement(book: Rulebook, row: Mapping[str, Any]) -> Statement:
    register = book.registers.get(row["register"])
    column = register.columns.get(row["column"]) if register else None
    kind = kind_of(COLUMN_TYPES[column.type]) if column else "text"
    value = row["value"]
    if kind in ("money", "rate", "count") and isinstance(value, str) and value.lstrip("-").isdigit():
        value = int(value)
    feed = book.feeds.get(row["feed"])
    title = feed.title if feed else register.title if register else Text(row["register"], row["register"])
    return Statement(title, row["feed"], value, kind, row["known"], row["reliability"], row["won"])


def _may_see(field: str, held: Carried) -> bool:
    register, _, column = field.partition(".")
    return held.has_pair(register, column) if column else held.has(field)
