"""The region at a glance, ready for JSON: what the portal's first page and the command line say about a run."""

from datetime import date

import polars as pl

from kerong.engine.monitor.counts import by_name, flags, spread
from kerong.engine.monitor.districts import districts
from kerong.engine.monitor.funnel import funnels, kinds
from kerong.engine.monitor.numbered import numbered
from kerong.engine.monitor.words import both
from kerong.rulebook.content import Rulebook

VERSION = 1


def summary(
    enterprises: pl.DataFrame,
    scores: pl.DataFrame,
    verdicts: pl.DataFrame,
    offers: pl.DataFrame,
    problems: pl.DataFrame,
    conflicts: pl.DataFrame,
    rulebook: Rulebook,
    on: date,
) -> dict[str, object]:
    """Counts, exact sums in fen and medians, from the tables of ARCHITECTURE.md; keys: docs/algorithms/summary.md.

    Independent of the order of rows in any table.
    """
    region = rulebook.region
    found = numbered(verdicts, enterprises, rulebook)
    rules = funnels(found, rulebook)
    return {
        "version": VERSION,
        "region": {
            "name": region.name,
            "title": both(region.title),
            "currency": region.currency,
        },
        "on": on.isoformat(),
        "enterprises": {
            "count": enterprises.height,
            "by_stage": by_name(scores["stage"], list(region.weights)),
            "by_grade": by_name(scores["grade"], [name for name, _ in region.grades]),
            "by_industry_group": by_name(scores["industry_group"], []),
        },
        "flags": flags(enterprises, rulebook),
        "scores": spread(scores),
        "districts": districts(enterprises, scores, found, offers, rulebook),
        "kinds": kinds(found, rules, rulebook),
        "rules": rules,
        "offers": _offered(offers, enterprises.height),
        "problems": _problems(problems),
        "conflicts": _conflicts(conflicts),
    }


def _offered(offers: pl.DataFrame, count: int) -> dict[str, int]:
    """Lines, and enterprises with a certain offer, with possible ones only, and with none."""
    certain = offers.filter(pl.col("outcome") == 1)
    first = offers.filter(pl.col("rank") == 1)
    anything, sure = first.height, first.filter(pl.col("outcome") == 1).height
    return {
        "lines_certain": certain.height,
        "lines_possible": offers.height - certain.height,
        "enterprises_certain": sure,
        "enterprises_possible_only": anything - sure,
        "enterprises_without": count - anything,
    }


def _problems(problems: pl.DataFrame) -> list[dict[str, object]]:
    """How many problems there are of each kind, by stage, severity and register."""
    keys = ["stage", "kind", "severity", "register"]
    return problems.group_by(keys).agg(pl.len().alias("count")).sort(keys, nulls_last=True).to_dicts()


def _conflicts(conflicts: pl.DataFrame) -> list[dict[str, object]]:
    """How many values lost against others of the same field, by field and by what decided."""
    lost = conflicts.filter(~pl.col("won"))
    counted = lost.group_by("field", "by").agg(
        pl.len().alias("count"), pl.col("enterprise_id").n_unique().alias("enterprises")
    )
    return counted.sort("field", "by").to_dicts()
