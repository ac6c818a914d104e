"""Verdicts with rules and firms as numbers: a city has millions of them, and names would be compared over and over."""

import polars as pl

from kerong.rulebook.content import Rulebook


def numbered(verdicts: pl.DataFrame, enterprises: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """`rule` (an Enum over the rulebook), `firm` (UInt32, the row in `enterprises`), `outcome`, `clause`, the money.

    A rule or an enterprise that is not known there is null.
    """
    rules = pl.Enum(list(rulebook.rules))
    firms = pl.Enum(enterprises["enterprise_id"])
    return verdicts.select(
        pl.col("rule").cast(rules, strict=False),
        pl.col("enterprise_id").cast(firms, strict=False).to_physical().cast(pl.UInt32).alias("firm"),
        "outcome",
        "clause",
        "entitled_fen",
        "awarded_fen",
    )
