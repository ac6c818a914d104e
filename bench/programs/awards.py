"""Limits over many claims: caps per claim, per enterprise and year, per bank and year, and a budget that is used up."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from bench.claims import Work
from kerong.engine import award

RULES = 5
BANKS = 200
CLAIMS_PER_ENTERPRISE = 10
CAPS_FEN = {
    "row": 80_000_000,
    "enterprise_year": 100_000_000,
    "payee_year": 30_000_000_000,
    "budget": 5_000_000_000_000,
}


def limited(scratch: Path, claims: str) -> Work:
    """Work that applies four limits of five rules to entitlements; answers with the sum of the awards in fen."""
    entitled = _entitled(int(claims))
    caps = [
        award.Cap(scope, scope, "region" if scope == "budget" else scope, (f"rule_{number}",), fen)
        for scope, fen in CAPS_FEN.items()
        for number in range(RULES)
    ]
    terms, used = award.Terms(tuple(caps)), award.nothing_used()
    return lambda: float(award.awarded(entitled, terms, used)[0]["awarded_fen"].sum())


def _entitled(count: int) -> pl.DataFrame:
    """Met rows as the stage before hands them over: sorted by rule, enterprise and row."""
    draw = np.random.default_rng(1)
    days = draw.integers(0, 365, count).astype("timedelta64[D]") + np.datetime64("2024-01-01")
    table = pl.DataFrame(
        {
            "rule": np.char.add("rule_", draw.integers(0, RULES, count).astype(str)),
            "enterprise_id": draw.integers(0, count // CLAIMS_PER_ENTERPRISE, count).astype(str),
            "row_key": np.arange(count).astype(str),
            "outcome": pl.repeat(1, count, dtype=pl.Int8, eager=True),
            "clause": pl.repeat(0, count, dtype=pl.Int16, eager=True),
            "payee_kind": pl.repeat("institution", count, eager=True),
            "payee": np.char.add("bank_", draw.integers(0, BANKS, count).astype(str)),
            "sequence": pl.Series(days).cast(pl.Date),
            "year": pl.repeat(date(2024, 1, 1).year, count, dtype=pl.Int64, eager=True),
            "entitled_fen": draw.integers(0, 100_000_000, count),
        }
    )
    return table.sort("rule", "enterprise_id", "row_key")
