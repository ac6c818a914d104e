"""Standing among neighbours: the place of a firm within its district and within its industry group."""

import polars as pl


def standing(scores: pl.DataFrame, firms: pl.DataFrame) -> pl.DataFrame:
    """`scores` with `rank_district`, `size_district`, `rank_group`, `size_group` (Int32) after `rank`.

    Ranks within a district or group keep the order of `rank`; null where the firm's district or group is unknown.
    `firms`: as `population` gives it.
    """
    told = scores.join(firms.select("enterprise_id", "district"), on="enterprise_id", how="left", maintain_order="left")
    pieces = [
        piece
        for short, column in (("district", "district"), ("group", "industry_group"))
        for piece in (
            _known(column, pl.col("rank").rank("ordinal").over(column)).alias(f"rank_{short}"),
            _known(column, pl.len().over(column)).alias(f"size_{short}"),
        )
    ]
    after = scores.columns.index("rank") + 1
    order = [*scores.columns[:after], *(piece.meta.output_name() for piece in pieces), *scores.columns[after:]]
    return told.with_columns(pieces).select(order)


def _known(column: str, value: pl.Expr) -> pl.Expr:
    return pl.when(pl.col(column).is_not_null()).then(value.cast(pl.Int32))
