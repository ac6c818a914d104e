"""How good links are, by pairs of which the truth is known: precision, recall, F1 with intervals, and calibration."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import sqrt

import polars as pl

from kerong.engine.record.linkage.decisions import PAIR, REVIEW, SAME

Z = 1.959963984540054  # of a 95 % interval


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `all`; both may be weighted."""

    hits: float
    all: float
    sampled: float | None = None  # pairs that were looked at, where `all` is an estimate

    @property
    def value(self) -> float:
        """The share; 1 of nothing."""
        return self.hits / self.all if self.all else 1.0

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % interval (Wilson 1927), by the number of pairs that were looked at."""
        n, p = self.sampled if self.sampled is not None else self.all, self.value
        if not n:
            return 0.0, 1.0
        middle, half = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, (middle - half) / (1 + Z * Z / n)), min(1.0, (middle + half) / (1 + Z * Z / n))

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.4f} [{low:.4f}, {high:.4f}]"


@dataclass(frozen=True, slots=True)
class Grade:
    """What was called the same, held against the truth; `found`: true pairs called the same or put up for review."""

    precision: Share
    recall: Share
    found: Share
    calibration: pl.DataFrame
    seen: Share | None = None  # of the pairs that are the same or under review those that are true
    best: tuple[float, float] | None = None  # the best F1 of any threshold of the weight, which only labels can tell

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return harmonic(self.precision.value, self.recall.value)

    def lines(self) -> Iterator[str]:
        """The figures as lines of text."""
        yield f"precision {self.precision}  recall {self.recall}  F1 {self.f1:.4f}"
        yield f"true pairs that are the same or under review: {self.found}"
        if self.seen is not None:
            f1 = harmonic(self.seen.value, self.found.value)
            yield f"from the review threshold on: precision {self.seen}  recall {self.found}  F1 {f1:.4f}"
        if self.best is not None:
            yield f"best F1 of any threshold: {self.best[1]:.4f} at {self.best[0]:.2f} bits"
        yield "probability, pairs, said on average, true"
        for low, pairs, said, true in self.calibration.iter_rows():
            yield f"{low:.1f} to {low + 0.1:.1f}  {pairs:>8}  {said:.3f}  {true:.3f}"


def pairs_of_groups(rows: pl.DataFrame, id_column: str, group: str) -> pl.DataFrame:
    """All pairs of rows of one group, left_id before right_id."""
    own = rows.select(pl.col(id_column).cast(pl.String).alias("id"), pl.col(group).alias("group")).drop_nulls()
    both = own.rename({"id": "left_id"}).join(own.rename({"id": "right_id"}), on="group")
    return both.filter(pl.col("left_id") < pl.col("right_id")).select(*PAIR)


def graded(pairs: pl.DataFrame, true: pl.DataFrame) -> Grade:
    """Pairs of a linkage against all true pairs (left_id, right_id)."""
    known = pairs.join(true.select(*PAIR, is_true=pl.lit(value=True)), on=PAIR, how="left")
    known = known.with_columns(pl.col("is_true").fill_null(value=False))
    same = known.filter(pl.col("decided") == SAME)
    seen = known.filter(pl.col("decided").is_in([SAME, REVIEW]))
    hits = float(same["is_true"].sum())
    return Grade(
        Share(hits, len(same)),
        Share(hits, len(true)),
        Share(float(seen["is_true"].sum()), len(true)),
        calibration(known),
        Share(float(seen["is_true"].sum()), len(seen)),
        best_f1(known, len(true)),
    )


def harmonic(precision: float, recall: float) -> float:
    """F1, the harmonic mean of precision and recall."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def best_f1(known: pl.DataFrame, true: int) -> tuple[float, float] | None:
    """The weight from which on pairs have the best F1, and that F1; pairs with `weight` and `is_true`."""
    falling = known.drop_nulls("weight").group_by("weight").agg(pl.len().alias("pairs"), pl.col("is_true").sum())
    falling = falling.sort("weight", descending=True).with_columns(pl.col("pairs", "is_true").cum_sum())
    table = falling.with_columns(f1=2 * pl.col("is_true") / (pl.col("pairs") + true))
    if table.is_empty():
        return None
    top = table.row(int(table["f1"].arg_max() or 0), named=True)
    return float(top["weight"]), float(top["f1"])


def graded_sample(pairs: pl.DataFrame, labels: pl.DataFrame) -> Grade:
    """Pairs against a labelled sample: left_id, right_id, is_true, weight (pairs that a label stands for)."""
    known = labels.join(pairs, on=PAIR, how="left").with_columns(
        pl.col("decided").fill_null("different"), pl.col("probability").fill_null(0.0)
    )
    same, true = known.filter(pl.col("decided") == SAME), known.filter("is_true")
    seen = true.filter(pl.col("decided").is_in([SAME, REVIEW]))
    hits = float(same.filter("is_true")["weight"].sum())
    return Grade(
        Share(hits, float(same["weight"].sum()), len(same)),
        Share(hits, float(true["weight"].sum()), len(true)),
        Share(float(seen["weight"].sum()), float(true["weight"].sum()), len(true)),
        calibration(known),
    )


def calibration(known: pl.DataFrame) -> pl.DataFrame:
    """Tenths of probability: pairs, what was said on average, what was true. Pairs with `probability` and
    `is_true`."""
    tenth = ((pl.col("probability") * 10).floor().clip(0, 9) / 10).alias("from")
    table = (
        known.drop_nulls("probability")
        .group_by(tenth)
        .agg(
            pl.len().alias("pairs"), pl.col("probability").mean().alias("said"), pl.col("is_true").mean().alias("true")
        )
    )
    return table.sort("from")
