"""Judgements, penalties and listings: rare for the sound; cases come before default in many firms, the rest after."""

import numpy as np
import polars as pl

from kerong.lab.window import Dates, Flags, Floats, Whole, days
from kerong.lab.world import World, between, numbered, pick, rounded_fen, table

_YEARS = 5


def judgement(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Cases of the last five years by firm; defendants in loan and contract cases are mostly those in distress."""
    ill, sound = _events(world, rng, 1.6, 0.12, ~np.isnat(world.troubles.signs["litigation"].onset))
    firm = np.concatenate([ill, sound])
    sued = world.troubles.signs["litigation"].onset[ill]
    judged = np.concatenate([_since(rng, sued.astype("M8[D]"), 5, 180), _any_day(world, rng, sound)])
    firm, judged = _with_scares(world, rng, firm, judged)
    count = len(firm)
    failing = (np.arange(count) < len(ill)) | (np.arange(count) >= len(ill) + len(sound))
    role = np.where(
        failing,
        pick(rng, {"defendant": 70.0, "debtor": 25.0, "plaintiff": 5.0}, count),
        pick(rng, {"plaintiff": 55.0, "defendant": 44.0, "debtor": 1.0}, count),
    )
    kind = np.where(
        failing,
        pick(rng, {"contract": 40.0, "loan": 30.0, "labour": 22.0, "other": 8.0}, count),
        pick(rng, {"contract": 60.0, "labour": 18.0, "ip": 14.0, "other": 8.0}, count),
    )
    amount = rounded_fen(np.clip(world.firms.size[firm] * 12_000 * np.exp(1.1 * rng.normal(size=count)), 2e3, 1e9))
    rows = table(
        {
            "firm": firm,
            "case_no": numbered("民初", judged),
            "role": role,
            "kind": np.where(role == "debtor", "enforcement", kind),
            "amount_fen": amount,
            "judged_on": judged,
        }
    )
    return rows.filter(pl.col("judged_on") <= world.window.on).sort("judged_on", "case_no")


def penalty(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Fines and listings of the last five years; a listing of a sound firm is lifted within months."""
    ill, sound = _events(world, rng, 0.6, 0.045, ~np.isnat(world.firms.defaulted))
    firm = np.concatenate([ill, sound])
    decided = np.concatenate([_since(rng, world.firms.defaulted[ill], 30, 240), _any_day(world, rng, sound)])
    count = len(firm)
    failing = np.arange(count) < len(ill)
    kind = np.where(
        failing,
        pick(rng, {"abnormal_listing": 40.0, "dishonesty_listing": 30.0, "tax": 20.0, "administrative": 10.0}, count),
        pick(
            rng,
            {"administrative": 50.0, "abnormal_listing": 22.0, "safety": 14.0, "environment": 10.0, "tax": 4.0},
            count,
        ),
    )
    removed = decided + days(rng.uniform(60, 500, count))
    stays = failing & (rng.random(count) < 0.7)
    removed = np.where(stays | (removed > world.window.day), np.datetime64("NaT", "D"), removed)
    listing = np.isin(kind, ("abnormal_listing", "dishonesty_listing"))
    fine = np.where(listing, 0.0, np.clip(8_000 * np.exp(1.2 * rng.normal(size=count)), 500, 5e6))
    rows = table(
        {"firm": firm, "kind": kind, "amount_fen": rounded_fen(fine, 100), "decided_on": decided, "removed_on": removed}
    )
    rows = rows.filter(pl.col("decided_on") <= world.window.on).unique(
        ["firm", "kind", "decided_on"], keep="first", maintain_order=True
    )
    return rows.sort("decided_on", "firm", "kind")


def _events(
    world: World, rng: np.random.Generator, ill_rate: float, sound_rate: float, ails: Flags
) -> tuple[Whole, Whole]:
    """Firms, once per event: those of firms that are ill, and those of all firms in five years."""
    years: Floats = np.clip(world.firms.age_years(world.window.day), 0.0, _YEARS)
    ill = np.repeat(np.arange(len(ails)), rng.poisson(ill_rate * ails))
    usual = sound_rate * years / _YEARS * np.sqrt(world.firms.size / 15) * np.exp(0.3 * world.firms.risk)
    return ill, np.repeat(np.arange(len(ails)), rng.poisson(np.minimum(usual, 5.0)))


def _since(rng: np.random.Generator, begin: Dates, least: float, mean: float) -> Dates:
    return np.asarray(begin + days(least + rng.exponential(mean, len(begin))))


def _with_scares(world: World, rng: np.random.Generator, firm: Whole, judged: Dates) -> tuple[Whole, Dates]:
    """And the cases of firms that were sued but not ill, or not for long."""
    told = world.troubles.signs["litigation"]
    scared = [np.flatnonzero(~np.isnat(told.shocked)), np.flatnonzero(~np.isnat(told.false))]
    since = np.concatenate([told.shocked[scared[0]], told.false[scared[1]]]).astype("M8[D]")
    return np.concatenate([firm, *scared]), np.concatenate([judged, _since(rng, since, 5, 60)])


def _any_day(world: World, rng: np.random.Generator, firm: Whole) -> Dates:
    today = world.window.day
    start = np.maximum(
        world.firms.established[firm] + np.timedelta64(30, "D"), today - np.timedelta64(_YEARS * 365, "D")
    )
    return between(rng, np.minimum(start, today), np.full(len(firm), today))
