"""Distress and its order: own risk, shocks to sales, contagion over bonds; then signs, default or recovery."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.lab.bonds import Bonds
from kerong.lab.population import Population
from kerong.lab.streams import stream
from kerong.lab.ways import Sign, Ways
from kerong.lab.window import Dates, Flags, Floats, Whole, Window, later

CAUSES = ("own", "shock", "surety", "customer")
_NAT = np.datetime64("NaT", "M")
_AFTER = 2  # months after default in which signs come that did not come before: loans are overdue by then
_NEVER = 1 << 30  # a month that does not come


@dataclass(frozen=True, slots=True)
class Shown:
    """When each firm shows one sign; months, NaT for never. A sign of distress stays until recovery."""

    onset: Dates  # before default, or some weeks after it
    until: Dates
    shocked: Dates
    calm: Dates
    false: Dates
    over: Dates

    def at(self, firm: Whole, month: Dates) -> Flags:
        """Does the firm show the sign in the month?"""
        return np.asarray(
            ((self.onset[firm] <= month) & ~(self.until[firm] <= month))
            | ((self.shocked[firm] <= month) & (month < self.calm[firm]))
            | ((self.false[firm] <= month) & (month < self.over[firm]))
        )

    def weight(self, months: Dates) -> npt.NDArray[np.float32]:
        """Months since the sign began and no more than until it ends, by firm and month: how far decay has come."""
        gone = np.zeros((len(self.onset), len(months)), dtype=np.float32)
        for begin, end in ((self.onset, self.until), (self.false, self.over)):
            since = (months[None, :] - begin[:, None]).astype("m8[M]")
            left = (end[:, None] - months[None, :]).astype("m8[M]")
            past = np.where(np.isnat(since), 0, since.astype(np.int64)).clip(0)
            rest = np.where(np.isnat(left), _NEVER, left.astype(np.int64)).clip(0)
            np.maximum(gone, np.minimum(past, rest), out=gone)
        return gone

    def events(self) -> tuple[Whole, Dates]:
        """Firm and month of everything that makes the sign appear, by firm."""
        firm = np.tile(np.arange(len(self.onset)), 3)
        month = np.concatenate([self.onset, self.shocked, self.false])
        there = np.flatnonzero(~np.isnat(month))
        there = there[np.lexsort((month[there], firm[there]))]
        return firm[there], month[there]


@dataclass(frozen=True, slots=True)
class Troubles:
    """What came over each firm: months, causes by position in CAUSES (-1 for none) and the firm that it came from."""

    began: Dates
    recovered: Dates
    defaulted: Dates
    cause: Whole
    source: Whole
    shock_begin: Dates
    shock_end: Dates
    shock_depth: Floats
    signs: Mapping[str, Shown]


def draw_troubles(firms: Population, bonds: Bonds, seed: int, window: Window, ways: Ways) -> Troubles:
    """Troubles of a population, from the streams "troubles" and "sign …" of `seed`.

    Distress begins in the month in which the hazard that a firm has lived through passes its patience: raising any
    hazard leaves every draw as it was.
    """
    rng, count = stream(seed, "troubles"), len(firms)
    months = window.panel_months
    shock_begin, shock_end, depth = _shocks(rng, firms, months, ways)
    lag = np.maximum(np.rint(ways.default_months * np.exp(ways.default_spread * rng.normal(size=count))), 2)
    heals = rng.random(count) < ways.recovering
    healing = rng.integers(5, 15, count)
    cause_draw, day = rng.random(count), rng.uniform(0, 28, count)
    began, cause, source = _spread(firms, bonds, months, ways, (shock_begin, shock_end), lag, heals, cause_draw)
    fell = began < len(months)
    start = np.where(fell, months[np.minimum(began, len(months) - 1)], _NAT)
    default = np.where(heals, _NAT, start + lag.astype(np.int64).astype("m8[M]"))
    defaulted = later(default, day)
    defaulted = np.where(firms.closed <= defaulted, np.datetime64("NaT", "D"), defaulted)
    recovered = np.where(heals, start + healing.astype("m8[M]"), _NAT)
    silent = rng.random(count) < ways.silent
    signs = {
        name: _shown(
            stream(seed, f"sign {name}"), sign, silent, start, default, recovered, (shock_begin, shock_end), months
        )
        for name, sign in ways.signs.items()
    }
    return Troubles(start, recovered, defaulted, cause, source, shock_begin, shock_end, depth, signs)


def distress(world_codes: npt.NDArray[np.str_], troubles: Troubles, today: np.datetime64) -> pl.DataFrame:
    """The truth: credit_code, began_on, cause, from (credit code of the firm that it came from), recovered_on,
    defaulted_on; days after `today` have not come. Sorted by credit code."""
    row = np.flatnonzero(troubles.began.astype("M8[D]") <= today)
    codes = pl.Series(world_codes.tolist(), dtype=pl.String)
    source = troubles.source[row]

    def told(dates: Dates) -> pl.Series:
        come = dates[row].astype("M8[D]")
        return pl.Series(np.where(come <= today, come, np.datetime64("NaT", "D"))).cast(pl.Date)

    return pl.DataFrame(
        {
            "credit_code": codes.gather(row),
            "began_on": told(troubles.began),
            "cause": pl.Series(CAUSES, dtype=pl.String).gather(troubles.cause[row]),
            "from": pl.select(pl.when(pl.Series(source >= 0)).then(codes.gather(np.maximum(source, 0)))).to_series(),
            "recovered_on": told(troubles.recovered),
            "defaulted_on": told(troubles.defaulted),
        }
    ).sort("credit_code")


def _shocks(rng: np.random.Generator, firms: Population, months: Dates, ways: Ways) -> tuple[Dates, Dates, Floats]:
    """At most one shock per firm, in the life that the panel sees."""
    count = len(firms)
    start = np.maximum(firms.established.astype("M8[M]"), months[0])
    waited = rng.exponential(1.0, count) / max(ways.shocks_a_year, 1e-9) * 12
    begin = start + np.minimum(waited, 1200).astype(np.int64).astype("m8[M]")
    length = np.maximum(np.rint(ways.shock_months * np.exp(0.4 * rng.normal(size=count))), 3).astype(np.int64)
    depth = np.clip(ways.shock_depth * np.exp(0.35 * rng.normal(size=count)), 0, 0.85)
    hit = begin <= months[-1]
    return np.where(hit, begin, _NAT), np.where(hit, begin + length.astype("m8[M]"), _NAT), depth


def _spread(
    firms: Population,
    bonds: Bonds,
    months: Dates,
    ways: Ways,
    shock: tuple[Dates, Dates],
    lag: Floats,
    heals: Flags,
    draw: Floats,
) -> tuple[Whole, Whole, Whole]:
    """Month by month: position of the month in which distress began (or one that never comes), cause and source."""
    count = len(firms)
    own = -np.log1p(-np.minimum(firms.default_probability, 0.999)) / 12 * ways.own_risk
    lives = np.maximum((firms.established.astype("M8[M]") - months[0]).astype(np.int64), 0)
    left = np.where(np.isnat(firms.closed), _NEVER, (firms.closed.astype("M8[M]") - months[0]).astype(np.int64))
    sold = np.flatnonzero(bonds.customer >= 0)
    # a guarantor is called upon for its debtor, and a debtor loses the support of its guarantor
    ends = np.concatenate([bonds.guarantor, bonds.debtor, sold])
    starts = np.concatenate([bonds.debtor, bonds.guarantor, bonds.customer[sold]])
    tied = 2 * len(bonds.debtor)
    weight = np.concatenate([np.full(tied, ways.by_surety), ways.by_customer * bonds.customer_share[sold]])
    began, failed = np.full(count, _NEVER), np.full(count, _NEVER)
    cause, source, borne = np.full(count, -1), np.full(count, -1), np.zeros(count)
    delay, stays = round(ways.delay_months), round(ways.contagion_months)
    for at in range(len(months)):
        exposed = (lives <= at) & (at < left) & (began == _NEVER)
        shocked = (shock[0] <= months[at]) & (months[at] < shock[1] + np.timedelta64(4, "M"))
        since = at - failed[starts] - delay
        hot = np.flatnonzero((since >= 0) & (since < stays))
        sureties, customers = hot[hot < tied], hot[hot >= tied]
        parts = np.stack(
            [
                own,
                own * ways.shock_weight * shocked,
                np.bincount(ends[sureties], weight[sureties], count),
                np.bincount(ends[customers], weight[customers], count),
            ]
        )
        total = parts.sum(axis=0)
        borne += np.where(exposed, total, 0.0)
        fell = np.flatnonzero(exposed & (borne >= firms.patience))
        if len(fell) == 0:
            continue
        began[fell] = at
        failed[fell] = np.where(heals[fell], _NEVER, at + lag[fell].astype(np.int64))
        reached = np.cumsum(parts[:, fell], axis=0) > draw[fell] * total[fell]
        cause[fell] = np.argmax(reached, axis=0)
        for kind, edges in ((2, sureties), (3, customers)):
            source[ends[edges[::-1]]] = np.where(
                (began[ends[edges[::-1]]] == at) & (cause[ends[edges[::-1]]] == kind),
                starts[edges[::-1]],
                source[ends[edges[::-1]]],
            )
    return began, cause, source


def _shown(
    rng: np.random.Generator,
    sign: Sign,
    silent: Flags,
    began: Dates,
    default: Dates,
    recovered: Dates,
    shock: tuple[Dates, Dates],
    months: Dates,
) -> Shown:
    """Onset before default by a noisy lead, else after it; recovering firms show it somewhere on their way."""
    count = len(began)
    lead = np.rint(sign.lead_months * np.exp(sign.spread * rng.normal(size=count))).astype(np.int64)
    shows = (rng.random(count) < sign.shown) & ~silent
    onset = np.maximum(default - np.where(shows, np.maximum(lead, 1), -_AFTER).astype("m8[M]"), began)
    way = np.maximum((recovered - began).astype("m8[M]").astype(np.int64), 1)
    half = began + np.where(np.isnat(recovered), 0, rng.integers(0, 1 << 20, count) % (way // 2 + 1)).astype("m8[M]")
    onset = np.where(np.isnat(recovered), onset, np.where(shows, half, _NAT))
    in_shock = rng.random(count) < sign.in_shock
    waited = rng.exponential(1.0, count) / max(sign.false_a_year, 1e-9) * 12
    false = months[0] + np.minimum(waited, 1200).astype(np.int64).astype("m8[M]")
    false = np.where(false <= months[-1], false, _NAT)
    return Shown(
        onset=onset,
        until=recovered,
        shocked=np.where(in_shock, shock[0], _NAT),
        calm=shock[1],
        false=false,
        over=false + rng.integers(1, 6, count).astype("m8[M]"),
    )
