"""Files of a register, or rows of an archive, to its facts: typed columns, one row per fact, and a named problem for
all that was left out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import numpy as np
import polars as pl

from kerong.engine.problems import problems
from kerong.engine.record.cells import column_dtype, read_columns
from kerong.engine.record.compact import Texts, by_enterprise
from kerong.engine.record.facts import VALUE_CHARACTERS, Sources, as_problems, facts
from kerong.engine.record.faults import faulty
from kerong.engine.record.headers import matched
from kerong.engine.record.old_numbers import OldNumbers, registration_columns
from kerong.engine.record.order import in_order
from kerong.engine.record.pieces import compacted
from kerong.engine.record.profile import identity_columns
from kerong.engine.record.tables import LINE, PART, ArchivedTable, FactTable, RawPart, RawTable
from kerong.rulebook.content import Register


@dataclass(frozen=True, slots=True)
class File:
    """A file of a folder as a source: of the feed that its name tells, else of its register, and no batch."""

    file: str
    feed: str
    batch: str = ""


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A register's facts.

    `rows`: `enterprise_id` (unless `identify` is "none"), the register's columns, and those of PART and LINE that were
    asked for; sorted by `enterprise_id`, the row key and all other columns, whatever the order of files and rows.
    `contested`: rows of one key that contradict each other (see `duplicates`). `sources`: what PART stands for.
    """

    rows: pl.DataFrame
    problems: pl.DataFrame
    contested: pl.DataFrame
    sources: Sources


