"""Close of business: the interest that accrues from one business date to another, for one loan and for many.

Accrual is cumulative: what accrues from `since` to `until` is the interest of each period up to `until`, rounded once,
less that up to `since`. So days closed one by one, or caught up in one step, come to the fen to what falls due.
"""

from collections.abc import Mapping
from datetime import date

import numpy as np
import polars as pl

from kerong.engine.deal.terms.columns import DAYS, EPOCH, STRETCHES, fresh, numbers
from kerong.engine.deal.terms.days import COUNTS
from kerong.engine.deal.terms.rates import WHOLE_PPM
from kerong.engine.deal.terms.refusals import TermsRefused, day
from kerong.engine.deal.terms.schedule import Schedule, interest_fen, run_to


def accrued_fen(schedule: Schedule, since: date, until: date) -> int:
    """The interest of one loan from the start of `since` to that of `until`, in fen; refuses `until` before it."""
    _in_order(since, until)
    periods = [row for row in schedule.rows if row.stretches]
    return sum(
        interest_fen(run_to(row.stretches, row.period, until)) - interest_fen(run_to(row.stretches, row.period, since))
        for row in periods
    )


def stretch_table(loans: Mapping[str, Schedule]) -> pl.DataFrame:
    """The stretches of schedules that were worked out one by one, changed ones too, for `accrued`."""
    rows = [
        (name, s.count, row.period, s.begin, s.end, s.balance_fen, s.ppm)
        for name, schedule in loans.items()
        for row in schedule.rows
        for s in row.stretches
    ]
    schema = {"loan": pl.String(), "count": pl.String()} | {
        name: pl.Date() if name in DAYS else pl.Int64() for name in STRETCHES
    }
    return pl.DataFrame(rows, schema, orient="row").sort("loan", "period", "begin")


def accrued(stretches: pl.DataFrame, since: date, until: date) -> pl.DataFrame:
    """The same for many loans: `loan`, `accrued_fen` (Int64), by loan.

    `stretches`: as `Schedules.stretches` or `stretch_table` (loan, count, period, begin, end, balance_fen, ppm). Loans
    without a day in between have no row. Refuses `until` before `since`.
    """
    from kerong.engine.deal.terms import schedule_loops as loops  # loads Numba
    from kerong.engine.deal.terms.calendar_loops import CODES

    _in_order(since, until)
    is_touched = (pl.col("begin") < until) & (pl.col("end") > since)
    touched = stretches.filter(is_touched).select("loan", "period").unique()
    own = stretches.join(touched, on=("loan", "period"), how="semi")
    counts = fresh(own["count"].replace_strict(CODES, return_dtype=pl.Int64))
    columns = [numbers(own[name]) if name in DAYS else fresh(own[name]) for name in STRETCHES]
    table = np.ascontiguousarray(np.column_stack(columns))
    bases = {name: count.base for name, count in COUNTS.items()}
    base = pl.col("count").replace_strict(bases, return_dtype=pl.Int64)
    found = own.select("loan", "period", base.alias("base"))
    for name, day_ in (("since", since), ("until", until)):
        fen, rests = np.zeros(own.height, np.int64), np.zeros(own.height, np.int64)
        loops.charge(counts, table, day_.toordinal() - EPOCH, fen, rests)
        found = found.with_columns(pl.Series(f"{name}_fen", fen), pl.Series(f"{name}_rest", rests))
    whole = pl.col("base") * WHOLE_PPM
    sums = found.group_by("loan", "period", "base").agg(
        pl.col("since_fen", "since_rest", "until_fen", "until_rest").sum()
    )
    since_fen, until_fen = (
        pl.col(f"{name}_fen") + (2 * pl.col(f"{name}_rest") + whole) // (2 * whole) for name in ("since", "until")
    )
    by_period = sums.select("loan", (until_fen - since_fen).alias("accrued_fen"))
    return by_period.group_by("loan").agg(pl.col("accrued_fen").sum()).sort("loan")


def _in_order(since: date, until: date) -> None:
    if day("until", until) < day("since", since):
        raise TermsRefused("order", later_name="until", later=until, earlier_name="since", earlier=since)
