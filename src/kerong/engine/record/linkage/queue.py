"""The review queue: what a steward has to look at, both sides' values beside each other, the most useful first."""

import polars as pl

from kerong.engine.record.linkage.decisions import PAIR, REVIEW
from kerong.engine.record.linkage.linking import Linked
from kerong.engine.record.linkage.model import Model


def review_queue(
    found: Linked,
    left: pl.DataFrame,
    right: pl.DataFrame,
    model: Model,
    *,
    left_id: str = "id",
    right_id: str = "id",
    rows: str | None = None,
) -> pl.DataFrame:
    """Pairs to be reviewed, in order of the good that a decision does.

    The good is the number of rows that are expected to find their firm: probability times the rows that wait for the
    left side (column `rows` of `left`; 1 without it). Ties: by ids. Columns: rank, left_id, right_id, good,
    probability,
    weight, margin, contradiction; per column of the plan left_<column>,
    right_<column>; per comparison agreement_<name> in words.
    The same bytes for any order of rows.
    """
    queue = found.pairs.filter(pl.col("decided") == REVIEW)
    columns = model.plan.columns
    for side, key, table in (("left", left_id, left), ("right", right_id, right)):
        shown = [pl.col(name).alias(f"{side}_{name}") for name in columns if name in table.columns]
        extra = [pl.col(rows).alias("#rows")] if rows and side == "left" else []
        own = table.select(pl.col(key).cast(pl.String).alias(f"{side}_id"), *shown, *extra)
        queue = queue.join(own, on=f"{side}_id", how="left", maintain_order="left")
    waiting = pl.col("#rows") if rows else pl.lit(1)
    queue = queue.with_columns(good=(pl.col("probability").fill_null(0.5) * waiting).round(6))
    queue = queue.sort(["good", *PAIR], descending=[True, False, False])
    agreements = [
        pl.col(f"level_{comparison.name}")
        .replace_strict(
            {level: comparison.label(level) for level in range(len(comparison.levels) + 2)},
            default=None,
            return_dtype=pl.String,
        )
        .alias(f"agreement_{comparison.name}")
        for comparison in model.plan.comparisons
    ]
    values = [f"{side}_{name}" for name in columns for side in ("left", "right") if f"{side}_{name}" in queue.columns]
    return queue.with_row_index("rank", 1).select(
        "rank", *PAIR, "good", "probability", "weight", "margin", "contradiction", *values, *agreements
    )
