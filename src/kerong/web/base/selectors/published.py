"""The published run, read lazily and kept in memory: every number of the portal comes from here."""

import json
from dataclasses import dataclass
from datetime import date
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from kerong import rulebook as language
from kerong.engine.entitle.action import Advisor
from kerong.engine.entitle.explain import Explainer
from kerong.engine.score import scale as score_scale
from kerong.rulebook.content import Rulebook
from kerong.store import runs
from kerong.web.base.models import Run

RUNS_KEPT = 2


@dataclass(frozen=True)
class Published:
    """One run on disk; its tables are read when first asked for."""

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
        return _loaded(tuple(sorted(self.run.rulebook().items())))

    @cached_property
    def advisor(self) -> Advisor:
        """Explains and advises by the run's rulebook on its day."""
        return Advisor(Explainer(self.rulebook, self.on))

    @cached_property
    def scale(self) -> score_scale.Scale:
        """The frozen scale of the index."""
        return score_scale.from_json(self.run.document("scale.json"))

    @cached_property
    def sheet(self) -> pl.DataFrame:
        """One row per enterprise for lists: who it is, its score, and how many offers it has; in memory."""
        firms, known = self.enterprises.lazy(), self.enterprises.columns
        told = [name for name in ("enterprise_id", "name", "other_names", "district", "industry") if name in known]
        scores = self.scores.lazy().select(
            "enterprise_id", "stage", "points", "points_high", "coverage_bp", "grade", "rank"
        )
        listed = firms.select(told).join(scores, on="enterprise_id", how="left")
        offers = (
            self.offers.lazy()
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
        rows = self.scores.group_by("stage").agg(medians).to_dicts()
        return {row.pop("stage"): row for row in rows}

    @cached_property
    def enterprises(self) -> pl.DataFrame:
        """The table of enterprises, in memory, sorted by id."""
        return self.table("enterprises").collect()

    @cached_property
    def scores(self) -> pl.DataFrame:
        """The table of scores, in memory, sorted by id."""
        return self.table("scores").collect()

    @cached_property
    def offers(self) -> pl.DataFrame:
        """The table of offers, in memory, sorted by id and rank."""
        return self.table("offers").collect()

    @cached_property
    def verdicts(self) -> pl.DataFrame:
        """All verdicts in memory, small: `number` (place of the enterprise by id) for the id, and sorted by it."""
        numbers = self.enterprises.lazy().select("enterprise_id").with_row_index("number")
        told = self.table("verdicts").select(
            "enterprise_id",
            pl.col("rule", "cut_by").cast(pl.Categorical),
            "row_key",
            "outcome",
            "clause",
            "entitled_fen",
            "awarded_fen",
        )
        placed = told.join(numbers, on="enterprise_id", how="left", maintain_order="left").drop("enterprise_id")
        return placed.sort("number", maintain_order=True).collect()

    @cached_property
    def tables(self) -> frozenset[str]:
        """Names of the tables that the run has."""
        return frozenset(self.run.tables)

    def table(self, name: str) -> pl.LazyFrame:
        """A table of the run, scanned. Raises KeyError for a table that the run does not have."""
        return self.run.scan(name)

    def enterprise(self, enterprise_id: str) -> dict[str, Any] | None:
        """The row of one enterprise, or None where there is none."""
        return next(iter(_rows(self.enterprises, "enterprise_id", enterprise_id)), None)

    def score(self, enterprise_id: str) -> dict[str, Any] | None:
        """The score of one enterprise, or None where it has none."""
        return next(iter(_rows(self.scores, "enterprise_id", enterprise_id)), None)

    def offers_of(self, enterprise_id: str) -> list[dict[str, Any]]:
        """The offers of one enterprise, best first."""
        return _rows(self.offers, "enterprise_id", enterprise_id)

    def verdicts_of(self, enterprise_id: str) -> list[dict[str, Any]]:
        """The verdicts about one enterprise, by rule and row."""
        place = int(self.enterprises["enterprise_id"].search_sorted(enterprise_id))
        return _rows(self.verdicts, "number", place)


@lru_cache(maxsize=RUNS_KEPT)
def _loaded(texts: tuple[tuple[str, str], ...]) -> Rulebook:
    """The rulebook of (path, text) pairs: runs one after another mostly share theirs."""
    return language.load(dict(texts))


def current() -> Published | None:
    """The current run, or None before the first is published."""
    run = Run.objects.filter(current=True).only("run_id", "path").first()
    return None if run is None else opened(run.run_id, run.path)


@lru_cache(maxsize=RUNS_KEPT)
def opened(run_id: str, path: str) -> Published:
    """The run at `path`, kept in memory by its id; only the last few are."""
    return Published(run_id, Path(path))


def _rows(frame: pl.DataFrame, column: str, value: str | int) -> list[dict[str, Any]]:
    """The rows with `value` in the column that the frame is sorted by."""
    held = frame[column]
    first, last = (int(held.search_sorted(value, side)) for side in ("left", "right"))
    return frame.slice(first, last - first).to_dicts()
