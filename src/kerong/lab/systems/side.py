"""One region's system on the city: the city is laid into the region, and its rules and limits decide as in a run."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kerong.engine import award, entitle, record
from kerong.engine.problems import joined
from kerong.lab.systems.city import City, is_read_alike
from kerong.lab.systems.seen import seen
from kerong.lab.systems.view import ViewMissing, Views
from kerong.rulebook import Rulebook
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.rows import subjects


class CurrencyMissing(ValueError):
    """A system counts in another currency than the city, and nobody said at which rate."""


@dataclass(frozen=True, slots=True)
class Side:
    """A system's decisions on the city. Tables as in ARCHITECTURE.md; money in them is in the system's own currency.

    `laid`: the region's district in which each district of the city is placed. `rate`: fen of the city's currency for
    one hundredth of the system's own.
    """

    rulebook: Rulebook
    enterprises: pl.DataFrame
    registers: Mapping[str, pl.DataFrame]
    verdicts: pl.DataFrame
    cuts: pl.DataFrame
    laid: Mapping[str, str]
    rate: Fraction
    problems: pl.DataFrame


def side(city: City, book: Rulebook, views: Views | None, rates: Mapping[str, Fraction]) -> Side:
    """The system of `book` on the city.

    Where the city's districts are not the region's, the k-th of them (by number of firms) is placed in the k-th of the
    region, from the beginning again when those run out. `rates` are the city's currency for one unit of another.

    Raises:
        CurrencyMissing: the region's currency differs from the city's and has no rate.
        ViewMissing: the region has registers of its own and no view of the city's.
    """
    rate = _rate(city.home.region.currency, book, rates)
    laid = _laid(city, book)
    if is_read_alike(book, city.home):
        firms, registers = city.firms, dict(city.registers)
    elif views is not None:
        firms, registers = seen(city, book, views, rate)
    else:
        raise ViewMissing(f"{book.region.name} reads registers of its own, and has no view of the city's")
    firms, registers = _placed(firms, registers, book, laid)
    enterprises, registers, wrong = record.features(firms, registers, book, city.on)
    entitled, failed = entitle.entitlements(enterprises, registers, book, city.on)
    amounts_at = entitle.amounts_at(book, enterprises, registers, city.on)
    verdicts, cuts = award.awarded(entitled, award.terms_on(book, city.on), award.nothing_used(), amounts_at)
    return Side(book, enterprises, registers, verdicts, cuts, laid, rate, joined([wrong, failed]))


def drawn(side: Side, rule: str, city: City) -> int:
    """The money of others that goes with what a rule pays, in the city's fen; 0 where nothing is paid."""
    found = side.rulebook.rules[rule]
    if found.leverage is None:
        return 0
    paid = side.verdicts.filter((pl.col("rule") == rule) & (pl.col("awarded_fen") > 0))
    facts = subjects(found.per, [found.leverage.drawn], side.enterprises, side.registers)
    facts = facts.join(paid.select("enterprise_id", "row_key"), on=["enterprise_id", "row_key"], how="semi")
    wanted = {"drawn": found.leverage.drawn}
    exact = evaluate(facts, wanted, city.on, found.parameters).frame["drawn"].cast(pl.Int128).sum()
    return in_city(Fraction(int(exact), found.leverage.drawn.type.divisor), side.rate)


def in_city(own: Fraction | int, rate: Fraction) -> int:
    """An amount of a system in the city's fen, halves up."""
    return (2 * own * rate + 1).__floor__() // 2


def _rate(currency: str, book: Rulebook, rates: Mapping[str, Fraction]) -> Fraction:
    own = book.region.currency
    if own == currency:
        return Fraction(1)
    if own not in rates:
        raise CurrencyMissing(
            f"{book.region.name} counts in {own} and the city in {currency}: say what one {own} is worth, as {own}=7.10"
        )
    return rates[own]


def _laid(city: City, book: Rulebook) -> dict[str, str]:
    own = [district.code for district in book.region.districts]
    if set(city.districts) <= set(own):
        return {code: code for code in city.districts}
    return {code: own[place % len(own)] for place, code in enumerate(city.districts)} if own else {}


def _placed(
    firms: pl.DataFrame, registers: dict[str, pl.DataFrame], book: Rulebook, laid: Mapping[str, str]
) -> tuple[pl.DataFrame, dict[str, pl.DataFrame]]:
    """The same tables with districts of the region."""

    def placed(table: pl.DataFrame, columns: list[str]) -> pl.DataFrame:
        return table.with_columns(
            pl.col(name).replace_strict(laid, default=None, return_dtype=pl.String)
            for name in columns
            if name in table.columns
        )

    provided = [
        name
        for name, pairs in book.region.provides.items()
        if any(book.registers[register].columns[column].type == "district" for register, column in pairs)
    ]
    tables = {
        name: placed(table, [c.name for c in book.registers[name].columns.values() if c.type == "district"])
        for name, table in registers.items()
        if name in book.registers
    }
    return placed(firms, provided), tables
