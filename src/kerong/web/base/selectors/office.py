"""The government's desk: programmes by their money, enterprises one document away, and the published runs."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from kerong.rulebook.content import Clause
from kerong.store.runs import NotARun
from kerong.web.base.models import Run
from kerong.web.base.selectors.published import Published, opened
from kerong.web.base.selectors.quality import QualityLine, quality_line
from kerong.web.base.selectors.rule_figures import RuleFigures, rule_figures

WAITING_SHOWN = 10
MISSING_SHOWN = 8
PRODUCTS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Missing:
    """A clause that nothing but missing evidence keeps open, and for how many enterprises."""

    figures: RuleFigures
    clause: Clause
    count: int


@dataclass(frozen=True, slots=True)
class OfficeDesk:
    """What an official sees first."""

    count: int
    without: int
    possible_only: int
    policies: list[RuleFigures]
    products: list[RuleFigures]
    missing: list[Missing]
    waiting: list[dict[str, Any]]
    quality: QualityLine


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """A published run; stages of the current one with their seconds and peak memory."""

    run: Run
    stages: list[dict[str, Any]]
    manifest: dict[str, Any]


def desk(published: Published) -> OfficeDesk:
    """The desk, in exact numbers."""
    figures = list(rule_figures(published, exact=True).values())
    offers = published.summary["offers"]
    return OfficeDesk(
        count=published.summary["enterprises"]["count"],
        without=offers["enterprises_without"],
        possible_only=offers["enterprises_possible_only"],
        policies=sorted((f for f in figures if f.rule.is_policy), key=lambda f: (-(f.awarded_fen or 0), f.rule.name)),
        products=sorted((f for f in figures if f.rule.is_product), key=lambda f: (-f.met_exact, f.rule.name))[
            :PRODUCTS_SHOWN
        ],
        missing=_missing([figure for figure in figures if not figure.rule.gives_nothing]),
        waiting=_waiting(published),
        quality=quality_line(published),
    )


def runs() -> list[PublishedRun]:
    """All published runs, newest first; those whose folder is gone have no stages."""
    return [_published(run) for run in Run.objects.all()]


def _missing(figures: list[RuleFigures]) -> list[Missing]:
    found = [
        Missing(item, stop.clause, int(stop.unknown))
        for item in figures
        for stop in item.stops
        if stop.clause is not None and stop.unknown
    ]
    return sorted(found, key=lambda item: (-item.count, item.figures.rule.name))[:MISSING_SHOWN]


def _waiting(published: Published) -> list[dict[str, Any]]:
    """Enterprises with nothing certain and most that is possible: one document may open a door."""
    sheet = published.sheet.filter((pl.col("certain") == 0) & (pl.col("possible") > 0))
    ordered = sheet.sort(["possible", "points", "enterprise_id"], descending=[True, True, False], nulls_last=True)
    return ordered.head(WAITING_SHOWN).drop("words").to_dicts()


def _published(run: Run) -> PublishedRun:
    try:
        manifest = opened(run.run_id, run.path).manifest
    except NotARun:
        return PublishedRun(run, [], {})
    return PublishedRun(run, _stages(manifest), manifest)


def _stages(manifest: dict[str, Any]) -> list[dict[str, Any]]:
    told = manifest.get("stages", [])
    return [{**item, "name": item.get("name") or item.get("stage")} for item in told] if isinstance(told, list) else []
