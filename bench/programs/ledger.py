"""A ledger of many transfers, replayed: budgets whose grants are reserved, paid, released, clawed back and reversed."""

from pathlib import Path

import numpy as np
import polars as pl

from bench.claims import Work
from kerong.engine.money.ledger import Book, replayed
from kerong.engine.money.ledger.entries import ENTRIES

BOOKS = 40
PAYEES = 100_000
GIVEN_FEN = 10**14


def replay(scratch: Path, count: str) -> Work:
    """Work that replays that many transfers; answers with the fen that were paid."""
    entries, books = history(int(count)), [Book(f"budget/{number}", "budget") for number in range(BOOKS)]

    def work() -> float:
        found = replayed(entries, books)
        assert found.problems.is_empty(), found.problems
        return float(found.accounts.filter(pl.col("account") == "appropriation")["debits_posted"].sum())

    return work


def history(count: int) -> pl.DataFrame:
    """Entries: in each book an appropriation, then grants, each reserved and paid (four of five) or released."""
    draw = np.random.default_rng(5)
    pairs = (count - BOOKS) // 2
    book, paid = draw.integers(0, BOOKS, pairs), draw.random(pairs) < 0.8
    grants = pl.DataFrame(
        {
            "book": np.char.add("budget/", book.astype(str)),
            "payee": np.char.add("payee:", draw.integers(0, PAYEES, pairs).astype(str)),
            "fen": draw.integers(1, 10_000_000, pairs),
            "day": draw.integers(0, 365, pairs).astype("timedelta64[D]") + np.datetime64("2025-01-01"),
            "place": np.arange(1, pairs + 1) * 2,
        }
    )
    common = {"debit": pl.lit("appropriation"), "credit": pl.col("payee"), "on": pl.col("day").cast(pl.Date)}
    reserved = grants.select(
        "book", "fen", "place", **common, move=pl.lit("reserve"), step=pl.lit("reserve_grant"), ref=_ref("place")
    )
    ends = pl.Series(paid)
    ended = grants.select(
        "book",
        "fen",
        pl.col("place") + 1,
        **common,
        move=pl.when(ends).then(pl.lit("post_reserved")).otherwise(pl.lit("void_reserved")),
        step=pl.when(ends).then(pl.lit("pay_grant")).otherwise(pl.lit("release_grant")),
        ref=_ref(pl.col("place") + 1),
        pending=_ref("place"),
    )
    given = pl.DataFrame({"book": [f"budget/{number}" for number in range(BOOKS)], "number": range(BOOKS)}).select(
        "book",
        fen=pl.lit(GIVEN_FEN),
        place=pl.lit(0, pl.Int64),
        debit=pl.lit("treasury"),
        credit=pl.lit("appropriation"),
        on=pl.date(2025, 1, 1),
        move=pl.lit("post"),
        step=pl.lit("appropriate"),
        ref=_ref(pl.col("number") + 10 * count),
    )
    rows = pl.concat([given, reserved, ended], how="diagonal_relaxed").sort("book", "place")
    fixed = {"type": "transfer", "currency": "CNY"}
    texts = [name for name, kind in ENTRIES.items() if kind == pl.String() and name not in (*rows.columns, *fixed)]
    return rows.with_columns(
        *(pl.lit(value).alias(name) for name, value in fixed.items()),
        *(pl.lit("").alias(name) for name in texts),
        pl.col("pending").fill_null(""),
        pl.int_range(1, pl.len() + 1).over("book").alias("sequence"),
        pl.lit(None, pl.Date).alias("through"),
    ).select(pl.col(name).cast(kind) for name, kind in ENTRIES.items())


def _ref(number: pl.Expr | str) -> pl.Expr:
    """32 hexadecimal characters; decimal ones are among them."""
    return (pl.col(number) if isinstance(number, str) else number).cast(pl.String).str.zfill(32)
