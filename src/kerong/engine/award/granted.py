"""What the very same claim was granted before: it is not awarded again, whatever the limits would still leave."""

import numpy as np
import polars as pl

from kerong.engine.award.claims import Claims
from kerong.engine.award.kernel import Whole

GRANTED = "granted"
"""The name under which it is cut."""
OF_CLAIM = ["rule", "enterprise_id", "paper"]


def granted_to(claims: Claims, used: pl.DataFrame, amounts: Whole) -> Whole:
    """How much of each amount was granted before; what is more than the claims of a piece of evidence counts no twice.

    A claim is known again by its evidence, else by its row and year; `used` tells that only where it has `row_key`.
    """
    if "row_key" not in used.columns or used.is_empty():
        return np.zeros_like(amounts)
    before = used.with_columns(_paper(), pl.col("fen").cast(pl.Int128)).group_by(OF_CLAIM).agg(pl.col("fen").sum())
    told = claims.frame.select(
        pl.col("rule", "enterprise_id").cast(pl.String), _paper(), pl.Series("amount", amounts, pl.Int128)
    ).join(before, on=OF_CLAIM, how="left", maintain_order="left")
    earlier = pl.col("amount").cum_sum().over(OF_CLAIM) - pl.col("amount")
    left = pl.max_horizontal(pl.col("fen").fill_null(0) - earlier, pl.lit(0, pl.Int128))
    return told.select(pl.min_horizontal(left, "amount").cast(pl.Int64)).to_series().to_numpy()


def _paper() -> pl.Expr:
    """What a claim of a rule and firm is known again by."""
    evidence = pl.col("evidence").cast(pl.String).replace("", None)
    row = pl.concat_str(pl.lit("row"), pl.col("row_key").cast(pl.String).fill_null(""), "year", separator="|")
    undated = pl.concat_str(pl.lit("row"), pl.col("row_key").cast(pl.String).fill_null(""), separator="|")
    return pl.coalesce(pl.lit("evidence|") + evidence, row, undated).alias("paper")
