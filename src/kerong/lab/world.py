"""Everything that a register may draw on, and small means of drawing a table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.funds import Funds, draw_funds
from kerong.lab.panel import Panel, draw_panel
from kerong.lab.places import Places
from kerong.lab.population import Population, draw_population
from kerong.lab.rates import Rates
from kerong.lab.standing import Standing, draw_standing
from kerong.lab.window import Dates, Flags, Floats, Whole, Window, days

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

    @property
    def codes(self) -> npt.NDArray[np.str_]:
        """Credit codes of all enterprises: firms first, then funds."""
        return np.concatenate([self.firms.code, self.funds.code])


def draw_world(firms: int, seed: int, on: date, places: Places, rates: Rates) -> World:
    """A city of `firms` firms as of `on`."""
    window = Window(on)
    population = draw_population(firms, seed, window, places)
    panel = draw_panel(population, seed, window)
    standing = draw_standing(population, panel, seed)
    funds = draw_funds(population.code, seed, window, places)
    return World(seed, window, places, rates, population, panel, standing, funds)


def table(columns: Mapping[str, npt.NDArray[np.generic] | pl.Series | list[str]]) -> pl.DataFrame:
    """A frame from arrays: dates of any NumPy unit become Date (NaT is null), the rest keeps its type."""
    series = []
    for name, values in columns.items():
        if isinstance(values, np.ndarray) and values.dtype.kind == "M":
            series.append(pl.Series(name, values.astype("M8[D]")).cast(pl.Date))
        elif isinstance(values, np.ndarray) and values.dtype.kind == "U":
            series.append(pl.Series(name, values.tolist(), dtype=pl.String))
        else:
            series.append(pl.Series(name, values))
    return pl.DataFrame(series)


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
