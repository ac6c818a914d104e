"""The city's rows as a pack with registers of its own would hold them."""

from collections.abc import Mapping
from fractions import Fraction

import polars as pl

from kerong.lab.systems.city import City
from kerong.lab.systems.view import View, Views
from kerong.rulebook import Rulebook
from kerong.rulebook.compiled import evaluate, rounded
from kerong.rulebook.content import Register
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.kinds import LIMIT
from kerong.rulebook.load_columns import row_types
from kerong.rulebook.load_registers import provided_type
from kerong.rulebook.rows import row_key, subjects
from kerong.rulebook.tree import Node
from kerong.rulebook.types import FEN, Type


class AmountTooLarge(ValueError):
    """An amount that at the given rate is more than any amount can be."""


def refuse_beyond(fen: int | None, rate: Fraction) -> None:
    """Raises AmountTooLarge for an amount that no column of money holds."""
    if fen is not None and abs(fen) > LIMIT:
        raise AmountTooLarge(f"at a rate of {float(rate):.12g} an amount is too large to be held")


def seen(city: City, book: Rulebook, views: Views, rate: Fraction) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """(enterprises, registers) in the pack's columns and currency; what no view gives is unknown.

    A register without a view is absent, so that what is measured over it is unknown.
    """
    provided = {n: provided_type(pairs, book.registers) for n, pairs in book.region.provides.items() if pairs}
    ids = city.enterprises.select("enterprise_id", pl.lit(None, pl.String).alias("other_names"))
    firms = ids.hstack(_columns(city.enterprises, views.enterprise, provided, city, rate))
    registers = {
        name: _rows(city, book.registers[name], view, rate)
        for name, view in views.registers.items()
        if view.of in city.registers
    }
    return firms, registers


def _rows(city: City, register: Register, view: View, rate: Fraction) -> pl.DataFrame:
    """The rows of one register, each of the enterprise that the city's row is of."""
    nodes = [*view.columns.values(), *([view.where] if view.where is not None else [])]
    facts = subjects(view.of, nodes, city.enterprises, city.registers)
    if view.where is not None:
        facts = facts.filter(evaluate(facts, {"where": view.where}, city.on).frame["where"].fill_null(False))
    types = {name: kind for name, kind in row_types(register).items() if name != "enterprise_id"}
    table = facts.select("enterprise_id").hstack(_columns(facts, view.columns, types, city, rate))
    return table.with_columns(row_key(register).alias("row_key"))


def _columns(
    facts: pl.DataFrame, nodes: Mapping[str, Node], types: Mapping[str, Type], city: City, rate: Fraction
) -> list[pl.Series]:
    """A column for each of `types`: the view's expression, money converted and whole, or unknown."""
    found = evaluate(facts, nodes, city.on).frame if nodes else pl.DataFrame()
    columns = []
    for name, kind in types.items():
        if name not in nodes:
            columns.append(pl.Series(name, [None], dtype=dtype_of(kind)).new_from_index(0, facts.height))
            continue
        whole = found.select(rounded(pl.col(name), nodes[name].type.divisor, "down")).to_series()
        columns.append((_converted(whole, rate) if kind == FEN else whole).cast(dtype_of(kind)).alias(name))
    return columns


def _converted(fen: pl.Series, rate: Fraction) -> pl.Series:
    """Fen of the city in hundredths of the other currency, halves up; 128 bits hold the products."""
    wide = pl.col("x").cast(pl.Int128)
    over = (wide * (2 * rate.denominator) + rate.numerator) // (2 * rate.numerator)
    found = fen.alias("x").to_frame().select(over).to_series()
    for extreme in (found.min(), found.max()):
        refuse_beyond(extreme if isinstance(extreme, int) else None, rate)
    return found.cast(pl.Int64)
