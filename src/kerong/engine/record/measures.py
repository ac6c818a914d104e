"""One measure over one register: the rows that it takes, what their absence means, one value per enterprise."""

from datetime import date

import polars as pl

from kerong.engine.record.aggregates import PLACE, aggregated
from kerong.engine.record.spells import spells
from kerong.engine.record.windows import first_day, in_window
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Measure, Register
from kerong.rulebook.forms import dtype_of

UNSURE = pl.col("unsure")


def measured(
    measure: Measure, rows: pl.DataFrame | None, register: Register, height: int, on: date
) -> tuple[pl.Series, pl.Series]:
    """(values by place 0..height-1, places with an error of calculation). `rows` are sorted by place; None: no file.

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
    held = rows.filter(in_window(measure, register, on)) if windowed else rows
    selected, wrong = _selected(measure, held, register, on)
    if measure.at_least is not None:
        known = _known_periods(measure, held, selected, register, height)
        selected = selected.filter(~UNSURE)
    if measure.aggregate == "spells":
        return _without(spells(selected, register, height), wrong), wrong
    found = aggregated(measure, selected, height)
    wrong = wrong.append(found["wrong"].arg_true().cast(pl.UInt32).alias(PLACE))
    values = _with_absence(found, measure, register, held, height)
    if measure.at_least is not None:
        values = pl.select(pl.when(known >= measure.at_least).then(values)).to_series()
    return values.cast(dtype_of(measure.type)), wrong


def _selected(measure: Measure, held: pl.DataFrame, register: Register, on: date) -> tuple[pl.DataFrame, pl.Series]:
    """The rows that `where` takes or may take: place, period, known, value, by and `unsure`; and places in error."""
    rows, unsure = held, pl.repeat(False, held.height, dtype=pl.Boolean, eager=True)
    if measure.where is not None:
        found = evaluate(held, {"where": measure.where}, on, measure.parameters)
        taken = found.frame["where"].fill_null(True)
        rows, unsure = held.filter(taken), found.frame["where"].is_null().filter(taken)
        wrong = held[PLACE].gather(found.errors["row"])
    else:
        wrong = held[PLACE].head(0)
    columns = {"period": register.period, "known": register.known or register.period}
    frame = rows.select(PLACE, *(pl.col(f"{register.name}.{name}").alias(to) for to, name in columns.items() if name))
    wanted = {name: node for name, node in (("value", measure.value), ("by", measure.by)) if node is not None}
    if wanted:
        found = evaluate(rows, wanted, on, measure.parameters)
        frame = frame.with_columns(found.frame)
        for name in wanted:
            unsure = unsure | found.frame[name].is_null()
        wrong = wrong.append(rows[PLACE].gather(found.errors["row"]))
    return frame.with_columns(unsure.alias("unsure")), wrong


def _without(values: pl.Series, places: pl.Series) -> pl.Series:
    """The values, unknown at places in error."""
    wrong = pl.repeat(False, len(values), dtype=pl.Boolean, eager=True).scatter(places.unique(), True)
    return pl.select(pl.when(~wrong).then(values)).to_series()


def _with_absence(
    values: pl.DataFrame, measure: Measure, register: Register, held: pl.DataFrame, height: int
) -> pl.Series:
    """Values, with what no row means: nothing where the register is complete or knows the firm, else unknown."""
    value = pl.when(UNSURE | pl.col("wrong")).then(None).otherwise(pl.col("value"))
    absent = _absent(measure)
    if absent is None:
        return values.select(value.alias("value")).to_series()
    if register.absence == "none":
        none: pl.Expr = pl.lit(absent)
    else:
        seen = pl.repeat(False, height, dtype=pl.Boolean, eager=True).scatter(held[PLACE].unique(), True)
        values = values.with_columns(seen.alias("in_register"))
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
