"""One measure over one register: the rows that it takes, what their absence means, one value per enterprise."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import polars as pl

from kerong.engine.record.aggregates import PLACE, Sums, aggregated
from kerong.engine.record.compact import as_texts, combinations
from kerong.engine.record.spells import spells
from kerong.engine.record.windows import first_day, in_window
from kerong.rulebook.compiled import column_of, evaluate
from kerong.rulebook.content import Measure, Register
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.rows import with_errors
from kerong.rulebook.tree import Node, error_of, fields_of, parameters_of

UNSURE = pl.col("unsure")


@dataclass(slots=True)
class Rows:
    """A register's rows sorted by place, and what measures over it that are asked one after the other share.

    `read`: the columns (register.column) that values and periods of its measures read, beside those of conditions.
    """

    table: pl.DataFrame
    register: Register
    on: date
    read: frozenset[str]
    _held: dict[tuple[str, str | None], pl.DataFrame] = field(default_factory=dict)
    _there: dict[int, pl.Series] = field(default_factory=dict)
    _numbers: dict[tuple[int, frozenset[str]], tuple[pl.DataFrame, pl.Series] | None] = field(default_factory=dict)
    _condition: object = None
    _taken: dict[int, "Taken"] = field(default_factory=dict)  # of one condition, by the rows held

    def held(self, measure: Measure) -> pl.DataFrame:
        """The rows in the measure's window."""
        window = (measure.window, measure.skip)
        if measure.window != "all" and window not in self._held:
            inside = self.table.select(in_window(measure, self.register, self.on)).to_series().fill_null(value=False)
            self._held[window] = self.table if inside.all() else self.table.filter(inside)
        return self._held.get(window, self.table)

    def there(self, held: pl.DataFrame, height: int) -> pl.Series:
        """Which places 0..height-1 have rows among those held."""
        if id(held) not in self._there:
            seen = np.zeros(height, dtype=np.bool_)
            seen[held[PLACE].to_numpy()] = True
            self._there[id(held)] = pl.Series(seen)
        return self._there[id(held)]

    def taken(self, measure: Measure, held: pl.DataFrame) -> "Taken":
        """The rows that the measure's condition takes or may take."""
        apart = measure.name if measure.where is None or parameters_of(measure.where) else None
        if self._condition != (measure.where, apart):
            self._condition = (measure.where, apart)
            self._taken.clear()
        if id(held) not in self._taken:
            self._taken[id(held)] = self._where(measure, held)
        return self._taken[id(held)]

    def _where(self, measure: Measure, held: pl.DataFrame) -> "Taken":
        nowhere = held[PLACE].head(0)
        if measure.where is None:
            return Taken(held, pl.repeat(value=False, n=held.height, dtype=pl.Boolean, eager=True), nowhere)
        nodes = {"where": measure.where}
        read = (id(held), frozenset(column for _, column in fields_of(measure.where)))
        if read not in self._numbers:
            self._numbers[read] = combinations(held, [measure.where])
        numbered = self._numbers[read]
        if numbered is None:
            found = evaluate(as_texts(held, nodes.values()), nodes, self.on, measure.parameters)
            holds, wrong = found.frame["where"], held[PLACE].gather(found.errors["row"])
        else:
            options, number = numbered
            found = evaluate(options, nodes, self.on, measure.parameters)
            holds, wrong = found.frame["where"].gather(number), nowhere
            if found.errors.height:
                wrong = held[PLACE].filter(number.is_in(found.errors["row"].implode()))
        taken = holds.fill_null(value=True)
        columns = [name for name in held.columns if name == PLACE or name in self.read]
        return Taken(held.select(columns).filter(taken), holds.is_null().filter(taken), wrong)


@dataclass(frozen=True, slots=True)
class Taken:
    """Rows that a condition takes or may take, which of these it is unsure of, and places where it is in error."""

    rows: pl.DataFrame
    unsure: pl.Series
    wrong: pl.Series
    sums: Sums = field(default_factory=dict)


def rows_of(table: pl.DataFrame, register: Register, measures: Iterable[Measure], on: date) -> Rows:
    """The rows of a register, sorted by place, for these measures over it."""
    nodes = [node for measure in measures for node in (measure.value, measure.by) if node is not None]
    read = {column for node in nodes for column in _read(node, table)}
    times = [f"{register.name}.{name}" for name in (register.period, register.known) if name]
    return Rows(table, register, on, frozenset({*read, *times}))


def _read(node: Node, table: pl.DataFrame) -> list[str]:
    """The columns that a node reads, with those that tell where their calculation failed."""
    names = [column_of(*read) for read in fields_of(node)]
    return with_errors(names, table)


