"""The city that systems are compared on: its registers read once, for all that any of them may ask."""

from collections import ChainMap
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

import polars as pl

from kerong.engine import record
from kerong.lab.systems.view import Views
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Register


@dataclass(frozen=True, slots=True)
class City:
    """`firms` are the city's enterprises as recorded, `enterprises` with the columns of its own rulebook `home`.

    `registers` hold the rows that were read; `districts` are the codes in which enterprises stand, most firms first.
    """

    home: Rulebook
    on: date
    firms: pl.DataFrame
    enterprises: pl.DataFrame
    registers: Mapping[str, pl.DataFrame]
    districts: tuple[str, ...]
    problems: pl.DataFrame


def city(
    facts: Mapping[str, record.RawTable],
    home: Rulebook,
    systems: Sequence[Rulebook],
    views: Collection[Views],
    on: date,
) -> City:
    """The city read with `home`, the rulebook whose registers its files are; raises Refused as `record.recorded`."""
    whole = {rule.per for book in systems for rule in book.rules.values()}
    whole |= {view.of for seen in views for view in seen.registers.values()}
    made = record.recorded(facts, _reading(home, systems), on, whole & home.registers.keys())
    firms, registers = made.enterprises, made.registers
    enterprises, _, failed = record.features(firms, registers, home, on)
    counted = enterprises["district"].drop_nulls().value_counts(sort=False)
    districts = counted.sort(["count", "district"], descending=[True, False])["district"]
    return City(home, on, firms, enterprises, registers, tuple(districts), pl.concat([made.problems, failed]))


def _reading(home: Rulebook, systems: Sequence[Rulebook]) -> Rulebook:
    """The home's rulebook with measures, networks and row formulas of all systems: what they read is kept."""
    alike = [book for book in systems if is_read_alike(book, home)]
    named = [{f"{name} of {book.region.name}": m for name, m in book.measures.items()} for book in alike]
    rows = {
        name: tuple(formula for book in (home, *alike) for formula in book.row_formulas.get(name, ()))
        for book in (home, *alike)
        for name in book.row_formulas
    }
    ties = {f"{name} of {book.region.name}": one for book in alike for name, one in book.networks.items()}
    measures = dict(ChainMap(dict(home.measures), *named))
    return replace(home, measures=measures, networks={**home.networks, **ties}, row_formulas=rows)


def is_read_alike(book: Rulebook, home: Rulebook) -> bool:
    """Whether a pack reads its enterprises and registers from the same files in the same way as the city does.

    It may have further registers: the city has none of their files, so that what they would tell is unknown. Lists of
    codes may differ: a made-up city has districts of no list, and they are laid on those of the region anyway.
    """
    there = {name: _without_lists(register) for name, register in home.registers.items()}
    read = {name: _without_lists(register) for name, register in book.registers.items()}
    shared = all(there.get(name, register) == register for name, register in read.items())
    return shared and set(book.region.enterprise_from) <= home.registers.keys()


def _without_lists(register: Register) -> Register:
    columns = {name: replace(column, code_list=None) for name, column in register.columns.items()}
    return replace(register, columns=MappingProxyType(columns))
