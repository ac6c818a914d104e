"""The record at many past days: one row per enterprise and day, each as it was known on that day.

Files are read and their cells cleaned once. What depends on the day (what was known, which row of a key counts, whose
it is, every window) is done anew for each day by the functions of the stage, so that a row is that of a run on its day.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from types import MappingProxyType

import polars as pl

from kerong.engine.record.clean import read_files
from kerong.engine.record.dates import known_on
from kerong.engine.record.decided import NOTHING_DECIDED, Decided
from kerong.engine.record.features import features
from kerong.engine.record.neighbours import HeldTable
from kerong.engine.record.recorded import recorded
from kerong.engine.record.tables import ArchivedTable, FactTable
from kerong.rulebook.content import Register, Rulebook
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.rulebook.pruning import pruned
from kerong.rulebook.sensitivity import registers_behind
from kerong.rulebook.tree import fields_of

ENTERPRISE, ON = "enterprise_id", "on"
ENTERPRISE_TABLE = "enterprise"  # as expressions name it
KNOWN = ".known"  # after the name of a field: the day on which what it rests on was known
Watch = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Day:
    """`enterprises` as the record of the day has them, with all fields; `known`: by enterprise the days of fields.

    `rows`: the registers that were asked for, with `row_key` and the formulas of their rows.
    """

    on: date
    enterprises: pl.DataFrame
    known: pl.DataFrame
    rows: Mapping[str, pl.DataFrame] = field(default_factory=lambda: MappingProxyType({}))


def panel(
    facts: Mapping[str, FactTable],
    rulebook: Rulebook,
    days: Iterable[date],
    fields: Sequence[str],
    watch: Watch = lambda day: None,
    decided: Decided = NOTHING_DECIDED,
) -> pl.DataFrame:
    """`enterprise_id`, `on`, the fields and of each `<field>.known` (Date), sorted by enterprise and day.

    A row of a day is the enterprise's row in a record made on that day. `<field>.known`: the latest day on which a row
    of the enterprise was known in the registers behind the field; where it has none there, the latest of the register;
    null where the value is unknown or no register says when it was known. A day that is asked for twice counts once.

    Raises:
        KeyError: there is no such field.
        Refused: a register cannot be used.
    """
    wanted = list(dict.fromkeys(fields))
    found = []
    for day in days_of(facts, rulebook, days, wanted, watch, decided):
        rows = day.enterprises.select(ENTERPRISE, pl.lit(day.on).alias(ON), *wanted)
        told = [pl.when(pl.col(name).is_not_null()).then(day.known[name]).alias(name + KNOWN) for name in wanted]
        found.append(rows.with_columns(told).select(ENTERPRISE, ON, *(c for n in wanted for c in (n, n + KNOWN))))
    if not found:
        raise ValueError("a panel needs at least one day")
    return pl.concat(found).sort(ENTERPRISE, ON)


def days_of(
    facts: Mapping[str, FactTable],
    rulebook: Rulebook,
    days: Iterable[date],
    fields: Sequence[str],
    watch: Watch = lambda day: None,
    decided: Decided = NOTHING_DECIDED,
    rows: Collection[str] = (),
) -> Iterator[Day]:
    """The record of each day, the earliest first, one at a time; see `panel`. `rows`: registers whose rows are kept."""
    book = _with_rows(rulebook, fields, rows)
    behind = {name: frozenset(registers_behind(rulebook, name)) for name in fields if name != ENTERPRISE}
    read = {name: _read_once(facts[name], rulebook, name) for name in book.registers}
    for on in sorted(set(days)):
        watch(on.isoformat())
        made = recorded(read, book, on, whole=rows, compact=True, decided=decided)
        enterprises, registers, _ = features(made.enterprises, made.registers, book, on)
        kept = {name: table for name, table in registers.items() if name in rows}
        yield Day(on, enterprises, _known(enterprises[ENTERPRISE], made.coverage, behind, on), kept)


def _with_rows(rulebook: Rulebook, fields: Sequence[str], rows: Collection[str]) -> Rulebook:
    """What the fields and the formulas of these registers' rows rest on, and the registers themselves."""
    formulas = {name: rulebook.row_formulas[name] for name in rows if name in rulebook.row_formulas}
    read = {pair for held in formulas.values() for one in held for pair in fields_of(one.value)}
    asked = [*fields, *sorted({column for table, column in read if table == ENTERPRISE_TABLE} - {ENTERPRISE})]
    book = pruned(rulebook, asked)
    there = {name: one for name, one in rulebook.registers.items() if name in book.registers or name in rows}
    feeds = {name: one for name, one in rulebook.feeds.items() if one.register in there}
    return replace(book, registers=there, feeds=feeds, row_formulas=formulas)


