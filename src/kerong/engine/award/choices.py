"""Exclusive choices as the kernel wants them: units of claims that stand in for one another."""

import numpy as np
import polars as pl

from kerong.engine.award.claims import Claims, granted_keys, keyed
from kerong.engine.award.kernel import Flags, Units, Whole
from kerong.engine.award.terms import Choice, Terms


def units_of(claims: Claims, used: pl.DataFrame, amounts: Whole, rank: Whole) -> tuple[Units, Whole]:
    """The units of all choices, and the choice of each claim (-1: none); `rank` is each claim's place in the order.

    A claim of 0 fen is no option: nobody moves up in a queue by asking for nothing.
    """
    height = claims.frame.height
    choice, unit, lost = np.full(height, -1), np.full(height, -1), np.zeros(height, np.bool_)
    members, options, bests, locks = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [], []
    count = taken = 0
    for number, one in enumerate(claims.terms.choices):
        rows = claims.rows(one.rules)
        rows = rows[amounts[rows] > 0]
        if not len(rows):
            continue
        choice[rows] = number
        shut = _shut_out(claims.frame[rows], one, claims.terms, used)
        lost[rows[shut]] = True
        rows = rows[~shut]
        year = ("year",) if one.by_year else ()
        own, lock = claims.counters(rows, one.per, *year)[0], np.full(len(rows), -1)
        if one.per == "evidence":
            own, lock = claims.counters(rows, one.per, *year, "enterprise_id")[0], own + taken
        if len(rows):
            taken = max(taken, int(lock.max()) + 1)
        places = {rule: place for place, rule in enumerate(one.rules)}
        option = claims.frame["rule"].gather(rows).replace_strict(places, return_dtype=pl.Int64).to_numpy()
        _, own = np.unique(own, return_inverse=True)
        sort = np.lexsort((rank[rows], option, own))
        unit[rows] = own + count
        members.append(rows[sort])
        # a piece of evidence is paid in one claim, so that every claim is an option of its own
        options.append(np.arange(len(rows)) if one.per == "evidence" else option[sort])
        found = len(np.unique(own))
        first = np.searchsorted(own[sort], np.arange(found))
        bests.append(np.full(found, one.is_best))
        locks.append(lock[sort][first])
        count += found
    flat = np.concatenate(members)
    starts = np.searchsorted(unit[flat], np.arange(count + 1))
    units = Units(
        lost=lost,
        unit=unit,
        starts=starts,
        members=flat,
        options=np.concatenate(options),
        is_best=np.concatenate([np.zeros(0, np.bool_), *bests]),
        lock=np.concatenate([np.zeros(0, np.int64), *locks]),
        is_taken=np.zeros(taken, np.bool_),
    )
    return units, choice


def _keys(frame: pl.DataFrame, choice: Choice, terms: Terms) -> pl.DataFrame:
    keys = granted_keys(frame, choice.per, terms)
    return keys.hstack(keyed(frame, "year", terms)) if choice.by_year else keys


def _shut_out(frame: pl.DataFrame, choice: Choice, terms: Terms, used: pl.DataFrame) -> Flags:
    """Claims that what was granted before rules out: another rule of the group, or the same evidence at all."""
    before = used.filter(pl.col("rule").is_in(choice.rules) & (pl.col("fen") > 0))
    if before.is_empty():
        return np.zeros(frame.height, np.bool_)
    keys = _keys(frame, choice, terms).with_columns(frame["rule"])
    granted = _keys(before, choice, terms).with_columns(before["rule"])
    names = [name for name in keys.columns if name != "rule"]
    fixed = _is_among(keys.select(names), granted.select(names))
    same = np.zeros(frame.height, np.bool_) if choice.per == "evidence" else _is_among(keys, granted)
    return fixed & ~same


def _is_among(rows: pl.DataFrame, others: pl.DataFrame) -> Flags:
    marked = others.unique().with_columns(pl.lit(True).alias("is_there"))
    found = rows.join(marked, on=rows.columns, how="left", maintain_order="left")
    return found["is_there"].fill_null(False).to_numpy()
