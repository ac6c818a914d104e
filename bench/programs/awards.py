"""Limits over many claims: caps per claim, per enterprise and year, and a budget that is used up."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from bench.claims import Work
from kerong.engine import award

RULES = 5
CLAIMS_PER_ENTERPRISE = 10
BUDGET_FEN = 10_000_000_000_000
CAPS_FEN = {"row": 80_000_000, "enterprise_year": 100_000_000, "budget": BUDGET_FEN}


def limited(scratch: Path, claims: str) -> Work:
    """Work that applies three limits of five rules; answers with the sum of the awards in fen."""
    count = int(claims)
    draw = np.random.default_rng(1)
    enterprises = draw.integers(0, count // CLAIMS_PER_ENTERPRISE, count).astype(str)
    days = draw.integers(0, 365, count).astype("timedelta64[D]") + np.datetime64("2024-01-01")
    table = pl.DataFrame(
        {
            "rule": np.char.add("rule_", draw.integers(0, RULES, count).astype(str)),
            "enterprise_id": enterprises,
            "row_key": np.arange(count).astype(str),
            "payee": enterprises,
            "year": pl.repeat(date(2024, 1, 1).year, count, dtype=pl.Int64, eager=True),
            "sequence": pl.Series(days).cast(pl.Date),
            "entitled_fen": draw.integers(0, 100_000_000, count),
        }
    )
    rows = [
        {"rule": f"rule_{number}", "scope": scope, "name": scope, "limit_fen": fen, "share": "first_come"}
        for number in range(RULES)
        for scope, fen in CAPS_FEN.items()
    ]
    limits, used = pl.DataFrame(rows), award.nothing_used()
    return lambda: float(award.award(table, limits, used)[0]["awarded_fen"].sum())
