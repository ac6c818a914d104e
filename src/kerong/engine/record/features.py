"""Measures and formulas: the columns of an enterprise, and of a register's rows, that rules and indicators read.

Whole numbers are summed exactly; floating reductions run over rows sorted by (enterprise, key) with one running sum per
enterprise, so neither the order of rows nor the number of threads changes a bit.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from kerong.engine.problems import joined, problems
from kerong.engine.record.aggregates import PLACE
from kerong.engine.record.compact import texts_of
from kerong.engine.record.measures import measured, rows_of
from kerong.engine.record.network import networked
from kerong.rulebook.compiled import column_of, evaluate, rounded
from kerong.rulebook.content import Formula, Measure, Parameter, Rulebook
from kerong.rulebook.rows import prefixed, with_errors
from kerong.rulebook.tree import Node, error_of, fields_of


def features(
    enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame], pl.DataFrame]:
    """(enterprises, registers, problems): each with one column per formula, enterprises with one per measure and per
    field of a network too. Networks read measures, formulas read both.

    `enterprises` is sorted by enterprise_id; rows of registers keep their order.
    """
    ids = enterprises["enterprise_id"]
    places = enterprises.select("enterprise_id", pl.int_range(pl.len(), dtype=pl.UInt32).alias(PLACE))
    columns: dict[str, pl.Series] = {}
    wrong: list[dict[str, object]] = []
    for name, register in rulebook.registers.items():
        measures = [measure for measure in rulebook.measures.values() if measure.over == name]
        if not measures:
            continue
        rows = rows_of(_placed(tables[name], places, name), register, measures, on) if name in tables else None
        for measure in _alike_together(measures):
            columns[measure.name], errors = measured(measure, rows, register, enterprises.height, on)
            if len(errors):
                columns[error_of(measure.name)] = _flags(errors.unique(), enterprises.height)
            known = {"stage": "record", "kind": "measure_error", "severity": "noted", "register": name}
            firms = ids.gather(errors.unique().sort())
            wrong += [{**known, "column": measure.name, "enterprise_id": firm} for firm in firms]
        del rows
    order = [held for name in rulebook.measures for held in (name, error_of(name)) if held in columns]
    frame = enterprises.with_columns(columns[name].alias(name) for name in order)
    found = [problems(wrong)]
    for network in rulebook.networks.values():
        frame, failed = networked(network, frame, tables.get(network.over), rulebook.registers[network.over], on)
        found.append(failed)
    for level in rulebook.levels:
        frame, failed = _level([rulebook.formulas[name] for name in level], frame, on)
        found.append(failed)
    registers = dict(tables)
    for name in tables.keys() & rulebook.row_formulas.keys():
        registers[name], failed = _of_rows(name, rulebook.row_formulas[name], tables[name], frame, on)
        found.append(failed)
    return frame, registers, joined(found)


def _alike_together(measures: list[Measure]) -> list[Measure]:
    """Measures of one condition and window after one another, so that they share the rows that it takes."""
    conditions = list(dict.fromkeys(measure.where for measure in measures))
    windows = list(dict.fromkeys((measure.window, measure.skip) for measure in measures))
    return sorted(measures, key=lambda m: (conditions.index(m.where), windows.index((m.window, m.skip))))


def _flags(rows: pl.Series, height: int) -> pl.Series:
    """True for these rows of a table."""
    return pl.repeat(False, height, dtype=pl.Boolean, eager=True).scatter(rows, True)


def _begun(rows: pl.Series, node: Node, table: pl.DataFrame) -> pl.Series:
    """Those of the rows in error where the error began: nothing that the expression reads had failed before."""
    before = sorted({error_of(column_of(*field)) for field in fields_of(node)} & set(table.columns))
    if not before:
        return rows
    failed = table.select(pl.any_horizontal(before).fill_null(False)).to_series()
    return rows.filter(~failed.gather(rows))


def _placed(table: pl.DataFrame, places: pl.DataFrame, name: str) -> pl.DataFrame:
    """A register's rows with the place of their enterprise, in the order of places."""
    if isinstance(table.schema["enterprise_id"], pl.Enum):  # see `compact`: sorted by enterprise, all of them known
        known = texts_of(table["enterprise_id"]).alias("enterprise_id").to_frame()
        of_code = known.join(places, on="enterprise_id", how="left", maintain_order="left")[PLACE]
        of_rows = of_code.gather(table["enterprise_id"].to_physical())
        rows = prefixed(table.drop("enterprise_id"), name).with_columns(of_rows)
        return rows.with_columns(pl.col(PLACE).set_sorted())
    rows = prefixed(table, name).with_columns(table["enterprise_id"])
    rows = rows.join(places, on="enterprise_id", how="inner", maintain_order="left").drop("enterprise_id")
    rows = rows if rows[PLACE].is_sorted() else rows.sort(PLACE, maintain_order=True)
    return rows.with_columns(pl.col(PLACE).set_sorted())


