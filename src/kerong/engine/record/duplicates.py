"""One row per fact: equal rows count once, and of rows that contradict each other the latest known speaks."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.engine.record.tables import LINE as LINE
from kerong.engine.record.tables import PART as PART

KNOWN = "#known"
NEWEST = "#newest"
RELIABILITY = "#reliability"
WON = "#won"
BY = "#by"
OWN = (PART, LINE)


@dataclass(frozen=True, slots=True)
class Once:
    """`rows`: one per key. `aside`: the others, with PART, LINE, `kind`, `severity`, `value` and `enterprise_id`.

    `contested`: rows of one key that contradict each other, with all columns, PART, LINE, the day on which each was
    known (KNOWN), its feed's RELIABILITY, whether it counts (WON) and what decided (BY): "latest", "reliability", "tie"
    (one day, the same reliability: the content that sorts last) or "none" (no row counts).
    """

    rows: pl.DataFrame
    aside: pl.DataFrame
    contested: pl.DataFrame


def without_duplicates(
    table: pl.DataFrame,
    key: list[str],
    known: pl.Expr | None,
    keep: str,
    complete: Callable[[pl.DataFrame], pl.DataFrame] = lambda rows: rows,
    reliability: pl.Expr | None = None,
) -> Once:
    """The table with one row per `key`.

    Rows whose key is not fully known are never taken for the same fact: of them only equal ones are duplicates.
    `known` is the day on which a row was known; of rows of one day the one of the most reliable source stays, then the
    one whose content sorts last, and the others are quarantined. `complete` gives rows with all their columns.
    """
    content = [name for name in table.columns if name not in OWN]
    doubtful = _doubtful(table, key, content)
    if not doubtful.any():
        return Once(table, _none(), table.clear().with_columns(*_UNCONTESTED))
    rows = complete(table.filter(doubtful))
    content = [name for name in rows.columns if name not in OWN]
    weight = reliability if reliability is not None else pl.lit(0, dtype=pl.Int64)
    day = known if known is not None else pl.lit(None, pl.Date)
    rows = rows.with_columns(day.alias(KNOWN), weight.alias(RELIABILITY)).sort([*content, *OWN])
    repeated = ~_first_of(rows, content)
    once, set_aside = rows.filter(~repeated), [_aside(rows.filter(repeated), "duplicate_row", "noted")]
    contested = once.clear().with_columns(*_UNCONTESTED)
    if key:
        once, contradicted, contested = _latest(once, key, content, keep)
        set_aside += contradicted
    return Once(pl.concat([table.filter(~doubtful), once.select(table.columns)]), pl.concat(set_aside), contested)


_UNCONTESTED = (
    pl.lit(None, dtype=pl.Date).alias(KNOWN),
    pl.lit(None, dtype=pl.Int64).alias(RELIABILITY),
    pl.lit(None, dtype=pl.Boolean).alias(WON),
    pl.lit(None, dtype=pl.String).alias(BY),
)


def _doubtful(table: pl.DataFrame, key: list[str], content: list[str]) -> pl.Series:
    """Rows that share their key, or, where the key is not fully known, all their content."""
    if not key:
        return _shared(table.select(content))
    keys = table.select(key)
    open_key = keys.select(pl.any_horizontal(pl.all().is_null())).to_series()
    shared = _shared(keys) & ~open_key
    if open_key.any():
        equal = table.filter(open_key).select(content).is_duplicated()
        shared = shared.scatter(open_key.arg_true(), equal)
    return shared


def again(hashes: npt.NDArray[np.uint64]) -> npt.NDArray[np.bool_]:
    """Which of the numbers stand more than once."""
    ordered = np.sort(hashes)
    twice = np.unique(ordered[1:][ordered[1:] == ordered[:-1]])
    if not len(twice):
        return np.zeros(len(hashes), dtype=np.bool_)
    return pl.Series(hashes).is_in(pl.Series(twice).implode()).to_numpy()


def _shared(keys: pl.DataFrame) -> pl.Series:
    """Rows that are equal to another: few are, so that hashes are compared first, and then rows of one hash."""
    alike = pl.Series(again(keys.hash_rows().to_numpy()))
    return alike.scatter(alike.arg_true(), keys.filter(alike).is_duplicated()) if alike.any() else alike


def _latest(
    rows: pl.DataFrame, key: list[str], content: list[str], keep: str
) -> tuple[pl.DataFrame, list[pl.DataFrame], pl.DataFrame]:
    open_key = pl.any_horizontal(pl.col(key).is_null())
    untouched, rows = rows.filter(open_key), rows.filter(~open_key)
    rows = rows.sort([KNOWN, RELIABILITY, *content], descending=True, nulls_last=True)
    rows = rows.with_columns(pl.col(KNOWN, RELIABILITY).first().over(key).name.prefix(NEWEST))
    several = rows.filter(rows.select(key).is_duplicated())
    if keep == "none":
        kept, lost = (
            rows.filter(~rows.select(key).is_duplicated()),
            [_aside(several, "rows_in_conflict", "quarantined")],
        )
        contested = several.with_columns(pl.lit(value=False).alias(WON), pl.lit("none").alias(BY))
    else:
        first = _first_of(rows, key)
        kept, losers = rows.filter(first), rows.filter(~first)
        older = pl.col(KNOWN).is_not_null() & (pl.col(KNOWN) < pl.col(NEWEST + KNOWN))
        lost = [
            _aside(losers.filter(older), "row_superseded", "noted"),
            _aside(losers.filter(~older), "row_in_conflict", "quarantined"),
        ]
        contested = several.with_columns(_first_of(several, key).alias(WON), _decided(older).alias(BY))
    new = [NEWEST + KNOWN, NEWEST + RELIABILITY]
    return pl.concat([untouched, kept.drop(new)]), lost, contested.drop(new)


def _decided(older: pl.Expr) -> pl.Expr:
    """What decided against a row; of the row that counts it means nothing."""
    less = pl.col(RELIABILITY) < pl.col(NEWEST + RELIABILITY)
    return pl.when(older).then(pl.lit("latest")).when(less).then(pl.lit("reliability")).otherwise(pl.lit("tie"))


def _first_of(rows: pl.DataFrame, columns: list[str]) -> pl.Series:
    return rows.select(pl.struct(columns).is_first_distinct()).to_series()


def _aside(rows: pl.DataFrame, kind: str, severity: str) -> pl.DataFrame:
    enterprise = pl.col("enterprise_id") if "enterprise_id" in rows.columns else pl.lit(None, dtype=pl.String)
    nothing = pl.lit(None, dtype=pl.String)
    return rows.select(
        PART, LINE, severity=pl.lit(severity), value=nothing, kind=pl.lit(kind), enterprise_id=enterprise
    )


def _none() -> pl.DataFrame:
    names = ("severity", "value", "kind", "enterprise_id")
    return pl.DataFrame(schema={PART: pl.UInt32, LINE: pl.UInt32} | dict.fromkeys(names, pl.String))
