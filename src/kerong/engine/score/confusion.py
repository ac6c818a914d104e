"""What a model of classes says beside the truth: how often it is right, class by class, and when it is silent."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from kerong.engine.score.card.metrics import Estimate, interval


@dataclass(frozen=True, slots=True)
class Confusion:
    """`counts`: `truth`, `said` (null: unknown), `rows`, sorted. `right`: share of those of whom something is said.

    `classes`: by class of the truth (recall, precision), None where nobody is of it or nobody is said to be.
    """

    counts: pl.DataFrame
    right: Estimate
    silent: int
    classes: dict[str, tuple[float | None, float | None]]


def confusion(truth: pl.Series, said: pl.Series, rng: np.random.Generator, draws: int = 500) -> Confusion:
    """Rows with a known truth, in one order; the interval is the middle 95 % of `draws` samples of rows."""
    table = pl.DataFrame({"truth": truth, "said": said}).drop_nulls("truth")
    told = table.drop_nulls("said")
    hits = (told["truth"] == told["said"]).to_numpy().astype(np.float64)
    drawn = rng.binomial(hits.size, hits.mean(), draws) / hits.size if hits.size else np.empty(0)
    low, high = interval(drawn, draws)
    counts = table.group_by("truth", "said").agg(pl.len().cast(pl.Int64).alias("rows")).sort("truth", "said")
    names = sorted({*table["truth"].unique().to_list(), *told["said"].unique().to_list()})
    return Confusion(
        counts=counts,
        right=Estimate(float(hits.mean()) if hits.size else None, low, high),
        silent=table.height - told.height,
        classes={name: (_share(told, "truth", name), _share(told, "said", name)) for name in names},
    )


def _share(told: pl.DataFrame, of: str, name: str) -> float | None:
    """Of the rows whose `of` is this class, the share in which truth and word agree."""
    own = told.filter(pl.col(of) == name)
    return float((own["truth"] == own["said"]).mean()) if own.height else None  # type: ignore[arg-type]
