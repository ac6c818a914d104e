"""Months of every firm: head-count and revenue, the ground on which all registers stand."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kerong.lab.population import Population
from kerong.lab.streams import stream
from kerong.lab.trades import traits
from kerong.lab.troubles import Troubles
from kerong.lab.window import Dates, Flags, Whole, Window, year_of

# January … December: the new-year holiday and the rush of the last weeks
_SEASON = np.array([0.92, 0.66, 1.06, 1.0, 1.0, 1.05, 0.97, 0.97, 1.04, 0.98, 1.05, 1.30])

_SALES_KEPT, _HEADS_KEPT = np.float32(0.92), np.float32(0.955)  # a month, once they fall
_PLANT_ADDS = np.float32(0.3)  # to heads, and with them to sales, within a year and a half

Grid = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Panel:
    """Arrays of shape (firms, months of the window's panel); revenue in fen."""

    window: Window
    alive: Flags
    heads: npt.NDArray[np.int32]
    revenue_fen: Whole

    def year_columns(self, year: int) -> slice:
        """The twelve columns of a complete year."""
        start = self.window.position(np.datetime64(f"{year}-01"))
        return slice(start, start + 12)

    def yearly_revenue_fen(self, year: int) -> Whole:
        """Revenue of a complete year per firm, in fen."""
        return np.asarray(self.revenue_fen[:, self.year_columns(year)].sum(axis=1))

    def recent_revenue_fen(self) -> Whole:
        """Revenue of the last twelve months per firm, in fen."""
        return np.asarray(self.revenue_fen[:, -12:].sum(axis=1))

    def years_reported(self, year: int) -> Flags:
        """Firms that live at the end of `year`."""
        return np.asarray(self.alive[:, self.year_columns(year).stop - 1])


def draw_panel(
    firms: Population, troubles: Troubles, plants: Dates, seed: int, window: Window, noise: float = 1.0
) -> Panel:
    """The panel of a population, its troubles and its new plants, from the stream "panel" of `seed`; `noise` widens the
    spread of its months."""
    rng = stream(seed, "panel")
    months = window.panel_months
    age = (months[None, :] - firms.established.astype("M8[M]")[:, None]).astype(np.float32)
    alive = (age >= 0) & ~(firms.closed.astype("M8[M]")[:, None] <= months[None, :])
    path = _path(rng, firms, len(months))
    ramp = (1.0 - np.exp(-(np.maximum(age, 0) + 4) / 30)).astype(np.float32)
    heads = firms.size.astype(np.float32)[:, None] * ramp * np.exp(0.75 * path)
    opened = (months[None, :] - plants[:, None]).astype("m8[M]").astype(np.float32)
    heads *= 1 + _PLANT_ADDS * np.clip(np.nan_to_num(opened), 0, 18) / 18
    heads *= _HEADS_KEPT ** troubles.signs["heads"].weight(months)
    whole_heads = np.where(alive, np.maximum(np.rint(heads), 1), 0).astype(np.int32)
    sales = _sales_ramp(rng, firms, age) * _SEASON[[year_month(month) for month in months]].astype(np.float32)
    sales *= np.exp(0.22 * path + noise * rng.normal(0, 0.16, path.shape).astype(np.float32))
    sales *= _SALES_KEPT ** troubles.signs["sales"].weight(months) * _shocked(troubles, months)
    per_head_fen = (firms.revenue_per_head / 12 * 100).astype(np.float32)[:, None]
    revenue = np.where(alive, np.maximum(heads, 0.5) * sales * per_head_fen, 0)
    return Panel(window, alive, whole_heads, np.rint(revenue).astype(np.int64))


def _shocked(troubles: Troubles, months: Dates) -> Grid:
    """What a shock leaves of sales: down to its depth within a third of its length, then slowly up again."""
    length = (troubles.shock_end - troubles.shock_begin).astype(np.float32)[:, None]
    passed = (months[None, :] - troubles.shock_begin[:, None]).astype("m8[M]").astype(np.float32)
    hit = (troubles.shock_begin[:, None] <= months[None, :]) & (months[None, :] < troubles.shock_end[:, None])
    part = np.where(hit, (passed + 1) / (length + 1), 0).astype(np.float32)
    deep = np.minimum(part * 3, (1 - part) * 1.5)
    return np.asarray(1 - troubles.shock_depth.astype(np.float32)[:, None] * deep, dtype=np.float32)


def _path(rng: np.random.Generator, firms: Population, months: int) -> Grid:
    """Logarithm of a firm's size against today's: trend and a random walk that end at nought."""
    steps = rng.normal(0, 0.025, (len(firms), months)).astype(np.float32)
    steps += (np.log1p(np.clip(firms.growth, -0.5, 1.5)) / 12).astype(np.float32)[:, None]
    walk = np.cumsum(steps, axis=1, dtype=np.float32)
    return np.asarray(walk - walk[:, -1:], dtype=np.float32)


def _sales_ramp(rng: np.random.Generator, firms: Population, age: Grid) -> Grid:
    """From nothing, through the silent months of the trade, to full sales within a year and a half."""
    silent = traits("silent_months")[firms.trade] * rng.uniform(0.2, 1.6, len(firms))
    return np.asarray(np.clip((age - silent.astype(np.float32)[:, None]) / 18, 0, 1), dtype=np.float32)


def year_month(month: np.datetime64) -> int:
    """The month's place in its year, from 0."""
    return int(month.astype(int)) - 12 * (year_of(month) - 1970)
