"""Points of a run, led back to the values that were scored: points, indicator, value, rows."""

from dataclasses import replace

import polars as pl

from kerong.engine.record.lineage import Trace, Tracer
from kerong.engine.score import Scale, apply
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Text
from kerong.rulebook.pruning import INDICATOR
from kerong.rulebook.types import COUNT

POINTS = "points"
ENTERPRISE = "enterprise_id"


def is_scored(field: str, rulebook: Rulebook) -> bool:
    """Whether a run has points under this name."""
    return field == POINTS or field.removeprefix(INDICATOR) in rulebook.indicators


def traced_points(field: str, tracer: Tracer, scale: Scale) -> Trace:
    """The tree of `points`, or of `indicator_<name>`: what the scale gives for the value that was worked out.

    Raises:
        KeyError: there is no such indicator, or no such enterprise.
    """
    book = tracer.rulebook
    names = list(book.indicators) if field == POINTS else [field.removeprefix(INDICATOR)]
    stage_field, group_field = (
        (name or "").removeprefix("enterprise.") for name in (book.region.stage, book.region.group)
    )
    wanted = [*(INDICATOR + name for name in names), *filter(None, (stage_field, group_field))]
    of = {trace.field: trace for trace in tracer.traces(wanted)}
    stage, group = (of[name].value if name else None for name in (stage_field, group_field))
    firm = {ENTERPRISE: tracer.enterprise_id, "stage": stage, "industry_group": group, "district": None}
    numbers = {ENTERPRISE: tracer.enterprise_id} | {name: _number(of.get(INDICATOR + name)) for name in book.indicators}
    schema = {ENTERPRISE: pl.String} | dict.fromkeys(book.indicators, pl.Float64)
    scores, _ = apply(
        pl.DataFrame([numbers], schema=schema),
        pl.DataFrame([firm], schema=dict.fromkeys(firm, pl.String)),
        scale,
    )
    gained = scores.row(0, named=True)
    weights = scale.weights_of(None if stage is None else str(stage))
    parts = tuple(_of_indicator(of[INDICATOR + name], gained, scale, weights.get(name, 0), group) for name in names)
    if field != POINTS:
        return parts[0]
    known = max((part.known for part in parts if part.known is not None), default=None)
    title, says = Text("总分", "Points"), " + ".join(part.field for part in parts if part.value is not None)
    return Trace(POINTS, "points", title, COUNT, None, gained[POINTS], "known", says=says, known=known, parts=parts)


def _of_indicator(trace: Trace, gained: dict[str, object], scale: Scale, most: int, group: object) -> Trace:
    name = trace.field.removeprefix(INDICATOR)
    yardstick = next(one for one in scale.yardsticks if one.name == name)
    bounds = yardstick.bounds(None if group is None else str(group))
    points = gained[trace.field]
    says = f"{yardstick.better} {bounds.low} – {bounds.high} ({bounds.basis}), 0 – {most}"
    return replace(
        trace,
        kind="points",
        type=COUNT,
        unit=None,
        value=points,
        says=says,
        rows=(),
        parts=(trace,),
        state="unknown" if points is None else "known",
        why="part_unknown" if points is None else "",
    )


def _number(trace: Trace | None) -> float | None:
    """As `score.values` has it: a plain number in the unit itself; a text or an endless number is none."""
    if trace is None or trace.state != "known" or not isinstance(trace.value, int | float):
        return None
    number = float(trace.value) / trace.type.divisor
    return (number or 0.0) if abs(number) < float("inf") else None
