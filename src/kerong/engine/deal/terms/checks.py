"""What is wrong with which loan of a table, before schedules are drawn: the refusals of `loans.checked`, by columns."""

from collections.abc import Iterator

import polars as pl

from kerong.engine.deal.terms.dates import ADJUSTMENTS, BEYOND, MOST_MONTHS
from kerong.engine.deal.terms.days import COUNTS
from kerong.engine.deal.terms.loans import METHODS, MOST_FEN, MOST_YEARS

PROBLEMS = {"loan": pl.String(), "kind": pl.String()}


def problems_of(
    loans: pl.DataFrame, drawdowns: pl.DataFrame, rates: pl.DataFrame, plan: pl.DataFrame, most_ppm: int
) -> pl.DataFrame:
    """Loan and kind (a name of REFUSALS) of everything that is wrong, each once, sorted by both.

    A name without a loan in further tables is "no_loan", a loan that stands twice "twice", a gap "missing".
    """
    found = [loans.filter(bad).select("loan", pl.lit(kind).alias("kind")) for kind, bad in _of_a_loan(most_ppm)]
    found += [loans.filter(pl.col("loan").is_duplicated()).select("loan", pl.lit("twice").alias("kind"))]
    spans = loans.unique("loan", keep="any").select("loan", "drawn_on", "maturity", "method", first="principal_fen")
    for kind, frame in (
        *_of_draws(drawdowns, spans),
        *_of_rates(rates, spans, most_ppm),
        *_of_plans(plan, drawdowns, spans),
    ):
        found.append(frame.select(pl.col("loan"), pl.lit(kind).alias("kind")))
    return pl.concat([pl.DataFrame(schema=PROBLEMS), *found]).unique().sort("loan", "kind")


def _within(name: str, least: int, most: int) -> pl.Expr:
    return pl.col(name).is_between(least, most)


def _of_a_loan(most_ppm: int) -> Iterator[tuple[str, pl.Expr]]:
    """Kind of refusal, and which loans it is true of."""
    needed = ("loan", "principal_fen", "drawn_on", "maturity", "rate_ppm", "every_months", "least_first_days")
    yield (
        "missing",
        pl.any_horizontal(pl.col(*needed, "count", "method", "adjust", "moves_interest", "beyond").is_null()),
    )
    yield (
        "amount",
        ~pl.all_horizontal(
            _within("principal_fen", 1, MOST_FEN),
            _within("every_months", 0, MOST_MONTHS),
            _within("least_first_days", 0, 366),
            _within("day", 1, 31).fill_null(True),
            _within("month", 1, 12).fill_null(True),
            _within("instalment_fen", 0, 2 * MOST_FEN).fill_null(True),
        ),
    )
    yield "order", pl.col("maturity") <= pl.col("drawn_on")
    yield "term", pl.col("maturity") > pl.col("drawn_on").dt.offset_by(f"{12 * MOST_YEARS}mo")
    yield "rate", ~_within("rate_ppm", 0, most_ppm)
    yield (
        "unknown",
        ~pl.all_horizontal(
            pl.col(name).is_in(list(options))
            for name, options in (("count", COUNTS), ("method", METHODS), ("adjust", ADJUSTMENTS), ("beyond", BEYOND))
        ),
    )
    by_instalment = pl.col("method").is_in(["annuity", "equal_principal"])
    yield "instalment_method", pl.col("instalment_fen").is_not_null() & ~by_instalment


def _known(frame: pl.DataFrame, spans: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The rows with what their loans say, and the rows without a loan."""
    return frame.join(spans, on="loan", how="inner"), frame.join(spans, on="loan", how="anti")


def _of_draws(drawdowns: pl.DataFrame, spans: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    rows, alone = _known(drawdowns, spans)
    yield "no_loan", alone
    yield "missing", rows.filter(pl.any_horizontal(pl.col("on", "fen").is_null()))
    yield "amount", rows.filter(~_within("fen", 1, MOST_FEN))
    yield "drawn_outside", rows.filter(~((pl.col("on") >= pl.col("drawn_on")) & (pl.col("on") < pl.col("maturity"))))
    yield "amount", rows.group_by("loan").agg(_drawn()).filter(pl.col("drawn") > MOST_FEN)


def _drawn() -> pl.Expr:
    """All that is drawn, as far as one drawdown is no more than it may be: sums of others could pass 64 bits."""
    most = MOST_FEN + 1
    return (pl.col("fen").clip(0, most).cast(pl.Int128).sum() + pl.col("first").first().clip(0, most)).alias("drawn")


def _of_rates(rates: pl.DataFrame, spans: pl.DataFrame, most_ppm: int) -> Iterator[tuple[str, pl.DataFrame]]:
    rows, alone = _known(rates, spans)
    yield "no_loan", alone
    yield "missing", rows.filter(pl.any_horizontal(pl.col("on", "ppm").is_null()))
    yield "rate", rows.filter(~_within("ppm", 0, most_ppm))
    yield "rate_steps", rows.filter((pl.col("on") < pl.col("drawn_on")) | pl.struct("loan", "on").is_duplicated())


def _of_plans(plan: pl.DataFrame, drawdowns: pl.DataFrame, spans: pl.DataFrame) -> Iterator[tuple[str, pl.DataFrame]]:
    rows, alone = _known(plan, spans)
    yield "no_loan", alone
    yield "missing", rows.filter(pl.any_horizontal(pl.col("on", "fen").is_null()))
    yield "amount", rows.filter(~_within("fen", 1, MOST_FEN))
    yield "plan_method", rows.filter(pl.col("method") != "custom")
    yield "plan_outside", rows.filter(~((pl.col("on") > pl.col("drawn_on")) & (pl.col("on") <= pl.col("maturity"))))
    custom = spans.filter(pl.col("method") == "custom")
    moves = pl.concat(
        [
            custom.select("loan", pl.col("drawn_on").alias("on"), pl.col("first").alias("fen")),
            drawdowns.join(custom, on="loan", how="semi").select("loan", "on", "fen"),
            plan.join(custom, on="loan", how="semi").select("loan", "on", -pl.col("fen")),
        ]
    ).with_columns(pl.col("fen").clip(-MOST_FEN - 1, MOST_FEN + 1).cast(pl.Int128))
    yield "plan_sum", moves.group_by("loan").agg(pl.col("fen").sum()).filter(pl.col("fen") != 0)
    # On one day a repayment comes before a drawdown: it cannot repay what is drawn that day.
    run = moves.sort("loan", "on", "fen").with_columns(pl.col("fen").cum_sum().over("loan").alias("left"))
    yield "plan_early", run.filter(pl.col("left") < 0)
