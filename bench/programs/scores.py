"""The innovation index of a million firms from known indicator values: fit, apply, standing."""

from pathlib import Path

import polars as pl

from bench.claims import Work
from bench.indicators import values
from kerong.engine import score
from kerong.rulebook import load
from kerong.store.packs import read_pack


def index(scratch: Path, firms: str) -> Work:
    """Work that fits a scale and gives points, grades and standing; answers with the number of scored firms."""
    rulebook = load(read_pack("demo"))
    matrix, groups = values(int(firms), len(rulebook.indicators))
    ids = pl.int_range(int(firms), eager=True).cast(pl.String).str.zfill(8).alias("enterprise_id")
    known = pl.DataFrame([ids]).hstack(pl.DataFrame(matrix, schema=list(rulebook.indicators)))
    stages = list(rulebook.region.weights)
    population = pl.DataFrame([ids]).with_columns(
        pl.Series("stage", [stages[number % len(stages)] for number in range(int(firms))]),
        pl.Series("industry_group", groups).cast(pl.String),
        pl.lit("one district").alias("district"),
    )

    def work() -> float:
        scale, _ = score.fit(known, population, rulebook)
        scores, _ = score.apply(known, population, scale)
        return float(score.standing(scores, population).height)

    return work
