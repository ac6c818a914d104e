"""Scorecards of ours: a sample with known causes, the fit, the reading of everybody. What both sides work on."""

import json
import time
from datetime import date
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl

from bench.claims import Measured, Work
from kerong.engine.score import card
from kerong.engine.score.card import Card, Line, Plan

SEED = 3
UNKNOWN = 0.02  # share of the values that are not known
BINS = 20  # the peer's own most
FEW = 100_000  # rows that a card is fitted on where the reading is timed
TOLD = "card.json"  # in the scratch folder: what our fit told, for the peer's round to compare
ON = date(2021, 1, 1)


def people(rows: int, lines: int) -> tuple[pl.DataFrame, npt.NDArray[np.bool_]]:
    """One Float64 column per characteristic, a quarter of them skewed, 2 % null; and who turned out bad (about a
    seventh), by a logit of all of them."""
    rng = np.random.default_rng(SEED)
    causes = rng.normal(0, 0.25, lines)
    told = np.full(rows, -3.2)
    columns = {}
    for number, cause in enumerate(causes):
        values = rng.standard_normal(rows)
        values = np.round(np.exp(values) if number % 4 == 0 else values, 3)
        told += cause * values
        values[rng.random(rows) < UNKNOWN] = np.nan
        columns[f"x{number}"] = pl.Series(values).fill_nan(None)
    return pl.DataFrame(columns), rng.random(rows) < 1 / (1 + np.exp(-told))


def area(points: npt.NDArray[np.float64], bad: npt.NDArray[np.bool_]) -> float:
    """Area under the curve: the share of pairs of a good and a bad in which the good has more points, ties half."""
    from kerong.engine.score.card.metrics import auc, tally

    return auc(tally(bad, -points)) or 0.0


def _sample(table: pl.DataFrame, bad: npt.NDArray[np.bool_]) -> pl.DataFrame:
    subjects = pl.int_range(table.height, eager=True).cast(pl.String).str.zfill(8).alias("subject")
    return table.with_columns(subjects, pl.lit(date(2020, 1, 1)).alias("on"), pl.Series("outcome", bad))


def fit(scratch: Path, rows: str, lines: str) -> Work:
    """Work that sorts the sample and fits the card; answers with the number of characteristics."""
    table, bad = people(int(rows), int(lines))
    sample = _sample(table, bad)
    plan = card.Plan("bench", tuple(card.Characteristic(name) for name in table.columns), bins_most=BINS)
    _warm(sample, plan)

    def work() -> Measured:
        start = time.perf_counter()
        found, _ = card.fit(card.Sample(sample), plan, on=ON)
        seconds = time.perf_counter() - start
        assert found is not None
        points = card.total_points(table, found).to_numpy().astype(np.float64)
        value = sum(_information(line, found.rows - found.bads, found.bads) for line in found.segments[0].lines)
        (scratch / TOLD).write_text(json.dumps({"information value": value, "area": area(points, bad)}))
        return Measured(seconds, float(lines))

    return work


def _warm(sample: pl.DataFrame, plan: Plan) -> None:
    """What is compiled once and kept on disk is no part of the work."""
    from kerong.engine.score.card import loops

    many, loops.MANY = loops.MANY, 0
    found, _ = card.fit(card.Sample(sample.head(5_000)), plan, on=ON)
    assert found is not None
    card.score(sample.head(5_000), found)
    loops.MANY = many


def _information(line: Line, goods: int, bads: int) -> float:
    shares = [(item.goods / goods, item.bads / bads) for item in line.all_bins if item.goods and item.bads]
    return sum((good - bad) * float(np.log(good / bad)) for good, bad in shares)


def points(scratch: Path, rows: str, lines: str) -> Work:
    """Work that gives everybody points: from the columns of a frame, unknown values as nulls, to a column of points."""
    table, found = _fitted(int(rows), int(lines))
    return lambda: float(card.total_points(table, found).len())


def scores(scratch: Path, rows: str, lines: str) -> Work:
    """Work that gives the whole table: points with their interval, coverage, probability, parts and reasons."""
    table, found = _fitted(int(rows), int(lines))
    return lambda: float(card.score(table, found).height)


def _fitted(rows: int, lines: int) -> tuple[pl.DataFrame, Card]:
    table, bad = people(rows, lines)
    sample = _sample(table, bad)
    plan = card.Plan("bench", tuple(card.Characteristic(name) for name in table.columns), bins_most=BINS)
    _warm(sample, plan)
    found, _ = card.fit(card.Sample(sample.head(FEW)), plan, on=ON)
    assert found is not None
    return table, found
