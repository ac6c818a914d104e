"""Shareholders, persons in office and changes of registration: three views of the same ties."""

from functools import partial

import numpy as np
import polars as pl

from kerong.lab.names import company_names
from kerong.lab.registers.capital import equity_round
from kerong.lab.registers.company import company
from kerong.lab.streams import stream
from kerong.lab.ties import WHOLE_BP, Ties, draw_ties, masked
from kerong.lab.window import Dates, Flags, Whole, days, later
from kerong.lab.world import World, between, table

_NAT = np.datetime64("NaT", "D")
_POOL = 40  # persons who keep the books or the board minutes of many firms
_FORMER, _MOVED, _WIDENED = 0.03, 0.08, 0.10


def shareholder(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Rows by firm and holder; what present holders paid in adds up to the firm's paid-in capital."""
    holdings = draw_ties(world).holdings
    paid = _company(world).group_by("firm").agg(pl.col("paid_capital_fen").first())
    rows = holdings.join(paid, on="firm", how="left", maintain_order="left")
    part = pl.col("paid_capital_fen") // WHOLE_BP * pl.col("share_bp")
    rows = rows.with_columns(paid_fen=part + pl.col("paid_capital_fen") % WHOLE_BP * pl.col("share_bp") // WHOLE_BP)
    return rows.drop("paid_capital_fen").with_columns(known_on=_told(world, rng, rows["from_on"].to_numpy()))


def person(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Who serves: the founder leads, co-founders sit on the board, a few bookkeepers watch over many firms."""
    ties, firms = draw_ties(world), world.firms
    count = len(firms)
    every = np.arange(count)
    since = firms.established.astype("M8[D]")
    changed = _representative_changed(world)
    led = partial(_posts, world, ties)
    parts = [
        led("legal_representative", every, ties.founder, np.where(np.isnat(changed), since, changed)),
        led("legal_representative", every, 3 * count + every, since, changed).filter(pl.Series(~np.isnat(changed))),
        led("chair", every, ties.founder, since),
        led("manager", every, np.where(rng.random(count) < 0.7, ties.founder, count + 2 * every), since),
    ]
    shared: Flags = rng.random(count) < 0.1
    watcher = np.where(shared, 4 * count + rng.integers(0, _POOL, count), count + 2 * every + 1)
    parts.append(led("supervisor", every, watcher, since))
    board = np.flatnonzero(firms.size > 25)
    parts.append(led("director", board, count + 2 * board, since[board]))
    research = np.flatnonzero((firms.rd_share > 0.05) & (rng.random(count) < 0.8))
    # one in twelve lends his name as technical head to a firm that is not his own
    guest = np.where(rng.random(len(research)) < 0.08, rng.integers(0, count, len(research)), research)
    parts.append(led("technical_head", research, count + 2 * guest, since[research]))
    money = np.flatnonzero(firms.size > 60)
    keeper = 4 * count + rng.integers(0, _POOL, len(money))
    left = _finance_head_left(world)[money]
    gone = ~np.isnat(left)
    parts.append(led("finance_head", money, keeper, since[money], left))
    parts.append(led("finance_head", money[gone], count + 2 * money[gone] + 1, left[gone]))
    rows = pl.concat(parts).unique(["firm", "person_id", "role", "from_on"], keep="first", maintain_order=True)
    return rows.with_columns(known_on=_told(world, rng, rows["from_on"].to_numpy()))


def _finance_head_left(world: World) -> Dates:
    """The day on which the head of finance went, an early sign; NaT where he is still the first."""
    firm, month = world.troubles.signs["finance_head"].events()
    _, first = np.unique(firm, return_index=True)
    firm = firm[first]
    day = later(month[first], stream(world.seed, "finance heads").uniform(0, 28, len(firm)))
    fits = (day > world.firms.established[firm]) & (day <= world.window.day) & ~(world.firms.closed[firm] <= day)
    left = np.full(len(world.firms), _NAT)
    left[firm[fits]] = day[fits]
    return left


def company_change(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """One row per item changed, in the order of days; representatives and holders are those of their registers."""
    ties = draw_ties(world)
    parts = [
        _representatives(world, ties.founder),
        _sales(ties.holdings),
        _raised(world, rng),
        _former_names(world, rng),
        _moves(world, rng, "address", _MOVED, ("路", "号")),
        _moves(world, rng, "scope", _WIDENED, ("技术开发", "技术咨询")),
    ]
    rows = pl.concat(parts).filter(pl.col("changed_on") <= world.window.on).sort("changed_on", "firm", "item", "after")
    return rows.with_columns(known_on=_told(world, rng, rows["changed_on"].to_numpy()))


def _company(world: World) -> pl.DataFrame:
    return company(world, stream(world.seed, "company"))


def _told(world: World, rng: np.random.Generator, since: Dates) -> pl.Series:
    """Published within twenty working days, and by the day of the city."""
    told = np.minimum(since.astype("M8[D]") + days(rng.uniform(0, 28, len(since))), world.window.day)
    return pl.Series(np.maximum(told, since.astype("M8[D]"))).cast(pl.Date)


def _representative_changed(world: World) -> Dates:
    """The day on which the company register says that the representative changed last; NaT for none."""
    last = _company(world).group_by("firm", maintain_order=True).agg(pl.col("legal_representative_changed_on").max())
    days_of = np.full(len(world.firms), _NAT)
    known = last.drop_nulls()
    days_of[known["firm"].to_numpy()] = known["legal_representative_changed_on"].to_numpy().astype("M8[D]")
    return days_of


def _posts(
    world: World, ties: Ties, role: str, firm: Whole, number: Whole, since: Dates, until: Dates | None = None
) -> pl.DataFrame:
    return table(
        {
            "firm": firm,
            "person_id": ties.person[number],
            "name": masked(number),
            "role": np.full(len(firm), role),
            "from_on": since,
            "until_on": np.full(len(firm), _NAT) if until is None else until,
        }
    )


def _changes(item: str, firm: Whole, before: pl.Series, after: pl.Series, day: Dates) -> pl.DataFrame:
    return table(
        {
            "firm": firm.astype(np.int64),
            "item": np.full(len(firm), item),
            "before": before.cast(pl.String),
            "after": after.cast(pl.String),
            "changed_on": day.astype("M8[D]"),
        }
    )


def _representatives(world: World, founder: Whole) -> pl.DataFrame:
    changed = _representative_changed(world)
    firm = np.flatnonzero(~np.isnat(changed))
    before, after = (
        pl.Series(masked(number).tolist(), dtype=pl.String) for number in (3 * len(changed) + firm, founder[firm])
    )
    return _changes("legal_representative", firm, before, after, changed[firm])


def _sales(holdings: pl.DataFrame) -> pl.DataFrame:
    """A founder's share that went to another: the holder before, the holder after."""
    key = ["firm", "day"]
    sold = holdings.filter(pl.col("until_on").is_not_null()).rename({"until_on": "day"})
    bought = holdings.filter(pl.col("until_on").is_null()).rename({"from_on": "day"})
    pairs = sold.join(bought, on=key, suffix="_after", maintain_order="left")
    return _changes(
        "shareholder",
        pairs["firm"].to_numpy(),
        pairs["holder_name"],
        pairs["holder_name_after"],
        pairs["day"].to_numpy(),
    )


def _raised(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Capital goes up some weeks after a round."""
    rounds = equity_round(world, stream(world.seed, "equity_round"))
    capital = _company(world).group_by("firm").agg(pl.col("registered_capital_fen").first())
    rows = rounds.join(capital, on="firm", how="left", maintain_order="left")
    after = rows["registered_capital_fen"] // 1_000_000
    before = (after * 10 // 11).cast(pl.String) + "万元"
    day: Dates = (rounds["closed_on"].to_numpy() + days(rng.uniform(20, 90, len(rows)))).astype("M8[D]")
    return _changes("capital", rows["firm"].to_numpy(), before, after.cast(pl.String) + "万元", day)


def _former_names(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Names of the first years; none of them is borne by another firm today."""
    firm = np.flatnonzero(rng.random(len(world.firms)) < _FORMER)
    names = pl.Series(company_names(rng, world.places.city, world.firms.trade[firm]), dtype=pl.String)
    today = pl.Series(world.firms.name, dtype=pl.String)
    since = world.firms.established[firm]
    day = between(rng, since, np.minimum(since + np.timedelta64(900, "D"), world.window.day))
    return _changes("name", firm, names, today.gather(firm), day).filter(~names.is_in(today.implode()))


def _moves(world: World, rng: np.random.Generator, item: str, share: float, words: tuple[str, str]) -> pl.DataFrame:
    firm = np.flatnonzero(rng.random(len(world.firms)) < share)
    first, second = rng.integers(1, 400, (2, len(firm)))
    end = np.where(np.isnat(world.firms.closed[firm]), world.window.day, world.firms.closed[firm])
    day = between(rng, world.firms.established[firm], end)
    before, after = (
        pl.Series([f"{words[0]}{one}{words[1]}" for one in numbers.tolist()], dtype=pl.String)
        for numbers in (first, second + 400)
    )
    return _changes(item, firm, before, after, day)
