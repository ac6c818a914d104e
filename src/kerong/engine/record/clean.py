"""Raw tables to a cleaned register: typed columns, one row per fact, and a named problem for all that was left out."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

import polars as pl

from kerong.engine.problems import ESCAPES, SCHEMA, problems
from kerong.engine.record.cells import column_dtype, read_column
from kerong.engine.record.dates import known_on
from kerong.engine.record.duplicates import LINE, PART, without_duplicates
from kerong.engine.record.headers import Match, matched
from kerong.engine.record.identify import identity_fault, name_key, name_state_id
from kerong.engine.record.names import is_name
from kerong.engine.record.order import in_order
from kerong.engine.record.values import as_text
from kerong.rulebook.content import Column, Register

ENTERPRISE = "enterprise_id"
VALUE_CHARACTERS = 80


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
        rows, part_problems = _cleaned_part(part, index, register)
        parts.append(rows)
        found.append(part_problems)
    is_refused = any(problem["severity"] == "refused" for problem in raw.problems)
    if not raw.parts and register.required and not is_refused:
        found.append(problems([{"stage": "record", "severity": "refused", "kind": "missing_register"}]))
    table = pl.concat([_empty(register), *parts], how="vertical")
    parts.clear()  # each step below makes a new table: the one before must not stay in memory
    files = [part.file for part in raw.parts]
    for step in (_identified, _known_in_time, _one_row_per_fact):
        table, set_aside = step(table, register, on)
        found.append(_located(set_aside, files))
    table = _hidden(table, register, on).drop(PART, LINE)
    named = pl.concat(found).with_columns(register=pl.lit(register.name))
    return in_order(table, list(register.row)), named


def _schema(register: Register) -> dict[str, pl.DataType]:
    return {name: column_dtype(column) for name, column in register.columns.items()}


def _empty(register: Register) -> pl.DataFrame:
    return pl.DataFrame(schema=_schema(register) | {PART: pl.UInt32(), LINE: pl.UInt32()})


def _cleaned_part(part: RawPart, index: int, register: Register) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The part's sound rows with PART and LINE, and its problems."""
    match = matched(part.frame.columns, register)
    stated = {"stage": "record", "file": part.file}
    found = [problems({**stated, **problem, "value": _cut(problem.get("value"))} for problem in match.problems)]
    if match.is_refused:
        return _empty(register), found[0]
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
    return _as_problems(
        table.with_columns(
            severity=pl.when("aside").then(pl.lit("quarantined")).otherwise(pl.lit("noted")),
            file=pl.lit(part.file),
            column=pl.lit(header),
        )
    )


def _as_problems(table: pl.DataFrame) -> pl.DataFrame:
    """The table with all columns of problems, values cut and escaped."""
    table = table.with_columns(stage=pl.lit("record"))
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in table.columns]
    shown = pl.col("value").str.slice(0, VALUE_CHARACTERS).str.replace_many(list(ESCAPES), list(ESCAPES.values()))
    return table.with_columns(*missing).with_columns(value=shown.str.slice(0, VALUE_CHARACTERS)).select(*SCHEMA)


def _cut(value: object) -> str | None:
    return None if value is None else str(value)[:VALUE_CHARACTERS]


def _located(set_aside: pl.DataFrame, files: Sequence[str]) -> pl.DataFrame:
    """Problems of whole rows: PART and LINE become file and line."""
    names = pl.DataFrame({PART: range(len(files)), "file": files}, schema={PART: pl.UInt32, "file": pl.String})
    wide = set_aside.join(names, on=PART, how="left").with_columns(line=pl.col(LINE).cast(pl.Int64))
    return _as_problems(wide.drop(PART, LINE))


Step = tuple[pl.DataFrame, pl.DataFrame]


def _row_problems(rows: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """PART and LINE of rows with further columns of problems."""
    filled = {"severity": pl.lit("quarantined"), "value": pl.lit(None, dtype=pl.String)} | columns
    return rows.select(PART, LINE, **filled)


def _identified(table: pl.DataFrame, register: Register, on: date) -> Step:
    """`enterprise_id` in front; rows that name no enterprise are set aside."""
    name, state = _column(register.name_column), _column(register.state_column)
    if register.identify == "none":
        return table, _row_problems(table.clear(), kind=pl.lit(""))
    if register.identify == "credit_code":
        identity, name = pl.col(_code_column(register)), None
    elif name is not None and state is not None and register.identify == "name_state":
        identity = name_state_id(name, state)
    elif name is not None:
        identity, state = pl.when(is_name(name)).then(name_key(name)), None
    else:
        identity = pl.lit(None, dtype=pl.String)
    by = [source for source in (register.name_column, register.state_column) if source is not None]
    table = _with_identity(table, identity, by if name is not None else [])
    without = table.filter(pl.col(ENTERPRISE).is_null())
    kind = identity_fault(name, state)
    shown = pl.lit(None, dtype=pl.String) if name is None else name
    sound = table.filter(pl.col(ENTERPRISE).is_not_null()) if without.height else table
    return sound, _row_problems(without, kind=kind, value=shown)


def _with_identity(table: pl.DataFrame, identity: pl.Expr, by: list[str]) -> pl.DataFrame:
    """`enterprise_id` in front, worked out once per distinct cells of `by`: to normalise a name takes time."""
    if not by:
        return table.select(identity.alias(ENTERPRISE), pl.all())
    known = table.select(by).unique().with_columns(identity.alias(ENTERPRISE))
    wide = table.join(known, on=by, how="left", nulls_equal=True, maintain_order="left")
    return wide.select(ENTERPRISE, *table.columns)


def _column(name: str | None) -> pl.Expr | None:
    return None if name is None else pl.col(name)


def _code_column(register: Register) -> str:
    """The column "credit_code", else the first of that type."""
    codes = [name for name, column in register.columns.items() if column.type == "credit_code"]
    return "credit_code" if "credit_code" in codes else codes[0]


def _known_in_time(table: pl.DataFrame, register: Register, on: date) -> Step:
    """Without rows of after `on` (counted per file) and without rows of which nobody can say when they were known."""
    known = known_on(register)
    if known is None:
        return table, _row_problems(table.clear(), kind=pl.lit(""))
    days = table.select(known.alias("known"))["known"]
    later = table.filter(days > on).group_by(PART).len("rows").sort(PART)
    counted = later.select(
        PART,
        pl.lit(None, dtype=pl.UInt32).alias(LINE),
        severity=pl.lit("noted"),
        value=pl.col("rows").cast(pl.String),
        kind=pl.lit("later_than_on"),
    )
    column = register.known or register.period or ""
    timeless = _row_problems(table.filter(days.is_null()), kind=pl.lit("time_unknown"))
    timeless = timeless.with_columns(column=pl.lit(column))
    in_time = (days <= on).fill_null(value=False)
    return (table if in_time.all() else table.filter(in_time)), pl.concat([counted, timeless], how="diagonal")


def _one_row_per_fact(table: pl.DataFrame, register: Register, on: date) -> Step:
    known = known_on(register)
    key = [name for name in register.row if name in table.columns]
    return without_duplicates(table, key, known, register.keep)


def _hidden(table: pl.DataFrame, register: Register, on: date) -> pl.DataFrame:
    """Cells that were not yet known on `on` are unknown, though their row was known."""
    return table.with_columns(
        pl.when(pl.col(column.known) <= on).then(pl.col(name)).alias(name)
        for name, column in register.columns.items()
        if column.known is not None
    )
