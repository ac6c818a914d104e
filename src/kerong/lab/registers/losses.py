"""What became of loans that stopped paying: losses that banks confirmed, what guarantors paid and got back."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.lab.streams import stream
from kerong.lab.window import Dates, Flags, Whole, days

_NAT = np.datetime64("NaT", "D")


@dataclass(frozen=True, slots=True)
class Losses:
    """One entry per loan; days that did not come by the day of the city are NaT."""

    refinances: Flags
    lost: Dates
    lost_fen: Whole  # of the principal, never more; counts from `lost` on
    compensated: Dates  # by the guarantor, where there is one
    recovered: Dates
    recovered_share: Whole  # in per cent of what was compensated


def draw_losses(
    seed: int, today: np.datetime64, firm: Whole, amount_fen: Whole, drawn: Dates, stopped: Dates
) -> Losses:
    """Losses of loans given by borrower, principal, day drawn and day on which payment stopped, from stream "losses".

    Two in three are confirmed within half a year to fourteen months, before the bank writes the loan off.
    """
    rng, count = stream(seed, "losses"), len(firm)
    lost: Dates = np.where(rng.random(count) < 0.65, stopped + days(rng.uniform(180, 420, count)), _NAT)
    share = rng.integers(30, 101, count)
    compensated: Dates = lost + days(rng.uniform(10, 75, count))
    later = compensated + days(rng.uniform(60, 400, count))
    recovered: Dates = np.where(rng.random(count) < 0.5, later, _NAT)
    renews = (rng.random(count) < 0.3) & _has_earlier(firm, drawn)
    return Losses(
        refinances=renews,
        lost=_come(lost, today),
        lost_fen=amount_fen // 100 * share,
        compensated=_come(compensated, today),
        recovered=_come(recovered, today),
        recovered_share=rng.integers(5, 61, count),
    )


def told(amount_fen: Whole, since: Dates, at: np.datetime64) -> pl.Series:
    """The amounts that are known by `at`, null where their day has not come."""
    return pl.select(pl.when(pl.Series(since <= at)).then(pl.Series(amount_fen))).to_series()


def _come(day: Dates, today: np.datetime64) -> Dates:
    return np.where(day <= today, day, _NAT)


def _has_earlier(firm: Whole, drawn: Dates) -> Flags:
    """Has the same firm drawn a loan on an earlier day?"""
    loans = pl.DataFrame({"firm": firm, "drawn": pl.Series(drawn)})
    return loans.select(pl.col("drawn") > pl.col("drawn").min().over("firm")).to_series().to_numpy()