def _read_once(table: FactTable, rulebook: Rulebook, name: str) -> ArchivedTable:
    """The register with its cells read; an archive has them already."""
    if isinstance(table, ArchivedTable):
        return table
    sent = {feed: mapping_of(rulebook, feed) for feed, of in feeds_of(rulebook).items() if of == name}
    (rows,), found, sources = read_files(table, rulebook.registers[name], sent)
    wrong = pl.concat(found).filter(pl.col("severity") == "refused")
    return HeldTable(name, sources, rows, wrong=wrong)


def _known(ids: pl.Series, coverage: pl.DataFrame, behind: Mapping[str, frozenset[str]], on: date) -> pl.DataFrame:
    """A Date column per field, a row per enterprise; null where a register behind it tells no day.

    That an empty register has no row is known on the day itself.
    """
    firms = ids.to_frame()
    days: dict[str, pl.Series] = {}
    for register in sorted({name for names in behind.values() for name in names}):
        told = coverage.filter(pl.col("register") == register).select(ENTERPRISE, "known")
        own = firms.join(told, on=ENTERPRISE, how="left", maintain_order="left")["known"]
        latest = told["known"].max() if told.height else on
        days[register] = pl.select(pl.coalesce(own, pl.lit(latest, dtype=pl.Date))).to_series()
    columns = [
        _latest([days[register] for register in sorted(names)], len(ids)).alias(n) for n, names in behind.items()
    ]
    return pl.DataFrame([ids, *columns])


def _latest(days: Sequence[pl.Series], rows: int) -> pl.Series:
    """The latest day of each row, null where one is."""
    if not days:
        return pl.Series([None] * rows, dtype=pl.Date)
    told = pl.select(pl.when(pl.all_horizontal(*(day.is_not_null() for day in days))).then(pl.max_horizontal(*days)))
    return told.to_series()


def reports(
    facts: Mapping[str, FactTable],
    rulebook: Rulebook,
    registers: Iterable[str],
    on: date,
    decided: Decided = NOTHING_DECIDED,
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.Series]]:
    """By register every row that was known on a day, also those that a later report replaced; and when each was known.

    Raises:
        Refused: a register cannot be used.
    """
    book, asked = pruned(rulebook, ["name"] if "name" in rulebook.region.provides else []), set(registers)
    every = {name: replace(one, row=()) for name, one in rulebook.registers.items() if name in asked}
    kept = {name: one for name, one in book.registers.items() if name not in asked}
    feeds = {name: feed for name, feed in rulebook.feeds.items() if feed.register in {*every, *kept}}
    made = recorded(facts, replace(book, registers=kept | every, feeds=feeds), on, whole=asked, decided=decided)
    found = {name: table for name, table in made.registers.items() if name in asked}
    known = {name: _days(table, rulebook.registers[name]) for name, table in found.items()}
    return found, known


def _days(table: pl.DataFrame, register: Register) -> pl.Series:
    known = known_on(register)
    return table.select((pl.lit(None, dtype=pl.Date) if known is None else known).alias("known")).to_series()
