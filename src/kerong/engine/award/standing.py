"""How caps stand: of each thing that a cap counts by, the most, what was granted under it and to whom, what is left."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.engine.award.claims import claims_of
from kerong.engine.award.counters import counted, spent_on
from kerong.engine.award.terms import Cap, Terms


@dataclass(frozen=True, slots=True)
class Grant:
    """What a firm holds of a cap by one rule in one year, in fen, less what came back."""

    enterprise_id: str
    rule: str
    year: int | None
    fen: int


@dataclass(frozen=True, slots=True)
class CapStanding:
    """One counter of a cap. `enterprise_id`, `year`, `evidence` and `affiliates` are those of the first claim that it
    counts; `grants` are summed by firm, rule and year, in that order. All amounts are fen."""

    cap: Cap
    enterprise_id: str
    year: int | None
    evidence: str
    affiliates: str
    most_fen: int
    left_fen: int
    grants: tuple[Grant, ...]

    @property
    def used_fen(self) -> int:
        """What all grants hold of it."""
        return sum(grant.fen for grant in self.grants)


def caps_standing(entitled: pl.DataFrame, terms: Terms, used: pl.DataFrame) -> tuple[CapStanding, ...]:
    """What every shared cap leaves for the claims of `entitled` (schema ENTITLED) before any of them is served.

    The counters are those that `awarded` serves claims from. Caps per row are nobody else's and left out. In the
    written order of caps, then by the first claim that a counter counts.
    """
    claims = claims_of(entitled, terms)
    found: list[CapStanding] = []
    for cap in terms.caps:
        if cap.scope == "row":
            continue
        held, whole = counted(claims, cap, used), counted(claims, cap, used.clear())
        is_counted = np.ones(len(held.rows), np.bool_)
        if cap.years is not None:
            is_counted = claims.frame["year"].gather(held.rows).is_not_null().to_numpy()
        rows, counters = held.rows[is_counted], held.counters[is_counted]
        spent = spent_on(rows, counters, claims, cap, used)
        _, first = np.unique(counters, return_index=True)
        for place in np.sort(first).tolist():
            row = claims.frame.row(int(rows[place]), named=True)
            number = int(counters[place])
            found.append(
                CapStanding(
                    cap=cap,
                    enterprise_id=row["enterprise_id"],
                    year=row["year"],
                    evidence=row["evidence"] or "",
                    affiliates=row["affiliates"] or "",
                    most_fen=int(whole.left[number]),
                    left_fen=int(held.left[number]),
                    grants=_grants(spent.filter(pl.col("counter") == number)),
                )
            )
    return tuple(found)


def _grants(spent: pl.DataFrame) -> tuple[Grant, ...]:
    keys = ["enterprise_id", "rule", "year"]
    sums = spent.group_by(keys).agg(pl.col("fen").cast(pl.Int128).sum()).filter(pl.col("fen") != 0).sort(keys)
    return tuple(Grant(firm, rule, year, int(fen)) for firm, rule, year, fen in sums.iter_rows())
