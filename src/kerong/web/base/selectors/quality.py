"""What was wrong with the registers: one line for everybody, the kinds with examples for officials."""

from dataclasses import dataclass

import polars as pl

from kerong.engine.problems import label, sentence
from kerong.web.base.selectors.published import Published

SEVERITIES = ("refused", "quarantined", "noted")
EXAMPLES = 3  # of each kind and register
EXAMPLES_SHOWN = 6


@dataclass(frozen=True, slots=True)
class QualityLine:
    """Problems by what became of them."""

    refused: int
    quarantined: int
    noted: int
    registers: int


@dataclass(frozen=True, slots=True)
class Place:
    """How many problems of a kind one register has."""

    register: str
    count: int


@dataclass(frozen=True, slots=True)
class KindOfProblem:
    """Problems of one kind: in which registers, and a few of them in words."""

    kind: str
    title: str
    severity: str
    count: int
    places: tuple[Place, ...]
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
    keys = ["severity", "kind", "register"]
    heads = published.table("problems").group_by(keys, maintain_order=True)
    told = heads.agg(pl.len().alias("count"), pl.struct(pl.all()).head(EXAMPLES).alias("examples")).collect()
    kinds = [
        _kind(published, str(severity), str(kind), part.sort("count", "register", descending=[True, False]), lang)
        for (severity, kind), part in told.partition_by("severity", "kind", as_dict=True, maintain_order=True).items()
    ]
    order = {name: place for place, name in enumerate(SEVERITIES)}
    return Quality(
        quality_line(published),
        sorted(kinds, key=lambda item: (order.get(item.severity, len(order)), -item.count, item.kind)),
    )


def _kind(published: Published, severity: str, kind: str, part: pl.DataFrame, lang: str) -> KindOfProblem:
    rows = part.to_dicts()
    fixed = {"severity": severity, "kind": kind}
    told = [sentence({**row, **example, **fixed}, lang) for row in rows for example in row["examples"]]
    return KindOfProblem(
        kind=kind.replace("_", " "),
        title=label(kind, lang),
        severity=severity,
        count=sum(row["count"] for row in rows),
        places=tuple(Place(_titled(published, row["register"], lang), row["count"]) for row in rows),
        examples=tuple(dict.fromkeys(told))[:EXAMPLES_SHOWN],
    )


def _titled(published: Published, register: str | None, lang: str) -> str:
    found = published.rulebook.registers.get(register or "")
    return found.title.in_(lang) if found else register or "—"
