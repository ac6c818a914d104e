"""Counters: what each cap still leaves, for each of the things that it counts by."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.engine.award.claims import KEYS, Claims, keyed, numbered
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


def counters_of(claims: Claims, terms: Terms, used: pl.DataFrame) -> Counters:
    """The counters of every cap that is served claim by claim: all but those per row and those shared pro rata."""
    chosen = [(number, cap) for number, cap in enumerate(terms.caps) if is_served(cap)]
    columns = _columns([cap for _, cap in chosen])
    touched = np.full((claims.frame.height, max(columns, default=-1) + 1), -1, np.int64)
    lefts, owners, size = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for (number, cap), column in zip(chosen, columns, strict=True):
        found = counted(claims, cap, terms, used)
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


def counted(claims: Claims, cap: Cap, terms: Terms, used: pl.DataFrame) -> Counted:
    """What a cap counts of the claims, and what it leaves of each counter after what was granted before."""
    rows = claims.rows(cap.rules)
    if cap.years is not None and len(rows):
        # a year that is not known cannot be left out: it counts against a counter that leaves nothing
        year = claims.frame["year"].gather(rows)
        rows = rows[(year.is_between(*cap.years) | year.is_null()).to_numpy()]
    of_cap = claims.frame[rows] if len(rows) < claims.frame.height else claims.frame
    counters, size = numbered(keyed(of_cap, cap.per, terms)) if len(rows) else (np.zeros(0, np.int64), 1)
    left = np.zeros(size, np.int64)
    left[counters] = _bases(of_cap, counters, terms) if cap.fen is None else cap.fen
    if used.height:
        _lower(left, counters, of_cap, cap, terms, used)
    if cap.years is not None and len(rows):
        dated = of_cap["year"].is_not_null().to_numpy()
        counters = np.where(dated, counters, size)
        left = np.append(left, 0)
    return Counted(rows, counters, left)


def _bases(frame: pl.DataFrame, counters: Whole, terms: Terms) -> Whole:
    """For each claim the base of its counter: the rows of a register, each once; of several registers the largest."""
    table = keyed(frame, "row", terms).with_columns(
        pl.Series("counter", counters), frame["base_fen"].fill_null(0).cast(pl.Int128)
    )
    row = table.group_by("counter", *KEYS["row"]).agg(pl.col("base_fen").max())
    register = row.group_by("counter", "register").agg(pl.col("base_fen").sum())
    found = register.group_by("counter").agg(pl.col("base_fen").max().clip(0, LIMIT).cast(pl.Int64))
    return table.select("counter").join(found, on="counter", how="left", maintain_order="left")["base_fen"].to_numpy()


def _lower(left: Whole, counters: Whole, frame: pl.DataFrame, cap: Cap, terms: Terms, used: pl.DataFrame) -> None:
    """Takes from `left` what was granted before; what was paid back leaves no more than the cap."""
    before = used.filter(pl.col("rule").is_in(cap.rules))
    if cap.years is not None:
        before = before.filter(pl.col("year").is_between(*cap.years))
    if before.is_empty() or frame.is_empty():
        return
    per = "evidence" if cap.per == "row" else cap.per  # grants know their evidence, not the row
    first = np.full(len(left), -1)
    first[counters[::-1]] = np.arange(len(counters))[::-1]
    touched = np.flatnonzero(first >= 0)
    spent = keyed(before, per, terms).with_columns(before["fen"].cast(pl.Int128))
    names = [name for name in spent.columns if name != "fen"]
    spent = spent.group_by(names).agg(pl.col("fen").sum())
    keys = keyed(frame[first[touched]], per, terms).with_columns(pl.Series("left", left[touched]))
    if per == "evidence":
        spent = spent.filter(pl.col("evidence") != "")
    rest = pl.col("left").cast(pl.Int128) - pl.col("fen").fill_null(0)
    found = keys.join(spent, on=names, how="left", maintain_order="left")
    left[touched] = found.select(rest.clip(0, pl.col("left")).cast(pl.Int64)).to_series().to_numpy()