def _level(formulas: list[Formula], frame: pl.DataFrame, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One level of formulas: those without parameters in one pass, the others each with its own."""
    plain = {f.name: f.value for f in formulas if not f.parameters}
    passes: list[tuple[dict[str, Node], dict[str, Parameter]]] = [(plain, {})] if plain else []
    passes += [({f.name: f.value}, dict(f.parameters)) for f in formulas if f.parameters]
    added, wrong = [], []
    for wanted, parameters in passes:
        found = evaluate(frame, wanted, on, parameters)
        rounding = {f.name: f.round for f in formulas}
        added.append(
            found.frame.select(
                rounded(pl.col(name), node.type.divisor, rounding[name]).alias(name) for name, node in wanted.items()
            )
        )
        for (name,), failed in found.errors.group_by("name", maintain_order=True):
            added.append(_flags(failed["row"], frame.height).alias(error_of(str(name))).to_frame())
            known = {"stage": "record", "kind": "formula_error", "severity": "noted", "column": name}
            firms = frame["enterprise_id"].gather(_begun(failed["row"], wanted[str(name)], frame))
            wrong += [{**known, "enterprise_id": firm} for firm in firms]
    return frame.with_columns(column for table in added for column in table), problems(wrong)


def _of_rows(
    register: str, formulas: Sequence[Formula], table: pl.DataFrame, enterprises: pl.DataFrame, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A register's table with one column per formula of its rows, each after those that it reads."""
    read = {field for formula in formulas for field in fields_of(formula.value)}
    own = with_errors({column for of, column in read if of == register and column in table.columns}, table)
    firm = with_errors({column for of, column in read if of == "enterprise"} - {"enterprise_id"}, enterprises)
    ids = table["enterprise_id"]
    rows = prefixed(table.select(own), register).with_columns(ids)
    rows = rows.join(enterprises.select("enterprise_id", *firm), on="enterprise_id", how="left", maintain_order="left")
    wrong = []
    for formula in formulas:
        found = evaluate(rows, {formula.name: formula.value}, on, formula.parameters)
        value = rounded(pl.col(formula.name), formula.value.type.divisor, formula.round)
        column = found.frame.select(value.alias(f"{register}.{formula.name}")).to_series()
        rows, table = rows.with_columns(column), table.with_columns(column.alias(formula.name))
        if found.errors.height:
            failed = _flags(found.errors["row"], table.height)
            rows = rows.with_columns(failed.alias(error_of(f"{register}.{formula.name}")))
            table = table.with_columns(failed.alias(error_of(formula.name)))
        known = {"stage": "record", "kind": "formula_error", "severity": "noted", "register": register}
        firms = ids.gather(_begun(found.errors["row"].unique(), formula.value, rows)).unique().sort()
        wrong += [{**known, "column": formula.name, "enterprise_id": firm} for firm in firms]
    return table, problems(wrong)
