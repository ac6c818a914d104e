"""Winners and losers: counted over any table that has `before_fen` and `after_fen`, one line for each who is paid."""

from collections.abc import Mapping, Sequence

import polars as pl

Line = dict[str, object]
BEFORE, AFTER = pl.col("before_fen"), pl.col("after_fen")
CHANGE = AFTER - BEFORE
COUNTS: Mapping[str, pl.Expr] = {
    "more": (CHANGE > 0),
    "less": (CHANGE < 0),
    "same": (CHANGE == 0),
    "first_paid": (BEFORE == 0) & (AFTER > 0),
    "no_longer_paid": (BEFORE > 0) & (AFTER == 0),
}
MONEY: Mapping[str, pl.Expr] = {
    "before_fen": BEFORE,
    "after_fen": AFTER,
    "gained_fen": pl.when(CHANGE > 0).then(CHANGE).otherwise(0),
    "lost_fen": pl.when(CHANGE < 0).then(BEFORE - AFTER).otherwise(0),
}
LARGEST = 10
# whole units of the currency: edges of the bins of what a firm gains or loses
EDGES = (0, 10_000, 50_000, 100_000, 500_000, 1_000_000, 5_000_000)


SUMS = [holds.sum().alias(name) for name, holds in COUNTS.items()]
SUMS += [fen.cast(pl.Int128).sum().alias(name) for name, fen in MONEY.items()]


def counted(table: pl.DataFrame) -> dict[str, int]:
    """How many are paid more, less, the same, for the first time, no longer; and the sums in fen, exact."""
    return {name: int(value) for name, value in table.select(SUMS).row(0, named=True).items()}


def counted_by(table: pl.DataFrame, name: str) -> dict[object, dict[str, int]]:
    """`counted` for each value of a column; None is a value too."""
    rows = table.group_by(name).agg(SUMS).iter_rows(named=True)
    return {row.pop(name): {key: int(value) for key, value in row.items()} for row in rows}


def distribution(table: pl.DataFrame, edges: Sequence[int] = EDGES) -> list[Line]:
    """How many gain or lose how much, from the greatest loss to the greatest gain.

    `from_fen` and `to_fen` bound the size of the change (to included; None: no bound), `sign` is -1, 0 or 1. Lines of
    all bins are there, also where nobody stands.
    """
    bounds = [(low * 100, high * 100 if high else None) for low, high in zip(edges, [*edges[1:], None], strict=True)]
    gain, loss = (table.select(size=size)["size"] for size in (AFTER - BEFORE, BEFORE - AFTER))
    lines = [_bin(loss, low, high, -1) for low, high in reversed(bounds)]
    lines.append({"sign": 0, "from_fen": 0, "to_fen": 0, "firms": int((gain == 0).sum())})
    return lines + [_bin(gain, low, high, 1) for low, high in bounds]


def _bin(size: pl.Series, low: int, high: int | None, sign: int) -> Line:
    inside = (size > low) & (size <= high) if high is not None else size > low
    return {"sign": sign, "from_fen": low, "to_fen": high, "firms": int(inside.sum())}


def largest(table: pl.DataFrame, firms: bool) -> dict[str, list[Line]]:
    """The greatest gains and losses; `enterprise_id` only where `firms` asks for names."""
    changed = table.with_columns(CHANGE.alias("change_fen"))
    shown = [*(["enterprise_id"] if firms else []), "before_fen", "after_fen", "change_fen"]

    def first(part: pl.DataFrame, descending: bool) -> list[Line]:
        order = part.sort("change_fen", "enterprise_id", descending=[descending, False])
        return order.head(LARGEST).select(shown).to_dicts()

    return {
        "gains": first(changed.filter(pl.col("change_fen") > 0), descending=True),
        "losses": first(changed.filter(pl.col("change_fen") < 0), descending=False),
    }
