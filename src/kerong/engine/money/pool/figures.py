"""What a pool carries: exposure, use, expected loss and how long its money lasts."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.money.pool.book import Book
from kerong.engine.money.pool.claims import whole_losses
from kerong.rulebook.pools import Pool

YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Figures:
    """What a pool carries, in fen.

    `loans` may yet be claimed, `exposure_fen` is owed on them, and `covered_fen` is the pool's part of that if each
    were lost today; `uncovered_loans` are those of which it cannot be told, and they are not in `covered_fen`.
    `used_bp`: what was compensated, of what the pool had for it; `bad_bp`: what is overdue, of what is owed.
    `expected_fen`: the pool's parts times the probabilities of default within a year, summed exactly and rounded half
    up once; None where one of them is not known. `days_to_empty`: at that pace; None too where nothing is expected.
    """

    loans: int
    exposure_fen: int
    covered_fen: int
    uncovered_loans: int
    compensated_fen: int
    used_bp: int | None
    bad_bp: int | None
    expected_fen: int | None
    days_to_empty: int | None


def pool_figures(pool: Pool, book: Book, on: date) -> Figures:
    """The figures of a pool on a day. `book.loans` may have `probability_bp`: of default within a year, for each loan.

    Without that column, or with an unknown in it, no expected loss is told: unknown is never zero.
    """
    loans = book.loans.filter(~pl.col("is_void"))
    kept = loans.filter(~pl.col("is_written_off"))
    open_ = kept.filter(pl.col("paid_on").is_null() & (pl.col("balance_fen") > 0))
    parts = whole_losses(pool, Book(open_, book.balance_fen, book.is_open), on)
    paid = _sum(loans["paid_fen"])
    expected = _expected(open_, parts)
    return Figures(
        loans=open_.height,
        exposure_fen=_sum(open_["balance_fen"]),
        covered_fen=_sum(parts),
        uncovered_loans=parts.null_count(),
        compensated_fen=paid,
        used_bp=_part(paid, paid + book.balance_fen),
        bad_bp=_part(_sum(kept.filter(pl.col("since").is_not_null())["balance_fen"]), _sum(kept["balance_fen"])),
        expected_fen=expected,
        days_to_empty=None if not expected else book.balance_fen * YEAR_DAYS // expected,
    )


def _expected(loans: pl.DataFrame, parts: pl.Series) -> int | None:
    if "probability_bp" not in loans.columns:
        return None
    frame = loans.select(pl.col("probability_bp").cast(pl.Int128)).with_columns(parts.cast(pl.Int128).alias("part"))
    if frame["probability_bp"].null_count() or parts.null_count():
        return None
    exact = int(frame.select((pl.col("probability_bp") * pl.col("part")).sum()).item() or 0)
    return (exact + 5_000) // 10_000


def _part(fen: int, whole: int) -> int | None:
    """`fen` of `whole` in basis points, down; null of nothing."""
    return fen * 10_000 // whole if whole > 0 else None


def _sum(values: pl.Series) -> int:
    return int(values.cast(pl.Int128).sum() or 0)
