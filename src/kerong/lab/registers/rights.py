"""Patents and software rights, and the qualifications that the city's bureaus gave."""

import numpy as np
import polars as pl

from kerong.lab.window import Dates, Whole, days, year_of
from kerong.lab.world import World, between, numbered, table

# days from filing to grant (least, most) and the share that is granted; an international filing is not granted as such
_GRANT = {
    "invention": (420, 1150, 0.66),
    "utility": (150, 330, 0.92),
    "design": (120, 240, 0.95),
    "software": (20, 70, 1.0),
    "pct": (0, 0, 0.0),
    "layout": (90, 200, 0.97),
}
_TERM_YEARS = {"invention": 20, "utility": 10, "design": 15, "software": 50, "pct": 20, "layout": 10}
_LAPSE_PER_YEAR = {"invention": 0.025, "utility": 0.07, "design": 0.08, "software": 0.0, "pct": 0.0, "layout": 0.02}


def patent(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """One row per right, by kind, then firm; dates after `on` have not come."""
    return pl.concat([_rights(world, rng, kind) for kind in world.standing.rights])


def _rights(world: World, rng: np.random.Generator, kind: str) -> pl.DataFrame:
    today, nat = world.window.day, np.datetime64("NaT", "D")
    firm = np.repeat(np.arange(len(world.firms)), world.standing.rights[kind])
    count = len(firm)
    end = np.where(np.isnat(world.firms.closed[firm]), today, world.firms.closed[firm])
    start = np.maximum(world.firms.established[firm], today - np.timedelta64(12 * 365, "D"))
    lived = (end - start).astype(np.float64).clip(0)
    applied = (end - days(lived * rng.random(count) ** 1.3)).astype("M8[D]")
    least, most, share = _GRANT[kind]
    granted = np.where(rng.random(count) < share, applied + days(rng.uniform(least, most + 1, count)), nat)
    granted = np.where(granted <= today, granted, nat)
    life = rng.exponential(1.0, count) / max(_LAPSE_PER_YEAR[kind], 1e-9)
    lapsed = granted + days(np.minimum(life + 1.0, _TERM_YEARS[kind]) * 365.25)
    lapsed = np.where(lapsed <= today, lapsed, nat)
    inventive = kind in ("invention", "pct")
    fame = np.exp(0.4 * world.firms.quality[firm]) * (today - applied).astype(np.float64) / 365.25
    return table(
        {
            "firm": firm,
            "number": numbered(
                {"software": "SR", "pct": "PCT", "layout": "BS"}.get(kind, "ZL" + kind[0].upper()), applied
            ),
            "kind": pl.Series([kind], dtype=pl.String).gather(np.zeros(count, dtype=np.int64)),
            "applied_on": applied,
            "granted_on": granted,
            "lapsed_on": lapsed,
            "in_force": ~np.isnat(granted) & np.isnat(lapsed),
            "claims": np.where(kind in ("software", "layout", "design"), 1, 2 + rng.poisson(7, count)),
            "citations": rng.poisson(fame * (0.5 if inventive else 0.05)),
            "inventors": 1 + rng.poisson(2.2, count),
        }
    )


# years that a qualification holds, for those that are given again when they run out; the rest hold for good
_VALID_YEARS = {"high_tech": 3, "innovative_sme": 3, "specialised": 3, "little_giant": 3, "champion": 3}
_INSTITUTES = {
    "rd_institute_city": 0.030,
    "rd_institute_province": 0.012,
    "rd_institute_state": 0.0015,
    "postdoc_station": 0.003,
}
_CERTIFICATES = {"certificate_ip": 0.06, "certificate_quality": 0.10, "certificate_security": 0.05}


def qualification(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """One row per recognition; those that run out come again with later dates."""
    parts = [_registrations(world, rng)]
    for kind, holders in world.standing.holders.items():
        if kind != "tech_sme":
            parts.append(_recognised(world, rng, kind, np.flatnonzero(holders)))
    pull = np.exp(np.clip(0.8 * world.standing.merit, -5.0, 5.0))
    for kind, share in (_INSTITUTES | _CERTIFICATES).items():
        likely = share * pull / pull.mean()
        fit = (rng.random(len(likely)) < likely) & (world.firms.age_years(world.window.day) > 1.0)
        parts.append(_recognised(world, rng, kind, np.flatnonzero(fit)))
    rows = pl.concat(parts).sort("issued_on", "kind", "firm")
    return rows.with_columns(numbered("QR", rows["issued_on"].to_numpy()).alias("certificate_no"))


def _registrations(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """Technology SMEs register anew each year, most in spring; a few of today's miss the latest round."""
    parts, final = [], year_of(world.window.day)
    for year in range(final - 5, final + 1):
        opened = np.datetime64(f"{year}-03-01")
        issued = opened + days(rng.uniform(0, 115, len(world.firms)))
        kept = rng.random(len(world.firms)) < (0.97 if year == final else 0.85)
        held = (
            world.standing.holders["tech_sme"]
            & kept
            & (world.firms.age_years(opened) > 0.4)
            & (issued <= world.window.day)
        )
        firm = np.flatnonzero(held)
        parts.append(_kind_rows("tech_sme", firm, issued[firm], np.full(len(firm), np.datetime64(f"{year}-12-31"))))
    return pl.concat(parts)


def _recognised(world: World, rng: np.random.Generator, kind: str, firm: Whole) -> pl.DataFrame:
    """A first recognition and its renewals up to today; one in fourteen did not renew the last time."""
    today = world.window.day
    years = 3 if kind.startswith("certificate") else _VALID_YEARS.get(kind, 0)
    open_from = np.maximum(
        world.firms.established[firm] + np.timedelta64(330, "D"), today - np.timedelta64(8 * 365, "D")
    )
    first = between(
        rng, np.minimum(open_from, today - np.timedelta64(20, "D")), np.full(len(firm), today - np.timedelta64(20, "D"))
    )
    if years == 0:
        return _kind_rows(kind, firm, first, np.full(len(firm), np.datetime64("NaT", "D")))
    span = np.timedelta64(years * 365 + 1, "D")
    lost = rng.random(len(firm)) < 0.07
    parts = []
    for turn in range(4):
        issued = first + turn * span
        stopped = lost & (issued + span > today) & (turn > 0)
        given = (issued <= today) & ~stopped
        parts.append(_kind_rows(kind, firm[given], issued[given], issued[given] + span - np.timedelta64(1, "D")))
    return pl.concat(parts)


def _kind_rows(kind: str, firm: Whole, issued: Dates, until: Dates) -> pl.DataFrame:
    kinds = pl.Series([kind], dtype=pl.String).gather(np.zeros(len(firm), dtype=np.int64))
    return table({"firm": firm, "kind": kinds, "issued_on": issued, "valid_until": until})
