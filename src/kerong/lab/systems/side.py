"""One region's system on the city: the city is laid into the region, and its rules and limits decide as in a run."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from fractions import Fraction

import polars as pl

from kerong.engine import award, entitle, record
from kerong.engine.problems import joined
from kerong.lab.systems.city import City, is_read_alike
from kerong.lab.systems.seen import seen
from kerong.lab.systems.shared import districts, features
from kerong.lab.systems.view import ViewMissing, Views
from kerong.rulebook import Rulebook
from kerong.rulebook.compiled import evaluate, rounded
from kerong.rulebook.content import Rule
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
    rate = rate_of(city.home.region.currency, book, rates)
    laid = _laid(city, book)
    if is_read_alike(book, city.home):
        enterprises, registers, wrong = features(city, *_placed(city.firms, dict(city.registers), book, laid), book)
    elif views is not None:
        firms, registers = _placed(*seen(city, book, views, rate), book, laid)
        enterprises, registers, wrong = record.features(firms, registers, book, city.on)
    else:
        raise ViewMissing(f"{book.region.name} reads registers of its own, and has no view of the city's")
    entitled, failed = entitle.entitlements(enterprises, registers, book, city.on)
    amounts_at = entitle.amounts_at(book, enterprises, registers, city.on)
    verdicts, cuts = award.awarded(entitled, award.terms_on(book, city.on), award.nothing_used(), amounts_at)
    return Side(book, enterprises, registers, verdicts, cuts, laid, rate, joined([wrong, failed]))


def drawn(side: Side, rules: Collection[str], city: City) -> int:
    """The money of others that goes with what rules pay, in the city's fen.

    A row that several of the rules pay on (a loan that city and county subsidise) counts once, with its largest sum.
    """
    rows = [_drawn(side, side.rulebook.rules[name], city) for name in rules]
    if not rows:
        return 0
    largest = pl.concat(rows).group_by("per", "enterprise_id", "row_key").agg(pl.col("fen").max())
    return in_city(int(largest["fen"].cast(pl.Int128).sum()), side.rate)


def _drawn(side: Side, rule: Rule, city: City) -> pl.DataFrame:
    """`per`, `enterprise_id`, `row_key`, `fen` of the rows that a rule pays on, in the system's own currency."""
    if rule.leverage is None:
        raise ValueError(f"{rule.name} says nothing of leverage")
    keys = ["enterprise_id", "row_key"]
    paid = side.verdicts.filter((pl.col("rule") == rule.name) & (pl.col("awarded_fen") > 0))
    node = rule.leverage.drawn
    if rule.per != "enterprise" and rule.per not in side.registers:
        return paid.clear().select(pl.lit(rule.per).alias("per"), *keys, pl.lit(0, pl.Int64).alias("fen"))
    facts = subjects(rule.per, [node], side.enterprises, side.registers).join(paid.select(keys), on=keys, how="semi")
    found = evaluate(facts, {"fen": node}, city.on, rule.parameters).frame
    fen = found.select(rounded(pl.col("fen"), node.type.divisor, "down").fill_null(0)).to_series()
    return facts.select(pl.lit(rule.per).alias("per"), *keys).with_columns(fen.alias("fen"))


def in_city(own: Fraction | int, rate: Fraction) -> int:
    """An amount of a system in the city's fen, halves up."""
    return (2 * own * rate + 1).__floor__() // 2


def rate_of(currency: str, book: Rulebook, rates: Mapping[str, Fraction]) -> Fraction:
    """What one unit of the region's money is worth in the city's; raises CurrencyMissing as `side`."""
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

    columns = districts(book)
    tables = {
        name: placed(table, [column for of, column in columns if of == name])
        for name, table in registers.items()
        if name in book.registers
    }
    return placed(firms, [column for of, column in columns if of == "enterprise"]), tables
