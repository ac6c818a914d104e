"""Budgets that are shared pro rata: each claim its part, to the last fen, by largest remainder."""

import polars as pl

from kerong.engine.award.counters import Counted
from kerong.engine.award.kernel import Whole


def parts_of(counted: Counted, awards: Whole, rank: Whole) -> Whole:
    """What each counted claim keeps of its award where its budget is too small; ties go by `rank`.

    Parts are floor(award x budget / total), and the fen left over go one each to the largest remainders.
    """
    table = pl.DataFrame(
        {
            "counter": counted.counters,
            "award": awards[counted.rows],
            "left": counted.left[counted.counters],
            "rank": rank[counted.rows],
        }
    )
    wide = pl.col("award").cast(pl.Int128)
    total = wide.sum().over("counter")
    product = wide * pl.col("left").cast(pl.Int128)
    one = pl.max_horizontal(total, pl.lit(1, pl.Int128))
    table = table.with_columns(total.alias("total"), (product // one).alias("whole"), (product % one).alias("rest"))
    table = table.with_row_index("row").sort("counter", "rest", "rank", descending=[False, True, False])
    place = pl.int_range(1, pl.len() + 1).over("counter")
    over = pl.col("left").cast(pl.Int128) - pl.col("whole").sum().over("counter")
    part = pl.col("whole") + (place <= over).cast(pl.Int128)
    enough = pl.col("total") <= pl.col("left")
    kept = pl.when(enough).then(wide).otherwise(part).cast(pl.Int64)
    return table.select("row", kept.alias("kept")).sort("row")["kept"].to_numpy()
