"""Cleaned registers to enterprises: who exists, what is said of them, and rows of enterprises that nobody knows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from kerong.engine.problems import SCHEMA, problems
from kerong.engine.record.bearers import BEARER, BEARERS, as_decided, bearers, borne, former_names, span
from kerong.engine.record.compact import is_in
from kerong.engine.record.decided import NO_PAIRS, SETTLEMENTS, Pairs, chosen
from kerong.engine.record.duplicates import KNOWN
from kerong.engine.record.settle import CONFLICTS, Feeds, Stated, contradictions, in_time_order, settled
from kerong.engine.record.tables import LINE, PART
from kerong.rulebook.content import Region, Register, Rulebook, Settlement

ENTERPRISE = "enterprise_id"
Tables = dict[str, pl.DataFrame]


@dataclass(frozen=True, slots=True)
class Said:
    """Beside a register's rows: the feed of every PART, and rows of one key that contradict each other."""

    feeds: Feeds
    contested: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Linked:
    """`enterprises`: `enterprise_id`, the columns that the region provides, `other_names` (joined by "、"; null where a
    firm has one spelling). `registers`: the rows of known enterprises; `problems`; `conflicts` (see `settle`).
    `provenance`: `enterprise_id` and, of every provided field, `<field>.from` ("register.column") and
    `<field>.known` (Date).
    """

    enterprises: pl.DataFrame
    registers: Tables
    problems: pl.DataFrame
    conflicts: pl.DataFrame
    provenance: pl.DataFrame


def link(
    tables: Mapping[str, pl.DataFrame],
    rulebook: Rulebook,
    on: date,
    said: Mapping[str, Said] = MappingProxyType({}),
    decided: Pairs = NO_PAIRS,
    settlement: pl.DataFrame | None = None,
) -> Linked:
    """Enterprises, the registers' rows that are about them, and what sources do not agree on.

    Tables keep their columns (PART only beside LINE) and order; rows by name alone get the id of the firm so named.
    `decided` and `settlement` (columns of SETTLEMENTS): what stewards decided.
    """
    ids = _ids(tables, rulebook.region)
    stated = _stated(tables, rulebook, said)
    enterprises, provenance, conflicts = _settled(
        ids, stated, rulebook.region, on, SETTLEMENTS.to_frame() if settlement is None else settlement
    )
    names = pl.concat([one.rows.select(ENTERPRISE, "value") for one in stated.get("name", ())] or [_NO_NAMES])
    others = _other_names(names, enterprises)
    enterprises = enterprises.join(others, on=ENTERPRISE, how="left", maintain_order="left").rechunk()
    borne_by = bearers(names, ids, former_names(tables, rulebook.registers, on))
    borne_by = as_decided(borne_by, ids, decided)
    found = [_as_problems(_noted_names(enterprises))]
    linked: Tables = {}
    for name, table in tables.items():
        register = rulebook.registers[name]
        linked[name], set_aside = _linked(
            table if LINE in table.columns else table.drop(PART, strict=False), register, ids, borne_by
        )
        found.append(_as_problems(set_aside.with_columns(register=pl.lit(name))))
        if name in said:
            differing = contradictions(said[name].contested, register, said[name].feeds)
            conflicts.append(_owned(differing, register, ids, borne_by))
    return Linked(enterprises, linked, pl.concat(found), pl.concat(conflicts).sort(list(CONFLICTS)), provenance)


_NO_NAMES = pl.DataFrame(schema={ENTERPRISE: pl.String(), "value": pl.String()})


def _stated(
    tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, said: Mapping[str, Said]
) -> dict[str, list[Stated]]:
    """By field what each of its sources says, in the order of sources."""
    found: dict[str, dict[int, Stated]] = {field: {} for field in rulebook.region.provides}
    for name, table in tables.items():
        wanted = [
            (field, place, column)
            for field, sources in rulebook.region.provides.items()
            for place, (register, column) in enumerate(sources)
            if register == name and column in table.columns and ENTERPRISE in table.columns
        ]
        if not wanted:
            continue
        register = rulebook.registers[name]
        feeds = said[name].feeds if name in said else [(name, register.reliability)]
        rows = in_time_order(table, register, said[name].contested if name in said else None)
        for field, place, column in wanted:
            cells = rows.select(ENTERPRISE, pl.col(column).alias("value"), KNOWN, PART).drop_nulls("value")
            found[field][place] = Stated(name, column, cells, feeds)
    return {field: [by_place[place] for place in sorted(by_place)] for field, by_place in found.items()}


