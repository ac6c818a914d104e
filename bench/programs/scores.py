"""The innovation index: a million firms from known indicator values, and a whole city from its record."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import polars as pl

from bench.claims import Work
from bench.indicators import values
from bench.programs import cities
from kerong.engine import score
from kerong.rulebook import load
from kerong.rulebook.content import Rulebook
from kerong.store.packs import read_pack

SMALL_CITY = 3_000  # firms whose record stands for that of a larger city, again and again under new ids


def index(scratch: Path, firms: str, method: str = "given") -> Work:
    """Work that fits a scale and gives points, grades, ranks with their best and worst place, and standing.

    Winsorised bounds per industry group, weights per life stage, points of every indicator. Answers with the number of
    scored firms.
    """
    rulebook, known, population = _city(int(firms), method)

    def work() -> float:
        held = score.Known.of(known, population)
        scale, _ = score.fit_known(held, rulebook)
        scores, _ = score.apply_known(held, scale)
        return float(score.standing(scores, population).height)

    return work


def points(scratch: Path, firms: str, method: str) -> Work:
    """Work that fits the same scale and gives the points of every firm and what they could reach, as peers do."""
    rulebook, known, population = _city(int(firms), method)

    def work() -> float:
        held = score.Known.of(known, population)
        scale, _ = score.fit_known(held, rulebook)
        return float(score.points(held, scale).height)

    return work


def _city(firms: int, method: str) -> tuple[Rulebook, pl.DataFrame, pl.DataFrame]:
    """The demo region with weights by this method, values of its indicators, and whose they are."""
    rulebook = load(read_pack("demo"))
    rulebook = replace(rulebook, region=replace(rulebook.region, method=method))
    matrix, groups = values(firms, len(rulebook.indicators))
    ids = pl.int_range(firms, eager=True).cast(pl.String).str.zfill(8).alias("enterprise_id")
    known = pl.DataFrame([ids]).hstack(pl.DataFrame(matrix, schema=list(rulebook.indicators)))
    stages = list(rulebook.region.weights)
    population = pl.DataFrame([ids]).with_columns(
        pl.Series("stage", [stages[number % len(stages)] for number in range(firms)]),
        pl.Series("industry_group", groups).cast(pl.String),
        pl.lit("one district").alias("district"),
    )
    return rulebook, known, population


def city(scratch: Path) -> None:
    """The record of a small made-up city, and the scale of its run, in run-<firms>/."""
    if not (scratch / f"run-{SMALL_CITY}").exists():
        cities.registers(scratch, SMALL_CITY)
        folder, run = (str(scratch / f"{name}-{SMALL_CITY}") for name in ("city", "run"))
        cities.command("kerong", "assess", folder, "--region", "demo", "--on", cities.ON, "--out", run)


def rescored(scratch: Path, firms: str) -> Work:
    """Work that reads a city's indicators from its record, applies the frozen scale, and gives standing.

    The record is a small city's, again and again under new ids. Answers with the number of scored firms.
    """
    run, on = scratch / f"run-{SMALL_CITY}", date.fromisoformat(cities.ON)
    rulebook, scale = load(read_pack("demo")), score.from_json((run / "scale.json").read_text("utf-8"))
    record = pl.read_parquet(run / "enterprises.parquet")
    times = -(-int(firms) // record.height)
    ids = pl.int_range(int(firms), eager=True).cast(pl.String).str.zfill(8).alias("enterprise_id")
    enterprises = pl.concat([record] * times).head(int(firms)).with_columns(ids)

    def work() -> float:
        population = score.population(enterprises, rulebook)
        known, _ = score.values(enterprises, rulebook, on)
        scores, _ = score.apply(known, population, scale)
        return float(score.standing(scores, population).height)

    return work
