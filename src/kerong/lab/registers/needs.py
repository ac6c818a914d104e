"""What firms truly need to borrow, month by month, why, and whether a bank lent it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.registers.market import procurement
from kerong.lab.registers.rights import qualification
from kerong.lab.stages import GROWTH, MATURE, SEED, STARTUP
from kerong.lab.streams import stream
from kerong.lab.window import Dates, Flags, Floats, Whole, later
from kerong.lab.world import World, chosen, rounded_fen

NEEDED_MONTHS = 48
BORROWERS = 0.30
DRIVERS = ("working", "renewal", "orders", "growth", "plant", "certificate", "trouble")
_WORKING, _RENEWAL, _ORDERS, _GROWTH, _PLANT, _CERTIFICATE, _TROUBLE = range(len(DRIVERS))
_QUIET = 4  # months after a need without another, unless a loan falls due
_BY_STAGE = {SEED: 0.3, STARTUP: 0.8, GROWTH: 1.6, MATURE: 1.0}  # how much working capital is wanted
_GRANTED, _GRANTED_IN_TROUBLE = 0.9, 0.35  # of the needs of firms that banks lend to
_TERMS = (6, 12, 24, 36)
_TERM_SHARES, _PLANT_SHARES = (0.15, 0.55, 0.18, 0.12), (0.0, 0.1, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class Debts:
    """One entry per need of a loan, by firm, then day; `drawn` and `due` are NaT where nothing was lent."""

    firm: Whole
    wanted: Dates
    driver: Whole  # position in DRIVERS
    amount_fen: Whole
    drawn: Dates
    due: Dates


def borrowers(world: World) -> Flags:
    """Firms that banks lend to: the larger and the less risky, and those bound by sureties."""
    firms, today = world.firms, world.window.day
    revenue = _best_revenue(world)
    allowed = (
        (revenue > 0)
        & (firms.age_years(today) > 0.7)
        & (np.isnat(firms.closed) | (firms.closed > today - np.timedelta64(500, "D")))
    )
    bound = np.isin(np.arange(len(firms)), world.bonds.debtor)
    appeal = 0.35 * np.log1p(revenue) - 0.25 * firms.risk + 4.0 * bound
    lent = np.zeros(len(firms), dtype=np.bool_)
    lent[chosen(stream(world.seed, "loans"), appeal, BORROWERS, allowed)] = True
    return lent


@lru_cache(maxsize=1)
def draw_debts(world: World) -> Debts:
    """Needs of the last four years from stream "needs"; several registers draw them alike, so the last are kept."""
    rng, lent = stream(world.seed, "needs"), borrowers(world)
    count, months = len(world.firms), world.window.panel_months
    first = len(months) - NEEDED_MONTHS
    chances = _chances(world)
    due, last = np.full(count, -1), np.full(count, -_QUIET)
    parts: list[tuple[npt.NDArray[np.generic], ...]] = []
    for at in range(first, len(months)):
        falls_due = (due == at + 1) | ((due == at) & (at == first))
        chance = chances[:, at - first, :].copy()
        chance[:, _RENEWAL] = np.where(falls_due, world.ways.drivers["renewal"], 0.0)
        chance[(at - last < _QUIET) & ~falls_due] = 0.0
        draw = rng.random((4, count))
        wants = draw[0] < 1.0 - np.prod(1.0 - chance, axis=1)
        driver = np.argmax(np.cumsum(chance, axis=1) > (draw[1] * chance.sum(axis=1))[:, None], axis=1)
        granted = wants & lent & (draw[2] < _supply(world, at, (due > at + 2) & (driver != _PLANT)))
        term = _terms(draw[3], driver == _PLANT)
        last = np.where(wants, at, last)
        due = np.where(granted, at + 1 + term, due)
        firm = np.flatnonzero(wants)
        parts.append((firm, driver[firm], granted[firm], term[firm], np.full(len(firm), at)))
    who, why, given, terms, when = (np.concatenate(part) for part in zip(*parts, strict=True))
    return _dated(world, rng, lent, (who, why, given.astype(np.bool_), terms), when)


def _chances(world: World) -> npt.NDArray[np.float32]:
    """Chance of a need by firm, month of the last `NEEDED_MONTHS` and driver."""
    window, drivers = world.window, world.ways.drivers
    months = window.panel_months[-NEEDED_MONTHS:]
    count = len(world.firms)
    chances = np.zeros((count, len(months), len(DRIVERS)), dtype=np.float32)
    stages, alive = world.stages[:, -NEEDED_MONTHS:], world.panel.alive[:, -NEEDED_MONTHS:]
    weight = np.zeros(stages.shape)
    for stage, one in _BY_STAGE.items():
        weight[stages == stage] = one
    chances[:, :, _WORKING] = np.minimum(drivers["working"] * weight, 1.0)
    recent, before = _sales(world, 3), _sales(world, 3, ago=12)
    chances[:, :, _GROWTH] = np.where((before > 0) & (recent > 1.5 * before), drivers["growth"], 0.0)
    opens = (world.plants[:, None] - months[None, :]).astype("m8[M]")
    chances[:, :, _PLANT] = np.where(
        (opens >= np.timedelta64(-1, "M")) & (opens <= np.timedelta64(4, "M")), drivers["plant"], 0.0
    )
    ails = (world.firms.distressed[:, None] <= months) & ~(world.firms.recovered[:, None] <= months)
    chances[:, :, _TROUBLE] = np.where(ails, drivers["trouble"], 0.0)
    chances[:, :, _ORDERS] = drivers["orders"] * np.minimum(_orders(world) * 2, 1.0)
    chances[:, :, _CERTIFICATE] = np.where(_certified(world), drivers["certificate"], 0.0)
    failed = world.firms.defaulted.astype("M8[M]")[:, None] <= months
    grown = world.firms.established.astype("M8[M]")[:, None] <= months - np.timedelta64(6, "M")
    return np.asarray(chances * (alive & ~failed & grown)[:, :, None], dtype=np.float32)


def _sales(world: World, months: int, ago: int = 0) -> Floats:
    """Sales of the months that end `ago` months before each of the last `NEEDED_MONTHS`."""
    sums = np.cumsum(world.panel.revenue_fen.astype(np.float64), axis=1)
    sums = np.concatenate([np.zeros((len(sums), 1)), sums], axis=1)
    end = np.maximum(np.arange(sums.shape[1] - NEEDED_MONTHS, sums.shape[1]) - ago, 0)
    return np.asarray(sums[:, end] - sums[:, np.maximum(end - months, 0)])


def _orders(world: World) -> Floats:
    """Public orders won in the last two months against a year's sales, where they are large."""
    won = procurement(world, stream(world.seed, "procurement"))
    values = _recent(world, won["firm"].to_numpy(), won["won_on"].to_numpy(), won["amount_fen"].to_numpy(), 2)
    year = np.maximum(_sales(world, 12), 1e6)
    share = values / year
    return np.asarray(np.where(share > 0.1, share, 0.0))


