"""When firms want investors: start-ups as their money runs out, others when they grow or build."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kerong.lab.stages import GROWTH, SEED, STARTUP
from kerong.lab.streams import stream
from kerong.lab.window import Dates, Floats, Whole, days, later
from kerong.lab.world import World, rounded_fen

WANTING = ("runway", "growth", "plant")
_RUNWAY, _GROWTH, _PLANT = range(len(WANTING))
_BEFORE = 84  # months before the panel for which nothing is known: any of them is as likely
_IDLE = 0.004  # chance a month without any reason
_QUIET = 10  # months after a need without another
_TYPICAL_YUAN = np.array([2e6, 5e6, 2.5e7, 4e7])  # by stage


@dataclass(frozen=True, slots=True)
class Unmet:
    """One entry per need of equity that no investor met, by firm, then day; `driver` by position in WANTING."""

    firm: Whole
    wanted: Dates
    driver: Whole
    amount_fen: Whole


def pulls(world: World, firm: Whole) -> npt.NDArray[np.float32]:
    """Chance that a firm wants equity, by firm, month of the panel and position in WANTING."""
    months, drivers = world.window.panel_months, world.ways.drivers
    stages, plants = world.stages[firm], world.plants[firm][:, None]
    able = (world.firms.rd_intensity[firm] > 0)[:, None]
    pull = np.zeros((len(firm), len(months), len(WANTING)), dtype=np.float32)
    needy = np.isin(stages, (SEED, STARTUP)) & able
    eager = np.exp(0.3 * world.firms.quality[firm])[:, None]
    pull[:, :, _RUNWAY] = np.where(needy, np.minimum(drivers["runway"] * 0.4 * eager, 1.0), 0.0)
    pull[:, :, _GROWTH] = np.where((stages == GROWTH) & able, np.minimum(drivers["growth"] * 0.3 * eager, 1.0), 0.0)
    opens = (plants - months[None, :]).astype("m8[M]")
    near = (opens >= np.timedelta64(0, "M")) & (opens <= np.timedelta64(6, "M"))
    pull[:, :, _PLANT] = np.where(near & able, drivers["plant"] * 0.15, 0.0)
    return np.asarray(pull * (stages >= 0)[:, :, None], dtype=np.float32)


def followed(world: World, firm: Whole, begin: Dates, end: Dates, draw: Floats) -> Dates:
    """For each firm a day from `begin` to `end`, likelier where it wants equity: `draw` says which, from 0 to 1."""
    first = world.window.panel_months[0].astype("M8[D]")
    known = 1.0 - np.prod(1.0 - pulls(world, firm), axis=2, dtype=np.float64)
    weight = np.concatenate([np.full((len(firm), _BEFORE), 0.02), known + _IDLE], axis=1)
    sums = np.concatenate([np.zeros((len(firm), 1)), np.cumsum(weight, axis=1)], axis=1)
    edges = np.arange(sums.shape[1], dtype=np.float64)
    start, stop = ((day - first).astype(np.float64) / 30.4375 + _BEFORE for day in (begin, end))
    at = [
        np.interp(np.interp(low, edges, own) * (1 - u) + np.interp(high, edges, own) * u, own, edges)
        for own, low, high, u in zip(sums, start, stop, draw, strict=True)
    ]
    day = first + days((np.array(at, dtype=np.float64) - _BEFORE) * 30.4375)
    return np.asarray(np.maximum(np.minimum(day, end), begin).astype("M8[D]"))


@lru_cache(maxsize=1)
def draw_unmet(world: World) -> Unmet:
    """Needs of equity in the panel that nobody met, from stream "unmet equity"."""
    rng, firms, months = stream(world.seed, "unmet equity"), world.firms, world.window.panel_months
    pull = pulls(world, np.arange(len(firms)))
    last = np.where(world.standing.funded, rng.integers(0, 40, len(firms)), -_QUIET)
    parts = []
    for at in range(len(months)):
        chance = pull[:, at, :]
        draw = rng.random((2, len(firms)))
        wants = (draw[0] < 1.0 - np.prod(1.0 - chance, axis=1)) & (at - last >= _QUIET)
        last = np.where(wants, at, last)
        firm = np.flatnonzero(wants)
        why = np.argmax(np.cumsum(chance[firm], axis=1) > (draw[1, firm] * chance[firm].sum(axis=1))[:, None], axis=1)
        parts.append((firm, np.full(len(firm), at), why))
    who, when, driver = (np.concatenate(part).astype(np.int64) for part in zip(*parts, strict=True))
    wanted = later(months[when], rng.uniform(0, 28, len(who)))
    typical = _TYPICAL_YUAN[world.stages[who, when]] * np.exp(0.5 * rng.normal(size=len(who)))
    here = (wanted <= world.window.day) & (wanted >= firms.established[who]) & ~(firms.closed[who] <= wanted)
    order = np.lexsort((wanted, who))
    order = order[here[order]]
    return Unmet(who[order], wanted[order], driver[order], rounded_fen(typical, 100_000)[order])
