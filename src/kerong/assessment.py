"""What `flow.assess` gives."""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from kerong.engine.score import Scale


@dataclass(frozen=True, slots=True)
class Assessment:
    """What a run yields; the tables are described in ARCHITECTURE.md. `rows` counts every register's cleaned rows."""

    enterprises: pl.DataFrame
    scores: pl.DataFrame
    verdicts: pl.DataFrame
    cuts: pl.DataFrame
    offers: pl.DataFrame
    problems: pl.DataFrame
    conflicts: pl.DataFrame
    provenance: pl.DataFrame
    coverage: pl.DataFrame
    credit: pl.DataFrame
    warnings: pl.DataFrame
    ties: pl.DataFrame
    contagion: pl.DataFrame
    statistics: Mapping[str, pl.DataFrame]
    registers: Mapping[str, pl.DataFrame]
    rows: Mapping[str, int]
    scale: Scale
    summary: Mapping[str, object]