def _certified(world: World) -> Flags:
    """A qualification that banks have a product for was given within the last four months."""
    given = qualification(world, stream(world.seed, "qualification")).filter(
        pl.col("kind").is_in(["high_tech", "specialised", "little_giant", "innovative_sme", "gazelle"])
    )
    firm, day = given["firm"].to_numpy(), given["issued_on"].to_numpy()
    return np.asarray(_recent(world, firm, day, np.ones(len(firm)), 4) > 0)


def _recent(world: World, firm: Whole, day: Dates, value: npt.NDArray[np.generic], months: int) -> Floats:
    """Sums of `value` over the months that end with each of the last `NEEDED_MONTHS`."""
    at = (day.astype("M8[M]") - world.window.panel_months[-NEEDED_MONTHS]).astype(np.int64)
    grid = np.zeros((len(world.firms), NEEDED_MONTHS))
    for more in range(months):
        here = (at + more >= 0) & (at + more < NEEDED_MONTHS)
        np.add.at(grid, (firm[here], at[here] + more), value[here].astype(np.float64))
    return grid


def _supply(world: World, at: int, has_loan: Flags) -> Floats:
    """Chance that a bank lends: little once trouble shows, less on top of another loan."""
    month = np.full(len(world.firms), world.window.panel_months[at])
    everyone = np.arange(len(world.firms))
    signs = world.troubles.signs
    shows = signs["tax"].at(everyone, month) | signs["litigation"].at(everyone, month)
    shows |= signs["social_security"].at(everyone, month)
    return np.asarray(np.where(shows, _GRANTED_IN_TROUBLE, _GRANTED) * np.where(has_loan, 0.4, 1.0))


