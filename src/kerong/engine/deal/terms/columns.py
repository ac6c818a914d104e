"""Schedules of many loans as columns: the same rows as `schedule` gives for each, from compiled loops.

Tables: `loans` has one row for each loan, with the columns of LOANS (one that is missing takes its default); further
drawdowns, steps of the rate and plans of repayment are tables of their own. Nothing is raised for a single bad loan: it
has no rows, and `problems` says why by the names of REFUSALS.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import ModuleType
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.terms.checks import problems_of
from kerong.engine.deal.terms.dates import DueRule
from kerong.engine.deal.terms.loans import Cash, Terms
from kerong.engine.deal.terms.rates import MOST_RATE_PPM, WHOLE_PPM, BaseRate, Fixed, Floating, Stepped, rate_steps
from kerong.engine.deal.terms.schedule import Row, schedule

LOANS: Mapping[str, tuple[pl.DataType, Any]] = {
    "loan": (pl.String(), None),
    "principal_fen": (pl.Int64(), None),
    "drawn_on": (pl.Date(), None),
    "maturity": (pl.Date(), None),
    "rate_ppm": (pl.Int64(), None),
    "count": (pl.String(), "act_360"),
    "method": (pl.String(), "annuity"),
    "every_months": (pl.Int64(), 1),
    "day": (pl.Int64(), None),
    "month": (pl.Int64(), None),
    "least_first_days": (pl.Int64(), 0),
    "adjust": (pl.String(), "none"),
    "moves_interest": (pl.Boolean(), True),
    "beyond": (pl.String(), "refuse"),
    "instalment_fen": (pl.Int64(), None),
}
CASH = {"loan": pl.String(), "on": pl.Date(), "fen": pl.Int64()}
RATES = {"loan": pl.String(), "on": pl.Date(), "ppm": pl.Int64()}
ROWS = (
    *("number", "period", "begin", "end", "due", "opening_fen", "drawn_fen", "principal_fen", "interest_fen"),
    *("closing_fen", "instalment_fen"),
)
STRETCHES = ("period", "begin", "end", "balance_fen", "ppm")
DAYS = ("period", "begin", "end", "due")
EPOCH = date(1970, 1, 1).toordinal()
SHORTEST_MONTH = 28


@dataclass(frozen=True, slots=True)
class Schedules:
    """`rows`: loan and the columns ROWS, by loan and number; `stretches`: loan, count and STRETCHES, by loan and day.

    A stretch is days with one balance and one rate: what interest comes from. `problems`: loan, kind (a name of
    REFUSALS), sorted; such a loan has no rows.
    """

    rows: pl.DataFrame
    stretches: pl.DataFrame
    problems: pl.DataFrame


def schedules(
    loans: pl.DataFrame,
    drawdowns: pl.DataFrame | None = None,
    rates: pl.DataFrame | None = None,
    plan: pl.DataFrame | None = None,
    working: WorkingDays | None = None,
    most_ppm: int = MOST_RATE_PPM,
) -> Schedules:
    """The schedules of all loans, sorted by loan; the order of the rows of the tables does not matter.

    `drawdowns` (loan, on, fen): what is drawn beside the first. `rates` (loan, on, ppm): another rate from a day on.
    `plan` (loan, on, fen): repayments of the custom method. Raises TypeError for a column of another type, a float
    above all.
    """
    table = _typed(loans, {name: kind for name, (kind, _) in LOANS.items()}, {n: d for n, (_, d) in LOANS.items()})
    draws, steps, repaid = _typed(drawdowns, CASH), _typed(rates, RATES), _typed(plan, CASH)
    problems = problems_of(table, draws, steps, repaid, most_ppm)
    table = table.join(problems, on="loan", how="anti").sort("loan")
    return _filled(table, (_own(draws, table), _own(steps, table), _own(repaid, table)), working, problems)


def rate_table(loans: pl.DataFrame, bases: Mapping[str, BaseRate], hold: bool = False) -> pl.DataFrame:
    """The steps of floating rates, for `schedules`: loan, on, ppm, the first on the day of drawdown.

    `loans`: loan, drawn_on, maturity, base (a key of `bases`), spread_bp, reset_months, reset_from. Each distinct one
    is worked out once. Raises TermsRefused as `rate_steps`.
    """
    asked = ("drawn_on", "maturity", "base", "spread_bp", "reset_months", "reset_from")
    distinct = loans.select(asked).unique().sort(asked)
    steps = []
    for start, end, base, spread, months, anchor in distinct.iter_rows():
        rate = Floating(bases[base], spread, months, anchor)
        steps.append([{"on": step.begin, "ppm": step.ppm} for step in rate_steps(rate, start, end, hold, 10**9)])
    struct = pl.List(pl.Struct({"on": pl.Date(), "ppm": pl.Int64()}))
    found = distinct.with_columns(pl.Series("steps", steps, struct))
    joined = loans.join(found, on=asked, nulls_equal=True).select("loan", "steps").explode("steps").unnest("steps")
    return joined.sort("loan", "on")


def _typed(
    frame: pl.DataFrame | None, schema: Mapping[str, pl.DataType], defaults: Mapping[str, Any] | None = None
) -> pl.DataFrame:
    """The columns of the schema; a missing one takes its default, one of another type is a TypeError."""
    if frame is None:
        return pl.DataFrame(schema=schema)
    for name, kind in schema.items():
        held = frame.schema.get(name)
        if held is None and (defaults or {}).get(name, None) is None and name in ("loan", "on", "fen", "ppm"):
            raise TypeError(f"there is no column {name}")
        if held is not None and held not in (kind, pl.Null()) and not (held.is_integer() and kind == pl.Int64()):
            raise TypeError(f"the column {name} holds {held}, not {kind}")
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit((defaults or {}).get(name))).cast(kind).alias(name)
        for name, kind in schema.items()
    )


def _own(other: pl.DataFrame, table: pl.DataFrame) -> pl.DataFrame:
    """The rows of the loans in `table`, in one order whatever they came in."""
    return other.join(table, on="loan", how="semi").sort(other.columns)


def _filled(
    table: pl.DataFrame,
    tables: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    working: WorkingDays | None,
    problems: pl.DataFrame,
) -> Schedules:
    from kerong.engine.deal.terms import schedule_loops as loops  # loads Numba
    from kerong.engine.deal.terms.calendar_loops import CODES

    drawdowns, rates, plan = tables
    firsts = table.select("loan", pl.col("drawn_on").alias("on"), pl.col("principal_fen").alias("fen"))
    draws = pl.concat([firsts, drawdowns]).sort("loan", "on", "fen")
    steps = pl.concat([table.select("loan", pl.col("drawn_on").alias("on"), pl.col("rate_ppm").alias("ppm")), rates])
    steps = steps.unique(("loan", "on"), keep="last", maintain_order=True).sort("loan", "on")
    starts = _starts(table, draws, steps, plan)
    rows, stretches = (np.zeros((starts[-1, at], len(names)), np.int64) for at, names in ((3, ROWS), (4, STRETCHES)))
    cash = (*_pair(draws, "fen"), *_pair(steps, "ppm"), *_pair(plan, "fen"))
    counts = loops.fill_all(_given(table, loops, CODES), cash, starts, *_working(working), rows, stretches)
    for at in np.flatnonzero(counts[:, 2] == loops.UNDECIDED):
        found = _plain(table.row(int(at), named=True), draws, steps, working)
        for place, values in enumerate(found):
            begin = starts[at, 3 + place]
            (rows, stretches)[place][begin : begin + len(values)] = values
        counts[at] = len(found[0]), len(found[1]), loops.DONE
    late = {loops.CALENDAR_ENDS: "calendar_ends", loops.DRAWN_OUTSIDE: "drawn_outside"}
    status = pl.Series(counts[:, 2])
    more = [table.filter(status == code).select("loan", pl.lit(kind).alias("kind")) for code, kind in late.items()]
    return Schedules(
        _framed(table.select("loan"), rows, starts[:, 3], counts[:, 0], ROWS),
        _framed(table.select("loan", "count"), stretches, starts[:, 4], counts[:, 1], STRETCHES),
        pl.concat([problems, *more]).sort("loan", "kind"),
    )


def _starts(table: pl.DataFrame, draws: pl.DataFrame, steps: pl.DataFrame, plan: pl.DataFrame) -> NDArray[np.int64]:
    """Where drawdowns, steps, plan, rows and stretches of each loan begin, and where the last ones end."""
    sizes = [_sizes(table, other) for other in (draws, steps, plan)]
    months = pl.col("every_months").clip(lower_bound=1)
    span = (pl.col("maturity") - pl.col("drawn_on")).dt.total_days() // (months * SHORTEST_MONTH) + 2
    rows = table.select(pl.when(pl.col("every_months") == 0).then(1).otherwise(span)).to_series().to_numpy() + sizes[2]
    columns = (*sizes, rows, rows + sizes[0] + sizes[1])
    return np.vstack([np.zeros(5, np.int64), np.cumsum(np.column_stack(columns), axis=0)]).astype(np.int64)


def _sizes(table: pl.DataFrame, other: pl.DataFrame) -> NDArray[np.int64]:
    counted = other.group_by("loan").len("#")
    found = table.select("loan").join(counted, on="loan", how="left", maintain_order="left")["#"]
    return found.fill_null(0).cast(pl.Int64).to_numpy()


def _pair(frame: pl.DataFrame, value: str) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Days as numbers, and the values."""
    return numbers(frame["on"]), fresh(frame[value])


