"""Trade marks, and what the certificates of programs and chip layouts say."""

import numpy as np
import polars as pl

from kerong.lab.registers.rights import patent
from kerong.lab.streams import stream
from kerong.lab.window import days
from kerong.lab.world import World, between, table

_CLASSES = ("9", "42", "9、42", "35", "10", "7", "5", "12", "1", "9、35、42")
_WORDS = ("管理系统", "控制软件", "数据平台", "分析软件", "监测系统")
_MARK_DAYS = 3653  # ten years, and again ten if it is renewed


def trademark(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Marks of firms that have something to sell; one in six whose term ran out was not renewed."""
    firms, today = world.firms, world.window.day
    pull = np.exp(0.3 * firms.quality) * np.sqrt(firms.size / 20) * (world.panel.recent_revenue_fen() > 0)
    firm = np.repeat(np.arange(len(firms)), rng.poisson(np.minimum(0.7 * pull, 12.0)))
    since = np.maximum(firms.established[firm] + np.timedelta64(300, "D"), today - np.timedelta64(18 * 365, "D"))
    registered = between(rng, since, np.full(len(firm), today))
    held = registered <= today
    term = np.timedelta64(_MARK_DAYS, "D")
    renewed = (registered + term <= today) & (rng.random(len(firm)) < 5 / 6)
    number = np.sort(rng.choice(90_000_000, size=len(firm), replace=False)) + 1_000_000
    rows = table(
        {
            "firm": firm,
            "number": number.astype("U8"),
            "classes": np.array(_CLASSES)[rng.integers(0, len(_CLASSES), len(firm))],
            "registered_on": registered,
            "valid_until": registered + np.where(renewed, 2, 1) * term,
        }
    )
    return rows.filter(pl.Series(held))


def software(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """The granted rights of `patent` that are programs or layouts, under the same numbers."""
    rights = patent(world, stream(world.seed, "patent"))
    rows = rights.filter(pl.col("kind").is_in(["software", "layout"]), pl.col("granted_on").is_not_null())
    count = len(rows)
    words, version = rng.integers(0, len(_WORDS), count), rng.integers(10, 60, count)
    done = rows["applied_on"].to_numpy() - days(rng.uniform(20, 200, count))
    name = [f"{_WORDS[word]}V{number // 10}.{number % 10}" for word, number in zip(words, version, strict=True)]
    return rows.select("firm", "number", "kind", registered_on="granted_on").with_columns(
        pl.Series("name", name, dtype=pl.String),
        pl.Series("completed_on", done.astype("M8[D]")).cast(pl.Date),
        pl.Series("acquired", rng.random(count) < 0.04),
    )
