"""A pool that answers 100,000 claims of one day: four layers, caps per loan, firm, bank and year, and its balance."""

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from bench.claims import Work
from bench.programs.waterfalls import TEXT
from kerong.engine.money.pool import Book, claims_judged
from kerong.rulebook import load
from kerong.store.packs import read_pack

ON = date(2025, 6, 30)
POOL = """
name = "bench_loans"
title = { zh = "资金池", en = "Pool" }
text = "四层分担"
source = { document = "bench", clause = "1", status = "assumed", why = "made up" }
[[instrument]]
kind = "loan"
waterfall = "bench_pool"
payer = "fund"
from = { loss_fen = "loss", loan_fen = "loan", fund_left_fen = "pool_left" }
"""
NUMBERS = {
    "trigger_days": 91,
    "loan_cap_fen": 200_000_000,
    "firm_cap_fen": 400_000_000,
    "bank_year_cap_fen": 1_500_000_000_000,
    "programme_year_cap_fen": 30_000_000_000_000,
}


def loans(count: int) -> pl.DataFrame:
    """Loans of 100 banks to a third as many firms, all long overdue."""
    draw = np.random.default_rng(7)
    fen = draw.integers(1_000_000, 1_000_000_000, count)
    firms = draw.integers(0, count // 3 + 1, count)
    return pl.DataFrame(
        {
            "loan": [f"L{number:07}" for number in range(count)],
            "bank": [f"B{number:03}" for number in draw.integers(0, 100, count).tolist()],
            "firm": [f"F{number:07}" for number in firms.tolist()],
            "group": [f"G{number // 4:07}" if number % 5 == 0 else "" for number in firms.tolist()],
            "instrument": ["loan"] * count,
            "fen": fen,
            "balance_fen": fen,
            "fund_bp": draw.integers(0, 7_001, count),
        }
    ).with_columns(
        pl.lit(date(2024, 1, 15)).alias("drawn_on"),
        (pl.lit(date(2025, 1, 1)) + pl.duration(days=pl.int_range(pl.len()) % 80)).cast(pl.Date).alias("since"),
        pl.lit(None, pl.Date).alias("paid_on"),
        pl.lit(0, pl.Int64).alias("paid_fen"),
        pl.lit(False).alias("is_void"),
        pl.lit(False).alias("is_written_off"),
    )


def answered(scratch: Path, count: str) -> Work:
    """Work that answers every claim; yields what the pool pays in all, in fen."""
    numbers = "".join(
        f'[parameter.{name}]\n2021-01-01 = {{ value = {value}, source = "1" }}\n' for name, value in NUMBERS.items()
    )
    texts = {"waterfalls/bench_pool.toml": TEXT, "pools/bench_loans.toml": POOL + numbers}
    pool = load(read_pack("demo") | texts).pools["bench_loans"]
    table = loans(int(count))
    asked = table.select("loan", principal_fen="balance_fen")
    book = Book(table, 40_000_000_000_000, True)
    return lambda: float(claims_judged(pool, book, asked, ON)["paid_fen"].sum())
