"""Insurance policies and equity rounds."""

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.registers.raising import followed
from kerong.lab.streams import stream
from kerong.lab.trades import TRADES
from kerong.lab.window import Dates, Flags, Whole, days
from kerong.lab.world import World, between, chosen, numbered, pick_code, rounded_fen, table

_ROUNDS = ("seed", "angel", "a", "b", "c", "later")
_TYPICAL_YUAN = np.array([1.2e6, 4e6, 2e7, 6e7, 1.5e8, 4e8])
_OUTSIDE = tuple(
    f"{place}{word}{kind}"
    for place in ("东部", "南方", "江海", "北辰")
    for word in ("远景", "松源", "长石")
    for kind in ("创投", "资本")
)


def insurance(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Yearly policies of the last three years; first units are insured by makers only."""
    firms, today = world.firms, world.window.day
    holder = chosen(rng, world.standing.merit, 0.06, firms.lives(today) & (firms.age_years(today) > 1))
    firm = np.repeat(holder, 1 + rng.poisson(0.6, len(holder)))
    count = len(firm)
    maker = np.array([trade.industry.startswith("C") for trade in TRADES])[firms.trade[firm]]
    draw = rng.random(count)
    kind = np.select(
        [maker & (draw < 0.3), draw < 0.55, draw < 0.8], ["first_of_kind", "patent", "trade_credit"], "rd_liability"
    )
    start = between(
        rng,
        np.maximum(firms.established[firm] + np.timedelta64(180, "D"), today - np.timedelta64(1090, "D")),
        np.full(count, today),
    )
    typical = np.select([kind == "first_of_kind", kind == "trade_credit", kind == "patent"], [8e6, 5e6, 8e5], 2e6)
    cover = rounded_fen(np.clip(typical * np.exp(0.7 * rng.normal(size=count)), 1e5, 2e8), 10_000)
    rate_bp = np.select([kind == "first_of_kind", kind == "trade_credit", kind == "patent"], [250, 60, 150], 180)
    return table(
        {
            "firm": firm,
            "policy_id": numbered("P", start),
            "institution": pick_code(rng, world.places.institutions.get("insurer", ()), count),
            "kind": kind,
            "cover_fen": cover,
            "premium_fen": cover * rate_bp // 10_000,
            "start_on": start,
            "end_on": start + np.timedelta64(364, "D"),
        }
    )


def equity_round(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Rounds of funded firms in the order of their days, when they want money; each is larger than the one before."""
    firms, today = world.firms, world.window.day
    funded = np.flatnonzero(world.standing.funded)
    older = np.clip(firms.age_years(today)[funded] / 3, 0, 3)
    held = np.minimum(1 + rng.poisson(0.35 * older), 4)
    firm, turn = np.repeat(funded, held), _turns(held)
    count = len(firm)
    first_stage = np.repeat(
        np.where(older < 1.2, rng.integers(0, 2, len(funded)), rng.integers(1, 3, len(funded))), held
    )
    stage = np.minimum(first_stage + turn, len(_ROUNDS) - 1)
    begin = np.maximum(firms.established[firm] + np.timedelta64(60, "D"), today - np.timedelta64(7 * 365, "D"))
    end = np.where(np.isnat(firms.closed[firm]), today, firms.closed[firm])
    span = np.maximum((end - begin).astype(np.float64), 0) / np.repeat(held, held)
    start = (begin + days(span * turn)).astype("M8[D]")
    closed = followed(world, firm, start, (begin + days(span * (turn + 1))).astype("M8[D]"), rng.random(count))
    amount = rounded_fen(_TYPICAL_YUAN[stage] * np.exp(0.55 * rng.normal(size=count)), 100_000)
    local = rng.random(count) < 0.45
    funds = world.places.institutions.get("fund", ())
    outside = np.array(_OUTSIDE)[rng.integers(0, len(_OUTSIDE), count)]
    named = np.where(local, pick_code(rng, funds, count), "")
    institution = pl.Series(_investors(world, closed, local, named).tolist(), dtype=pl.String).replace("", None)
    return table(
        {
            "firm": firm,
            "round_id": numbered("E", closed),
            "round": np.array(_ROUNDS)[stage],
            "investor": np.where(institution.is_not_null().to_numpy(), "本地基金", outside),
            "institution": institution,
            "amount_fen": amount,
            "paid_in_fen": _paid(world, amount),
            "valuation_fen": rounded_fen(amount / 100 / rng.uniform(0.08, 0.22, count), 100_000),
            "closed_on": closed,
            "for_rd": rng.random(count) < 0.6,
            "is_local": institution.is_not_null(),
        }
    )


def _investors(world: World, closed: Dates, local: Flags, named: npt.NDArray[np.str_]) -> npt.NDArray[np.str_]:
    """Of the rounds with a local investor, half keep the fund that the region names, half get another of the city's
    funds that was there on the day; "" for none."""
    rng, funds = stream(world.seed, "fund rounds"), world.funds
    others = funds.institution[funds.named :]
    there = np.searchsorted(funds.established[funds.named :], closed, side="right")
    other = np.floor(rng.random(len(closed)) * there).astype(np.int64)
    moved = local & (there > 0) & ((rng.random(len(closed)) < 0.5) | (named == ""))
    return np.where(moved, others[np.minimum(other, len(others) - 1)], named) if len(others) else named


def _paid(world: World, amount_fen: Whole) -> Whole:
    """What has arrived of each round: most of them in full, some in part so far."""
    rng = stream(world.seed, "paid rounds")
    share = rng.choice((100, 80, 60, 50), len(amount_fen), p=(0.85, 0.06, 0.05, 0.04))
    return np.asarray(amount_fen // 100 * share)


def _turns(held: Whole) -> Whole:
    """0, 1, … within each firm."""
    starts = np.cumsum(held) - held
    return np.asarray(np.arange(int(held.sum())) - np.repeat(starts, held))