def _terms(draw: Floats, plant: Flags) -> Whole:
    """Terms in months: a plant is paid for over years."""
    terms, shares = np.array(_TERMS), (_TERM_SHARES, _PLANT_SHARES)
    usual, long = (np.searchsorted(np.cumsum(share)[:-1], draw, side="right") for share in shares)
    return np.where(plant, terms[long], terms[usual])


def _dated(
    world: World, rng: np.random.Generator, lent: Flags, wants: tuple[Whole, Whole, Flags, Whole], at: Whole
) -> Debts:
    """Needs (firm, driver, granted, term) with their days and amounts; every borrower has one loan at least."""
    firm, driver, granted, term = wants
    firms, today = world.firms, world.window.day
    wanted = later(world.window.panel_months[at], rng.uniform(0, 28, len(firm)))
    drawn = later(wanted, rng.uniform(5, 45, len(firm)))
    old = later(drawn, np.asarray(term * 30.4375)) <= today - np.timedelta64(3 * 365, "D")
    come = granted & (drawn <= today) & ~(firms.closed[firm] <= drawn) & ~(firms.defaulted[firm] <= drawn)
    without = lent.copy()
    without[firm[come & ~old]] = False
    late = np.flatnonzero(without)
    asked, given = _one_more(world, rng, late)
    firm, wanted = np.concatenate([firm, late]), np.concatenate([wanted, asked])
    drawn = np.concatenate([np.where(come, drawn, np.datetime64("NaT", "D")), given])
    driver = np.concatenate([driver, np.full(len(late), _WORKING)])
    term = np.concatenate([term, _terms(rng.random(len(late)), np.zeros(len(late), dtype=np.bool_))])
    size = np.where(driver == _PLANT, 1.6, 1.0) * _best_revenue(world)[firm] * rng.uniform(0.04, 0.22, len(firm))
    order = np.lexsort((wanted, firm))
    here = order[wanted[order] <= today]
    return Debts(
        firm=firm[here],
        wanted=wanted[here],
        driver=driver[here],
        amount_fen=rounded_fen(np.clip(size, 1e5, 8e7), 10_000)[here],
        drawn=drawn[here],
        due=later(drawn, np.asarray(term * 30.4375))[here],
    )


def _one_more(world: World, rng: np.random.Generator, firm: Whole) -> tuple[Dates, Dates]:
    """Any day of the last three years, in the life of the firm and before default: wanted, drawn."""
    firms, today = world.firms, world.window.day
    end = np.fmin(np.fmin(firms.closed[firm], firms.defaulted[firm]), today)
    start = np.maximum(firms.established[firm] + np.timedelta64(100, "D"), today - np.timedelta64(3 * 365, "D"))
    start = np.minimum(start, end)
    drawn = later(start, (end - start).astype(np.float64) * rng.random(len(firm)))
    return np.maximum(drawn - np.timedelta64(20, "D"), firms.established[firm]), drawn


def _best_revenue(world: World) -> Floats:
    """A year's revenue at the pace of the best month of the last three years, in yuan."""
    return np.asarray(world.panel.revenue_fen[:, -36:].max(axis=1) / 100 * 12)
