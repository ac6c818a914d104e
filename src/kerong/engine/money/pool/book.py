"""The loans of a pool as a table, for many claims and registrations at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from kerong.engine.money.pool.state import State
from kerong.engine.money.pool.terms import OF_DRAWDOWN, in_force, number
from kerong.rulebook.forms import dtype_of
from kerong.rulebook.pools import Parted, Pool, PoolEvent
from kerong.rulebook.tree import walk

LOANS = pl.Schema(
    {
        **dict.fromkeys(("loan", "bank", "firm", "group", "instrument"), pl.String()),
        "drawn_on": pl.Date(),
        **dict.fromkeys(("fen", "balance_fen"), pl.Int64()),
        **dict.fromkeys(("since", "paid_on"), pl.Date()),
        "paid_fen": pl.Int64(),
        **dict.fromkeys(("is_void", "is_written_off"), pl.Boolean()),
    }
)
CLAIMS = pl.Schema(
    {
        **dict.fromkeys(("loan", "bank"), pl.String()),
        **dict.fromkeys(("principal_fen", "interest_fen", "recovered_fen"), pl.Int64()),
        "elsewhere": pl.Boolean(),
    }
)
WISHES = pl.Schema(
    {
        **dict.fromkeys(("loan", "bank", "firm", "group", "instrument"), pl.String()),
        "fen": pl.Int64(),
        "drawn_on": pl.Date(),
        "eligible": pl.Boolean(),
        "judged_on": pl.Date(),
        "elsewhere": pl.Boolean(),
    }
)


@dataclass(frozen=True, slots=True)
class Book:
    """A pool as tables see it. `loans` has the columns LOANS and one for each fact that a waterfall asks."""

    loans: pl.DataFrame
    balance_fen: int
    is_open: bool


def facts_of(pool: Pool) -> dict[str, pl.DataType | type[pl.DataType]]:
    """The facts of a loan that the pool's waterfalls of losses ask, with the types of their columns."""
    used: list[Parted] = [one.loss for one in pool.instruments.values()]
    return {
        name: dtype_of(part.waterfall.inputs[name][0])
        for part in used
        for name, word in part.given.items()
        if word is None
    }


def book_of(pool: Pool, state: State) -> Book:
    """A state as tables."""
    facts = facts_of(pool)
    rows = [
        {name: getattr(loan, name) for name in LOANS} | {name: loan.facts.get(name) for name in facts}
        for loan in state.loans.values()
    ]
    return Book(pl.DataFrame(rows, schema={**LOANS, **facts}), state.balance_fen, state.is_open)


def table_of(pool: Pool, events: Iterable[PoolEvent], schema: pl.Schema) -> pl.DataFrame:
    """Events of one kind as a table of CLAIMS or WISHES."""
    facts = facts_of(pool)
    rows = [
        {name: getattr(event, name) for name in schema} | {name: event.facts.get(name) for name in facts}
        for event in events
    ]
    return pl.DataFrame(rows, schema={**schema, **facts})


def bound_by_drawdown(pool: Pool, drawn: pl.Series) -> tuple[pl.Series, list[date]]:
    """For each day of drawdown the place, in the list of days beside it, of one on which the same terms hold.

    Terms change on few days; where an expression asks the day itself, every day is its own. Unknown days are null.
    """
    numbers = [pool.parameters[name] for name in OF_DRAWDOWN if name in pool.parameters]
    for one in pool.instruments.values():
        waterfall = one.loss.waterfall
        numbers += waterfall.numbers.values()
        if any(leaf.kind == "on" for node in waterfall.nodes() for leaf in walk(node)):
            found = sorted(day for day in drawn.unique() if day is not None)
            return _places(drawn, found) - 1, found
    days = sorted({start for one in numbers for start, _, _ in one.values})
    return _places(drawn, days), [date.min, *days]


def _places(drawn: pl.Series, days: Sequence[date]) -> pl.Series:
    """How many of `days` are not after each."""
    found = pl.Series(days, dtype=pl.Date()).search_sorted(drawn.fill_null(date.min), side="right").cast(pl.Int64)
    return pl.select(pl.when(drawn.is_not_null()).then(found).alias("version")).to_series()


def terms_table(pool: Pool, days: Sequence[date]) -> pl.DataFrame:
    """The numbers that bind a loan from its drawdown on, a row for each of `days`."""
    rows: list[Mapping[str, object]] = [
        {"version": at, "in_force": in_force(pool, OF_DRAWDOWN, day)}
        | {name: number(pool, name, day) for name in OF_DRAWDOWN}
        for at, day in enumerate(days)
    ]
    schema = {"version": pl.Int64(), "in_force": pl.Boolean(), **dict.fromkeys(OF_DRAWDOWN, pl.Int64())}
    return pl.DataFrame(rows, schema=schema)
