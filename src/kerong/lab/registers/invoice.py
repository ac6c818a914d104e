"""Invoices of the last two years: what a firm sold, month by month, and part of what it bought."""

import numpy as np
import polars as pl

from kerong.lab.credit_codes import credit_codes
from kerong.lab.window import Dates, Flags, Whole, days, month_end
from kerong.lab.world import World, numbered, pick, table

INVOICED_MONTHS = 24
_TAKEN_BACK = 0.15  # of the invoices of a firm that shows it
_STATUS = {"normal": 96.0, "void": 2.5, "red": 1.5}


def invoice(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Rows by month, direction, firm. Valid sales invoices of a month add up to about its sales."""
    start = world.panel.revenue_fen.shape[1] - INVOICED_MONTHS
    column, firm = np.nonzero((world.panel.revenue_fen[:, start:] > 0).T)
    sales = world.panel.revenue_fen[firm, column + start]
    month = world.window.panel_months[column + start]
    sold = _split(rng, 1 + rng.poisson(0.10, len(firm)), sales)
    bought = _split(
        rng, rng.poisson(0.28, len(firm)), np.rint(sales * rng.uniform(0.3, 0.9, len(firm))).astype(np.int64)
    )
    rows = np.concatenate([sold[0], bought[0]])
    outward = np.arange(len(rows)) < len(sold[0])
    order = np.argsort(column[rows] * 2 + ~outward, kind="stable")
    rows, outward = rows[order], outward[order]
    amount = np.concatenate([sold[1], bought[1]])[order]
    status = pick(rng, _STATUS, len(rows))
    odd = world.troubles.signs["void"].at(firm[rows], month[rows]) & (rng.random(len(rows)) < _TAKEN_BACK)
    status = np.where(odd & (status == "normal"), pick(rng, {"void": 2.0, "red": 1.0}, len(rows)), status)
    issued = _issued(rng, month[rows])
    return table(
        {
            "firm": firm[rows],
            "number": numbered("9", issued),
            "direction": pl.Series(["in", "out"], dtype=pl.String).gather(outward.astype(np.int64)),
            "counterparty": _counterparties(world, rng, firm[rows], month[rows], outward),
            "issued_on": issued,
            "amount_fen": np.where(status == "red", -amount // 3, amount),
            "status": status,
        }
    )


def _split(rng: np.random.Generator, counts: Whole, totals: Whole) -> tuple[Whole, Whole]:
    """Each total in as many parts as its count says: the row of every part, and the parts, which add up exactly."""
    rows = np.repeat(np.arange(len(counts)), counts)
    if len(rows) == 0:
        return rows, rows
    weight = rng.exponential(1.0, len(rows)) + 0.05
    share = weight / np.bincount(rows, weights=weight, minlength=len(counts))[rows]
    parts = np.floor(totals[rows] * share).astype(np.int64)
    first = np.flatnonzero(np.diff(rows, prepend=-1))
    rest = totals[rows[first]] - np.add.reduceat(parts, first)
    parts[first] += rest
    return rows, parts


def _issued(rng: np.random.Generator, month: Dates) -> Dates:
    span = (month_end(month) - month.astype("M8[D]")).astype(np.int64) + 1
    return np.asarray(month.astype("M8[D]") + days(rng.random(len(month)) * span))


def _counterparties(world: World, rng: np.random.Generator, firm: Whole, month: Dates, outward: Flags) -> pl.Series:
    """Partners of a firm: the first ones take most of the trade; half of them are firms of the city.

    The first buyer is the customer that the firm is bound to; it goes when it closes, or when customers are lost.
    """
    count = len(world.firms)
    outside = credit_codes(rng, np.full(max(count // 2, 200), "110000"))
    known = pl.concat([pl.Series(world.firms.code.tolist()), pl.Series(outside.tolist())])
    breadth = np.clip(0.12 + 0.5 * rng.random(count), 0.05, 0.9)[firm]
    breadth = np.where(outward, 1.0 - world.bonds.customer_share[firm], breadth)
    place = np.floor(np.log1p(-rng.random(len(firm))) / np.log1p(-breadth)).astype(np.int64)
    lost = outward & world.troubles.signs["customers"].at(firm, month)
    place = np.where(lost, 1 + np.minimum(place, 1), place)
    buyer = world.bonds.customer[firm]
    there = (world.firms.established[buyer] <= month) & ~(world.firms.closed[buyer] <= month) & (buyer >= 0)
    main = outward & (place == 0) & there
    mixed = (firm + 1) * 2654435761 + (place * 2 + outward) * 40503 * 65537
    return known.gather(np.where(main, buyer, np.abs(mixed ^ (mixed >> 13)) % len(known)))
