"""Registers with one row per firm and month: tax returns and social security."""

import numpy as np
import polars as pl

from kerong.lab.window import Dates, Whole, days
from kerong.lab.world import PLANTED, World, planted_kinds, table

SECURED_MONTHS = 30


def tax(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Monthly returns of living firms, nil returns among them; rows by month, then firm."""
    firm, column, month = _living(world, world.window.first)
    count = len(firm)
    revenue = world.panel.revenue_fen[firm, column]
    sales = np.rint(revenue * (1 + rng.normal(0, 0.012, count))).astype(np.int64)
    burden = np.clip(0.031 * np.exp(0.3 * rng.normal(size=len(world.firms))), 0.005, 0.12)[firm]
    owing = world.troubles.signs["tax"].at(firm, month)
    paid = np.where(rng.random(count) < np.where(owing, 0.5, 0.06), 0, np.rint(sales * burden)).astype(np.int64)
    draw = rng.random(count)
    late = draw < world.rates.late * np.where(owing, 6.0, 1.0)
    due = (month + np.timedelta64(1, "M")).astype("M8[D]") + np.timedelta64(14, "D")
    filed = due - days(rng.uniform(0, 13, count))
    filed = np.where(late, due + days(rng.uniform(1, 90, count)), filed)
    after = (draw > 1 - world.rates.after_on) & (month > world.window.last - np.timedelta64(12, "M"))
    filed = np.where(after, world.window.day + days(rng.uniform(3, 80, count)), filed)
    ordinary = ~late & ~after  # the last month is due after `on` anyway: nothing is wrong with it
    planted = planted_kinds({"filed_late": late, "filed_after_on": (filed > world.window.day) & ~ordinary})
    return table(
        {"firm": firm, "month": month, "sales_fen": sales, "paid_fen": paid, "filed_on": filed, PLANTED: planted}
    )


def social_security(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Insured people, their wages and arrears in the last two and a half years; rows by month, then firm."""
    firm, column, month = _living(world, world.window.last - np.timedelta64(SECURED_MONTHS - 1, "M"))
    count, firms = len(firm), world.firms
    share = np.clip(0.97 - 0.06 * rng.random(len(firms)), 0.5, 1.0)[firm]
    insured = np.maximum(np.rint(world.panel.heads[firm, column] * share).astype(np.int64), 1)
    level = 7_200 * np.exp(0.22 * rng.normal(size=len(firms)) + 0.08 * firms.quality) * (1 + 0.5 * firms.rd_share)
    wage = np.rint(insured * level[firm] * (1 + rng.normal(0, 0.02, count)) * 100).astype(np.int64)
    shows = world.troubles.signs["social_security"].at(firm, month)
    owing = rng.random(count) < np.where(shows, 0.5, 0.002)
    arrears = np.where(owing, np.rint(wage * 0.25 * rng.uniform(0.5, 1.5, count)), 0).astype(np.int64)
    return table({"firm": firm, "month": month, "insured": insured, "wage_fen": wage, "arrears_fen": arrears})


def _living(world: World, first: np.datetime64) -> tuple[Whole, Whole, Dates]:
    """Firm, panel column and month of every living firm-month from `first` on, by month, then firm."""
    start = world.window.position(first)
    column, firm = np.nonzero(world.panel.alive[:, start:].T)
    return firm, column + start, world.window.panel_months[column + start]
