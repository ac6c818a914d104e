"""Returns of institutions held against the files of their contracts: per institution, month and firm, exact in fen.

What counts at the end of a month: a contract that began by its last day and ends after it. A loan's balance is what the
bank reported for that very day; in other months its balance is not compared, what was drawn is. Nothing is estimated.
"""

from dataclasses import dataclass

import polars as pl

FIRM = "enterprise_id"
KEY = ["institution", "month", FIRM]
_SIDES = ("return", "file")
_NONE = {"balance_fen": pl.Int64(), "new_fen": pl.Int64()}

DIFFERENCES = pl.Schema(
    {
        "register": pl.String(),
        "institution": pl.String(),
        "month": pl.Date(),
        FIRM: pl.String(),
        "kind": pl.String(),  # balance_differs, new_differs, both_differ, not_in_return, not_in_file, unknown
        "return_balance_fen": pl.Int64(),
        "file_balance_fen": pl.Int64(),
        "balance_difference_fen": pl.Int64(),  # the return less the files; null where it is not known
        "return_new_fen": pl.Int64(),
        "file_new_fen": pl.Int64(),
        "new_difference_fen": pl.Int64(),
    }
)


@dataclass(frozen=True, slots=True)
class Contracts:
    """How a register of contracts is counted: columns of what is owed, of what is new and of the days that bound it.

    `dated` is the column of the day for which a report states the balance; None: the balance follows from `ends`, of
    which the first day that is known ends the contract.
    """

    returned: str
    register: str
    balance: str
    new: str
    start: str
    ends: tuple[str, ...] = ()
    dated: str | None = None
    id: str = ""


KINDS = (
    Contracts("return_loan", "loan", "balance_fen", "amount_fen", "drawn_on", dated="reported_on", id="loan_id"),
    Contracts("return_guarantee", "guarantee", "amount_fen", "amount_fen", "start_on", ("end_on", "compensated_on")),
    Contracts("return_premium", "insurance", "cover_fen", "premium_fen", "start_on", ("end_on",)),
    Contracts("return_investment", "equity_round", "paid_in_fen", "paid_in_fen", "closed_on"),
)


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`months`: a row per return, institution and month; `differences`: a row per firm that differs in one of them.

    In `months` `state` is "agrees", "differs", "no_return" (the files have contracts, the institution sent nothing)
    or "no_contracts" (the files know nothing of the institution at all); `balance_compared` says whether balances were.
    """

    months: pl.DataFrame
    differences: pl.DataFrame


def reconciled(returns: pl.DataFrame, contracts: pl.DataFrame, kind: Contracts) -> Reconciled:
    """The cleaned register `kind.returned` against the cleaned register `kind.register`, both with `enterprise_id`.

    A loan must come with one row per loan and report. Months are those of the returns; a month without any return of an
    institution is told as such for the span of all returns, and its firms are no differences. An amount that is not
    known makes the sum of its firm unknown, which is a difference of its own kind.
    """
    said = _summed(returns.select(*KEY, "balance_fen", "new_fen"))
    months = returns.select(pl.col("month").unique().sort())["month"].drop_nulls()
    if not len(months):
        return Reconciled(_by_month(_empty(kind), kind), _empty(kind).select(DIFFERENCES.names()))
    span = pl.date_range(months[0], months[-1], "1mo", eager=True).alias("month")
    held, compared = _of_files(contracts.filter(pl.col("institution").is_not_null()), kind, span)
    both = said.join(held, on=KEY, how="full", coalesce=True, suffix="_file")
    both = both.rename({"balance_fen": "return_balance_fen", "new_fen": "return_new_fen"})
    both = both.rename({"balance_fen_file": "file_balance_fen", "new_fen_file": "file_new_fen"})
    if compared is None:
        both = both.with_columns(compared=pl.lit(value=True))
    else:
        both = both.join(compared.with_columns(compared=pl.lit(value=True)), on=["institution", "month"], how="left")
    known = contracts["institution"].unique().drop_nulls()
    both = _judged(both.with_columns(held=pl.col("institution").is_in(known.implode())), kind)
    differing = both.filter(pl.col("kind").is_not_null(), pl.col("sent"))
    return Reconciled(_by_month(both, kind), differing.select(DIFFERENCES.names()).sort("register", *KEY))


def _summed(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per institution, month and firm; unknown where one of its amounts is. `there` marks the side."""
    amounts = [
        pl.when(pl.col(name).is_null().any()).then(None).otherwise(pl.col(name).sum()).alias(name) for name in _NONE
    ]
    return rows.drop_nulls(KEY).group_by(KEY).agg(*amounts).with_columns(there=pl.lit(True))


