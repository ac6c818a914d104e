"""Regional tables over registers: rows grouped by expressions, sums that are exact, sorted by their keys."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from kerong.engine.monitor.aggregates import collected, finished
from kerong.engine.problems import joined, problems
from kerong.rulebook.compiled import Evaluated, column_of, evaluate
from kerong.rulebook.content import Formula, Register, Rulebook, Statistic
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.tree import Node, fields_of
from kerong.rulebook.types import COLUMN_TYPES, TEXT

Counts = dict[tuple[str, str], int]  # (kind of problem, column) -> rows


def statistics(
    tables: Mapping[str, pl.DataFrame], enterprises: pl.DataFrame, rulebook: Rulebook, on: date
) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Every statistic of the rulebook by name: its keys, then its columns, sorted by the keys (unknown last); problems.

    `tables`: cleaned registers by name; a register that is not there counts as empty. Rows for which `where` is not
    true are left out. Aggregates look at known values only, and how many were not is a problem. `sum`, `min`, `max`,
    `mean` of no known value are null, and so is a sum beyond int64, which is a problem too. Sums of whole numbers are
    exact and those of ratios correctly rounded: the order of rows never shows.
    """
    found: dict[str, pl.DataFrame] = {}
    noted: list[pl.DataFrame] = []
    for name, statistic in rulebook.statistics.items():
        rows = tables.get(statistic.over)
        if rows is None:
            rows = _empty(rulebook.registers[statistic.over], rulebook.row_formulas.get(statistic.over, ()))
        found[name], told = _statistic(statistic, _facts(statistic, rows, enterprises), on)
        noted.append(told)
    return found, joined(noted)


def _empty(register: Register, formulas: Sequence[Formula]) -> pl.DataFrame:
    types = {"enterprise_id": TEXT} | {name: COLUMN_TYPES[column.type] for name, column in register.columns.items()}
    types |= {formula.name: formula.type for formula in formulas}
    return pl.DataFrame(schema={name: dtype_of(kind) for name, kind in types.items()})


def _wanted(statistic: Statistic) -> dict[str, Node]:
    """The expressions to evaluate per row: "key …" and "value …" by name, and "where"."""
    wanted = {f"key {name}": node for name, node in statistic.by}
    wanted |= {f"value {item.name}": item.value for item in statistic.columns if item.value is not None}
    return wanted if statistic.where is None else wanted | {"where": statistic.where}


def _facts(statistic: Statistic, rows: pl.DataFrame, enterprises: pl.DataFrame) -> pl.DataFrame:
    """The register's rows with the columns that the expressions read, those of enterprises joined to them."""
    fields = sorted({field for node in _wanted(statistic).values() for field in fields_of(node)})
    own = [pl.col(name).alias(column_of(table, name)) for table, name in fields if table == statistic.over]
    firm = pl.col("enterprise_id") if "enterprise_id" in rows.columns else pl.lit(None, pl.String)
    facts = rows.select(firm.alias("enterprise_id"), *own)
    others = [name for table, name in fields if table == "enterprise" and name != "enterprise_id"]
    known = enterprises.select("enterprise_id", *others)
    return facts.join(known, on="enterprise_id", how="left", maintain_order="left", validate="m:1")


def _statistic(statistic: Statistic, facts: pl.DataFrame, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    evaluated = evaluate(facts, _wanted(statistic), on, statistic.parameters)
    rows, noted = _kept(statistic, evaluated)
    keys = [f"key {name}" for name, _ in statistic.by]
    held = [collected(item, f"value {item.name}").alias(item.name) for item in statistic.columns]
    grouped = rows.group_by(keys).agg(held).sort(keys, nulls_last=True) if keys else rows.select(held)
    columns = [grouped[f"key {name}"].alias(name) for name, _ in statistic.by]
    for item in statistic.columns:
        column, noted[("statistic_too_large", item.name)] = finished(item, grouped[item.name])
        columns.append(column)
    return pl.DataFrame(columns), _told(statistic, noted)


def _kept(statistic: Statistic, evaluated: Evaluated) -> tuple[pl.DataFrame, Counts]:
    """The rows that count: `where` holds and every key can be computed; and how many rows lack which value."""
    rows = evaluated.frame.with_row_index("row")
    noted: Counts = {}
    if statistic.where is not None:
        noted |= _lacking(rows, evaluated.errors, "where", "where")
        rows = rows.filter(pl.col("where"))
    for name, _ in statistic.by:
        bad = evaluated.errors.filter(pl.col("name") == f"key {name}").select("row")
        noted[("statistic_in_error", name)] = rows.join(bad, on="row", how="semi").height
        rows = rows.join(bad, on="row", how="anti", maintain_order="left")
    for item in statistic.columns:
        if item.value is not None:
            noted |= _lacking(rows, evaluated.errors, f"value {item.name}", item.name)
    return rows, noted


def _lacking(rows: pl.DataFrame, errors: pl.DataFrame, column: str, name: str) -> Counts:
    bad = rows.join(errors.filter(pl.col("name") == column), on="row", how="semi").height
    return {("statistic_in_error", name): bad, ("statistic_unknown", name): rows[column].null_count() - bad}


def _told(statistic: Statistic, noted: Counts) -> pl.DataFrame:
    told = {"stage": "monitor", "severity": "noted", "register": statistic.over, "rule": statistic.name}
    return problems(
        {**told, "kind": kind, "column": column, "value": str(count)}
        for (kind, column), count in noted.items()
        if count
    )