def clean(table: FactTable, register: Register, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The register's rows as they were known on `on`, and the problems of reading and cleaning.

    Where a problem is "refused" the run must stop.
    """
    found = cleaned(table, register, on)
    return found.rows, found.problems


def cleaned(
    table: FactTable,
    register: Register,
    on: date,
    wanted: Collection[str] | None = None,
    keep: Collection[str] = (),
    reliability: Mapping[str, int] = MappingProxyType({}),
    whose: OldNumbers | None = None,
    compact: bool = False,
    sent: Mapping[str, Register] = MappingProxyType({}),
) -> Cleaned:
    """The register as it was known on `on`.

    `wanted`: columns that are needed (None: all); an archive reads no others but where rows contradict each other.
    `keep`: PART, LINE or both, to stay in the rows. `reliability` of feeds by name decides between rows of one key that
    were known on one day. `whose`: which firm an old number is (None: nobody's). `compact`: the rows with the columns
    `wanted` as `compact` holds them. `sent`: by which mapping a feed's files of a folder are read.
    """
    if compact and isinstance(table, ArchivedTable) and wanted is not None and table.sources:
        names = [name for name in register.columns if name in _needed(register, wanted)]
        whose = whose if whose is not None else OldNumbers()
        told = compacted(table, names, wanted, register, on, reliability, whose)
        if told is not None:
            wrong = pl.concat([as_problems(table.set_aside()), told.problems])
            return Cleaned(told.rows, _of(register, wrong), told.contested, tuple(table.sources))
    if isinstance(table, ArchivedTable):
        held, found, sources = _archived(table, register, wanted)
    else:
        held, found, sources = read_files(table, register, sent)
    archived = table if isinstance(table, ArchivedTable) and held[0].width < len(register.columns) + 2 else None
    done = facts(held, register, on, sources, archived, reliability, whose)
    rows = done.rows.drop(name for name in (PART, LINE) if name not in keep)
    contested, wrong = done.contested, pl.concat([*found, done.problems])
    del done
    if compact and wanted is not None:
        rows = by_enterprise([Texts(register, wanted).coded(rows)])
        return Cleaned(rows, _of(register, wrong), contested, sources)
    # the order of rows must not depend on what is wanted: it is made with all columns wherever keys tie
    rows = in_order(rows, list(register.row))
    if wanted is not None:
        rows = rows.select(name for name in rows.columns if name in {"enterprise_id", *wanted, *keep})
    return Cleaned(rows, _of(register, wrong), contested, sources)


def _of(register: Register, wrong: pl.DataFrame) -> pl.DataFrame:
    return wrong.with_columns(register=pl.lit(register.name))


def _needed(register: Register, wanted: Collection[str]) -> set[str]:
    """The columns that tell whose a row is, when it was known and what is its key, and those that are wanted."""
    times = {column.known for column in register.columns.values()} | {register.known, register.period}
    needed = {*wanted, *register.row, *identity_columns(register), *filter(None, times)}
    return needed | set(registration_columns(register))


def read_files(
    raw: RawTable, register: Register, sent: Mapping[str, Register]
) -> tuple[list[pl.DataFrame], list[pl.DataFrame], Sources]:
    """All files of a folder: their rows in one table, what was wrong, and the files. Nothing here asks for the day."""
    found = [problems(raw.problems)]
    parts: list[pl.DataFrame] = []
    for index, part in enumerate(raw.parts):
        rows, part_problems = cleaned_part(part, index, sent.get(part.feed, register))
        parts.append(rows)
        found.append(part_problems)
    if not raw.parts and not any(problem["severity"] == "refused" for problem in raw.problems):
        found.append(_missing(register))
    table = pl.concat([empty(register), *parts], how="vertical")
    return [table], found, tuple(File(part.file, part.feed or register.name) for part in raw.parts)


def _archived(
    table: ArchivedTable, register: Register, wanted: Collection[str] | None
) -> tuple[list[pl.DataFrame], list[pl.DataFrame], Sources]:
    """The rows of an archive with the columns that are needed.

    Rows whose key is not fully known are compared by all that they say: a register without key, or with such rows, is
    read with all its columns.
    """
    found = [as_problems(table.set_aside())]
    if not table.sources:
        found.append(_missing(register))
    needed = _needed(register, wanted) if wanted is not None and register.row else None
    names = None if needed is None else [name for name in register.columns if name in needed]
    rows = table.rows(names)
    if names is not None and any(rows[name].null_count() for name in register.row if name in rows.columns):
        del rows
        rows = table.rows(None)
    return [rows], found, tuple(table.sources)


def _missing(register: Register) -> pl.DataFrame:
    absent = [{"stage": "record", "severity": "refused", "kind": "missing_register"}] if register.required else []
    return problems(absent)


def _schema(register: Register) -> dict[str, pl.DataType]:
    return {name: column_dtype(column) for name, column in register.columns.items()}


def empty(register: Register) -> pl.DataFrame:
    """No row of the cleaned register, with all its columns, PART and LINE."""
    return pl.DataFrame(schema=_schema(register) | {PART: pl.UInt32(), LINE: pl.UInt32()})


def cleaned_part(part: RawPart, index: int, register: Register) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The file's sound rows and its problems: each cell read as the mapping says, nothing yet compared with others.

    Rows: the register's columns in its order, PART (`index`, UInt32) and LINE (the line in the file, UInt32). Problems
    of severity "quarantined" took their row; a file whose header lacks a required column gives no row ("refused").
    """
    match = matched(part.frame.columns, register)
    stated = {"stage": "record", "file": part.file}
    found = [problems({**stated, **problem, "value": _cut(problem.get("value"))} for problem in match.problems)]
    if match.is_refused:
        return empty(register), found[0]
    lines = part.lines
    if lines is None:
        lines = pl.int_range(2, part.frame.height + 2, dtype=pl.UInt32, eager=True)
    columns: dict[str, pl.Series] = {}
    sound = np.ones(part.frame.height, dtype=np.bool_)
    wrong: list[pl.DataFrame] = []
    read = read_columns(part.frame, match, register.columns.values())
    for column in register.columns.values():
        values, faults = read[column.name]
        columns[column.name] = values
        if faults.null_count() < len(faults):
            header = match.columns[column.name].header if column.name in match.columns else column.name
            cells = part.frame[header] if header in part.frame.columns else None
            told, lost = faulty(faults, cells, lines, column, header)
            wrong.append(told)
            sound[lost.to_numpy()] = False
    if wrong:
        found.append(as_problems(pl.concat(wrong).with_columns(pl.lit(part.file).alias("file"))))
    rows = pl.DataFrame([values.alias(name) for name, values in columns.items()])
    rows = rows.with_columns(pl.lit(index, dtype=pl.UInt32).alias(PART), lines.cast(pl.UInt32).alias(LINE))
    return rows if sound.all() else rows.filter(sound), pl.concat(found)


def _cut(value: object) -> str | None:
    return None if value is None else str(value)[:VALUE_CHARACTERS]
