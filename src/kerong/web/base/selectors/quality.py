"""What was wrong with the registers: one line for everybody, the kinds with examples for officials."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from kerong.engine.problems import sentence
from kerong.web.base.selectors.published import Published

SEVERITIES = ("refused", "quarantined", "noted")
EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class QualityLine:
    """Problems by what became of them."""

    refused: int
    quarantined: int
    noted: int
    registers: int


@dataclass(frozen=True, slots=True)
class KindOfProblem:
    """Problems of one kind in one register, with a few of them in words."""

    kind: str
    title: str
    register: str
    severity: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quality:
    """The page of data quality."""

    line: QualityLine
    kinds: list[KindOfProblem]


def quality_line(published: Published) -> QualityLine:
    """How many problems of each severity, over how many registers."""
    counts = dict.fromkeys(SEVERITIES, 0)
    for line in published.summary["problems"]:
        counts[line["severity"]] += line["count"]
    return QualityLine(**counts, registers=len(published.rulebook.registers))


def quality(published: Published, lang: str) -> Quality:
    """All kinds of problems, the worst and the most frequent first."""
    heads = published.table("problems").group_by("stage", "kind", "register", "severity", maintain_order=True)
    told = heads.agg(pl.len().alias("count"), pl.struct(pl.all()).head(EXAMPLES).alias("examples")).collect()
    kinds = [_kind(published, row, lang) for row in told.iter_rows(named=True)]
    order = {name: place for place, name in enumerate(SEVERITIES)}
    return Quality(
        quality_line(published),
        sorted(kinds, key=lambda item: (order.get(item.severity, 9), -item.count, item.kind, item.register)),
    )


def _kind(published: Published, row: dict[str, Any], lang: str) -> KindOfProblem:
    register = published.rulebook.registers.get(row["register"] or "")
    told = (
        sentence({**example, "kind": row["kind"], "register": row["register"]}, lang) for example in row["examples"]
    )
    return KindOfProblem(
        kind=row["kind"],
        title=row["kind"].replace("_", " "),
        register=register.title.in_(lang) if register else (row["register"] or ""),
        severity=row["severity"],
        count=row["count"],
        examples=tuple(dict.fromkeys(told)),
    )
