"""Everything that a register may draw on, and small means of drawing a table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.bonds import Bonds, draw_bonds
from kerong.lab.funds import Funds, draw_funds
from kerong.lab.lenders import Lenders, draw_lenders
from kerong.lab.panel import Panel, draw_panel
from kerong.lab.places import Places
from kerong.lab.population import Population, draw_population
from kerong.lab.rates import Rates
from kerong.lab.stages import Grid, draw_plants, draw_stages
from kerong.lab.standing import Standing, draw_standing
from kerong.lab.tables import table
from kerong.lab.troubles import Troubles, draw_troubles
from kerong.lab.ways import DEFAULT, Ways
from kerong.lab.window import Dates, Flags, Floats, Whole, Window, days

__all__ = [
    "PLANTED",
    "World",
    "between",
    "chosen",
    "draw_world",
    "numbered",
    "pick",
    "pick_code",
    "planted_kinds",
    "rounded_fen",
    "table",
]

PLANTED = "planted"  # a column that tells the truth about a row: the kind of error it carries, null for none


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """A city before anyone writes it down; equal to itself only."""

    seed: int
    window: Window
    places: Places
    rates: Rates
    firms: Population
    panel: Panel
    standing: Standing
    funds: Funds
    lenders: Lenders
    ways: Ways
    bonds: Bonds
    troubles: Troubles
    plants: Dates  # month in which a new plant opens, NaT for most
    stages: Grid  # by firm and month of the panel

    @property
    def codes(self) -> npt.NDArray[np.str_]:
        """Credit codes of all enterprises: firms first, then funds, then local financial organisations."""
        return np.concatenate([self.firms.code, self.funds.code, self.lenders.code])


def draw_world(firms: int, seed: int, on: date, places: Places, rates: Rates, ways: Ways = DEFAULT) -> World:
    """A city of `firms` firms as of `on` that behave in `ways`."""
    window = Window(on)
    population = draw_population(firms, seed, window, places)
    bonds = draw_bonds(population, seed)
    troubles = draw_troubles(population, bonds, seed, window, ways)
    population = _troubled(population, troubles, window)
    plants = draw_plants(population, seed, window)
    panel = draw_panel(population, troubles, plants, seed, window, ways.noise)
    stages = draw_stages(population, panel, plants, seed)
    standing = draw_standing(population, panel, seed)
    funds = draw_funds(population.code, seed, window, places)
    taken = np.concatenate([population.code, funds.code])
    lenders = draw_lenders(taken, seed, window, places)
    return World(
        seed, window, places, rates, population, panel, standing, funds, lenders, ways, bonds, troubles, plants, stages
    )


def _troubled(firms: Population, troubles: Troubles, window: Window) -> Population:
    """The population with its distress; half of the firms that defaulted close some time later."""
    gone = troubles.defaulted + days(np.nan_to_num(firms.lingers))
    gone = np.where(np.isnan(firms.lingers) | ~(gone < window.day), np.datetime64("NaT", "D"), gone)
    return replace(
        firms,
        distressed=troubles.began,
        recovered=troubles.recovered,
        defaulted=troubles.defaulted,
        closed=np.where(np.isnat(gone), firms.closed, gone),
    )


def pick(rng: np.random.Generator, weights: Mapping[str, float], count: int) -> npt.NDArray[np.str_]:
    """`count` draws of the keys of `weights`."""
    share = np.array(list(weights.values()), dtype=np.float64)
    return np.array(list(weights))[rng.choice(len(share), size=count, p=share / share.sum())]


def pick_code(rng: np.random.Generator, codes: tuple[str, ...], count: int) -> npt.NDArray[np.str_]:
    """`count` draws of institution codes; empty texts where the region has none of the kind."""
    return np.array(codes or ("",))[rng.integers(0, max(len(codes), 1), count)]


def numbered(prefix: str, dates: Dates) -> pl.Series:
    """Numbers that no two rows share: prefix, year and a running number."""
    years = pl.Series(dates.astype("M8[Y]").astype(np.int64) + 1970).cast(pl.String)
    running = pl.int_range(1, len(dates) + 1, eager=True).cast(pl.String).str.zfill(7)
    return prefix + years + running


def rounded_fen(yuan: Floats, step_yuan: int = 1) -> Whole:
    """Amounts in fen, rounded to whole steps of yuan."""
    return np.asarray(np.rint(yuan / step_yuan).astype(np.int64) * (step_yuan * 100))


def between(rng: np.random.Generator, start: Dates, end: Dates) -> Dates:
    """A day from each `start` up to its `end`; the start itself where the end is not later."""
    span = np.maximum((end.astype("M8[D]") - start.astype("M8[D]")).astype(np.float64), 0.0)
    return np.asarray(start.astype("M8[D]") + days(rng.random(len(span)) * span))


def chosen(rng: np.random.Generator, appeal: Floats, share: float, allowed: Flags) -> Whole:
    """The firms with the highest appeal among those allowed: `share` of all, in the order of firms."""
    noisy = np.where(allowed, appeal + rng.normal(size=len(appeal)), -np.inf)
    places = min(round(share * len(appeal)), int(allowed.sum()))
    return np.sort(np.argsort(-noisy, kind="stable")[:places])


def planted_kinds(kinds: Mapping[str, Flags]) -> pl.Series:
    """The kind of error of each row, null for none; later kinds win."""
    rows = len(next(iter(kinds.values())))
    names = np.zeros(rows, dtype=np.int64)
    for place, hit in enumerate(kinds.values(), 1):
        names[hit] = place
    return pl.Series([None, *kinds], dtype=pl.String).gather(names)
