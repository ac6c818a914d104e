"""The rows of registers that one enterprise's record can depend on, and no others.

Its own rows; rows of others under a key that it uses, since of rows of one key one counts; and, where a register knows
firms by name alone, the rows of whoever bears one of its names.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import polars as pl

from kerong.engine.record.clean import File, cleaned, cleaned_part, empty
from kerong.engine.record.decided import NO_PAIRS, Pairs
from kerong.engine.record.facts import ENTERPRISE, Sources, identified, renumbered
from kerong.engine.record.identify import name_key
from kerong.engine.record.old_numbers import OldNumbers, registration_columns
from kerong.engine.record.profile import identity_columns
from kerong.engine.record.tables import LINE, PART, ArchivedTable, FactTable, RawPart
from kerong.engine.record.values import as_text
from kerong.rulebook.content import Register, Rulebook
from kerong.rulebook.feeds import feeds_of, mapping_of

NONE = pl.DataFrame(schema={PART: pl.UInt32, LINE: pl.UInt32})
ASIDE = {PART: pl.UInt32, LINE: pl.UInt32} | dict.fromkeys(("column", "kind", "value", "raw"), pl.String)
NO_PROBLEMS = pl.DataFrame(schema={"kind": pl.String, "severity": pl.String, "line": pl.Int64})


@dataclass(frozen=True, slots=True)
class HeldTable:
    """Cleaned rows in memory as an `ArchivedTable`."""

    register: str
    sources: Sources
    held: pl.DataFrame
    aside: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=ASIDE))
    wrong: pl.DataFrame = field(default_factory=NO_PROBLEMS.clone)

    def rows(
        self, columns: Sequence[str] | None = None, places: pl.DataFrame | None = None, where: pl.Expr | None = None
    ) -> pl.DataFrame:
        found = self.held if where is None else self.held.filter(where)
        if places is not None:
            found = found.join(places.select(PART, LINE), on=[PART, LINE], how="semi", maintain_order="left")
        return found if columns is None else found.select(*columns, PART, LINE)

    def pieces(self, columns: Sequence[str]) -> Iterator[pl.DataFrame]:
        yield self.rows(columns)

    def beside(self) -> Sequence[tuple[str, ArchivedTable]]:
        """Nothing: a folder has no past."""
        return ()

    def in_quarantine(self) -> pl.DataFrame:
        """The rows of files that were set aside."""
        return self.aside

    def set_aside(self) -> pl.DataFrame:
        """What was wrong with reading; for one enterprise nothing: that is a matter of the whole register."""
        return self.wrong


def held(table: FactTable, register: Register, rulebook: Rulebook) -> ArchivedTable:
    """The table with its cells read; a file of a folder is read whole."""
    if isinstance(table, ArchivedTable):
        return table
    sources = tuple(File(part.file, part.feed or register.name) for part in table.parts)
    mappings = [mapping_of(rulebook, part.feed) if part.feed else register for part in table.parts]
    read = [cleaned_part(part, place, mappings[place]) for place, part in enumerate(table.parts)]
    parts = [rows for rows, _ in read]
    aside = [_in_quarantine(part, place, read[place][1]) for place, part in enumerate(table.parts)]
    return HeldTable(
        register.name, sources, pl.concat([empty(register), *parts]), pl.concat([pl.DataFrame(schema=ASIDE), *aside])
    )


def _in_quarantine(part: RawPart, place: int, found: pl.DataFrame) -> pl.DataFrame:
    """The rows of a file that its reading set aside, a line per fault, with their cells as they stand."""
    wrong = found.filter((pl.col("severity") == "quarantined") & pl.col("line").is_not_null())
    wrong = wrong.select(pl.col("line").cast(pl.UInt32).alias(LINE), "column", "kind", "value")
    lines = part.lines
    if lines is None:
        lines = pl.int_range(2, part.frame.height + 2, dtype=pl.UInt32, eager=True)
    lines = lines.cast(pl.UInt32)
    at = lines.is_in(wrong[LINE].implode())
    cells = part.frame.filter(at).select(as_text(column) for column in part.frame.filter(at).get_columns())
    raw = [json.dumps(row, ensure_ascii=False) for row in cells.iter_rows(named=True)]
    told = pl.DataFrame({LINE: lines.filter(at), "raw": pl.Series(raw, dtype=pl.String)})
    wide = wrong.join(told, on=LINE, how="inner").with_columns(pl.lit(place, dtype=pl.UInt32).alias(PART))
    return wide.select(list(ASIDE))


def whose_of(facts: Mapping[str, ArchivedTable], rulebook: Rulebook, on: date, decided: Pairs = NO_PAIRS) -> OldNumbers:
    """Which firm an old number is, as `recorded` finds it; `facts`: the registers that say who exists."""
    whose = OldNumbers(frozenset(rulebook.region.enterprise_from), decided=decided)
    reliability = {feed: mapping_of(rulebook, feed).reliability for feed in feeds_of(rulebook)}
    for name, register in rulebook.registers.items():
        if name in whose.tellers and name in facts and register.identify == "credit_code":
            columns = registration_columns(register)
            told = cleaned(facts[name], register, on, columns, (), reliability, whose)
            whose = whose.told_by(told.rows, columns)
    return whose


def neighbours(
    facts: Mapping[str, ArchivedTable],
    rulebook: Rulebook,
    names: Iterable[str],
    enterprise_id: str,
    whose: OldNumbers,
) -> dict[str, HeldTable]:
    """Of each register in `names` the rows on which the record of this enterprise can depend."""
    wanted = [rulebook.registers[name] for name in names]
    keys = pl.Series("key", [], dtype=pl.String)
    firms = {enterprise_id}
    if any(register.identify == "name" for register in wanted):
        keys, firms = names_borne(facts, rulebook, enterprise_id, whose)
    found: dict[str, HeldTable] = {}
    for register in wanted:
        table = facts[register.name]
        if register.identify == "name":
            own = owned_by(table, register, keys, whose)
        else:
            own = owned_by(table, register, pl.Series("key", sorted(firms), dtype=pl.String), whose)
        places = pl.concat([own.select(PART, LINE), _of_same_key(table, register, own)]).unique()
        rows = own if places.height == own.height else table.rows(None, places)
        found[register.name] = HeldTable(register.name, table.sources, rows.sort(PART, LINE))
    return found


def owned_by(table: ArchivedTable, register: Register, ids: pl.Series, whose: OldNumbers) -> pl.DataFrame:
    """All columns of the rows whose enterprise, as `identified` finds it, is one of `ids`, or may be."""
    if register.identify == "none":
        return table.rows(None).clear()
    if register.identify == "credit_code":
        (code,) = identity_columns(register)
        return table.rows(None, None, whose.may_be(pl.coalesce(code, *registration_columns(register)), ids))
    told = identified(table.rows(identity_columns(register)), register)[0]
    ids = whose.decided.names_of(ids)
    places = told.filter(pl.col(ENTERPRISE).is_in(ids.implode())).select(PART, LINE)
    return table.rows(None, places)


def _of_same_key(table: ArchivedTable, register: Register, own: pl.DataFrame) -> pl.DataFrame:
    """PART and LINE of rows of any enterprise under a key of these rows."""
    key = list(register.row)
    if not key or ENTERPRISE in key or set(identity_columns(register)) & set(key) or own.is_empty():
        return NONE
    return table.rows(key).join(own.select(key), on=key, how="semi").select(PART, LINE)


def names_borne(
    facts: Mapping[str, ArchivedTable], rulebook: Rulebook, enterprise_id: str, whose: OldNumbers
) -> tuple[pl.Series, set[str]]:
    """The keys of the enterprise's names, and all enterprises that bear one of these."""
    borne: list[pl.DataFrame] = []
    for name, column in rulebook.region.provides.get("name", ()):
        register = rulebook.registers[name]
        if name not in facts or register.identify in ("none", "name"):
            continue
        rows = facts[name].rows(list(dict.fromkeys([*identity_columns(register), column])))
        owned = renumbered(identified(rows, register)[0], register, whose)[0]
        told = owned.select(ENTERPRISE, pl.col(column).alias("name")).unique().drop_nulls()
        borne.append(told.with_columns(name_key(pl.col("name")).alias("key")))
    given = [left for left, right in whose.decided.same.items() if right == enterprise_id]
    known = pl.concat([pl.DataFrame(schema={ENTERPRISE: pl.String, "name": pl.String, "key": pl.String}), *borne])
    own = known.filter(pl.col(ENTERPRISE) == enterprise_id)["key"].drop_nulls().to_list()
    keys = pl.Series("key", sorted({*own, *given}), dtype=pl.String)
    return keys, {enterprise_id, *known.filter(pl.col("key").is_in(keys.implode()))[ENTERPRISE].to_list()}
