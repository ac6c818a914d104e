"""Funds as the company register and the financial office know them; their totals are those of the equity rounds."""

import numpy as np
import polars as pl

from kerong.lab.funds import INDUSTRIES
from kerong.lab.registers.capital import equity_round
from kerong.lab.registers.company import former_numbers
from kerong.lab.registers.listing import listing
from kerong.lab.streams import stream
from kerong.lab.window import Floats, Whole, days
from kerong.lab.world import PLANTED, World, rounded_fen, table

_ROOM = 1.1  # a fund has at least this multiple of what it has invested
_EARLY = ("seed", "angel")


def fund_company(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """The registration of every fund, as rows of the company register."""
    funds, count = world.funds, len(world.funds)
    committed, paid = _capital(world)
    return table(
        {
            "firm": len(world.firms) + np.arange(count),
            "registration_number": former_numbers(world)[len(world.firms) :],
            "name": funds.name,
            "district": funds.district,
            "industry": np.array([INDUSTRIES[kind] for kind in funds.kind]),
            "kind": np.where(funds.is_partnership, "partnership", "limited"),
            "status": np.full(count, "active"),
            "established_on": funds.established,
            "registered_capital_fen": committed,
            "paid_capital_fen": paid,
            "legal_representative_changed_on": np.full(count, np.datetime64("NaT"), dtype="M8[D]"),
            "updated_on": np.minimum(funds.established + days(rng.uniform(0, 14, count)), world.window.day),
            PLANTED: pl.Series([None] * count, dtype=pl.String),
        }
    )


def fund(world: World, _rng: np.random.Generator) -> pl.DataFrame:
    """Reports by year end and `on` of every fund that was there; what was invested grows from report to report."""
    committed, paid = _capital(world)
    return pl.concat([_report(world, committed, paid, at) for at in world.window.report_days])


def _report(world: World, committed: Whole, paid: Whole, at: np.datetime64) -> pl.DataFrame:
    funds = world.funds
    done = _rounds(world).filter(pl.col("closed_on") <= pl.lit(at.item()))
    local = _total(world, done)
    rows = table(
        {
            "firm": len(world.firms) + np.arange(len(funds)),
            "fund_id": pl.Series([f"JJ{place:05d}" for place in range(1, len(funds) + 1)], dtype=pl.String),
            "form": np.where(funds.is_partnership, "partnership", "company"),
            "kind": funds.kind,
            "institution": funds.institution,
            "size_fen": committed,
            "paid_in_fen": paid,
            # rounded down, so that no sub-fund has more public money than its share allows
            "public_fen": np.floor(paid * funds.public_share / 1e6).astype(np.int64) * 1_000_000,
            "invested_fen": local + rounded_fen(local / 100 * funds.outside, 10_000),
            "local_invested_fen": local,
            "early_invested_fen": _total(world, done.filter(pl.col("round").is_in(_EARLY))),
            "district_unlisted_fen": _total(world, done.filter("is_near", ~pl.col("is_listed"))),
            "lost_fen": _total(world, done.filter(pl.col("gone_on") <= pl.lit(at.item()))),
            "settled_on": funds.settled,
            "is_ranked": funds.is_ranked,
            "reported_on": np.full(len(funds), at),
        }
    )
    return rows.filter(pl.Series(funds.established <= at))


def _capital(world: World) -> tuple[Whole, Whole]:
    """Committed and paid-in capital in fen: enough for everything that the rounds say was invested."""
    invested: Floats = _total(world, _rounds(world)) / 100 * (1 + world.funds.outside)
    paid = np.maximum(world.funds.committed_yuan * world.funds.paid_share, invested * _ROOM)
    committed = np.maximum(world.funds.committed_yuan, paid)
    return rounded_fen(committed + 500_000, 1_000_000), rounded_fen(paid, 1_000_000)


def _rounds(world: World) -> pl.DataFrame:
    """The rounds in which a fund of the city invested: `fund` (its place), what was paid, and about the firm."""
    rounds = equity_round(world, stream(world.seed, "equity_round")).drop_nulls("institution")
    funds = table({"institution": world.funds.institution, "fund": np.arange(len(world.funds))})
    listed = listing(world, stream(world.seed, "listing")).filter(pl.col("step") == "listed")["firm"]
    firm = rounds["firm"].to_numpy()
    about = table({"gone_on": world.firms.closed[firm], "district": world.firms.district[firm]})
    known = rounds.with_columns(
        *about,
        pl.col("firm").is_in(listed.implode()).alias("is_listed"),
    ).join(funds, on="institution", maintain_order="left")
    near = world.funds.district[known["fund"].to_numpy()] == known["district"].to_numpy()
    return known.with_columns(pl.Series("is_near", near, dtype=pl.Boolean))


def _total(world: World, rounds: pl.DataFrame) -> Whole:
    """Paid-in amounts of the rounds by fund."""
    totals = np.zeros(len(world.funds), dtype=np.int64)
    np.add.at(totals, rounds["fund"].to_numpy(), rounds["paid_in_fen"].to_numpy())
    return totals
