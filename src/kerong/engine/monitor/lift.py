"""Does a firm tied to one in trouble come into trouble more often than one whose ties are sound? By channel.

Counted over firm-months as warnings are graded; firms without a tie of the channel are not compared at all.
"""

import math
from collections.abc import Iterable
from datetime import date

import polars as pl

from kerong.engine.monitor.grading import FIRM_MONTH, LEAST_FIRMS, Z, followed_months, wilson
from kerong.rulebook.months import months_after

NEAR_MONTHS = 12  # so long after its event a firm counts as one in trouble to those tied to it
TIED = pl.Schema({"channel": pl.String(), "begin": pl.String(), "end": pl.String(), "on": pl.Date()})
_SHARE = ("value", "low", "high")
LIFTS = pl.Schema(
    {
        "channel": pl.String(),
        **{f"{side}_{name}": pl.Int64() for side in ("near", "other") for name in ("months", "firms", "hits")},
        **{f"{name}_{part}": pl.Float64() for name in ("near", "other", "lift") for part in _SHARE},
    }
)


def lifts(
    tied: pl.DataFrame, asked: pl.DataFrame, events: pl.DataFrame, channels: Iterable[str], lead: int, until: date
) -> pl.DataFrame:
    """The table LIFTS, one row per channel, in their order.

    `tied`: TIED, the ties of each day; `asked`: `subject`, `on`; `events`: `subject`, `happened`, `known` of one kind.
    A firm-month is near where a firm at the beginning of one of its ties had its event in the NEAR_MONTHS up to the
    day, and it was known by then. `lift`: the rate of being followed within `lead` months among near ones over that of
    the others; its interval (95 %) counts firms, not months, and is None where either side has no event, or fewer than
    LEAST_FIRMS firms are near: one lucky hit would look like contagion.
    """
    own = events.filter(pl.col("known") <= until).select("subject", "happened", "known").unique()
    told = followed_months(asked.select(FIRM_MONTH.names()).unique(), own, lead, until)
    judged = told.filter(pl.col("over") & ~pl.col("already"))
    rows = [_channel(name, tied.filter(pl.col("channel") == name), judged, own) for name in channels]
    return pl.DataFrame(rows, schema=LIFTS)


def _channel(name: str, tied: pl.DataFrame, judged: pl.DataFrame, events: pl.DataFrame) -> dict[str, object]:
    days = tied["on"].unique().sort()
    spans = pl.DataFrame(
        {"on": days, "since": [months_after(day, -NEAR_MONTHS) for day in days]}, schema_overrides={"since": pl.Date}
    )
    ties = tied.select("begin", "end", "on").unique().join(spans, on="on", how="left")
    troubled = ties.join(events, left_on="begin", right_on="subject", how="inner").filter(
        (pl.col("happened") <= pl.col("on"))
        & (pl.col("happened") > pl.col("since"))
        & (pl.col("known") <= pl.col("on"))
    )
    near = troubled.select(pl.col("end").alias("subject"), "on", pl.lit(value=True).alias("near")).unique()
    mine = judged.join(ties.select(pl.col("end").alias("subject"), "on").unique(), on=["subject", "on"], how="semi")
    mine = mine.join(near, on=["subject", "on"], how="left").with_columns(pl.col("near").fill_null(value=False))
    counts = {
        side: (rows.height, rows["subject"].n_unique(), int(rows["followed"].sum()))
        for side, rows in (("near", mine.filter("near")), ("other", mine.filter(~pl.col("near"))))
    }
    found: dict[str, object] = {"channel": name}
    for side, (months, firms, hits) in counts.items():
        found |= {f"{side}_months": months, f"{side}_firms": firms, f"{side}_hits": hits}
        rate = wilson(hits / months * firms if months else 0.0, firms)
        found |= {f"{side}_{part}": value for part, value in zip(_SHARE, rate, strict=True)}
    lift = _ratio(counts["near"], counts["other"])
    return found | {f"lift_{part}": value for part, value in zip(_SHARE, lift, strict=True)}


def _ratio(near: tuple[int, int, int], other: tuple[int, int, int]) -> tuple[float | None, float | None, float | None]:
    """Katz's interval of a ratio of two rates, of as many trials as there are firms."""
    (months, firms, hits), (all_months, all_firms, all_hits) = near, other
    if not months or not all_hits:
        return None, None, None
    lift = hits / months / (all_hits / all_months)
    if not hits or firms < LEAST_FIRMS:
        return lift, None, None
    first, second = hits / months * firms, all_hits / all_months * all_firms
    spread = math.sqrt(max(1 / first - 1 / firms + 1 / second - 1 / all_firms, 0.0))
    return lift, lift * math.exp(-Z * spread), lift * math.exp(Z * spread)
