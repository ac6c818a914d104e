"""The company register: a row at registration, and one more at each later change."""

import numpy as np
import polars as pl

from kerong.lab.credit_codes import registration_numbers
from kerong.lab.names import other_spelling
from kerong.lab.streams import stream
from kerong.lab.trades import TRADES
from kerong.lab.window import Whole, days, later
from kerong.lab.world import PLANTED, World, between, pick, rounded_fen, table

FIRST_CREDIT_CODES = np.datetime64("2015-10-01")  # firms of before have a registration number too
_KINDS = {"limited": 90.0, "partnership": 3.0, "sole": 1.0, "foreign": 4.0}


def company(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Rows by firm, then by the day of the change."""
    firms, today = world.firms, world.window.day
    count = len(firms)
    first = np.minimum(firms.established + days(rng.uniform(0, 14, count)), today)
    capital = np.exp(np.log(2e6) + 0.55 * np.log(firms.size / 15) + 0.9 * rng.normal(size=count))
    registered = rounded_fen(np.clip(capital, 1e5, 2e9), 100_000)
    base = table(
        {
            "firm": np.arange(count),
            "registration_number": former_numbers(world)[:count],
            "name": firms.name,
            "district": firms.district,
            "industry": np.array([trade.industry for trade in TRADES])[firms.trade],
            "kind": np.where([("股份" in name) for name in firms.name], "joint_stock", pick(rng, _KINDS, count)),
            "status": np.full(count, "active"),
            "established_on": firms.established,
            "registered_capital_fen": registered,
            "paid_capital_fen": rounded_fen(
                registered / 100 * rng.choice((0.0, 0.2, 0.5, 1.0), count, p=(0.1, 0.2, 0.2, 0.5)), 10_000
            ),
            "legal_representative_changed_on": np.full(count, np.datetime64("NaT"), dtype="M8[D]"),
            "updated_on": first,
            PLANTED: pl.Series([None] * count, dtype=pl.String),
        }
    )
    return (
        pl.concat([base, _renamed(world, rng, base), _altered(world, rng, base), _left(world, rng, base)])
        .unique(["firm", "updated_on"], keep="last", maintain_order=True)
        .sort("firm", "updated_on")
    )


def former_numbers(world: World) -> pl.Series:
    """Registration numbers of the enterprises, funds last, that are older than credit codes; null for the others."""
    districts = np.concatenate([world.firms.district, world.funds.district])
    numbers = registration_numbers(stream(world.seed, "registration numbers"), districts)
    established = np.concatenate([world.firms.established, world.funds.established])
    old = pl.Series(established < FIRST_CREDIT_CODES)
    return pl.select(pl.when(old).then(pl.Series(numbers.tolist(), dtype=pl.String))).to_series()


def _later(world: World, rng: np.random.Generator, base: pl.DataFrame, rows: Whole) -> pl.Series:
    """A day of change after registration and before today or the end of the firm."""
    start = (base["updated_on"].to_numpy()[rows] + days(np.full(len(rows), 5.0))).astype("M8[D]")
    end = np.where(
        np.isnat(world.firms.closed[rows]), world.window.day, world.firms.closed[rows] - np.timedelta64(1, "D")
    )
    return pl.Series(between(rng, start, np.maximum(end, start))).cast(pl.Date)


def _renamed(world: World, rng: np.random.Generator, base: pl.DataFrame) -> pl.DataFrame:
    """A second row with the name as another office spells it."""
    rows = np.flatnonzero(rng.random(len(base)) < world.rates.other_name)
    names = [other_spelling(world.firms.name[row]) for row in rows]
    second = base[rows].with_columns(
        pl.Series("name", names, dtype=pl.String),
        _later(world, rng, base, rows).alias("updated_on"),
        pl.lit("other_name").alias(PLANTED),
    )
    return second.filter(pl.col("name") != base[rows]["name"], pl.col("updated_on") <= world.window.on)


def _altered(world: World, rng: np.random.Generator, base: pl.DataFrame) -> pl.DataFrame:
    """A new legal representative: of some firms on any day, of others when trouble is near."""
    rows = np.flatnonzero(rng.random(len(base)) < world.rates.altered)
    usual = _later(world, rng, base, rows)
    firm, month = world.troubles.signs["representative"].events()
    _, first = np.unique(firm, return_index=True)
    firm, month = firm[first], month[first]
    day = later(month, rng.uniform(0, 28, len(firm)))
    fits = (day - np.timedelta64(5, "D") > base["updated_on"].to_numpy()[firm]) & ~(world.firms.closed[firm] <= day)
    firm, day = firm[fits], day[fits]
    stay = ~np.isin(rows, firm)
    rows = np.concatenate([rows[stay], firm])
    changed = pl.concat([usual.filter(pl.Series(stay)), pl.Series(day.astype("M8[D]")).cast(pl.Date)])
    return (
        base[rows]
        .with_columns(changed.alias("legal_representative_changed_on"), changed.alias("updated_on"))
        .filter(pl.col("updated_on") <= world.window.on)
    )


def _left(world: World, rng: np.random.Generator, base: pl.DataFrame) -> pl.DataFrame:
    """The row that says that a firm was struck off, lost its licence or moved away."""
    rows = np.flatnonzero(~np.isnat(world.firms.closed))
    status = pick(rng, {"deregistered": 75.0, "revoked": 15.0, "moved_out": 10.0}, len(rows))
    closed = table({"status": status, "updated_on": world.firms.closed[rows]})
    return base[rows].with_columns(closed["status"], closed["updated_on"])
