"""Registers with one row per firm and year: accounts, staffing, taxpayer grade."""

import numpy as np
import polars as pl

from kerong.lab.trades import traits
from kerong.lab.window import Dates, Flags, Floats, Whole, days
from kerong.lab.world import PLANTED, World, planted_kinds, rounded_fen, table

_STEP_YUAN = 100  # statistics are reported in 万元 with two decimals


def accounts(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Yearly accounts of firms that filed; nine in ten do, fewer of the small ones."""
    return pl.concat([_accounts_of(world, rng, year) for year in world.window.years])


def _accounts_of(world: World, rng: np.random.Generator, year: int) -> pl.DataFrame:
    firm = _filers(world, rng, year, 0.07)
    firms, count = world.firms, len(firm)
    books = _Books(world, rng, firm, year)
    filed, planted = _filed(world, rng, year, count)
    assets = np.maximum(books.revenue * rng.uniform(0.7, 1.7, count) + books.heads * 30_000, 20_000)
    debt = np.clip(0.42 + 0.08 * firms.risk[firm] + 0.25 * books.ailing + 0.13 * rng.normal(size=count), 0.02, 1.6)
    equipment = books.heads * rng.exponential(9_000, count) * (1 + firms.quality[firm].clip(0))
    fixed = equipment + books.heads * rng.exponential(14_000, count)
    columns = {
        "revenue_fen": books.revenue,
        "cost_fen": books.revenue * (1 - books.margin),
        "profit_fen": books.profit,
        "assets_fen": assets,
        "liabilities_fen": assets * debt,
        "cash_fen": assets * rng.uniform(0.03, 0.30, count) * np.where(books.ailing, 0.25, 1.0),
        "receivables_fen": books.revenue * rng.uniform(0.05, 0.35, count),
        "rd_expense_fen": books.research,
        "rd_deduction_fen": books.research * np.where(rng.random(count) < 0.03, 1.25, rng.uniform(0.75, 1.0, count)),
        "rd_equipment_fen": np.where(books.research > 0, equipment, 0),
        "fixed_asset_new_fen": fixed,
        "hightech_revenue_fen": books.revenue * books.novel,
        "new_product_revenue_fen": books.revenue * books.novel * rng.uniform(0.2, 0.8, count),
        "export_fen": books.revenue * np.where(rng.random(count) < 0.18, rng.beta(1.5, 4, count), 0.0),
    }
    amounts = {name: rounded_fen(value, _STEP_YUAN) for name, value in columns.items()}
    return table({"firm": firm, "year": np.full(count, year), **amounts, "filed_on": filed, PLANTED: planted})


class _Books:
    """What the accounts of a year are made of, in yuan, one entry per filing firm."""

    def __init__(self, world: World, rng: np.random.Generator, firm: Whole, year: int) -> None:
        firms, count = world.firms, len(firm)
        columns = world.panel.year_columns(year)
        share_of_year = world.panel.alive[firm, columns].mean(axis=1)
        self.heads: Floats = world.panel.heads[firm, columns].mean(axis=1)
        self.revenue: Floats = world.panel.yearly_revenue_fen(year)[firm] / 100 * (1 + rng.normal(0, 0.004, count))
        self.ailing: Flags = firms.ails(np.datetime64(f"{year}-12-31"))[firm]
        trade_margin = traits("margin")[firms.trade[firm]]
        self.margin: Floats = np.clip(
            trade_margin + 0.03 * firms.quality[firm] + 0.05 * rng.normal(size=count), -0.1, 0.9
        )
        self.researchers: Floats = np.rint(self.heads * firms.rd_share[firm])
        intensity = firms.rd_intensity[firm] * np.exp(0.15 * rng.normal(size=count))
        payroll = self.researchers * rng.uniform(90_000, 190_000, count) * share_of_year
        self.research: Floats = np.where(intensity > 0, np.maximum(self.revenue * intensity, 0.6 * payroll), 0.0)
        overhead = self.revenue * rng.uniform(0.06, 0.16, count) + self.heads * 12_000 * share_of_year
        self.profit: Floats = self.revenue * self.margin - 0.7 * self.research - overhead
        self.novel: Floats = np.clip(0.15 + 0.14 * world.standing.merit[firm] + 0.15 * rng.normal(size=count), 0, 0.98)


def staffing(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """People of each firm at the end of each year."""
    return pl.concat([_staffing_of(world, rng, year) for year in world.window.years])


def _staffing_of(world: World, rng: np.random.Generator, year: int) -> pl.DataFrame:
    firm = _filers(world, rng, year, 0.06)
    firms, count = world.firms, len(firm)
    employees = world.panel.heads[firm, world.panel.year_columns(year).stop - 1].astype(np.int64)
    researchers = np.minimum(np.rint(employees * firms.rd_share[firm]).astype(np.int64), employees)
    masters = rng.binomial(
        employees, np.clip(0.04 + 0.35 * firms.rd_share[firm] + 0.03 * firms.quality[firm], 0.0, 0.7)
    )
    talents = rng.binomial(masters, np.clip(0.01 + 0.012 * firms.quality[firm], 0.0, 0.2))
    unrest = np.clip(
        0.14 - 0.02 * firms.quality[firm] + 0.2 * firms.ails(np.datetime64(f"{year}-12-31"))[firm], 0.01, 0.9
    )
    pay = researchers * np.clip(
        150_000 * np.exp(0.1 * firms.quality[firm] + 0.2 * rng.normal(size=count)), 60_000, None
    )
    filed, planted = _filed(world, rng, year, count)
    return table(
        {
            "firm": firm,
            "year": np.full(count, year),
            "employees": employees,
            "rd_staff": researchers,
            "masters": masters,
            "talents": talents,
            "leavers": rng.poisson(employees * unrest),
            "rd_wage_fen": rounded_fen(pay, _STEP_YUAN),
            "filed_on": filed,
            PLANTED: planted,
        }
    )


def taxpayer_grade(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Grades of each past year, published in the April after it; M is for the new and those without sales."""
    parts = []
    for year in world.window.years:
        published = np.datetime64(f"{year + 1}-04-20")
        firm = np.flatnonzero(world.panel.years_reported(year))
        if published > world.window.day:
            continue
        new = (world.panel.yearly_revenue_fen(year)[firm] == 0) | (
            world.firms.age_years(np.datetime64(f"{year}-12-31"))[firm] < 1
        )
        points = (
            1.1
            - 0.75 * world.firms.risk[firm]
            - 0.7 * world.firms.ails(published)[firm]
            - 1.5 * world.firms.failed(published)[firm]
            + 0.6 * rng.normal(size=len(firm))
        )
        graded = np.select([new, points > 1.0, points > -0.6, points > -2.0], ["M", "A", "B", "C"], "D")
        parts.append(
            table(
                {
                    "firm": firm,
                    "year": np.full(len(firm), year),
                    "grade": graded,
                    "published_on": np.full(len(firm), published),
                }
            )
        )
    return pl.concat(parts)


def _filers(world: World, rng: np.random.Generator, year: int, silent: float) -> Whole:
    """Firms that live at the end of the year and filed; small ones stay silent three times as often."""
    here = world.panel.years_reported(year)
    heads = world.panel.heads[:, world.panel.year_columns(year).stop - 1]
    return np.flatnonzero(here & (rng.random(len(here)) >= silent * np.where(heads < 8, 3.0, 1.0)))


def _filed(world: World, rng: np.random.Generator, year: int, count: int) -> tuple[Dates, pl.Series]:
    """Filing days in spring, some late, in the latest year some after `on`; and which rows those are."""
    due = np.datetime64(f"{year + 1}-05-31")
    filed = due - days(rng.uniform(0, 100, count))
    draw = rng.random(count)
    late = draw < world.rates.late
    filed = np.where(late, due + days(rng.uniform(1, 25, count)), filed)
    after = (draw > 1 - 4 * world.rates.after_on) & (year == max(world.window.years))
    filed = np.where(after, world.window.day + days(rng.uniform(3, 60, count)), filed)
    return filed, planted_kinds({"filed_late": late & ~after, "filed_after_on": filed > world.window.day})
