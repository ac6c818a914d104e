"""Monthly returns of institutions: they agree with the files of contracts but for differences that are planted."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.lab.registers.capital import equity_round, insurance
from kerong.lab.registers.credit import WRITTEN_OFF_DAYS, draw_loans, guarantee
from kerong.lab.streams import stream
from kerong.lab.window import Dates, Whole, days, month_end
from kerong.lab.world import World, table

RETURNED_MONTHS = 24
_NEVER = np.datetime64("2400-01-01", "D")
_KINDS = ("balance_differs", "new_differs", "not_in_return", "not_in_file")
DIFFERENCES = pl.Schema(
    {
        "register": pl.String(),
        "institution": pl.String(),
        "month": pl.Date(),
        "credit_code": pl.String(),
        "kind": pl.String(),
        "balance_difference_fen": pl.Int64(),  # the return less the files
        "new_difference_fen": pl.Int64(),
    }
)
_KEY = ["institution", "month", "firm"]


@dataclass(frozen=True, slots=True)
class _Contracts:
    """Contracts that count in a month's balance from `start` to the day before `end`; `told`: balances are compared."""

    firm: Whole
    institution: pl.Series
    start: Dates
    end: Dates
    balance_fen: Whole
    new_fen: Whole
    told: Dates  # months in which the files say balances too


