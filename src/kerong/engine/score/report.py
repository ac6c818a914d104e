"""What the index says of one firm: its points and places with what is open, every indicator, what raises it, flags.

Plain data for a page and for paper; the sentences stand in `report_words`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import polars as pl

from kerong.engine.score.pace import reach_of
from kerong.engine.score.parts import DimensionPart, parts
from kerong.engine.score.population import population
from kerong.engine.score.raising import Raising, raising
from kerong.engine.score.scale import Scale, Yardstick
from kerong.engine.score.values import values
from kerong.rulebook.content import Indicator, Rule, Rulebook
from kerong.rulebook.outcomes import MET, UNKNOWN
from kerong.rulebook.pruning import INDICATOR, reach

Row = Mapping[str, Any]
NOTED = (
    "stage_of_few_firms",
    "weights_without_evidence",
    "stage_without_weights",
)  # problems of how stages are weighed


@dataclass(frozen=True, slots=True)
class Told:
    """What a run holds of one firm.

    `firm`: its row of `enterprises` (a table of one row); `score`: of `scores`; `verdicts`, `coverage`: its rows;
    `size`: how many firms the run has; `trend`: rows of `history/index`, earliest first, None where there is no table;
    `pace`: the table `history/pace`, None where there is none; `noted`: `problems` about how stages are weighed.
    """

    firm: pl.DataFrame
    score: Row
    size: int
    verdicts: Sequence[Row]
    coverage: Sequence[Row]
    trend: Sequence[Row] | None
    typical: Mapping[str, float] = field(default_factory=dict)
    pace: pl.DataFrame | None = None
    noted: Sequence[Row] = ()


@dataclass(frozen=True, slots=True)
class Withheld:
    """What the reader may not see: indicators by name, and rules; whether values, place and steps are shown at all."""

    indicators: frozenset[str] = frozenset()
    rules: frozenset[str] = frozenset()
    values: bool = False
    district: bool = False
    group: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """The firm among `size` firms of a kind ("all", "district", "group"): its rank, and the best and worst possible."""

    kind: str
    code: str | None
    rank: int
    best: int
    worst: int
    size: int


@dataclass(frozen=True, slots=True)
class Figure:
    """One indicator's value, in its own unit (None: unknown or withheld), and between which values points are earned.

    `zero` and `full`: where nothing and where everything is earned (two ends of zero where the best lies between);
    empty where the scale has none. `known`: the day by which its registers were last heard from; `registers`: theirs.
    """

    value: float | None
    zero: tuple[float, ...]
    full: float | None
    basis: str
    known: date | None
    registers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The index of one firm; `flags` are checks that were met: to be explained, and of no effect on points.

    `noted`: what is to be said of how its stage is weighed. `by_weights`: its best and its worst place among all firms
    by other weights; None where the run did not look.
    """

    enterprise_id: str
    on: date
    stage: str | None
    points: int
    points_high: int
    coverage_bp: int
    grade: str | None
    grade_high: str | None
    places: tuple[Place, ...]
    percentile_bp: int | None
    parts: tuple[DimensionPart, ...]
    figures: Mapping[str, Figure]
    raising: Raising | None
    flags: tuple[Rule, ...]
    open_checks: int
    trend: tuple[Row, ...] | None = None
    by_weights: tuple[int, int] | None = None
    noted: tuple[Row, ...] = ()

    def place(self, kind: str) -> Place | None:
        """The place among the firms of a kind, if it is known and shown."""
        return next((item for item in self.places if item.kind == kind), None)


