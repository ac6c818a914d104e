"""Cleaned registers to enterprises: who exists, what is said of them, and rows of enterprises that nobody knows."""

from collections.abc import Mapping

import polars as pl

from kerong.engine.problems import SCHEMA, problems
from kerong.engine.record.dates import known_on
from kerong.engine.record.identify import name_key
from kerong.rulebook.content import Region, Register, Rulebook

ENTERPRISE = "enterprise_id"
Tables = dict[str, pl.DataFrame]


def link(tables: Mapping[str, pl.DataFrame], rulebook: Rulebook) -> tuple[pl.DataFrame, Tables, pl.DataFrame]:
    """Enterprises, the registers' rows that are about them, and the problems.

    `enterprises`: `enterprise_id`, the columns that the region provides, `other_names` (joined by "、"; null where a
    firm has one spelling). `tables` keep their columns and order; rows by name alone get the id of the firm so named.
    """
    region = rulebook.region
    ids = _ids(tables, region)
    provided = {name: _provided(tables, rulebook, sources) for name, sources in region.provides.items()}
    enterprises = pl.DataFrame({ENTERPRISE: ids})
    for name, values in provided.items():
        first = values.unique(ENTERPRISE, keep="first", maintain_order=True).rename({"value": name})
        enterprises = enterprises.join(first, on=ENTERPRISE, how="left", maintain_order="left")
    names = provided.get("name", _no_values(pl.String()))
    others = _other_names(names)
    enterprises = enterprises.join(others, on=ENTERPRISE, how="left", maintain_order="left").rechunk()
    found = [_as_problems(_noted_names(enterprises))]
    linked: Tables = {}
    for name, table in tables.items():
        register = rulebook.registers[name]
        linked[name], set_aside = _linked(table, register, ids, names)
        found.append(_as_problems(set_aside.with_columns(register=pl.lit(name))))
    return enterprises, linked, pl.concat(found)


def _ids(tables: Mapping[str, pl.DataFrame], region: Region) -> pl.Series:
    """Every enterprise of the registers that say who exists, sorted."""
    columns = [tables[name][ENTERPRISE] for name in region.enterprise_from if name in tables]
    return pl.concat([pl.Series(ENTERPRISE, [], dtype=pl.String), *columns]).unique().sort()


def _provided(
    tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, sources: tuple[tuple[str, str], ...]
) -> pl.DataFrame:
    """Columns `enterprise_id`, `value` of all filled cells: sources in their order, in each the latest known first."""
    values: list[pl.DataFrame] = []
    dtype: pl.DataType = pl.String()
    for register_name, column in sources:
        table = tables.get(register_name)
        if table is None or column not in table.columns or ENTERPRISE not in table.columns:
            continue
        dtype = table.schema[column]
        known = known_on(rulebook.registers[register_name])
        latest = table.with_columns((pl.lit(None, dtype=pl.Date) if known is None else known).alias("#known")).sort(
            ["#known", *table.columns], descending=[True] + [False] * table.width, nulls_last=True
        )
        values.append(latest.select(ENTERPRISE, pl.col(column).alias("value")).drop_nulls())
    return pl.concat(values) if values else _no_values(dtype)


def _no_values(dtype: pl.DataType) -> pl.DataFrame:
    return pl.DataFrame(schema={ENTERPRISE: pl.String(), "value": dtype})


def _other_names(names: pl.DataFrame) -> pl.DataFrame:
    """Spellings of an enterprise's name that are not the one that it goes by, sorted."""
    chosen = names.unique(ENTERPRISE, keep="first", maintain_order=True).rename({"value": "chosen"})
    spellings = names.unique().join(chosen, on=ENTERPRISE).filter(pl.col("value") != pl.col("chosen"))
    joined = pl.col("value").sort().str.join("、").alias("other_names")
    return spellings.group_by(ENTERPRISE).agg(joined).sort(ENTERPRISE)


def _noted_names(enterprises: pl.DataFrame) -> pl.DataFrame:
    several = enterprises.filter(pl.col("other_names").is_not_null())
    return several.select(
        ENTERPRISE, kind=pl.lit("other_names"), severity=pl.lit("noted"), value=pl.col("other_names").str.slice(0, 80)
    )


def _linked(
    table: pl.DataFrame, register: Register, ids: pl.Series, names: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of known enterprises, and a problem per unknown enterprise with the number of its rows."""
    if ENTERPRISE not in table.columns:
        return table, _set_aside(table.clear().with_columns(pl.lit("").alias(ENTERPRISE)), "")
    if register.identify == "name":
        return _linked_by_name(table, register, ids, names)
    known = table[ENTERPRISE].is_in(ids.implode())
    rest = table.filter(~known)
    return (table if known.all() else table.filter(known)), _set_aside(rest, "enterprise_not_registered")


def _linked_by_name(
    table: pl.DataFrame, register: Register, ids: pl.Series, names: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that know their firm by name alone: theirs is the one enterprise that has it."""
    known = names.filter(pl.col(ENTERPRISE).is_in(ids.implode()))
    known = known.select(ENTERPRISE, **{"#key": name_key(pl.col("value"))}).unique()
    bearers = known.group_by("#key").agg(pl.col(ENTERPRISE).min().alias("#bearer"), pl.len().alias("#bearers"))
    wide = table.join(bearers, left_on=ENTERPRISE, right_on="#key", how="left", maintain_order="left")
    several = wide.filter(pl.col("#bearers") > 1).select(table.columns)
    unknown = wide.filter(pl.col("#bearers").is_null()).select(table.columns)
    one = wide.filter(pl.col("#bearers") == 1).with_columns(pl.col("#bearer").alias(ENTERPRISE)).select(table.columns)
    key = [name for name in (ENTERPRISE, *register.row) if name in one.columns]
    one = one.sort(list(dict.fromkeys([*key, *one.columns])))
    aside = [_set_aside(several, "name_in_several_states"), _set_aside(unknown, "enterprise_not_registered")]
    return one, pl.concat(aside)


def _set_aside(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    counted = rows.group_by(ENTERPRISE).len("rows").sort(ENTERPRISE)
    return counted.select(
        ENTERPRISE, kind=pl.lit(kind), severity=pl.lit("quarantined"), value=pl.col("rows").cast(pl.String)
    )


def _as_problems(table: pl.DataFrame) -> pl.DataFrame:
    table = table.with_columns(stage=pl.lit("record"))
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in table.columns]
    return pl.concat([problems(), table.with_columns(*missing).select(*SCHEMA)])