def measured(
    measure: Measure, rows: Rows | None, register: Register, height: int, on: date
) -> tuple[pl.Series, pl.Series]:
    """(values by place 0..height-1, places with an error of calculation). `rows`: None: no file.

    Unknown where the register says nothing of the enterprise, where fewer periods than `at_least` are known, and where
    a row that counts has an unknown condition or value. With `at_least` such a row makes its period an unknown one.
    """
    nothing = pl.repeat(None, height, dtype=dtype_of(measure.type), eager=True)
    nowhere = pl.Series(PLACE, [], dtype=pl.UInt32)
    if rows is None:
        return nothing, nowhere
    windowed = measure.window != "all"
    if windowed and register.covers_from and first_day(measure, on) < register.covers_from:
        return nothing, nowhere
    held = rows.held(measure)
    taken = rows.taken(measure, held)
    selected, wrong = _selected(measure, taken, register, on)
    if measure.at_least is not None:
        known = _known_periods(measure, held, selected, register, height)
        selected = selected.filter(~UNSURE)
    if measure.aggregate == "spells":
        return _without(spells(selected, register, height), wrong), wrong
    found = aggregated(measure, selected, height, taken.sums)
    wrong = wrong.append(found["wrong"].arg_true().cast(pl.UInt32).alias(PLACE))
    values = _with_absence(found, measure, register, rows.there(held, height))
    if measure.at_least is not None:
        values = pl.select(pl.when(known >= measure.at_least).then(values)).to_series()
    return values.cast(dtype_of(measure.type)), wrong


def _selected(measure: Measure, taken: Taken, register: Register, on: date) -> tuple[pl.DataFrame, pl.Series]:
    """The rows that `where` takes or may take: place, period, known, value, by and `unsure`; and places in error."""
    rows, unsure, wrong = taken.rows, taken.unsure, taken.wrong.clone()
    columns = {"period": register.period, "known": register.known or register.period}
    frame = rows.select(PLACE, *(pl.col(f"{register.name}.{name}").alias(to) for to, name in columns.items() if name))
    wanted = {name: node for name, node in (("value", measure.value), ("by", measure.by)) if node is not None}
    worked_out: dict[str, Node] = {}
    for name, node in wanted.items():
        plain = _plain(node, rows)
        if plain is None:
            worked_out[name] = node
        else:
            frame = frame.with_columns(plain.alias(name))
    if worked_out:
        found = evaluate(as_texts(rows, worked_out.values()), worked_out, on, measure.parameters)
        frame = frame.with_columns(found.frame)
        wrong = wrong.append(rows[PLACE].gather(found.errors["row"]))
    for name in wanted:
        if frame[name].null_count():
            unsure = unsure | frame[name].is_null()
    return frame.with_columns(unsure.alias("unsure")), wrong


def _plain(node: Node, rows: pl.DataFrame) -> pl.Series | None:
    """The column that a node is, where it is no more than that."""
    if node.kind != "field":
        return None
    name = column_of(*node.field)
    if name not in rows.columns or error_of(name) in rows.columns:
        return None
    column = rows[name]
    return column if isinstance(column.dtype, pl.Enum) else column.cast(dtype_of(node.type))


def _without(values: pl.Series, places: pl.Series) -> pl.Series:
    """The values, unknown at places in error."""
    wrong = pl.repeat(False, len(values), dtype=pl.Boolean, eager=True).scatter(places.unique(), True)
    return pl.select(pl.when(~wrong).then(values)).to_series()


def _with_absence(values: pl.DataFrame, measure: Measure, register: Register, there: pl.Series) -> pl.Series:
    """Values, with what no row means: nothing where the register is complete or knows the firm, else unknown."""
    value = pl.when(UNSURE | pl.col("wrong")).then(None).otherwise(pl.col("value"))
    absent = _absent(measure)
    if absent is None:
        return values.select(value.alias("value")).to_series()
    if register.absence == "none":
        none: pl.Expr = pl.lit(absent)
    else:
        values = values.with_columns(there.alias("in_register"))
        none = pl.when(pl.col("in_register")).then(pl.lit(absent))
    return values.select(pl.when(pl.col("seen")).then(value).otherwise(none).alias("value")).to_series()


def _absent(measure: Measure) -> int | float | bool | None:
    """0 for sums and counts, false for `any`; other aggregates of nothing are unknown."""
    if measure.aggregate in ("sum", "count", "count_distinct"):
        return 0.0 if measure.type.kind == "float" else 0
    return False if measure.aggregate == "any" else None


def _known_periods(
    measure: Measure, held: pl.DataFrame, selected: pl.DataFrame, register: Register, height: int
) -> pl.Series:
    """Per place: the periods of the window that have rows, less those in which a row that counts is unknown."""
    period = pl.col(f"{register.name}.{register.period}").alias("period")
    if register.columns[str(register.period)].type == "date":
        period, month = period.dt.truncate("1mo"), pl.col("period").dt.truncate("1mo")
    else:
        month = pl.col("period")
    there = held.select(PLACE, period)
    doubtful = selected.filter(UNSURE).select(PLACE, month).unique()
    if doubtful.height:
        there = there.join(doubtful, on=[PLACE, "period"], how="anti", maintain_order="left")
    counts = there.group_by(PLACE).agg(pl.col("period").n_unique().alias("n"))
    return pl.repeat(0, height, dtype=pl.Int64, eager=True).scatter(counts[PLACE], counts["n"].cast(pl.Int64))