def fresh(column: pl.Series) -> NDArray[np.int64]:
    """A copy of its own: loops are compiled once for arrays that can be written, and anew for those that cannot."""
    return np.array(column.cast(pl.Int64).to_numpy(), np.int64)


def numbers(column: pl.Series) -> NDArray[np.int64]:
    """Days as numbers since 1970-01-01."""
    return fresh(column.cast(pl.Int32))


def _given(table: pl.DataFrame, loops: ModuleType, codes: Mapping[str, int]) -> NDArray[np.int64]:
    """A row of whole numbers for each loan, in the order of the places in `schedule_loops`."""
    every = pl.col("every_months")
    gap = pl.when(every > 0).then((pl.col("month") - pl.col("drawn_on").dt.month()) % every.clip(lower_bound=1))
    places = table.select(
        pl.col("drawn_on").cast(pl.Int32),
        pl.col("maturity").cast(pl.Int32),
        pl.col("count").replace_strict(codes, return_dtype=pl.Int64),
        pl.col("method").replace_strict(loops.METHOD_CODES, return_dtype=pl.Int64),
        every,
        pl.col("day").fill_null(0),
        gap.fill_null(0).alias("gap"),
        "least_first_days",
        pl.col("adjust").replace_strict(loops.ADJUST_CODES, return_dtype=pl.Int64),
        "moves_interest",
        pl.col("beyond") == "unadjusted",
        pl.col("instalment_fen").fill_null(-1),
    )
    return np.ascontiguousarray(np.column_stack([fresh(column) for column in places]))


