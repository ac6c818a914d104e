"""Lists of firms that the city's offices keep: libraries of the young, the strong and the endangered."""

from collections.abc import Mapping

import numpy as np
import polars as pl

from kerong.lab.trades import TRADES
from kerong.lab.window import Dates, Flags, Floats, Whole, days
from kerong.lab.world import World, between, chosen, table

_HUNDRED = 100
_CLUSTER = ("I6520", "C3973", "C3972", "C3562", "C2761", "M7340", "C3581")  # chips and biomedicine


def roster(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """One row per list and firm that is or was on it, by list, then firm."""
    members = {**_promising(world, rng), **_solid(world, rng), **_endangered(world, rng)}
    return pl.concat([_entries(world, rng, name, firm) for name, firm in members.items()])


def _promising(world: World, rng: np.random.Generator) -> Mapping[str, Whole]:
    """The libraries of young firms with research; the seed and the growth library share none."""
    age, merit = world.firms.age_years(world.window.day), world.standing.merit
    sound = _sound(world) & (world.firms.rd_intensity > 0)
    return {
        "cultivation_seed": chosen(rng, merit, 0.02, sound & (age > 0.5) & (age <= 4)),
        "cultivation_growth": chosen(rng, merit, 0.015, sound & (age > 4) & (age <= 9)),
        "cultivation_wide": chosen(rng, merit, 0.05, sound & (age > 0.5) & (age <= 10)),
    }


def _solid(world: World, rng: np.random.Generator) -> Mapping[str, Whole]:
    """Who may be listed soon, who belongs to a cluster, who is put forward to lenders."""
    firms, standing, sound = world.firms, world.standing, _sound(world)
    grown: Floats = standing.merit + 0.5 * np.log(firms.size)
    best = _top(grown + 0.3 * rng.normal(size=len(firms)), sound & standing.holders["high_tech"], len(firms))
    half = len(best) // 2
    trade = np.isin(np.array([trade.industry for trade in TRADES])[firms.trade], _CLUSTER)
    return {
        "listing_candidate": np.sort(best[:half]),
        "listing_reserve": np.sort(best[half:]),
        "cluster": chosen(rng, grown, 0.03, sound & trade & (firms.age_years(world.window.day) > 1)),
        "batch": chosen(rng, standing.merit, 0.05, sound & standing.holders["tech_sme"]),
        "white": chosen(rng, grown - firms.risk, 0.04, sound & (world.panel.recent_revenue_fen() > 0)),
        "bond_need": chosen(rng, 2 * np.log(firms.size), 0.004, sound & (firms.size > 50)),
    }


def _endangered(world: World, rng: np.random.Generator) -> Mapping[str, Whole]:
    """Firms that defaulted and are still there."""
    firms, today = world.firms, world.window.day
    ill = firms.lives(today) & firms.failed(today - np.timedelta64(60, "D"))
    joint = np.array(["股份" in name for name in firms.name])
    return {
        "pledge_risk": np.flatnonzero(ill & joint & (rng.random(len(firms)) < 0.5)),
        "in_difficulty": np.flatnonzero(ill & (rng.random(len(firms)) < 0.3)),
        "chain_risk": np.flatnonzero(ill & (rng.random(len(firms)) < 0.1)),
    }


def _sound(world: World) -> Flags:
    return world.firms.lives(world.window.day) & ~world.firms.ails(world.window.day)


def _top(appeal: Floats, allowed: Flags, firms: int) -> Whole:
    """The highest first: a hundred for each of two lists, fewer in a small city."""
    places = min(2 * min(_HUNDRED, max(firms // 100, 1)), int(allowed.sum()))
    return np.asarray(np.argsort(np.where(allowed, -appeal, np.inf), kind="stable")[:places])


def _entries(world: World, rng: np.random.Generator, name: str, firm: Whole) -> pl.DataFrame:
    firms, today, count = world.firms, world.window.day, len(firm)
    since: Dates = firms.established[firm] + np.timedelta64(90, "D")
    if name in ("pledge_risk", "in_difficulty", "chain_risk"):
        since = np.asarray(firms.defaulted[firm] + days(np.full(count, 30.0)))
    entered = between(rng, np.maximum(since, today - np.timedelta64(4 * 365, "D")), np.full(count, today))
    return table(
        {
            "firm": firm,
            "list": np.full(count, name),
            "entered_on": entered,
            "left_on": _left(rng, name, entered, today),
        }
    )


def _left(rng: np.random.Generator, name: str, entered: Dates, today: np.datetime64) -> Dates:
    """One in five has left again; the lists of endangered firms are cleared sooner."""
    risky = name in ("pledge_risk", "in_difficulty", "chain_risk")
    left: Dates = entered + days(rng.uniform(90, 900, len(entered)))
    gone = (rng.random(len(entered)) < (0.4 if risky else 0.2)) & (left <= today)
    return np.where(gone, left, np.datetime64("NaT", "D"))
