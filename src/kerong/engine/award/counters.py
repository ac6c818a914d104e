"""Counters: what each cap still leaves, for each of the things that it counts by."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.award.claims import KEYS, Claims, granted_keys, keyed
from kerong.engine.award.kernel import Whole
from kerong.engine.award.terms import SCOPES, Cap, Terms
from kerong.rulebook.kinds import LIMIT

USED = pl.Schema(
    {
        "rule": pl.String(),
        "enterprise_id": pl.String(),
        "payee": pl.String(),
        "affiliates": pl.String(),
        "evidence": pl.String(),
        "year": pl.Int64(),
        "fen": pl.Int64(),
    }
)
GRANTED_BEFORE = pl.Schema({**USED, "row_key": pl.String()})
"""As USED, and it also tells which claim a grant was for."""


def nothing_used() -> pl.DataFrame:
    """An empty table of what was granted before: `fen` of a rule to an enterprise, for some evidence, in a year."""
    return pl.DataFrame(schema=USED)


@dataclass(frozen=True, slots=True)
class Counters:
    """`touched[claim]`: its counters in the written order, -1 for none; `left` of each counter; `caps`: whose it is."""

    touched: Whole
    left: Whole
    caps: Whole


@dataclass(frozen=True, slots=True)
class Counted:
    """One cap over the claims: `rows` that it counts, the counter of each from 0, what each counter leaves."""

    rows: Whole
    counters: Whole
    left: Whole


def counters_of(claims: Claims, used: pl.DataFrame) -> Counters:
    """The counters of every cap that is served claim by claim: all but those per row and those shared pro rata."""
    chosen = [(number, cap) for number, cap in enumerate(claims.terms.caps) if is_served(cap)]
    columns = _columns([cap for _, cap in chosen])
    touched = np.full((claims.frame.height, max(columns, default=-1) + 1), -1, np.int64)
    lefts, owners, size = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for (number, cap), column in zip(chosen, columns, strict=True):
        found = counted(claims, cap, used)
        touched[found.rows, column] = found.counters + size
        lefts.append(found.left)
        owners.append(np.full(len(found.left), number))
        size += len(found.left)
    return Counters(touched, np.concatenate(lefts), np.concatenate(owners))


def is_served(cap: Cap) -> bool:
    """Is this a cap that is kept while claims are served one by one?"""
    return cap.scope != "row" and cap.share != "pro_rata"


def _columns(caps: Iterable[Cap]) -> list[int]:
    """The column of each cap, in the written order: caps that never meet in a claim share one."""
    result: list[int] = []
    rules_of: list[tuple[int, set[str]]] = []
    for cap in caps:
        level = SCOPES.index(cap.scope)
        free = [
            place
            for place, (of, rules) in enumerate(rules_of)
            if of == level and (cap.scope != "joint" or not rules & set(cap.rules))
        ]
        if not free:
            rules_of.append((level, set()))
            free = [len(rules_of) - 1]
        rules_of[free[0]][1].update(cap.rules)
        result.append(free[0])
    return result


def rows_of(claims: Claims, cap: Cap) -> Whole:
    """The claims that a cap counts; one whose year is not known cannot be left out."""
    rows = claims.rows(cap.rules)
    if cap.years is None or not len(rows):
        return rows
    year = claims.frame["year"].gather(rows)
    counts: NDArray[np.bool_] = (year.is_between(*cap.years) | year.is_null()).to_numpy()
    return rows[counts]


def counted(claims: Claims, cap: Cap, used: pl.DataFrame) -> Counted:
    """What a cap counts of the claims, and what it leaves of each counter after what was granted before."""
    rows = rows_of(claims, cap)
    if not len(rows):  # of one case nearly all caps of a region
        return Counted(rows, rows, np.zeros(0, np.int64))
    counters, size = claims.counters(rows, cap.per)
    left = np.zeros(size, np.int64)
    left[counters] = _bases(claims.frame[rows], counters, claims.terms, cap) if cap.fen is None else cap.fen
    if used.height:
        _lower(left, rows, counters, claims, cap, used)
    if cap.years is not None:
        # nothing says that a claim without a year is within what the years leave: its counter leaves nothing
        dated = claims.frame["year"].gather(rows).is_not_null().to_numpy()
        counters = np.where(dated, counters, size)
        left = np.append(left, 0)
    return Counted(rows, counters, left)


def _bases(frame: pl.DataFrame, counters: Whole, terms: Terms, cap: Cap) -> Whole:
    """For each claim the base of its counter: the rows of a register, each once; of several registers the largest.

    Under a cap with `years` a claim of no known year adds nothing.
    """
    base = pl.col("base_fen") if cap.years is None else pl.when(pl.col("year").is_not_null()).then(pl.col("base_fen"))
    table = keyed(frame, "row", terms).with_columns(
        pl.Series("counter", counters), frame.select(base.fill_null(0).cast(pl.Int128)).to_series().alias("base_fen")
    )
    row = table.group_by("counter", *KEYS["row"]).agg(pl.col("base_fen").max())
    register = row.group_by("counter", "register").agg(pl.col("base_fen").sum())
    found = register.group_by("counter").agg(pl.col("base_fen").max().clip(0, LIMIT).cast(pl.Int64))
    return table.select("counter").join(found, on="counter", how="left", maintain_order="left")["base_fen"].to_numpy()


def _lower(left: Whole, rows: Whole, counters: Whole, claims: Claims, cap: Cap, used: pl.DataFrame) -> None:
    """Takes from `left` what was granted before; what was paid back leaves no more than the cap."""
    spent = spent_on(rows, counters, claims, cap, used)
    if spent.is_empty():
        return
    sums = spent.group_by("counter").agg(pl.col("fen").cast(pl.Int128).sum())
    at = sums["counter"].to_numpy()
    rest = pl.Series(left[at]).cast(pl.Int128) - sums["fen"]
    left[at] = np.minimum(left[at], rest.clip(0, LIMIT).cast(pl.Int64).to_numpy())


def spent_on(rows: Whole, counters: Whole, claims: Claims, cap: Cap, used: pl.DataFrame) -> pl.DataFrame:
    """The grants of `used` that a cap counts, with the number of the `counter` of some claims that each falls on."""
    before = used.filter(pl.col("rule").is_in(cap.rules))
    if cap.years is not None:
        before = before.filter(pl.col("year").is_between(*cap.years))
    if before.is_empty() or not len(rows):
        return before.clear().with_columns(pl.lit(0, pl.Int64).alias("counter"))
    found = granted_keys(before, cap.per, claims.terms)
    keys = granted_keys(claims.frame[rows], cap.per, claims.terms)
    names = [f"#{name}" for name in found.columns]
    found.columns = keys.columns = names
    keys = keys.hstack([pl.Series("counter", counters)])
    joined = before.hstack(found).lazy().join(keys.lazy().unique(), on=names)
    return joined.drop(names).collect()
