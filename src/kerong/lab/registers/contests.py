"""Yearly innovation contests: the best of the young firms with research, ranked within each group."""

import numpy as np
import polars as pl

from kerong.lab.window import Whole
from kerong.lab.world import World, table

_YEARS = 5
_SHARE, _MOST = 0.01, 200  # ranked firms per contest and group
_AGES = {"startup": (0.2, 3.0), "growth": (3.0, 12.0)}  # more than, up to


def contest(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Results of the last five contests, by year, group and rank; no two firms share a rank."""
    final = world.window.on.year
    held = {year: np.datetime64(f"{year}-09-20") for year in range(final - _YEARS, final + 1)}
    held = {year: day for year, day in held.items() if day <= world.window.day}
    parts = [_results(world, rng, year, day, group) for year, day in held.items() for group in _AGES]
    return pl.concat(parts)


def _results(world: World, rng: np.random.Generator, year: int, day: np.datetime64, group: str) -> pl.DataFrame:
    firms = world.firms
    above, most = _AGES[group]
    age = firms.age_years(day)
    allowed = firms.lives(day) & ~firms.ails(day) & (firms.rd_intensity > 0) & (age > above) & (age <= most)
    shown = np.where(allowed, world.standing.merit + 0.8 * rng.normal(size=len(firms)), -np.inf)
    places = min(max(round(_SHARE * len(firms)), 3), _MOST, int(allowed.sum()))
    ranked: Whole = np.argsort(-shown, kind="stable")[:places]
    return table(
        {
            "firm": ranked,
            "contest_id": np.full(places, f"{year}-创新创业大赛"),
            "group": np.full(places, group),
            "rank": np.arange(1, places + 1),
            "awarded_on": np.full(places, day),
        }
    )
