"""Procurement won, technology contracts, standards, projects and awards."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.window import Dates, Flags, Floats, Whole
from kerong.lab.world import World, between, chosen, numbered, pick, rounded_fen, table

Columns = Mapping[str, npt.NDArray[np.generic] | pl.Series]

_BUYERS = {"government": 32.0, "institution": 26.0, "state_enterprise": 22.0, "hospital": 8.0, "school": 12.0}
_LEVELS = {"district": 45.0, "city": 38.0, "province": 13.0, "state": 4.0}
_GRANT_YUAN = {"district": 1e5, "city": 3e5, "province": 1e6, "state": 3e6}
_DRAFTS = {"group": 40.0, "industry": 28.0, "local": 16.0, "state": 14.0, "international": 2.0}


def procurement(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Public contracts of the last five years, by day."""
    selling = world.panel.recent_revenue_fen() > 0
    firm, won = _spread(world, rng, 0.3 * np.log1p(world.firms.size), 0.11, 1.1, selling)
    amount = rounded_fen(
        np.clip(world.firms.size[firm] * 20_000 * np.exp(0.9 * rng.normal(size=len(firm))), 2e4, 3e8), 100
    )
    return _by_day(
        {
            "firm": firm,
            "contract_id": numbered("ZFCG", won),
            "buyer_kind": pick(rng, _BUYERS, len(firm)),
            "amount_fen": amount,
            "won_on": won,
        },
        "won_on",
    )


def contract(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Technology contracts that were registered in the last five years, by day."""
    firm, signed = _spread(world, rng, world.standing.merit, 0.12, 1.0, world.firms.rd_intensity > 0)
    kind = pick(rng, {"sold": 55.0, "university": 30.0, "bought": 15.0}, len(firm))
    amount = rounded_fen(np.clip(4e5 * np.exp(0.9 * rng.normal(size=len(firm))), 1e4, 1e8), 100)
    return _by_day(
        {
            "firm": firm,
            "contract_id": numbered("JSHT", signed),
            "kind": kind,
            "amount_fen": amount,
            "signed_on": signed,
        },
        "signed_on",
    )


def standard(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Standards in whose drafting firms took part, by day."""
    firm, published = _spread(world, rng, 2 * world.standing.merit, 0.035, 0.8, world.firms.rd_intensity > 0)
    columns: Columns = {
        "firm": firm,
        "standard_no": numbered("DF/T", published),
        "level": pick(rng, _DRAFTS, len(firm)),
        "leading": rng.random(len(firm)) < 0.3,
        "published_on": published,
    }
    return _by_day(columns, "published_on")


def project(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Research projects and awards, by day; the better the firm, the more of them."""
    firm, granted = _spread(world, rng, 1.6 * world.standing.merit, 0.09, 0.7, world.firms.rd_intensity > 0)
    level = pick(rng, _LEVELS, len(firm))
    award = rng.random(len(firm)) < 0.15
    typical = np.array([_GRANT_YUAN[name] for name in level]) * np.where(award, 0.3, 1.0)
    columns: Columns = {
        "firm": firm,
        "project_id": numbered("KJ", granted),
        "kind": np.where(award, "award", "research"),
        "level": level,
        "granted_on": granted,
        "amount_fen": rounded_fen(np.clip(typical * np.exp(0.5 * rng.normal(size=len(firm))), 1e4, None), 10_000),
    }
    return _by_day(columns, "granted_on")


def _spread(
    world: World, rng: np.random.Generator, appeal: Floats, share: float, more: float, allowed: Flags
) -> tuple[Whole, Dates]:
    """The firms that take part, once per event, and days within five years while the firm lived."""
    today = world.window.day
    ready = allowed & (world.firms.age_years(today) > 0.8)
    few = chosen(rng, appeal, share, ready)
    firm = np.repeat(few, 1 + rng.poisson(more, len(few)))
    start = np.maximum(world.firms.established[firm] + np.timedelta64(150, "D"), today - np.timedelta64(5 * 365, "D"))
    end = np.where(np.isnat(world.firms.closed[firm]), today, world.firms.closed[firm])
    return firm, between(rng, start, end)


def _by_day(columns: Columns, day: str) -> pl.DataFrame:
    return table(columns).sort(day, "firm", maintain_order=True)
