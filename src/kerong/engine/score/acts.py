"""Acts that raise the index: one change of a firm, the values that it brings in reach within a year, and its effort.

An act moves one indicator, and with it those that rest on the same cause (more R&D moves its share of revenue and its
growth at once).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

import numpy as np
from numpy.typing import NDArray

from kerong.engine.score.scale import Bounds, Scale, Yardstick
from kerong.rulebook.content import Indicator

LEAST, MOST = 1e-12, 1.7e308  # of a step, and of a span: between them all stays finite
WHOLE_BP = 10_000
STEPS_OF_A_SPAN = 10  # of a change whose step nobody declared
MOST_STEPS = 1_000_000  # counted: beyond them an effort is no more than endless
ROUNDING = 1e-9  # of a value that lies on the edge of what is in reach
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Reach = Mapping[tuple[str, bool], float]  # (indicator, upwards): the farthest that firms of the group come in a year


@dataclass(frozen=True, slots=True)
class Act:
    """One change: `values` by indicator, the one that is changed itself first, all of one length, nearest first.

    `cost_bp`: of each value the effort in 1/10,000: that of one step times the steps, once at least; `steps_bp` these.
    """

    effort: int
    values: Mapping[str, Floats]
    steps_bp: Whole

    @property
    def cost_bp(self) -> Whole:
        """Efforts of the values."""
        return self.steps_bp * self.effort


def acts(
    row: Mapping[str, float | None],
    scale: Scale,
    indicators: Sequence[Indicator],
    group: str | None,
    reach: Reach,
) -> list[Act]:
    """What a firm can do within a year, in the order of the indicators. `row`: its values, None = unknown."""
    yardsticks = {item.name: item for item in scale.yardsticks}
    known = {item.name: item for item in indicators if row.get(item.name) is not None and item.name in yardsticks}
    leads: dict[str, list[Indicator]] = {}
    for item in known.values():
        leads.setdefault(_lead(item, known, row), []).append(item)
    found = []
    for item in known.values():
        act = _act(item, leads.get(item.name, []), row, yardsticks, group, reach)
        if act is not None:
            found.append(act)
    return found


def _lead(item: Indicator, known: Mapping[str, Indicator], row: Mapping[str, float | None]) -> str:
    """The indicator by whose change this one moves: itself, where that of its cause cannot be moved in proportion."""
    change = item.change
    if change is None or change.together is None:
        return item.name
    first = known.get(change.together.indicator)
    if first is None or first.change is None:
        return item.name
    has_share = (row[first.name] or 0.0) > 0 or change.together.moves == "amount"
    return first.name if has_share else item.name


def _act(
    item: Indicator,
    together: Sequence[Indicator],
    row: Mapping[str, float | None],
    yardsticks: Mapping[str, Yardstick],
    group: str | None,
    reach: Reach,
) -> Act | None:
    if item.change is None or item not in together:
        return None
    now, stick = float(row[item.name] or 0.0), yardsticks[item.name]
    values = {item.name: candidates(now, item, stick, group)}
    for other in together:
        if other is not item:
            values[other.name] = _moved(float(row[other.name] or 0.0), other, now, values[item.name])
    near = np.ones(values[item.name].size, dtype=np.bool_)
    for one in (item, *(other for other in together if other is not item)):
        near &= _within_a_year(float(row[one.name] or 0.0), one, values[one.name], reach)
    if not near.any():
        return None
    kept = {name: column[near] for name, column in values.items()}
    return Act(item.change.effort, kept, _steps_bp(now, kept[item.name], item, stick.bounds(group)))


def _moved(own: float, item: Indicator, now: float, to: Floats) -> Floats:
    """An indicator's values where the first of its cause goes from `now` to each of `to`."""
    moves = item.change.together.moves if item.change and item.change.together else "share"
    with np.errstate(all="ignore"):
        if moves == "amount":
            found = own + (to - now)
        else:
            found = own * (to / now) if moves == "share" else (1 + own) * (to / now) - 1
    return np.where(np.isfinite(found), found, own)


def _within_a_year(now: float, item: Indicator, values: Floats, reach: Reach) -> NDArray[np.bool_]:
    """Which values lie no farther than firms of the group come in a year, or than the sheet says; a flag always."""
    if item.value.type.kind == "bool":
        return np.ones(values.size, dtype=np.bool_)
    declared = item.change.year if item.change else None
    near = np.ones(values.size, dtype=np.bool_)
    for up, side in ((True, values > now), (False, values < now)):
        far = reach.get((item.name, up), declared)
        if far is not None:
            near &= ~side | (np.abs(values / 2 - now / 2) <= far / 2 * (1 + ROUNDING))
    return near


