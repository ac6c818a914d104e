"""The life of each firm as it truly is: seed, start-up, growth, maturity, and back; and the plants that firms build."""

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.panel import Panel
from kerong.lab.population import Population
from kerong.lab.streams import stream
from kerong.lab.tables import table
from kerong.lab.trades import TRADES
from kerong.lab.window import Dates, Floats, Window

STAGES = ("seed", "startup", "growth", "mature")
SEED, STARTUP, GROWTH, MATURE = range(4)
_PLANTS_A_YEAR = 0.03  # new plants or sites; makers build more of them
_ENTERS, _LEAVES, _STAYS = 0.12, 0.03, 6  # growth of heads a year that makes and unmakes growth; months in a stage
_FALLEN = 0.35  # of the best half-year: a firm that sells less starts again

Grid = npt.NDArray[np.int8]


def draw_plants(firms: Population, seed: int, window: Window) -> Dates:
    """The month in which a firm opens its new plant, from the stream "plants"; NaT for most."""
    rng, months = stream(seed, "plants"), window.panel_months
    makes = np.array([trade.industry.startswith("C") for trade in TRADES])[firms.trade]
    rate = _PLANTS_A_YEAR * np.where(makes, 2.0, 0.6) * np.exp(0.3 * firms.quality)
    start = np.maximum(firms.established.astype("M8[M]") + np.timedelta64(12, "M"), months[0])
    month = start + np.minimum(rng.exponential(1.0, len(firms)) / rate * 12, 1200).astype(np.int64).astype("m8[M]")
    return np.where(month <= months[-1], month, np.datetime64("NaT", "M"))


def draw_stages(firms: Population, panel: Panel, plants: Dates, seed: int) -> Grid:
    """Positions in STAGES by firm and month of the panel, -1 where the firm is not there; stream "stages"."""
    rng, months = stream(seed, "stages"), panel.window.panel_months
    count = len(firms)
    sells = np.cumsum(panel.revenue_fen, axis=1) > 0
    half = _trailing(panel.revenue_fen.astype(np.float64), 6)
    best = np.maximum.accumulate(half, axis=1)
    growth = _growth(firms, panel, rng)
    young = rng.uniform(12, 36, count) * np.exp(-0.15 * firms.quality)
    age = (months[None, :] - firms.established.astype("M8[M]")[:, None]).astype(np.int64)
    first_sale = np.where(sells.any(axis=1), np.argmax(sells, axis=1), len(months))
    # who sold before the panel began has sold since about half a year after it was founded
    selling = np.arange(len(months))[None, :] - first_sale[:, None]
    selling = np.where(first_sale[:, None] == 0, age - 6, selling)
    stages = np.full(panel.alive.shape, -1, dtype=np.int8)
    grows, since = firms.growth > 0.10, np.full(count, -_STAYS)
    for at in range(len(months)):
        built = (plants <= months[at]) & (months[at] < plants + np.timedelta64(18, "M"))
        wanted = built | np.where(grows, growth[:, at] > _LEAVES, growth[:, at] > _ENTERS)
        turns = (wanted != grows) & (at - since >= _STAYS)
        grows, since = grows ^ turns, np.where(turns, at, since)
        fallen = (half[:, at] < _FALLEN * best[:, at]) & (at >= 12)
        stage = np.where(grows, GROWTH, MATURE)
        stage = np.where((selling[:, at] < young) | fallen, STARTUP, stage)
        stage = np.where(sells[:, at], stage, SEED)
        stages[:, at] = np.where(panel.alive[:, at], stage, -1)
    return stages


def stage_changes(codes: npt.NDArray[np.str_], stages: Grid, months: Dates) -> pl.DataFrame:
    """The truth: credit_code, on (first day of the month from which it holds), stage; by code, then day."""
    before = np.concatenate([np.full((len(stages), 1), -1, dtype=np.int8), stages[:, :-1]], axis=1)
    firm, at = np.nonzero((stages != before) & (stages >= 0))
    rows = table({"credit_code": codes[firm], "on": months[at]})
    return rows.with_columns(stage=pl.Series(STAGES, dtype=pl.String).gather(stages[firm, at].astype(np.int64))).sort(
        "credit_code", "on"
    )


def _growth(firms: Population, panel: Panel, rng: np.random.Generator) -> Floats:
    """Heads against a year before, as a share; what a firm was made for where a year before is not known."""
    heads = _trailing(panel.heads.astype(np.float64), 3)
    before = np.concatenate([np.zeros((len(heads), 12)), heads[:, :-12]], axis=1)
    known = before >= 3
    growth = np.where(known, heads / np.where(known, before, 1.0) - 1.0, firms.growth[:, None])
    return np.asarray(growth + 0.03 * rng.normal(size=(len(heads), 1)))


def _trailing(values: Floats, months: int) -> Floats:
    """Sums of the last months, fewer at the beginning."""
    sums = np.cumsum(values, axis=1)
    sums[:, months:] -= np.cumsum(values, axis=1)[:, :-months]
    return np.asarray(sums)
