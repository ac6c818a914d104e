"""Many registrations of a day at once, by columns: the same answers as `refusal`, loan for loan."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from kerong.engine.money.pool.book import WISHES, Book, bound_by_drawdown, facts_of, terms_table
from kerong.engine.money.pool.terms import MOST_FEN, OF_THE_DAY, fuse_line, in_force, lateness, number, room_of
from kerong.rulebook.pools import Pool


def registered(
    pool: Pool, book: Book, wishes: pl.DataFrame, on: date, working_days: Sequence[date] = ()
) -> pl.DataFrame:
    """`refused` for each wish to register a loan on a day ("": it is registered), in the order of the rows.

    `wishes` has the columns WISHES and the facts of the loans. Served first is the earliest drawdown, then by loan.
    """
    rows = _rows(pool, book, wishes, on, working_days)
    multiple = number(pool, "multiple_bp", on)
    exposure = _owed(book, pl.col("paid_on").is_null())
    room = None if multiple is None else multiple * book.balance_fen // 10_000 - exposure
    rooms = dict(_rooms(pool, book, on))
    taken = pl.Series([False] * rows.height)
    while True:  # as in claims: each round makes one more right for good
        found = rows.with_columns(taken.alias("taken")).select(_refused(room, rooms, _is_open(pool, book, on)))
        again = found["refused"] == ""
        if again.equals(taken):
            return found.with_columns(rows["row"]).sort("row").drop("row")
        taken = again


def _rows(pool: Pool, book: Book, wishes: pl.DataFrame, on: date, working_days: Sequence[date]) -> pl.DataFrame:
    """Wishes in the order of service with what can be told of each alone."""
    held = {**WISHES, **facts_of(pool)}
    rows = wishes.select(
        (pl.col(name) if name in wishes.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in held.items()
    ).with_row_index("row")
    known = book.loans.select("loan", pl.col("bank").alias("known"))
    rows = rows.join(known, on="loan", how="left", maintain_order="left")
    version, days = bound_by_drawdown(pool, rows["drawn_on"])
    terms = terms_table(pool, days).select("version", "in_force")
    rows = rows.with_columns(version.alias("version")).join(terms, on="version", how="left", maintain_order="left")
    drawn = sorted(day for day in rows["drawn_on"].unique() if day is not None)
    late = pl.DataFrame(
        {"drawn_on": drawn, "late": [lateness(pool, day, on, working_days) for day in drawn]},
        schema={"drawn_on": pl.Date(), "late": pl.String()},
    )
    rows = rows.join(late, on="drawn_on", how="left", maintain_order="left")
    order = ["drawn_on", "loan", *(name for name in held if name not in ("drawn_on", "loan")), "row"]
    rows = rows.sort(order, nulls_last=True)
    return rows.with_columns(_early(pool, on), _late())


def _early(pool: Pool, on: date) -> pl.Expr:
    """Why a loan is refused before it is asked whether it is registered already."""
    lacks = [pl.col(name).fill_null("") == "" for name in ("loan", "bank", "firm")]
    return (
        pl.when(pl.any_horizontal(pl.col("drawn_on").is_null(), *lacks))
        .then(pl.lit("unknown"))
        .when(~(pl.col("in_force") & pl.lit(in_force(pool, OF_THE_DAY, on))))
        .then(pl.lit("no_terms"))
        .when(~pl.col("instrument").is_in(list(pool.instruments)).fill_null(False))
        .then(pl.lit("instrument"))
        .when(~pl.col("fen").is_between(1, MOST_FEN).fill_null(False))
        .then(pl.lit("amount"))
        .when(pl.col("drawn_on") > on)
        .then(pl.lit("not_drawn"))
        .otherwise(pl.lit(""))
        .alias("early")
    )


def _late() -> pl.Expr:
    """Why a loan that is not registered yet is refused, by what is told of it alone."""
    return (
        pl.when(pl.col("elsewhere").fill_null(False))
        .then(pl.lit("elsewhere"))
        .when((pl.col("judged_on") != pl.col("drawn_on")).fill_null(False))
        .then(pl.lit("judged_on_another_day"))
        .when(pl.col("eligible").is_null())
        .then(pl.lit("eligibility_unknown"))
        .when(~pl.col("eligible"))
        .then(pl.lit("not_eligible"))
        .otherwise(pl.col("late").fill_null(""))
        .alias("later")
    )


def _rooms(pool: Pool, book: Book, on: date) -> Iterator[tuple[str, int]]:
    """What is left for each instrument whose part is bounded."""
    for kind in pool.instruments:
        room = room_of(pool, kind, book.balance_fen, on)
        if room is not None:
            yield kind, room - _owed(book, pl.col("paid_on").is_null() & (pl.col("instrument") == kind))


def _refused(room: int | None, rooms: Mapping[str, int], is_open: bool) -> pl.Expr:
    """The answers, given which wishes before each were taken."""
    taken = pl.col("taken") & (pl.col("early") == "")
    first_bank = pl.when(taken).then(pl.col("bank")).forward_fill().shift(1).over("loan")
    holder = pl.coalesce("known", first_bank)
    fen = pl.when(taken).then(pl.col("fen")).otherwise(0).cast(pl.Int128)
    before = fen.cum_sum() - fen
    asked = before + pl.col("fen").cast(pl.Int128)
    of_kind = (fen.cum_sum() - fen).over("instrument") + pl.col("fen").cast(pl.Int128)
    bounds = pl.lit(None, pl.Int128)
    for kind, left in rooms.items():
        bounds = pl.when(pl.col("instrument") == kind).then(pl.lit(left, pl.Int128)).otherwise(bounds)
    fits = pl.lit(True) if room is None else asked <= pl.lit(room, pl.Int128)
    return (
        pl.when(pl.col("early") != "")
        .then("early")
        .when(holder == pl.col("bank"))
        .then(pl.lit("registered_before"))
        .when(holder.is_not_null())
        .then(pl.lit("another_bank"))
        .when(pl.col("later") != "")
        .then("later")
        .when(pl.lit(not is_open))
        .then(pl.lit("fuse"))
        .when(~fits)
        .then(pl.lit("multiple"))
        .when(of_kind > bounds)
        .then(pl.lit("mix"))
        .otherwise(pl.lit(""))
        .alias("refused")
    )


def _owed(book: Book, where: pl.Expr) -> int:
    """What is owed on some of the loans that are neither void nor written off."""
    open_ = ~pl.col("is_void") & ~pl.col("is_written_off")
    found = book.loans.filter(open_ & where).select(pl.col("balance_fen").cast(pl.Int128).sum()).item()
    return int(found or 0)


def _is_open(pool: Pool, book: Book, on: date) -> bool:
    line = fuse_line(pool, book.is_open, on)
    bad = _owed(book, pl.col("since").is_not_null())
    return line is None or bad * 10_000 <= line * _owed(book, pl.lit(True))