def index_report(
    told: Told, rulebook: Rulebook, scale: Scale, on: date, withheld: Withheld | None = None
) -> IndexReport:
    """The report of one firm by the scale of its run, for a reader from whom `withheld` is kept (default: nothing)."""
    kept, score = withheld or Withheld(), told.score
    row = values(told.firm, rulebook, on)[0].row(0, named=True)
    group = population(told.firm, rulebook).row(0, named=True)["industry_group"]
    checks = [one for one in told.verdicts if _is_shown_check(one["rule"], rulebook, kept)]
    met = {one["rule"] for one in checks if one["outcome"] == MET}
    return IndexReport(
        enterprise_id=score["enterprise_id"],
        on=on,
        stage=score["stage"],
        points=score["points"],
        points_high=score["points_high"],
        coverage_bp=score["coverage_bp"],
        grade=score["grade"],
        grade_high=score["grade_high"],
        places=_places(told, kept),
        percentile_bp=None if kept.group else score["percentile_bp"],
        parts=parts(score, rulebook, scale, told.typical, kept.indicators),
        figures={} if kept.values else _figures(row, group, told.coverage, rulebook, scale, kept),
        raising=None if kept.values else _raised(row, told, rulebook, scale, group, kept),
        flags=tuple(rule for name, rule in rulebook.rules.items() if name in met),
        open_checks=len({one["rule"] for one in checks if one["outcome"] == UNKNOWN} - met),
        trend=None if told.trend is None else tuple(told.trend),
        by_weights=_by_weights(score),
        noted=tuple(row for row in told.noted if row["column"] == score["stage"]),
    )


def _by_weights(score: Row) -> tuple[int, int] | None:
    best, worst = (score.get(f"rank_weights_{end}") for end in ("best", "worst"))
    return None if best is None or worst is None else (best, worst)


def _is_shown_check(name: str, rulebook: Rulebook, kept: Withheld) -> bool:
    return name in rulebook.rules and rulebook.rules[name].is_check and name not in kept.rules


def _places(told: Told, kept: Withheld) -> tuple[Place, ...]:
    """The places that the run tells, of districts and groups that are known and shown."""
    score = told.score
    district = told.firm["district"][0] if "district" in told.firm.columns else None
    found = [Place("all", None, score["rank"], score["rank_best"], score["rank_worst"], told.size)]
    for kind, code, is_kept in (("district", district, kept.district), ("group", score["industry_group"], kept.group)):
        if not is_kept and score[f"rank_{kind}"] is not None:
            rank, best, worst = (score[f"rank_{kind}{end}"] for end in ("", "_best", "_worst"))
            found.append(Place(kind, code, rank, best, worst, score[f"size_{kind}"]))
    return tuple(found)


def _figures(
    row: Row, group: str | None, coverage: Sequence[Row], rulebook: Rulebook, scale: Scale, kept: Withheld
) -> dict[str, Figure]:
    known = {one["register"]: one["known"] for one in coverage if one["known"] is not None}
    found = {}
    for yardstick in scale.yardsticks:
        item = rulebook.indicators.get(yardstick.name)
        if item is None or item.name in kept.indicators:
            continue
        read = registers_of(item, rulebook)
        days = [known[name] for name in read if name in known]
        zero, full = _ends(yardstick, group)
        basis = yardstick.bounds(group).basis
        found[item.name] = Figure(row[item.name], zero, full, basis, min(days) if days else None, read)
    return found


def _ends(yardstick: Yardstick, group: str | None) -> tuple[tuple[float, ...], float | None]:
    bounds = yardstick.bounds(group)
    if bounds.low is None or bounds.high is None or bounds.basis == "constant":
        return (), None
    if yardstick.better == "less":
        return (bounds.high,), bounds.low
    return ((bounds.low,), bounds.high) if yardstick.better == "more" else ((bounds.low, bounds.high), yardstick.best)


def registers_of(item: Indicator, rulebook: Rulebook) -> tuple[str, ...]:
    """The registers that an indicator's value rests on, in the order of the rulebook."""
    behind = reach(rulebook, [INDICATOR + item.name])
    named = {rulebook.measures[name].over for name in behind.measures}
    named |= {rulebook.networks[name].over for name in behind.networks}
    named |= {register for name in behind.provided for register, _ in rulebook.region.provides.get(name, ())}
    return tuple(name for name in rulebook.registers if name in named)


def _raised(row: Row, told: Told, rulebook: Rulebook, scale: Scale, group: str | None, kept: Withheld) -> Raising:
    """What raises the firm, by the indicators that the reader may see."""
    shown = [item for item in rulebook.indicators.values() if item.name not in kept.indicators]
    reach = {} if told.pace is None else reach_of(told.pace, group)
    found = raising(row, scale, shown, told.score["stage"], group, reach)
    return replace(found, evidence=tuple(one for one in found.evidence if one.indicator not in kept.indicators))
