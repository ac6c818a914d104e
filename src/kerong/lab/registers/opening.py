"""What a city takes over on its first day: loans filed with the risk pool, and what funds hold."""

import numpy as np
import polars as pl

from kerong.lab.registers.capital import equity_round
from kerong.lab.registers.credit import draw_loans
from kerong.lab.streams import stream
from kerong.lab.ties import WHOLE_BP
from kerong.lab.window import days
from kerong.lab.world import World, rounded_fen, table

_FILED = 0.35  # of loans without hard security
_NAT = np.datetime64("NaT", "D")


def pool_filing(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Loans in the order of their ids; a filing ends when its loan is repaid."""
    loans, today = draw_loans(world), world.window.day
    soft = np.isin(loans.security, ("unsecured", "ip_pledge"))
    row = np.flatnonzero(soft & (rng.random(len(soft)) < _FILED))
    filed = loans.drawn[row] + days(rng.uniform(3, 30, len(row)))
    repaid = np.where(np.isnat(loans.stopped[row]), loans.due[row] + np.timedelta64(10, "D"), _NAT)
    rows = table(
        {
            "firm": loans.firm[row],
            "loan_id": loans.loan_id.gather(row),
            "pool": np.full(len(row), f"{world.places.city}科技信贷风险补偿资金池"),
            "institution": loans.institution[row],
            "amount_fen": loans.amount_fen[row],
            "share_bp": rng.choice((4000, 5000, 8000), len(row)),
            "filed_on": filed,
            "ended_on": np.where((repaid <= today) & (repaid > filed), repaid, _NAT),
        }
    )
    return rows.filter(pl.col("filed_on") <= world.window.on).sort("loan_id")


def fund_holding(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Valuations by year end and `on` of what the city's funds hold; the cost is what they paid in so far."""
    rounds = equity_round(world, stream(world.seed, "equity_round")).drop_nulls("institution")
    part = pl.col("paid_in_fen") * WHOLE_BP // pl.col("valuation_fen")
    worth = np.exp(0.25 + 0.5 * rng.normal(size=len(world.firms)))
    parts = []
    for at in world.window.report_days:
        held = (
            rounds.filter(pl.col("closed_on") <= pl.lit(at.item()))
            .group_by("firm", fund="institution")
            .agg(share_bp=part.sum().clip(1, WHOLE_BP), cost_fen=pl.col("paid_in_fen").sum())
            .sort("firm", "fund")
        )
        firm = held["firm"].to_numpy()
        fails = world.firms.failed(at)[firm]
        value = rounded_fen(held["cost_fen"].to_numpy() / 100 * np.where(fails, 0.3, 1.0) * worth[firm], 10_000)
        told = np.minimum(at + days(rng.uniform(5, 40, len(held))), world.window.day)
        parts.append(
            held.with_columns(
                pl.Series("value_fen", value),
                pl.lit(at.item()).alias("as_of"),
                pl.Series("reported_on", told.astype("M8[D]")).cast(pl.Date),
            )
        )
    return pl.concat(parts)