def _working(working: WorkingDays | None) -> tuple[NDArray[np.bool_], int]:
    """Whether each day from the first known one is worked, and the number of that day."""
    if working is None or working.first is None or working.last is None:
        return np.zeros(0, np.bool_), 0
    first = working.first.toordinal()
    found = np.zeros(working.last.toordinal() - first + 1, np.bool_)
    found[[day.toordinal() - first for day in working.days]] = True
    return found, first - EPOCH


def _framed(
    loans: pl.DataFrame,
    table: NDArray[np.int64],
    starts: NDArray[np.int64],
    sizes: NDArray[np.int64],
    names: Sequence[str],
) -> pl.DataFrame:
    """The filled rows of `table` with what `loans` says of each."""
    places = np.repeat(starts[:-1], sizes) + np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    found = pl.DataFrame(table[places], schema=dict.fromkeys(names, pl.Int64)).with_columns(
        pl.col(name).cast(pl.Int32).cast(pl.Date) for name in names if name in DAYS
    )
    return loans[np.repeat(np.arange(loans.height), sizes)].hstack(found)


def _plain(
    loan: Mapping[str, Any], draws: pl.DataFrame, steps: pl.DataFrame, working: WorkingDays | None
) -> tuple[list[list[int]], list[list[int]]]:
    """Rows and stretches of one loan by the plain form, as numbers; a loan by a plan never needs it."""
    own = pl.col("loan") == loan["loan"]
    rule = DueRule(**{name: loan[name] for name in DueRule.__dataclass_fields__})
    terms = Terms(
        drawdowns=tuple(Cash(on, fen) for _, on, fen in draws.filter(own).iter_rows()),
        maturity=loan["maturity"],
        rate=Stepped(tuple((on, Fixed(ppm)) for _, on, ppm in steps.filter(own).iter_rows())),
        count=loan["count"],
        method=loan["method"],
        dues=rule,
    )
    rows = schedule(terms, working, most_ppm=WHOLE_PPM).rows
    return [_whole(values) for values in row_values(rows)], [_whole(values) for values in stretch_values(rows)]


def _whole(values: Sequence[date | int]) -> list[int]:
    return [value.toordinal() - EPOCH if isinstance(value, date) else value for value in values]


def row_values(rows: Sequence[Row]) -> list[tuple[date | int, ...]]:
    """What ROWS names, of each row of a plain schedule."""
    return [tuple(getattr(row, name) for name in ROWS) for row in rows]


def stretch_values(rows: Sequence[Row]) -> list[tuple[date | int, ...]]:
    """What STRETCHES names, of each stretch of a plain schedule."""
    return [(row.period, s.begin, s.end, s.balance_fen, s.ppm) for row in rows for s in row.stretches]
