"""The facts of a register of an archive that measures alone read, piece by piece; see `compact`."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.engine.record.compact import Texts, by_enterprise
from kerong.engine.record.duplicates import again
from kerong.engine.record.facts import Facts, facts, hidden, identified, known_in_time, located, renumbered
from kerong.engine.record.old_numbers import OldNumbers
from kerong.engine.record.tables import LINE, PART, ArchivedTable
from kerong.rulebook.content import Register

ALIKE_ROWS = 1 << 20  # rows under keys that come again which are held with all their columns at a time


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read so far: `coded` rows, beside them their `places` (PART, LINE) and a hash of their key."""

    coded: list[pl.DataFrame] = field(default_factory=list)
    places: list[pl.DataFrame] = field(default_factory=list)
    hashes: list[npt.NDArray[np.uint64]] = field(default_factory=list)
    aside: list[pl.DataFrame] = field(default_factory=list)


def compacted(
    table: ArchivedTable,
    names: Sequence[str],
    wanted: Collection[str],
    register: Register,
    on: date,
    reliability: Mapping[str, int],
    whose: OldNumbers,
) -> Facts | None:
    """The facts as `facts` finds them, their rows as `compact` holds them; None where a row's key is not fully known.

    `names`: the columns that are read; `wanted`: those that stay.
    """
    texts, read = Texts(register, wanted), _Read()
    for rows in table.pieces(names):
        if any(rows[name].null_count() for name in register.row if name in rows.columns):
            return None
        _take(rows, register, on, whose, texts, read)
    files = [source.file for source in table.sources]
    problems = [located(_by_part(read.aside), files)] if read.aside else []
    if not read.coded:
        return None
    alike = again(np.concatenate(read.hashes))
    contested: list[pl.DataFrame] = []
    for places in _alike_places(read, alike):
        done = facts([table.rows(None, places)], register, on, table.sources, None, reliability, whose)
        problems.append(done.problems)
        contested.append(done.contested)
        read.coded.append(texts.coded(done.rows))
    return Facts(by_enterprise(read.coded), pl.concat(problems), pl.concat(contested))


def _take(rows: pl.DataFrame, register: Register, on: date, whose: OldNumbers, texts: Texts, read: _Read) -> None:
    """One piece through the steps that look at one row at a time."""
    for step in (identified, known_in_time):
        rows, aside = step(rows, register, on)
        read.aside.append(aside)
    rows, aside = renumbered(rows, register, whose)
    read.aside.append(aside)
    key = [name for name in register.row if name in rows.columns]
    read.hashes.append(rows.select(key).hash_rows().to_numpy())
    read.places.append(rows.select(PART, LINE))
    read.coded.append(texts.coded(hidden(rows, register, on)))


def _alike_places(read: _Read, alike: npt.NDArray[np.bool_]) -> list[pl.DataFrame]:
    """The places of rows whose key comes again, in portions that part no key; `read` keeps the others.

    The first portion may be empty: it tells which columns contested rows have.
    """
    hashes, places = np.concatenate(read.hashes)[alike], pl.concat(read.places).filter(pl.Series(alike))
    begun = 0
    for index, rows in enumerate(read.coded):
        own = alike[begun : begun + rows.height]
        begun += rows.height
        if own.any():
            read.coded[index] = rows.filter(pl.Series(~own))
    read.hashes.clear()
    read.places.clear()
    portions = 1 + places.height // ALIKE_ROWS
    of = pl.Series(hashes % np.uint64(portions))
    return [places.filter(of == portion) for portion in range(portions)]


def _by_part(aside: list[pl.DataFrame]) -> pl.DataFrame:
    """What was set aside; rows of after the day of the run are counted per source, however many pieces it had."""
    told = pl.concat(aside, how="diagonal")
    later = pl.col("kind") == "later_than_on"
    others = [name for name in told.columns if name != "value"]
    counted = told.filter(later).group_by(others).agg(pl.col("value").cast(pl.Int64).sum().cast(pl.String))
    return pl.concat([told.filter(~later), counted.select(told.columns).sort(PART)])
