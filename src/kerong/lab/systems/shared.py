"""Measures and formulas that a system has from the same base as the city: they are worked out once, for all systems."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import polars as pl

from kerong.engine import record
from kerong.engine.problems import joined
from kerong.lab.systems.city import City
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Measure
from kerong.rulebook.tree import Node, error_of, fields_of

Featured = tuple[pl.DataFrame, dict[str, pl.DataFrame], pl.DataFrame]


def features(city: City, firms: pl.DataFrame, registers: Mapping[str, pl.DataFrame], book: Rulebook) -> Featured:
    """The same tables as `record.features`, with the columns that the city has already taken from it.

    Where an expression failed the column that tells so stands beside it.

    `firms` and `registers` are the city's own with other districts, in the city's order; `book` reads them as the city
    does.
    """
    kept = alike(book, city.home)
    held = _columns(sorted(kept), city.enterprises)
    rest = replace(
        book,
        measures={name: measure for name, measure in book.measures.items() if name not in kept},
        levels=tuple(tuple(name for name in level if name not in kept) for level in book.levels),
    )
    found, tables, wrong = record.features(firms.hstack(city.enterprises.select(held)), registers, rest, city.on)
    named = [*book.measures, *book.network_fields, *(name for level in book.levels for name in level)]
    told = city.problems.filter(pl.col("column").is_in(sorted(kept)) & _of_features(book))
    return found.select(*firms.columns, *_columns(named, found)), tables, joined([wrong, told])


def alike(book: Rulebook, home: Rulebook) -> set[str]:
    """Names of the measures and formulas of a system that are the city's own, and read no district on their way."""
    placed = districts(book)
    kept = {name for name, measure in book.measures.items() if home.measures.get(name) == measure}
    kept = {name for name in kept if not _read(book.measures[name]) & placed and not _firm(book.measures[name])}
    own = set(book.region.provides) & set(home.region.provides)
    given = {name for name in own if ("enterprise", name) not in placed} - set(book.measures) - set(book.formulas)
    for level in book.levels:
        for name in level:
            formula = book.formulas[name]
            if home.formulas.get(name) == formula and {c for _, c in fields_of(formula.value)} <= kept | given:
                kept.add(name)
    return kept


def districts(book: Rulebook) -> set[tuple[str, str]]:
    """The (table, column) pairs of a pack that name a district: those in which the city is laid into the region."""
    columns = {
        (name, column.name)
        for name, register in book.registers.items()
        for column in register.columns.values()
        if column.type == "district"
    }
    provided = {("enterprise", name) for name, pairs in book.region.provides.items() if columns & set(pairs)}
    return columns | provided


def _read(measure: Measure) -> frozenset[tuple[str, str]]:
    nodes: list[Node] = [node for node in (measure.value, measure.by, measure.where) if node is not None]
    return frozenset(field for node in nodes for field in fields_of(node))


def _firm(measure: Measure) -> bool:
    """Whether a measure reads columns of the enterprise, which may stand on a district."""
    return any(table == "enterprise" for table, _ in _read(measure))


def _columns(names: Iterable[str], table: pl.DataFrame) -> list[str]:
    """These columns of a table in this order, each with the one beside it that tells where it failed."""
    return [column for name in names for column in (name, error_of(name)) if column in table.columns]


def _of_features(book: Rulebook) -> pl.Expr:
    """Problems of a measure or of a formula of enterprises, not of the cells that were read."""
    measured = (pl.col("kind") == "measure_error") & pl.col("column").is_in(list(book.measures))
    return measured | ((pl.col("kind") == "formula_error") & pl.col("register").is_null())
