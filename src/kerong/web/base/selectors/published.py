"""The published run, read lazily and kept in memory: every number of the portal comes from here."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from kerong import rulebook as language
from kerong.engine.score import scale as score_scale
from kerong.rulebook.content import Rulebook
from kerong.store import runs
from kerong.web.base.models import Run

RUNS_KEPT = 3
OUTCOMES = {0: "failed", 1: "met", 2: "unknown", 3: "error"}


@dataclass(frozen=True)
class Published:
    """One run on disk. Tables are read when first asked for; the large ones stay on disk and are scanned."""

    run_id: str
    path: Path

    @cached_property
    def run(self) -> runs.Run:
        """The run on disk. Raises runs.NotARun where the folder is gone."""
        return runs.read_run(self.path)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """The run's manifest.json."""
        return dict(self.run.manifest)

    @property
    def short_id(self) -> str:
        """The head of the run id, enough for people."""
        return self.run_id[:12]

    @cached_property
    def summary(self) -> dict[str, Any]:
        """The run's summary.json. Raises ValueError where it is no table of values."""
        found = json.loads(self.run.document("summary.json"))
        if not isinstance(found, dict):
            raise ValueError(f"summary.json of run {self.run_id} is no table of values")
        return found

    @cached_property
    def on(self) -> date:
        """The day that the run is about."""
        return date.fromisoformat(self.manifest["on"])

    @cached_property
    def rulebook(self) -> Rulebook:
        """The rulebook that the run was made with, loaded from its own texts."""
        return language.load(self.run.rulebook())

    @cached_property
    def scale(self) -> score_scale.Scale:
        """The frozen scale of the index."""
        return score_scale.from_json(self.run.document("scale.json"))

    @cached_property
    def sheet(self) -> pl.DataFrame:
        """One row per enterprise for lists: who it is, its score, and how many offers it has; in memory."""
        firms = self.table("enterprises")
        known = firms.collect_schema().names()
        told = [name for name in ("enterprise_id", "name", "other_names", "district", "industry") if name in known]
        scores = self.table("scores").select(
            "enterprise_id", "stage", "points", "points_high", "coverage_bp", "grade", "rank"
        )
        listed = firms.select(told).join(scores, on="enterprise_id", how="left")
        offers = (
            self.table("offers")
            .group_by("enterprise_id")
            .agg((pl.col("outcome") == 1).sum().alias("certain"), (pl.col("outcome") == 2).sum().alias("possible"))
        )
        joined = listed.join(offers, on="enterprise_id", how="left").with_columns(
            pl.col("certain", "possible").fill_null(0)
        )
        missing = [pl.lit(None, pl.String).alias(n) for n in ("name", "district", "industry") if n not in told]
        words = [pl.col(n).cast(pl.String).fill_null("") for n in ("name", "other_names", "enterprise_id") if n in told]
        whole = joined.with_columns(*missing, pl.concat_str(words, separator=" ").str.to_lowercase().alias("words"))
        return whole.sort("enterprise_id").collect()

    @cached_property
    def typical_points(self) -> dict[str | None, dict[str, float]]:
        """Median points per dimension among the enterprises of each stage."""
        medians = [pl.col(f"points_{name}").median().alias(name) for name in self.scale.dimensions]
        rows = self.table("scores").group_by("stage").agg(medians).collect().to_dicts()
        return {row.pop("stage"): row for row in rows}

    @cached_property
    def verdict_heads(self) -> pl.DataFrame:
        """Rule, enterprise, outcome, clause and amounts of all verdicts, in memory with small columns."""
        heads = self.table("verdicts").select(
            pl.col("rule").cast(pl.Categorical), "enterprise_id", "outcome", "clause", "entitled_fen", "awarded_fen"
        )
        return heads.collect()

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the run, scanned. Raises KeyError for a table that the run does not have."""
        return self.run.scan(name)

    def of_enterprise(self, name: str, enterprise_id: str) -> list[dict[str, Any]]:
        """The rows of one enterprise in a table of the run, in the table's order."""
        return self.table(name).filter(pl.col("enterprise_id") == enterprise_id).collect().to_dicts()


def current() -> Published | None:
    """The current run, or None before the first is published."""
    run = Run.objects.filter(current=True).only("run_id", "path").first()
    return None if run is None else opened(run.run_id, run.path)


@lru_cache(maxsize=RUNS_KEPT)
def opened(run_id: str, path: str) -> Published:
    """The run at `path`, kept in memory by its id; only the last few are."""
    return Published(run_id, Path(path))
