"""The way of joint-stock companies to a capital market, step by step."""

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.window import Floats, days
from kerong.lab.world import World, pick, rounded_fen, table

# step, least standing among joint-stock firms (0 to 1), chance of those who have it, days since the step before
_STEPS = (
    ("share_reform", 0.0, 0.9, (200, 1500)),
    ("regional", 0.2, 0.6, (90, 400)),
    ("quoted", 0.4, 0.7, (120, 500)),
    ("coaching", 0.5, 0.9, (120, 500)),
    ("applied", 0.65, 0.95, (150, 450)),
    ("listed", 0.72, 0.95, (120, 400)),
    ("transferred", 0.72, 0.1, (400, 700)),
    ("refinanced", 0.72, 0.5, (300, 700)),
)
_NEEDS = {
    "share_reform": "",
    "applied": "coaching",
    "listed": "applied",
    "transferred": "listed",
    "refinanced": "listed",
}
_BOARDS = {"bse": 30.0, "chinext": 30.0, "star": 30.0, "main": 8.0, "overseas": 2.0}
_RAISED_YUAN = {"quoted": 2e7, "listed": 5e8, "refinanced": 3e8}


def listing(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Steps of joint-stock firms, by firm, then in the order in which they were taken; later ones have not come."""
    firms, today = world.firms, world.window.day
    joint = np.array(["股份" in name for name in firms.name])
    firm = np.flatnonzero(joint & (firms.age_years(today) > 1))
    count = len(firm)
    strength: Floats = world.standing.merit[firm] + 0.5 * np.log(firms.size[firm]) + 0.5 * rng.normal(size=count)
    standing = np.argsort(np.argsort(strength, kind="stable"), kind="stable") / max(count - 1, 1)
    board = pick(rng, _BOARDS, count)
    end = np.where(np.isnat(firms.closed[firm]), today, firms.closed[firm])
    done, parts = firms.established[firm], []
    taken = {"": np.ones(count, dtype=np.bool_)}
    for turn, (step, least, chance, gap) in enumerate(_STEPS):
        goes = (standing >= least) & (rng.random(count) < chance) & taken[_NEEDS.get(step, "share_reform")]
        if step == "transferred":
            goes &= board == "bse"
        done = np.where(goes, done + days(rng.uniform(*gap, count)), done)
        taken[step] = goes & (done <= end)
        raised = rounded_fen(_RAISED_YUAN.get(step, 0.0) * np.exp(0.5 * rng.normal(size=count)), 100_000)
        rows = table({"firm": firm, "board": _board(step, board), "done_on": done, "raised_fen": raised})
        rows = rows.with_columns(step=pl.lit(step), turn=pl.lit(turn)).filter(pl.Series(taken[step]))
        parts.append(rows.with_columns(pl.when(pl.lit(step in _RAISED_YUAN)).then("raised_fen").alias("raised_fen")))
        if step == "transferred":
            board = np.where(taken[step], "star", board)
    return pl.concat(parts).sort("firm", "turn").drop("turn")


def _board(step: str, market: npt.NDArray[np.str_]) -> pl.Series:
    """The market of a step; none where the step leads to no market yet."""
    fixed = {"regional": "regional", "quoted": "neeq", "transferred": "star"}
    if step in ("share_reform", "coaching"):
        return pl.Series([None] * len(market), dtype=pl.String)
    return pl.Series([fixed[step]] * len(market) if step in fixed else market.tolist(), dtype=pl.String)
