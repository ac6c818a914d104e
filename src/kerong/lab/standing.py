"""What research brings: counts of rights, then standing with the city's bureaus, then investors."""

from dataclasses import dataclass

import numpy as np

from kerong.lab.panel import Panel
from kerong.lab.population import Population
from kerong.lab.streams import stream
from kerong.lab.trades import TRADES
from kerong.lab.window import Flags, Floats, Whole

# Rights applied for per researcher and year of life; design and layout rights are rare
_RATES = {"invention": 0.055, "utility": 0.075, "design": 0.012, "software": 0.07, "pct": 0.005, "layout": 0.006}
_SHARES = {
    "high_tech": 0.125,
    "tech_sme": 0.20,
    "innovative_sme": 0.085,
    "specialised": 0.045,
    "little_giant": 0.008,
    "champion": 0.0015,
    "gazelle": 0.015,
    "unicorn": 0.0007,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Rights per kind, holders per qualification, firms with investors; one entry per firm."""

    rights: dict[str, Whole]
    holders: dict[str, Flags]
    funded: Flags
    merit: Floats


def draw_standing(firms: Population, panel: Panel, seed: int) -> Standing:
    """Standing of a population, from the stream "standing" of `seed`."""
    rng = stream(seed, "standing")
    day = panel.window.day
    years = np.clip(firms.age_years(day), 0.1, 12.0)
    researchers = panel.heads.max(axis=1) * firms.rd_share
    zeal = np.exp(0.45 * firms.quality + 0.5 * rng.normal(size=len(firms)))
    codes = np.array([trade.industry for trade in TRADES])[firms.trade]
    written, made = np.char.startswith(codes, "I65"), np.char.startswith(codes, "C")
    fit = {
        "software": np.where(written, 2.5, 0.4),
        "utility": np.where(made, 1.5, 0.4),
        "design": np.where(made, 1.5, 0.2),
    }
    fit["layout"] = np.isin(codes, ("I6520", "C3973", "C3972")).astype(np.float64) * 6
    rights = {
        kind: rng.poisson(np.minimum(np.sqrt(researchers) * 1.9 * years * rate * zeal * fit.get(kind, 1.0), 120))
        for kind, rate in _RATES.items()
    }
    held = np.log1p(sum(rights.values(), np.zeros(len(firms))))
    merit = 0.5 * firms.quality + 0.55 * held + 3.0 * np.sqrt(firms.rd_intensity) + 0.5 * rng.normal(size=len(firms))
    holders = _holders(rng, firms, panel, merit, rights)
    return Standing(rights, holders, _funded(rng, firms, panel, merit), merit)


def _holders(
    rng: np.random.Generator, firms: Population, panel: Panel, merit: Floats, rights: dict[str, Whole]
) -> dict[str, Flags]:
    """The best of those who qualify, each group as large as its usual share of a technology city."""
    age, here = firms.age_years(panel.window.day), firms.lives(panel.window.day)
    heads, revenue = panel.heads[:, -1], panel.recent_revenue_fen()
    owned = sum((rights[kind] for kind in ("invention", "utility", "software")), np.zeros(len(firms), dtype=np.int64))
    # who fell ill lately still holds what it was given: a certificate is no promise that a loan is repaid
    sound = here & ~firms.ails(panel.window.day - np.timedelta64(900, "D")) & (firms.rd_intensity > 0)
    grown = merit + 0.35 * np.log1p(heads)
    result: dict[str, Flags] = {}
    result["high_tech"] = _best(
        sound & (age > 1.3) & (owned > 0) & (revenue > 0), grown + 0.4 * rng.normal(size=len(firms)), "high_tech"
    )
    small = sound & (heads < 500) & (age > 0.6)
    result["tech_sme"] = _best(small, merit + 0.7 * rng.normal(size=len(firms)), "tech_sme")
    result["innovative_sme"] = _best(small & (age > 1.5), grown + 0.5 * rng.normal(size=len(firms)), "innovative_sme")
    result["specialised"] = _best(result["innovative_sme"] & (age > 2.5) & (revenue > 10**9), grown, "specialised")
    result["little_giant"] = _best(
        result["specialised"] & (age > 3), grown + 0.3 * rng.normal(size=len(firms)), "little_giant"
    )
    result["champion"] = _best(result["little_giant"] & (age > 6), grown, "champion")
    result["gazelle"] = _best(sound & (age > 2) & (revenue > 10**9), firms.growth + 0.1 * merit, "gazelle")
    result["unicorn"] = _best(sound & (age < 12), merit + firms.growth + 0.3 * np.log1p(revenue / 1e10), "unicorn")
    return result


def _best(qualified: Flags, score: Floats, kind: str) -> Flags:
    """The highest scores among `qualified`, as many as the kind's share of all firms allows."""
    places = min(round(_SHARES[kind] * len(qualified)), int(qualified.sum()))
    chosen = np.zeros(len(qualified), dtype=np.bool_)
    chosen[np.argsort(np.where(qualified, -score, np.inf), kind="stable")[:places]] = True
    return chosen


def _funded(rng: np.random.Generator, firms: Population, panel: Panel, merit: Floats) -> Flags:
    """One firm in fifteen has had investors: the promising, rarely the old."""
    age = firms.age_years(panel.window.day)
    appeal = merit + 1.2 * firms.growth - 0.08 * age + 1.1 * rng.normal(size=len(firms))
    return np.asarray((age > 0.4) & (appeal >= np.quantile(appeal, 0.935)))