def return_loan(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """What banks say."""
    return _returned(world, rng, "return_loan")[0]


def return_guarantee(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """What guarantors say."""
    return _returned(world, rng, "return_guarantee")[0]


def return_premium(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """What insurers say."""
    return _returned(world, rng, "return_premium")[0]


def return_investment(world: World, rng: np.random.Generator) -> pl.DataFrame:
    """What funds say."""
    return _returned(world, rng, "return_investment")[0]


def planted_differences(world: World) -> pl.DataFrame:
    """The truth: every difference that was planted, by register, institution, month and firm."""
    names = ("return_guarantee", "return_investment", "return_loan", "return_premium")
    here = [name for name in names if name in world.places.registers]
    found = [pl.DataFrame(schema=DIFFERENCES)]
    found += [_returned(world, stream(world.seed, name), name)[1] for name in here]
    return pl.concat(found).sort("register", "institution", "month", "credit_code")


def _contracts(world: World, register: str) -> _Contracts:
    months = world.window.panel_months
    if register == "return_loan":
        loans = draw_loans(world)
        gone = loans.stopped + np.timedelta64(WRITTEN_OFF_DAYS + 1, "D")
        ends = np.array(world.window.report_days)
        return _Contracts(
            loans.firm,
            pl.Series(loans.institution.tolist(), dtype=pl.String),
            loans.drawn,
            np.where(np.isnat(loans.stopped), loans.due, gone),
            loans.amount_fen,
            loans.amount_fen,
            np.unique(ends[ends == month_end(ends.astype("M8[M]"))].astype("M8[M]")),
        )
    if register == "return_investment":
        rows = equity_round(world, stream(world.seed, "equity_round")).drop_nulls("institution")
        start, amount = rows["closed_on"].to_numpy(), rows["paid_in_fen"].to_numpy()
        never = np.full(len(rows), _NEVER)
        return _Contracts(rows["firm"].to_numpy(), rows["institution"], start, never, amount, amount, months)
    if register == "return_guarantee":
        rows = guarantee(world, stream(world.seed, "guarantee"))
        paid = rows["compensated_on"].fill_null(pl.lit(_NEVER.item())).to_numpy()
        end = np.minimum(rows["end_on"].to_numpy(), paid)
        balance = new = rows["amount_fen"].to_numpy()
    else:
        rows = insurance(world, stream(world.seed, "insurance"))
        end = rows["end_on"].to_numpy()
        balance, new = rows["cover_fen"].to_numpy(), rows["premium_fen"].to_numpy()
    start = rows["start_on"].to_numpy()
    return _Contracts(rows["firm"].to_numpy(), rows["institution"], start, end, balance, new, months)


def _returned(world: World, rng: np.random.Generator, register: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The return as it is sent, and the differences planted in it."""
    contracts = _contracts(world, register)
    rows = _counted(world, contracts)
    rows, truth = _planted(world, register, rows, np.isin(rows["month"].to_numpy().astype("M8[M]"), contracts.told))
    ends = month_end(rows["month"].to_numpy().astype("M8[M]"))
    sent = ends + days(rng.uniform(1, 15, len(rows)))
    rows = rows.with_columns(pl.Series("reported_on", sent.astype("M8[D]")).cast(pl.Date))
    return rows.sort("month", "institution", "firm"), truth


def _counted(world: World, contracts: _Contracts) -> pl.DataFrame:
    """Balance and contracts at the end of each month and what is new in it, by institution, month and firm."""
    months = world.window.panel_months[-RETURNED_MONTHS:]
    ends = month_end(months)
    start, end = contracts.start.astype("M8[D]")[:, None], contracts.end.astype("M8[D]")[:, None]
    is_open = (start <= ends) & (end > ends)
    is_new = contracts.start.astype("M8[M]")[:, None] == months
    row, column = np.nonzero(is_open | is_new)
    rows = table(
        {
            "firm": contracts.firm[row].astype(np.int64),
            "institution": contracts.institution.gather(row),
            "month": months[column],
            "balance_fen": np.where(is_open[row, column], contracts.balance_fen[row], 0),
            "new_fen": np.where(is_new[row, column], contracts.new_fen[row], 0),
            "contracts": is_open[row, column].astype(np.int64),
        }
    )
    return rows.group_by(_KEY).agg(pl.col("balance_fen", "new_fen", "contracts").sum()).sort(_KEY)


def _planted(world: World, register: str, rows: pl.DataFrame, told: np.ndarray) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Differences from a stream of their own, each where the files can show it: sums off, rows too few or too many."""
    rng, count = stream(world.seed, f"differences of {register}"), len(rows)
    hit = rng.random(count) < world.rates.return_differs
    kind = rng.integers(0, len(_KINDS), count)
    by, other = rng.integers(1, 500, count) * 1_000_000, rng.integers(0, len(world.firms), count)
    balance, new = rows["balance_fen"].to_numpy(), rows["new_fen"].to_numpy()
    few = rows.select(pl.len().over("institution", "month") < 3).to_series().to_numpy()
    shown = ((balance > 0) & told) | (new > 0)
    wrong = pl.Series(hit & (kind == 3))
    strange = rows.with_row_index("row").filter(wrong).with_columns(firm=pl.Series(other).filter(wrong))
    strange = strange.join(rows.select(_KEY), on=_KEY, how="anti")
    possible = np.select(
        [kind == 0, kind == 1, kind == 2],
        [told & (balance > 0), new > 0, shown & ~few],
        np.isin(np.arange(count), strange["row"].to_numpy()),
    )
    kind = np.where(hit & possible, kind, -1)
    changed = rows.with_columns(
        balance_fen=pl.col("balance_fen") + pl.Series(np.where(kind == 0, by, 0)),
        new_fen=pl.col("new_fen") + pl.Series(np.where(kind == 1, by, 0)),
    )
    extra = rows.with_columns(
        firm=pl.Series(other), balance_fen=pl.Series(by), new_fen=pl.Series(by // 2), contracts=pl.lit(1, pl.Int64)
    ).filter(pl.Series(kind == 3))
    extra = extra.unique(_KEY, keep="first", maintain_order=True)
    told_fen = pl.when(pl.Series(told)).then(pl.Series(balance)).otherwise(0)
    off = rows.with_columns(
        kind=pl.Series([*_KINDS, ""]).gather(np.where(kind < 0, len(_KINDS), kind)),
        balance_difference_fen=pl.when(pl.Series(kind == 2))
        .then(-told_fen)
        .otherwise(pl.Series(np.where(kind == 0, by, 0))),
        new_difference_fen=pl.when(pl.Series(kind == 2))
        .then(-pl.col("new_fen"))
        .otherwise(pl.Series(np.where(kind == 1, by, 0))),
    ).filter(pl.Series((kind >= 0) & (kind < 3)))
    months = extra["month"].to_numpy().astype("M8[M]")
    seen = np.isin(months, np.unique(rows["month"].to_numpy().astype("M8[M]")[told]))
    more = extra.with_columns(
        kind=pl.lit("not_in_file"),
        balance_difference_fen=pl.when(pl.Series(seen)).then("balance_fen").otherwise(0),
        new_difference_fen=pl.col("new_fen"),
    )
    truth = pl.concat([off.select(more.columns), more])
    codes = pl.Series(world.firms.code.tolist(), dtype=pl.String)
    truth = truth.with_columns(pl.lit(register).alias("register"), credit_code=codes.gather(truth["firm"]))
    return pl.concat([changed.filter(pl.Series(kind != 2)), extra]), truth.select(DIFFERENCES.names())
