"""Standing among neighbours: the place of a firm, overall, within its district and within its industry group.

A place is told three times: as it is proven (`rank`), and the best and the worst that are possible, given everybody's
interval of points. Counting alone: whole numbers, so that neither the order of rows nor threads matter.
"""

from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.population import Codes, named, pays

Places = NDArray[np.int32]

NEIGHBOURS = {"district": "district", "group": "industry_group"}


class Among(NamedTuple):
    """Where every firm stands among the firms of its kind; places count from 1.

    `best`: how many could only be ahead, plus one; ties count for the firm. `worst`: how many could be level or ahead,
    itself included. `percentile_bp`: the share of firms with fewer points, and half of those with as many.
    """

    rank: Places
    best: Places
    worst: Places
    percentile_bp: Places
    size: Places


def standing(scores: pl.DataFrame, firms: pl.DataFrame) -> pl.DataFrame:
    """`scores` with what `Among` says, after `rank`: Int32, null where the firm's district or group is unknown.

    Adds `rank_best`, `rank_worst`; `rank_district`, `rank_district_best`, `rank_district_worst`, `size_district`; the
    same for `group`; `percentile_bp` (of the group). Ranks keep the order of `rank`. `firms`: as `population` gives it.
    Raises ValueError where the two are not about the same enterprises in the same order.
    """
    if not scores["enterprise_id"].equals(firms["enterprise_id"]):
        raise ValueError("scores and population are not about the same enterprises")
    points, high = (scores[name].to_numpy() for name in ("points", "points_high"))
    order = np.empty(points.size, dtype=np.int32)
    order[scores["rank"].to_numpy() - 1] = np.arange(points.size, dtype=np.int32)
    everyone = among(points, high, order, Codes(np.zeros(points.size, dtype=np.intp), 1))
    added = [pl.Series("rank_best", everyone.best), pl.Series("rank_worst", everyone.worst)]
    for short, column in NEIGHBOURS.items():
        codes = named(firms[column]).codes
        found = among(points, high, order, codes)
        told = {f"rank_{short}": found.rank, f"rank_{short}_best": found.best, f"rank_{short}_worst": found.worst}
        told |= {f"size_{short}": found.size} | ({"percentile_bp": found.percentile_bp} if short == "group" else {})
        added += [_known(name, column, codes) for name, column in told.items()]
    after = scores.columns.index("rank") + 1
    names = [*scores.columns[:after], *(column.name for column in added), *scores.columns[after:]]
    return scores.with_columns(added).select(names)


def _known(name: str, column: Places, codes: Codes) -> pl.Series:
    """The column, null where the firm is among nobody (code 0)."""
    series = pl.Series(name, column)
    return series if codes.number.all() else series.set(pl.Series(codes.number == 0), None)


def among(points: Places, high: Places, order: Places, codes: Codes) -> Among:
    """Where firms stand among those with the same code. `order`: row numbers, first place first."""
    if pays(points.size, codes):
        from kerong.engine.score import many

        return Among(*many.among(points, high, order, codes))
    span = int(high.max(initial=0)) + 1
    at, at_high = codes.number * span + points, codes.number * span + high
    proven, possible = np.sort(at), np.sort(at_high)
    size = np.bincount(codes.number, minlength=codes.kinds)
    end = size.cumsum()[codes.number]
    best = 1 + end - proven.searchsorted(at_high, "right")
    worst = end - possible.searchsorted(at, "left")
    fewer, up_to = (proven.searchsorted(at, side) - end + size[codes.number] for side in ("left", "right"))
    share = (fewer + up_to) * 10_000 // np.maximum(2 * size[codes.number], 1)
    columns = (column.astype(np.int32) for column in (best, worst, share, size[codes.number]))
    return Among(_ranks(order, codes), *columns)


def _ranks(order: Places, codes: Codes) -> Places:
    """Places from 1 among those with the same code, in the given order."""
    inside = codes.number[order]
    by_code = np.argsort(inside, kind="stable")
    counts = np.bincount(inside, minlength=codes.kinds)
    starts = np.repeat(counts.cumsum() - counts, counts)
    ranks = np.empty(order.size, dtype=np.int32)
    ranks[order[by_code]] = np.arange(1, order.size + 1) - starts
    return ranks
