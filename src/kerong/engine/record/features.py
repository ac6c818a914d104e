"""Measures and formulas: the columns of an enterprise that rules and indicators read.

Whole numbers are summed exactly; floating reductions run over rows sorted by (enterprise, key) with one running sum per
enterprise, so neither the order of rows nor the number of threads changes a bit.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.problems import problems
from kerong.engine.record.aggregates import aggregated
from kerong.engine.record.windows import first_day, in_window
from kerong.rulebook.compiled import dtype_of, evaluate
from kerong.rulebook.content import Formula, Measure, Parameter, Register, Rulebook
from kerong.rulebook.rows import prefixed
from kerong.rulebook.tree import Node

PLACE = "_place"


def features(
    enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(enterprises with one column per measure and formula, problems). `enterprises` is sorted by enterprise_id."""
    found = [problems()]
    places = enterprises.select("enterprise_id", pl.int_range(pl.len(), dtype=pl.UInt32).alias(PLACE))
    columns: dict[str, pl.Series] = {}
    for name, register in rulebook.registers.items():
        measures = [m for m in rulebook.measures.values() if m.over == name]
        if not measures:
            continue
        rows = _placed(tables[name], places, name) if name in tables else None
        for measure in measures:
            columns[measure.name], wrong = _measured(measure, rows, register, enterprises, on)
            found.append(wrong)
    frame = enterprises.with_columns(columns[name].alias(name) for name in rulebook.measures if name in columns)
    for level in rulebook.levels:
        frame, wrong = _level([rulebook.formulas[name] for name in level], frame, on)
        found.append(wrong)
    return frame, pl.concat(found)


def _placed(table: pl.DataFrame, places: pl.DataFrame, name: str) -> pl.DataFrame:
    """A register's rows with the place of their enterprise, in the order of places."""
    rows = prefixed(table, name).with_columns(table["enterprise_id"])
    rows = rows.join(places, on="enterprise_id", how="inner", maintain_order="left").drop("enterprise_id")
    return rows.sort(PLACE, maintain_order=True)


def _measured(
    measure: Measure, rows: pl.DataFrame | None, register: Register, enterprises: pl.DataFrame, on: date
) -> tuple[pl.Series, pl.DataFrame]:
    height = enterprises.height
    empty = pl.repeat(None, height, dtype=dtype_of(measure.type), eager=True)
    if rows is None:
        return empty, problems()
    held = rows.filter(in_window(measure, register, on)) if measure.window != "all" else rows
    selected, wrong = _selected(measure, held, register, on)
    values = aggregated(measure, selected, height)
    absent = _absent(measure)
    if absent is not None:
        filler = pl.repeat(absent, height, dtype=dtype_of(measure.type), eager=True)
        if register.absence != "none":
            seen = _scattered(held[PLACE].unique(), height)
            filler = pl.select(pl.when(seen).then(filler)).to_series()
        values = values.with_columns(pl.when(pl.col("seen")).then(pl.col("value")).otherwise(filler).alias("value"))
    if register.covers_from and measure.window != "all" and first_day(measure, on) < register.covers_from:
        return empty, problems()
    value = pl.when(pl.col("unsure")).then(None).otherwise(pl.col("value")).alias("value")
    result = values.select(value).to_series()
    if measure.at_least is not None:
        result = pl.select(pl.when(_known_periods(held, register, height) >= measure.at_least).then(result)).to_series()
    ids = enterprises["enterprise_id"].gather(wrong.unique().sort())
    return result.cast(dtype_of(measure.type)), problems(
        {
            "stage": "record",
            "kind": "measure_error",
            "severity": "noted",
            "register": measure.over,
            "column": measure.name,
            "enterprise_id": firm,
        }
        for firm in ids
    )


def _selected(measure: Measure, rows: pl.DataFrame, register: Register, on: date) -> tuple[pl.DataFrame, pl.Series]:
    """Rows that the measure takes: place, period, value, by, and `unsure` where a condition or value is unknown."""
    wanted = {
        name: node for name, node in (("where", measure.where), ("value", measure.value), ("by", measure.by)) if node
    }
    found = evaluate(rows, wanted, on, measure.parameters) if wanted else None
    frame = rows.select(PLACE)
    if register.period:
        frame = frame.with_columns(rows[f"{register.name}.{register.period}"].alias("period"))
    known = register.known or register.period
    if known:
        frame = frame.with_columns(rows[f"{register.name}.{known}"].alias("known"))
    if found is not None:
        frame = frame.with_columns(found.frame)
    unsure = pl.lit(False)
    if measure.value is not None:
        unsure = pl.col("value").is_null()
    if measure.where is not None:
        frame = frame.filter(pl.col("where").is_null() | pl.col("where"))
        unsure = unsure | pl.col("where").is_null()
    wrong = rows[PLACE].gather(found.errors["row"]) if found is not None else rows[PLACE].head(0)
    return frame.with_columns(unsure.alias("unsure")), wrong


def _absent(measure: Measure) -> int | float | bool | None:
    """What the absence of rows means for this measure: 0, false, or None (unknown)."""
    if measure.aggregate in ("sum", "count", "count_distinct"):
        return 0.0 if measure.type.kind == "float" else 0
    return False if measure.aggregate == "any" else None


def _scattered(places: pl.Series, height: int) -> pl.Series:
    return pl.repeat(False, height, dtype=pl.Boolean, eager=True).scatter(places, True)


def _known_periods(rows: pl.DataFrame, register: Register, height: int) -> pl.Series:
    """How many periods (months, or years of a yearly register) of the window are known per enterprise."""
    period = pl.col(f"{register.name}.{register.period}")
    if register.columns[str(register.period)].type == "date":
        period = period.dt.truncate("1mo")
    counts = rows.group_by(PLACE).agg(period.n_unique().alias("n"))
    return pl.repeat(0, height, dtype=pl.Int64, eager=True).scatter(counts[PLACE], counts["n"].cast(pl.Int64))


def _level(formulas: list[Formula], frame: pl.DataFrame, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One level of formulas: those without parameters in one pass, the others each with its own."""
    plain = {f.name: f.value for f in formulas if not f.parameters}
    passes: list[tuple[dict[str, Node], dict[str, Parameter]]] = [(plain, {})] if plain else []
    passes += [({f.name: f.value}, dict(f.parameters)) for f in formulas if f.parameters]
    added, wrong = [], []
    for wanted, parameters in passes:
        found = evaluate(frame, wanted, on, parameters)
        added.append(found.frame)
        firms = frame["enterprise_id"].gather(found.errors["row"])
        wrong += [
            {"stage": "record", "kind": "formula_error", "severity": "noted", "column": name, "enterprise_id": firm}
            for name, firm in zip(found.errors["name"], firms, strict=True)
        ]
    return frame.with_columns(column for table in added for column in table), problems(wrong)