def _steps_bp(now: float, values: Floats, item: Indicator, bounds: Bounds) -> Whole:
    """How many steps each value is away, in 1/10,000; once at least. A flag is one step."""
    if item.value.type.kind == "bool":
        return np.full(values.size, WHOLE_BP, dtype=np.int64)
    step = item.change.step if item.change and item.change.step else _span_of(item, bounds) / STEPS_OF_A_SPAN
    if step <= 0:
        return np.full(values.size, WHOLE_BP, dtype=np.int64)
    with np.errstate(over="ignore"):
        steps = np.minimum(np.abs(values / 2 - now / 2) / (step / 2), MOST_STEPS)
    return np.asarray(np.maximum(np.rint(steps * WHOLE_BP), WHOLE_BP), dtype=np.int64)


def _span_of(item: Indicator, bounds: Bounds) -> float:
    low, high = bounds.low or 0.0, bounds.high or 0.0
    if item.best is not None:
        low, high = min(low, item.best), max(high, item.best)
    return min(high / 2 - low / 2, MOST / 2) * 2


def candidates(now: float, indicator: Indicator, yardstick: Yardstick, group: str | None) -> Floats:
    """The values that a change can bring and that may be worth more, the nearest first.

    Whole numbers step by one, others by a round part of the span (a thousandth at least, a ten-thousandth at most), so
    that an amount is a round one. Beyond the value that earns everything nothing is tried, and what counts from 0
    does not go below it.
    """
    bounds, change = yardstick.bounds(group), indicator.change
    if change is None or bounds.low is None or bounds.high is None:
        return np.empty(0)
    if indicator.value.type.kind == "bool":
        return np.array([1.0]) if now == 0.0 and change.better != "less" else np.empty(0)
    target = {"more": bounds.high, "less": bounds.low}.get(yardstick.better, yardstick.best or 0.0)
    if target == now:
        return np.empty(0) if bounds.low < bounds.high or yardstick.better == "middle" else _beyond(now, indicator)
    up = target > now
    if change.better == ("less" if up else "more"):
        return np.empty(0)
    start = max(now, min(bounds.low, target)) if up else min(now, max(bounds.high, target))
    unit = _unit(max(_span(bounds, yardstick), abs(target - start)), indicator)
    first, last = (floor(start / unit), ceil(target / unit)) if up else (ceil(start / unit), floor(target / unit))
    sign = 1 if up else -1
    found = _rounded(np.arange(first, last + sign, sign, dtype=np.float64), unit)
    worth = found[(found > now if up else found < now) & ~((found < 0) & (now >= 0))]
    return np.asarray(worth)


def _beyond(now: float, indicator: Indicator) -> Floats:
    """Where all firms have one value, the next better one earns everything."""
    sign = 1 if indicator.better == "more" else -1
    change = indicator.change
    if change is None or change.better == ("less" if sign > 0 else "more"):
        return np.empty(0)
    unit = _unit(abs(now), indicator)
    place = floor(now / unit) + 1 if sign > 0 else ceil(now / unit) - 1
    found = _rounded(np.array([float(place)]), unit)
    return found if found[0] >= 0 or now < 0 else np.empty(0)


def _span(bounds: Bounds, yardstick: Yardstick) -> float:
    low, high = bounds.low or 0.0, bounds.high or 0.0
    return high - low if yardstick.best is None else max(high, yardstick.best) - min(low, yardstick.best)


def _unit(span: float, indicator: Indicator) -> float:
    """The power of ten that lies in the span a thousand to ten thousand times; whole numbers step by one at least."""
    part = max(10.0 ** (floor(log10(min(span, MOST))) - 3), LEAST) if span > 0 else 0.0001
    is_whole = indicator.value.type.kind == "int" and indicator.value.type.divisor == 1
    return max(part, 1.0) if is_whole else part


def _rounded(places: Floats, unit: float) -> Floats:
    """Multiples of a power of ten as a person would write them: 0.3, not 0.30000000000000004."""
    return places * unit if unit >= 1 else places / round(1 / unit)
