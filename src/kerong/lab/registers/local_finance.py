"""Local financial organisations as the company register and their supervisor know them."""

import numpy as np
import polars as pl

from kerong.lab.lenders import INDUSTRIES
from kerong.lab.streams import stream
from kerong.lab.window import Floats, Whole, days, later, month_end
from kerong.lab.world import PLANTED, World, rounded_fen, table

# outstanding to net assets; usual share overdue; largest client to net assets; borrowed to net assets
_USUAL = {
    "micro_lender": (1.1, 0.05, 0.05, 0.3),
    "guarantor": (4.5, 0.015, 0.07, 0.1),
    "leasing": (3.2, 0.03, 0.15, 2.4),
    "factoring": (2.4, 0.03, 0.20, 1.6),
    "pawn": (0.8, 0.06, 0.10, 0.1),
}
_BOOM, _SLUMP, _STOPS = 26, 13, 3  # months before failure in which it expands and ails; after it, it reports no more


def lender_company(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """The registration of every organisation, and the row that says that one lost its licence to trade."""
    lenders, count = world.lenders, len(world.lenders)
    capital = rounded_fen(lenders.net_yuan * rng.uniform(0.8, 1.0, count), 1_000_000)
    rows = table(
        {
            "firm": len(world.firms) + len(world.funds) + np.arange(count),
            "registration_number": pl.Series([None] * count, dtype=pl.String),
            "name": lenders.name,
            "district": lenders.district,
            "industry": np.array([INDUSTRIES[kind] for kind in lenders.kind]),
            "kind": np.full(count, "limited"),
            "status": np.full(count, "active"),
            "established_on": lenders.established,
            "registered_capital_fen": capital,
            "paid_capital_fen": capital,
            "legal_representative_changed_on": np.full(count, np.datetime64("NaT"), dtype="M8[D]"),
            "updated_on": later(lenders.established, rng.uniform(0, 14, count)),
            PLANTED: pl.Series([None] * count, dtype=pl.String),
        }
    )
    gone = np.flatnonzero(~np.isnat(lenders.closed))
    closed = table({"closed": lenders.closed[gone]})["closed"]
    left = rows[gone].with_columns(status=pl.lit("revoked"), updated_on=closed)
    return pl.concat([rows, left]).sort("firm", "updated_on")


def local_finance(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Monthly returns; before an organisation fails it expands, leans on one client, then what is overdue rises."""
    lenders, months = world.lenders, world.window.panel_months[-60:]
    count = len(lenders)
    usual = np.array([_USUAL[kind] for kind in lenders.kind]).T[:, :, None]
    to_fail = (lenders.fails[:, None] - months[None, :]).astype("m8[M]")
    left = np.where(np.isnat(to_fail), 999, to_fail.astype(np.int64))
    boom = np.clip((_BOOM - left) / (_BOOM - _SLUMP), 0, 1)
    slump = np.clip((_SLUMP - left) / _SLUMP, 0, 1.3) * (left < _SLUMP)
    # some fail out of the blue, and some that expand or ail do not fail
    loud = np.where(rng.random(count) < 0.8, rng.uniform(0.5, 1.2, count), 0.1)[:, None]
    calm = _episodes(rng, count, len(months))
    boom, slump = boom * loud + 0.5 * calm, slump * loud + 0.35 * calm

    def noise(share: float) -> Floats:
        return np.asarray(np.exp(share * rng.normal(size=(count, len(months)))))

    own = np.exp(0.25 * rng.normal(size=(3, count, 1)))
    net = lenders.net_yuan[:, None] * np.cumprod(1 + 0.004 * rng.normal(size=(count, len(months))), axis=1)
    net = net * (1 - 0.35 * np.clip(slump, 0, 1) ** 2)
    balance = net * usual[0] * own[0] * noise(0.04) * (1 + 0.6 * boom)
    overdue = np.minimum(balance * usual[1] * own[1] * noise(0.15) * (1 + 7 * slump**1.5), 0.9 * balance)
    largest = np.minimum(net * usual[2] * own[2] * noise(0.06) * (1 + 1.5 * boom), 0.8 * balance)
    pays = (lenders.kind == "guarantor")[:, None] & (rng.random(slump.shape) < 0.6 + 0.4 * np.clip(slump, 0, 1))
    paid = np.where(pays, overdue * rng.uniform(0.02, 0.12, slump.shape) * (1 + slump), 0.0)
    borrowed = net * usual[3] * noise(0.08) * (1 + 0.8 * boom)
    firm, at = _returned(world, left)
    order = np.lexsort((firm, at))
    firm, at = firm[order], at[order]
    fen = {
        "net_assets_fen": net,
        "balance_fen": balance,
        "overdue_fen": overdue,
        "compensated_fen": paid,
        "largest_client_fen": largest,
        "borrowed_fen": borrowed,
    }
    told = stream(world.seed, "local finance returns").uniform(4, 19, len(firm))
    return table(
        {
            "firm": len(world.firms) + len(world.funds) + firm,
            "month": months[at],
            "kind": lenders.kind[firm],
            **{name: rounded_fen(values[firm, at], 100) for name, values in fen.items()},
            "reported_on": month_end(months[at]) + days(told),
        }
    )


def _episodes(rng: np.random.Generator, count: int, months: int) -> Floats:
    """Half a year in which one in five looks worse than it is."""
    start = rng.integers(0, months, count)
    there = rng.random(count) < 0.2
    since = np.arange(months)[None, :] - start[:, None]
    return np.asarray(there[:, None] & (since >= 0) & (since < 6), dtype=np.float64)


def _returned(world: World, left: Whole) -> tuple[Whole, Whole]:
    """Organisation and position of the month of every return: from the month after its founding until it is gone."""
    lenders, months = world.lenders, world.window.panel_months[-60:]
    there = (lenders.established.astype("M8[M]")[:, None] < months) & (left > -_STOPS)
    there &= ~(lenders.closed.astype("M8[M]")[:, None] <= months)
    firm, at = np.nonzero(there)
    return firm.astype(np.int64), at.astype(np.int64)