def _of_files(contracts: pl.DataFrame, kind: Contracts, span: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame | None]:
    """What the files say by institution, month and firm, and where they say balances by institution and month: None
    for everywhere.
    """
    compared = None
    month = pl.col(kind.start).dt.truncate("1mo").alias("month")
    once = contracts
    if kind.id and kind.dated:  # each report of a contract is a row: the last one says what was agreed
        order = [kind.id, kind.dated, *(name for name in contracts.columns if name not in (kind.id, kind.dated))]
        once = contracts.sort(order).unique(kind.id, keep="last", maintain_order=True)
    new = once.select("institution", month, FIRM, pl.lit(0, pl.Int64).alias("balance_fen"), new_fen=pl.col(kind.new))
    new = new.filter(pl.col("month").is_in(span.implode()))
    if kind.dated is not None:
        at_end = pl.col(kind.dated) == pl.col(kind.dated).dt.month_end()
        told = contracts.filter(at_end).with_columns(pl.col(kind.dated).dt.truncate("1mo").alias("month"))
        told = told.filter(pl.col("month").is_in(span.implode()))
        compared = told.select("institution", "month").unique()
    else:
        ends = pl.min_horizontal(kind.ends) if kind.ends else pl.lit(None, pl.Date)
        told = contracts.with_columns(_ends=ends).join(span.to_frame(), how="cross")
        last = pl.col("month").dt.month_end()
        told = told.filter(pl.col(kind.start) <= last, pl.col("_ends").is_null() | (pl.col("_ends") > last))
    held = told.select("institution", "month", FIRM, balance_fen=pl.col(kind.balance), new_fen=pl.lit(0, pl.Int64))
    return _summed(pl.concat([new, held])), compared


def _judged(both: pl.DataFrame, kind: Contracts) -> pl.DataFrame:
    """Differences in fen, `kind` of each (null: none), and whether the institution sent a return of the month."""
    here = {side: pl.col("there" if side == "return" else "there_file").fill_null(value=False) for side in _SIDES}
    compared = pl.col("compared").fill_null(value=False)
    sides = [
        pl.when(here[side]).then(pl.col(f"{side}_{name}")).otherwise(0).alias(f"{side}_{name}")
        for side in _SIDES
        for name in _NONE
    ]
    both = both.with_columns(*sides, compared=compared, in_return=here["return"], in_file=here["file"])
    both = both.with_columns(
        file_balance_fen=pl.when("compared").then("file_balance_fen"),
        balance_difference_fen=pl.when("compared").then(pl.col("return_balance_fen") - pl.col("file_balance_fen")),
        new_difference_fen=pl.col("return_new_fen") - pl.col("file_new_fen"),
        sent=pl.col("in_return").any().over("institution", "month"),
        register=pl.lit(kind.returned),
    )
    off = {
        "balance": pl.col("balance_difference_fen").fill_null(0) != 0,
        "new": pl.col("new_difference_fen").fill_null(0) != 0,
    }
    doubtful = (compared & pl.col("balance_difference_fen").is_null()) | pl.col("new_difference_fen").is_null()
    some = off["balance"] | off["new"]
    verdict = (
        pl.when(doubtful)
        .then(pl.lit("unknown"))
        .when(some & ~pl.col("in_return"))
        .then(pl.lit("not_in_return"))
        .when(some & ~pl.col("in_file"))
        .then(pl.lit("not_in_file"))
        .when(off["balance"] & off["new"])
        .then(pl.lit("both_differ"))
        .when(off["balance"])
        .then(pl.lit("balance_differs"))
        .when(off["new"])
        .then(pl.lit("new_differs"))
    )
    return both.with_columns(kind=verdict)


def _by_month(both: pl.DataFrame, kind: Contracts) -> pl.DataFrame:
    """Sums of both sides by institution and month; a sum with an unknown part is unknown."""
    amounts = ["return_balance_fen", "file_balance_fen", "return_new_fen", "file_new_fen"]
    whole = [pl.when(pl.col(n).is_null().any()).then(None).otherwise(pl.col(n).sum()).alias(n) for n in amounts]
    table = both.group_by("institution", "month").agg(
        *whole,
        pl.col("in_return").sum().cast(pl.Int64).alias("firms_in_return"),
        pl.col("in_file").sum().cast(pl.Int64).alias("firms_in_file"),
        (pl.col("kind") == "not_in_return").sum().cast(pl.Int64).alias("not_in_return"),
        (pl.col("kind") == "not_in_file").sum().cast(pl.Int64).alias("not_in_file"),
        pl.col("kind").is_not_null().sum().cast(pl.Int64).alias("differing"),
        pl.col("compared").any().alias("balance_compared"),
        pl.col("sent", "held").any(),
    )
    state = (
        pl.when(~pl.col("sent"))
        .then(pl.lit("no_return"))
        .when(~pl.col("held"))
        .then(pl.lit("no_contracts"))
        .when(pl.col("differing") > 0)
        .then(pl.lit("differs"))
        .otherwise(pl.lit("agrees"))
    )
    told = table.with_columns(
        register=pl.lit(kind.returned),
        state=state,
        balance_difference_fen=pl.col("return_balance_fen") - pl.col("file_balance_fen"),
        new_difference_fen=pl.col("return_new_fen") - pl.col("file_new_fen"),
    )
    first = ["register", "institution", "month", "state", "balance_compared"]
    rest = ["firms_in_return", "firms_in_file", "not_in_return", "not_in_file", "differing"]
    sums = ["return_balance_fen", "file_balance_fen", "balance_difference_fen"]
    sums += ["return_new_fen", "file_new_fen", "new_difference_fen"]
    return told.select(*first, *rest, *sums).sort("register", "institution", "month")


def _empty(kind: Contracts) -> pl.DataFrame:
    """No rows at all, with every column that a judged table has."""
    nothing = pl.DataFrame(schema={"institution": pl.String(), "month": pl.Date(), FIRM: pl.String()})
    sides = [pl.lit(None, pl.Int64).alias(f"{side}_{name}") for side in _SIDES for name in _NONE]
    marks = [pl.lit(None, pl.Boolean).alias(name) for name in ("there", "there_file", "compared", "held")]
    return _judged(nothing.with_columns(*sides, *marks), kind)
