"""Who is compared with whom: the stage, the industry group and the district of every enterprise."""

import polars as pl

from kerong.rulebook.content import Rulebook


def population(enterprises: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """`enterprise_id`, `stage`, `industry_group`, `district` (String, null where unknown), sorted by `enterprise_id`.

    Stage and group are the columns that the region's sheet names. Raises ValueError where an id stands twice.
    """
    if enterprises["enterprise_id"].n_unique() != enterprises.height:
        raise ValueError("enterprise_id is not unique")
    return enterprises.select(
        pl.col("enterprise_id"),
        _named(enterprises, rulebook.region.stage).alias("stage"),
        _named(enterprises, rulebook.region.group).alias("industry_group"),
        _named(enterprises, "district").alias("district"),
    ).sort("enterprise_id")


def _named(enterprises: pl.DataFrame, name: str | None) -> pl.Expr:
    column = (name or "").removeprefix("enterprise.")
    return pl.col(column).cast(pl.String) if column in enterprises.columns else pl.lit(None, pl.String)


def aligned(values: pl.DataFrame, firms: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Both tables sorted by `enterprise_id`. Raises ValueError where they are not about the same enterprises."""
    values, firms = values.sort("enterprise_id"), firms.sort("enterprise_id")
    if not values["enterprise_id"].equals(firms["enterprise_id"]):
        raise ValueError("values and population are not about the same enterprises")
    return values, firms
