"""What needs the whole of a register: whose row it is, whether it was known in time, one row per fact, hidden cells.

Rows carry PART (which source they are from) and LINE (their line there) from the first step to the last.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from kerong.engine.problems import ESCAPES, SCHEMA
from kerong.engine.record.dates import known_on
from kerong.engine.record.duplicates import without_duplicates
from kerong.engine.record.identify import identity_fault, name_key, name_state_id
from kerong.engine.record.names import is_name
from kerong.engine.record.old_numbers import OldNumbers, registration_columns
from kerong.engine.record.tables import LINE, PART, ArchivedTable, Source
from kerong.rulebook.content import Register

ENTERPRISE = "enterprise_id"
VALUE_CHARACTERS = 80
Step = tuple[pl.DataFrame, pl.DataFrame]
Sources = Sequence[Source]


@dataclass(frozen=True, slots=True)
class Facts:
    """The rows that count, in no order yet, the problems of those that do not, and the rows of one key at odds."""

    rows: pl.DataFrame
    problems: pl.DataFrame
    contested: pl.DataFrame


def facts(
    held: list[pl.DataFrame],
    register: Register,
    on: date,
    sources: Sources,
    archived: ArchivedTable | None = None,
    reliability: Mapping[str, int] = MappingProxyType({}),
    whose: OldNumbers | None = None,
) -> Facts:
    """The facts of a register, with PART and LINE.

    `held`: the one table of cleaned rows, taken out of the list, so that each step lets go of the table before it.
    Where it lacks columns, `archived` gives them for rows that are compared by all that they say. Rows that are
    identified by a number of before the credit code are those of the firm that bears it by `whose`.
    """
    table, files = held.pop(), [source.file for source in sources]
    found: list[pl.DataFrame] = []
    for step in (identified, known_in_time):
        table, set_aside = step(table, register, on)
        found.append(set_aside)
    if whose is not None:
        table, set_aside = renumbered(table, register, whose)
        found.append(set_aside)
    key = [name for name in register.row if name in table.columns]

    def complete(rows: pl.DataFrame) -> pl.DataFrame:
        """The rows with all their columns; their enterprise is known already."""
        if archived is None:
            return rows
        whole = archived.rows(None, rows.select(PART, LINE))
        owners = rows.select(PART, LINE, *(name for name in (ENTERPRISE,) if name in rows.columns))
        columns = [*(name for name in (ENTERPRISE,) if name in rows.columns), *register.columns, PART, LINE]
        return whole.join(owners, on=[PART, LINE], how="inner").select(columns)

    weights = {index: reliability.get(source.feed, register.reliability) for index, source in enumerate(sources)}
    weight = pl.col(PART).replace_strict(weights, default=register.reliability, return_dtype=pl.Int64)
    once = without_duplicates(table, key, known_on(register), register.keep, complete, weight)
    told = located(pl.concat([*found, once.aside], how="diagonal"), files)
    return Facts(hidden(once.rows, register, on), told, once.contested)


def as_problems(table: pl.DataFrame) -> pl.DataFrame:
    """The table with all columns of problems, values cut and escaped."""
    table = table.with_columns(stage=pl.lit("record"))
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in table.columns]
    shown = pl.col("value").str.slice(0, VALUE_CHARACTERS).str.replace_many(list(ESCAPES), list(ESCAPES.values()))
    return table.with_columns(*missing).with_columns(value=shown.str.slice(0, VALUE_CHARACTERS)).select(*SCHEMA)


def located(set_aside: pl.DataFrame, files: Sequence[str]) -> pl.DataFrame:
    """Problems of whole rows: PART and LINE become file and line."""
    if not set_aside.height:
        return pl.DataFrame(schema=SCHEMA)
    names = pl.DataFrame({PART: range(len(files)), "file": files}, schema={PART: pl.UInt32, "file": pl.String})
    wide = set_aside.join(names, on=PART, how="left").with_columns(line=pl.col(LINE).cast(pl.Int64))
    return as_problems(wide.drop(PART, LINE))


def _row_problems(rows: pl.DataFrame, **columns: pl.Expr) -> pl.DataFrame:
    """PART and LINE of rows with further columns of problems."""
    filled = {"severity": pl.lit("quarantined"), "value": pl.lit(None, dtype=pl.String)} | columns
    return rows.select(PART, LINE, **filled)


def identified(table: pl.DataFrame, register: Register, on: date | None = None) -> Step:
    """`enterprise_id` in front; rows that name no enterprise are set aside."""
    name, state = _column(register.name_column), _column(register.state_column)
    if register.identify == "none":
        return table, _row_problems(table.clear(), kind=pl.lit(""))
    if register.identify == "credit_code":
        older = [name for name in registration_columns(register) if name in table.columns]
        identity, name = pl.coalesce(_code_column(register), *older), None
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


def renumbered(table: pl.DataFrame, register: Register, whose: OldNumbers) -> Step:
    """Old numbers in columns of credit codes as the code of the one firm that bears them.

    A row whose own enterprise several might be is set aside; a number that nobody bears stays as it is. Of registers
    that know firms by name and state the rows that stewards decided about are their enterprise's.
    """
    codes = [
        name for name, column in register.columns.items() if column.type == "credit_code" and name in table.columns
    ]
    if register.identify != "credit_code":
        found = table.with_columns(whose.resolved(table[name])[0].alias(name) for name in codes)
        if register.identify == "name_state":
            found = found.with_columns(whose.decided.named(found[ENTERPRISE]))
        return found, _row_problems(table.clear(), kind=pl.lit(""))
    if register.name in whose.tellers:
        whose = whose.told_by(table, [name for name in registration_columns(register) if name in table.columns])
    own, several = whose.resolved(table[ENTERPRISE])
    aside = _row_problems(table.filter(several), kind=pl.lit("old_number_of_several"), value=pl.col(ENTERPRISE))
    others = [whose.resolved(table[name])[0].alias(name) for name in codes if name != _code_column(register)]
    table = table.with_columns(own.alias(ENTERPRISE), *others)
    return (table.filter(~several) if several.any() else table), aside


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


def known_in_time(table: pl.DataFrame, register: Register, on: date) -> Step:
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


def hidden(table: pl.DataFrame, register: Register, on: date) -> pl.DataFrame:
    """Cells that were not yet known on `on` are unknown, though their row was known."""
    return table.with_columns(
        pl.when(pl.col(column.known) <= on).then(pl.col(name)).alias(name)
        for name, column in register.columns.items()
        if column.known is not None and name in table.columns  # of an archive only columns that are needed are read
    )
