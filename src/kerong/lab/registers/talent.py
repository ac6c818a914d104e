"""Registered talents year by year: managers of funds, scientists, engineers and executives of technology firms."""

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.window import Dates, Floats, Whole, days
from kerong.lab.world import World, chosen, pick, rounded_fen, table

_SHARE = 0.05  # of firms that employ any
_KINDS = {"scientist": 30.0, "engineer": 50.0, "executive": 20.0}
_TAX_YUAN = {"scientist": 3e4, "engineer": 1.5e4, "executive": 5e4, "fund_manager": 1.2e5}
_YEARS = 3


def talent(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """A row per person and complete year since they were hired, by year, then person."""
    firms, today = world.firms, world.window.day
    sound = firms.lives(today) & (firms.rd_intensity > 0)
    employers = chosen(rng, world.standing.merit, _SHARE, sound)
    managed = len(firms) + np.arange(len(world.funds))
    employer = np.concatenate(
        [
            np.repeat(employers, 1 + rng.poisson(0.8, len(employers))),
            np.repeat(managed, 2 + rng.poisson(2.0, len(managed))),
        ]
    )
    count = len(employer)
    kind = np.where(employer < len(firms), pick(rng, _KINDS, count), "fund_manager")
    since = np.concatenate([firms.established, world.funds.established])[employer]
    span = (today - since).astype(np.float64).clip(0)
    hired = since + days(span * rng.random(count))
    usual = np.array([_TAX_YUAN[name] for name in kind]) * np.exp(0.5 * rng.normal(size=count))
    return pl.concat([_year(world, rng, year, employer, kind, hired, usual) for year in world.window.years[-_YEARS:]])


def _year(
    world: World,
    rng: np.random.Generator,
    year: int,
    employer: Whole,
    kind: npt.NDArray[np.str_],
    hired: Dates,
    usual: Floats,
) -> pl.DataFrame:
    person = np.flatnonzero(hired <= np.datetime64(f"{year}-12-31"))
    paid = usual[person] * np.exp(0.15 * rng.normal(size=len(person)))
    return table(
        {
            "firm": employer[person],
            "person_id": pl.Series([f"R{place:06d}" for place in person.tolist()], dtype=pl.String),
            "kind": kind[person],
            "year": np.full(len(person), year),
            "income_tax_fen": rounded_fen(paid),
            "hired_on": hired[person],
        }
    )
