"""Raw tables to a cleaned register: typed columns, one row per fact, and a named problem for all that was left out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import polars as pl

from kerong.engine.problems import problems
from kerong.engine.record.cells import column_dtype, read_column
from kerong.engine.record.duplicates import LINE, PART
from kerong.engine.record.facts import VALUE_CHARACTERS, as_problems, facts
from kerong.engine.record.headers import Match, matched
from kerong.engine.record.order import in_order
from kerong.engine.record.values import as_text
from kerong.rulebook.content import Column, Register


class RawPart(Protocol):
    """One file of a register; see ARCHITECTURE.md."""

    @property
    def file(self) -> str: ...
    @property
    def frame(self) -> pl.DataFrame: ...
    @property
    def lines(self) -> pl.Series | None: ...


class RawTable(Protocol):
    """What `store` read of a register."""

    @property
    def register(self) -> str: ...
    @property
    def parts(self) -> Sequence[RawPart]: ...
    @property
    def problems(self) -> Sequence[Mapping[str, object]]: ...


def clean(raw: RawTable, register: Register, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The register's rows as they were known on `on`, and the problems of reading and cleaning.

    Columns: `enterprise_id` (unless `identify` is "none"), then those of the register. Sorted by `enterprise_id`, the
    row key and all other columns, whatever the order of files and rows. Where a problem is "refused" the run must
    stop.
    """
    found = [problems(raw.problems)]
    parts: list[pl.DataFrame] = []
    for index, part in enumerate(raw.parts):
        rows, part_problems = cleaned_part(part, index, register)
        parts.append(rows)
        found.append(part_problems)
    is_refused = any(problem["severity"] == "refused" for problem in raw.problems)
    if not raw.parts and register.required and not is_refused:
        found.append(problems([{"stage": "record", "severity": "refused", "kind": "missing_register"}]))
    table = [pl.concat([empty(register), *parts], how="vertical")]
    parts.clear()  # each step of `facts` makes a new table: the one before must not stay in memory
    rows, set_aside = facts(table, register, on, [part.file for part in raw.parts])
    named = pl.concat([*found, set_aside]).with_columns(register=pl.lit(register.name))
    return in_order(rows.drop(PART, LINE), list(register.row)), named


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
    sound = pl.repeat(value=True, n=part.frame.height, dtype=pl.Boolean, eager=True)
    for column in register.columns.values():
        values, faults = read_column(part.frame, match, column)
        columns[column.name] = values
        if faults.null_count() < len(faults):
            table = _fault_table(part, match, column, faults, lines)
            found.append(table)
            sound &= ~(faults.is_not_null() & _sets_aside(faults, column))
    rows = pl.DataFrame([values.alias(name) for name, values in columns.items()])
    rows = rows.with_columns(pl.lit(index, dtype=pl.UInt32).alias(PART), lines.cast(pl.UInt32).alias(LINE))
    return rows if sound.all() else rows.filter(sound), pl.concat(found)


def _sets_aside(faults: pl.Series, column: Column) -> pl.Series:
    """Text with a lost character is set aside only where the column is required; every other fault takes its row."""
    return pl.select(pl.lit(column.required) | (faults != "text_damaged")).to_series()


def _fault_table(part: RawPart, match: Match, column: Column, faults: pl.Series, lines: pl.Series) -> pl.DataFrame:
    """A row of problems per faulty cell."""
    bad = faults.is_not_null()
    header = match.columns[column.name].header if column.name in match.columns else column.name
    cells = as_text(part.frame[header]) if header in part.frame.columns else None
    value = pl.repeat(None, len(faults), dtype=pl.String, eager=True) if cells is None else cells
    aside = _sets_aside(faults, column)
    table = pl.DataFrame({"kind": faults, "line": lines.cast(pl.Int64), "value": value, "aside": aside}).filter(bad)
    return as_problems(
        table.with_columns(
            severity=pl.when("aside").then(pl.lit("quarantined")).otherwise(pl.lit("noted")),
            file=pl.lit(part.file),
            column=pl.lit(header),
        )
    )


def _cut(value: object) -> str | None:
    return None if value is None else str(value)[:VALUE_CHARACTERS]