def _settled(
    ids: pl.Series, stated: Mapping[str, list[Stated]], region: Region, on: date, settlement: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, list[pl.DataFrame]]:
    """Enterprises with every provided field, where its value is from, and the conflicts of known enterprises."""
    enterprises, provenance = pl.DataFrame({ENTERPRISE: ids}), pl.DataFrame({ENTERPRISE: ids})
    conflicts = [CONFLICTS.to_frame()]
    for field, sources in stated.items():
        if not sources:
            enterprises = enterprises.with_columns(pl.lit(None, dtype=pl.String).alias(field))
            continue
        found, differing = settled(
            field, sources, region.settle.get(field, Settlement(field)), on, chosen(settlement, field, on)
        )
        wide = enterprises.select(ENTERPRISE).join(found, on=ENTERPRISE, how="left", maintain_order="left")
        enterprises = enterprises.with_columns(wide["value"].alias(field))
        told = [pl.col("from").alias(f"{field}.from"), pl.col("known").alias(f"{field}.known")]
        provenance = provenance.hstack(wide.select(told))
        conflicts.append(differing.filter(pl.col(ENTERPRISE).is_in(ids.implode())))
    return enterprises, provenance, conflicts


def _ids(tables: Mapping[str, pl.DataFrame], region: Region) -> pl.Series:
    """Every enterprise of the registers that say who exists, sorted."""
    columns = [tables[name][ENTERPRISE] for name in region.enterprise_from if name in tables]
    return pl.concat([pl.Series(ENTERPRISE, [], dtype=pl.String), *columns]).unique().sort()


def _other_names(names: pl.DataFrame, enterprises: pl.DataFrame) -> pl.DataFrame:
    """Spellings of an enterprise's name that are not the one that it goes by, sorted."""
    chosen = pl.col("name") if "name" in enterprises.columns else pl.lit(None, dtype=pl.String)
    goes_by = enterprises.select(ENTERPRISE, chosen.alias("chosen"))
    spellings = names.unique().join(goes_by, on=ENTERPRISE).filter(pl.col("value") != pl.col("chosen"))
    joined = pl.col("value").sort().str.join("、").alias("other_names")
    return spellings.group_by(ENTERPRISE).agg(joined).sort(ENTERPRISE)


def _noted_names(enterprises: pl.DataFrame) -> pl.DataFrame:
    several = enterprises.filter(pl.col("other_names").is_not_null())
    return several.select(
        ENTERPRISE, kind=pl.lit("other_names"), severity=pl.lit("noted"), value=pl.col("other_names").str.slice(0, 80)
    )


def _linked(
    table: pl.DataFrame, register: Register, ids: pl.Series, borne_by: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows of known enterprises, and a problem per unknown enterprise with the number of its rows."""
    if ENTERPRISE not in table.columns:
        return table, _set_aside(table.clear().with_columns(pl.lit("").alias(ENTERPRISE)), "")
    if register.identify == "name":
        return _linked_by_name(table, register, borne_by)
    known = is_in(table[ENTERPRISE], ids)
    rest = table.filter(~known).with_columns(pl.col(ENTERPRISE).cast(pl.String))
    return (table if known.all() else table.filter(known)), _set_aside(rest, "enterprise_not_registered")


def _linked_by_name(
    table: pl.DataFrame, register: Register, borne_by: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows that know their firm by name alone: theirs is the one enterprise that bore it then, or else ever."""
    wide = borne(table, borne_by, *span(register, table.columns))
    several = wide.filter(pl.col(BEARERS) > 1).select(table.columns)
    unknown = wide.filter(pl.col(BEARERS).is_null()).select(table.columns)
    one = wide.filter(pl.col(BEARERS) == 1).with_columns(pl.col(BEARER).alias(ENTERPRISE)).select(table.columns)
    content = [name for name in one.columns if name not in (PART, LINE)]
    key = [name for name in (ENTERPRISE, *register.row) if name in one.columns]
    one = one.sort(list(dict.fromkeys([*key, *content])))
    aside = [_set_aside(several, "name_in_several_states"), _set_aside(unknown, "enterprise_not_registered")]
    return one, pl.concat(aside)


def _owned(conflicts: pl.DataFrame, register: Register, ids: pl.Series, borne_by: pl.DataFrame) -> pl.DataFrame:
    """Those of known enterprises, or of a register that is about none."""
    if register.identify == "none" or not conflicts.height:
        return conflicts
    if register.identify == "name":
        return _linked_by_name(conflicts, register, borne_by)[0]
    return conflicts.filter(pl.col(ENTERPRISE).is_in(ids.implode()))


def _set_aside(rows: pl.DataFrame, kind: str) -> pl.DataFrame:
    counted = rows.group_by(ENTERPRISE).len("rows").sort(ENTERPRISE)
    return counted.select(
        ENTERPRISE, kind=pl.lit(kind), severity=pl.lit("quarantined"), value=pl.col("rows").cast(pl.String)
    )


def _as_problems(table: pl.DataFrame) -> pl.DataFrame:
    table = table.with_columns(stage=pl.lit("record"))
    missing = [pl.lit(None, dtype=dtype).alias(name) for name, dtype in SCHEMA.items() if name not in table.columns]
    return pl.concat([problems(), table.with_columns(*missing).select(*SCHEMA)])
