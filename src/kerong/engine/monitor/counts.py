"""Counts of enterprises: by stage, grade, district and industry, by flags, and how the points are spread."""

from collections.abc import Sequence

import polars as pl

from kerong.engine.monitor.words import both
from kerong.rulebook.content import Rulebook
from kerong.rulebook.types import BOOL

BINS = 20
BIN_POINTS = 50
Line = dict[str, object]


def by_name(column: pl.Series, first: Sequence[str]) -> list[Line]:
    """`name` and `count`: the names of `first` in their order (0 included), then others sorted, unknown (None) last."""
    counts = dict(column.alias("name").value_counts().iter_rows())
    others = sorted(name for name in counts if name is not None and name not in first)
    names: list[str | None] = [*first, *others, *([None] if None in counts else [])]
    return [{"name": name, "count": counts.get(name, 0)} for name in names]


def flags(enterprises: pl.DataFrame, rulebook: Rulebook) -> list[Line]:
    """For every formula that is a condition: its title, and for how many enterprises it holds, does not, is unknown."""
    found = [f for f in rulebook.formulas.values() if f.type == BOOL and f.name in enterprises.columns]
    return [
        {
            "name": formula.name,
            "title": both(formula.title),
            "yes": int(enterprises[formula.name].sum()),
            "no": int((~enterprises[formula.name]).sum()),
            "unknown": enterprises[formula.name].null_count(),
        }
        for formula in found
    ]


def spread(scores: pl.DataFrame) -> Line:
    """Twenty bins of 50 points (the last holds 1000 too), and the medians; None where there are no enterprises."""
    bins = dict((scores["points"] // BIN_POINTS).clip(0, BINS - 1).alias("bin").value_counts().iter_rows())
    return {
        "histogram": [
            {"from": n * BIN_POINTS, "to": (n + 1) * BIN_POINTS, "count": bins.get(n, 0)} for n in range(BINS)
        ],
        **{f"median_{name}": scores[name].median() for name in ("points", "points_high", "coverage_bp")},
    }
