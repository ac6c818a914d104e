"""Rates by day: fixed, or a base rate that is published from time to time, plus a spread.

A rate is a whole number of millionths a year (`ppm`): 3.45 % is 34,500, a basis point is 100. So 345 basis points times
1.5 are still whole.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from kerong.engine.deal.terms.days import plus_months
from kerong.engine.deal.terms.refusals import TermsRefused, amount, day, whole

WHOLE_PPM = 1_000_000
PPM_OF_BP = 100
# 36 % a year: interest above it was void by 法释〔2015〕18号 第二十六条 (since 2020-08-20: above four times the LPR).
MOST_RATE_PPM = 360_000


@dataclass(frozen=True, slots=True)
class BaseRate:
    """A published rate, such as the loan prime rate (LPR): `steps` of (from that day on, ppm), known through a day."""

    name: str
    steps: tuple[tuple[date, int], ...]
    through: date


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same rate for the whole term."""

    ppm: int


@dataclass(frozen=True, slots=True)
class Floating:
    """The base rate plus a spread, looked at on the first day and anew every `reset_months` from `reset_from` on.

    `reset_from` None: from the first day. `reset_months` 0: on the day on which the base rate changes. The spread may
    be negative, the sum may not.
    """

    base: BaseRate
    spread_bp: int
    reset_months: int = 12
    reset_from: date | None = None


@dataclass(frozen=True, slots=True)
class Stepped:
    """Another rate from each day on, as it was agreed; the first day is that of the loan or earlier."""

    parts: tuple[tuple[date, Fixed | Floating], ...]


Rate = Fixed | Floating | Stepped


@dataclass(frozen=True, slots=True)
class RateStep:
    """The rate from `begin` on; `is_held`: nobody has published it yet, the last known one is held on."""

    begin: date
    ppm: int
    is_held: bool = False


def rate_steps(
    rate: Rate, start: date, end: date, hold: bool = False, most_ppm: int = MOST_RATE_PPM
) -> tuple[RateStep, ...]:
    """The rate from `start` to `end` as steps, each with another rate than the one before; the first begins on `start`.

    With `hold` the last known base rate stands for days after those that it is known for, and the step says so;
    without, such a day is refused as "rate_ends". A rate below 0 or above `most_ppm` is refused as "rate".
    """
    found = [step for step in _all_steps(rate, start, end, hold) if step.begin < end]
    before = sum(step.begin <= start for step in found)
    first = RateStep(start, found[before - 1].ppm, found[before - 1].is_held)
    kept = [first]
    for step in found[before:]:
        if (step.ppm, step.is_held) != (kept[-1].ppm, kept[-1].is_held):
            kept.append(step)
    for step in kept:
        if not 0 <= step.ppm <= most_ppm:
            raise TermsRefused("rate", on=step.begin, ppm=step.ppm, most=most_ppm)
    return tuple(kept)


def _all_steps(rate: Rate, start: date, end: date, hold: bool) -> Iterator[RateStep]:
    """The steps of every part, from its first day on, which may lie before `start`."""
    parts = rate.parts if isinstance(rate, Stepped) else ((start, rate),)
    days = [day("rate", begin) for begin, _ in parts]
    if not days or days[0] > start or any(a >= b for a, b in pairwise(days)):
        raise TermsRefused("rate_steps", name="rate")
    for (begin, part), close in zip(parts, [*days[1:], end], strict=True):
        if isinstance(part, Fixed):
            yield RateStep(begin, whole("rate_ppm", part.ppm))
        else:
            yield from (_step(part, on, hold) for on in _looked_at(part, begin, min(close, end)))


def checked_base(base: BaseRate) -> None:
    """Refuses a base rate without steps, with days that do not follow one another, or with a rate that is not whole."""
    days = [day("base rate", on) for on, _ in base.steps]
    for _, ppm in base.steps:
        whole("rate_ppm", ppm)
    if not days or any(a >= b for a, b in pairwise(days)) or base.through < days[-1]:
        raise TermsRefused("rate_steps", name=base.name)


def _looked_at(rate: Floating, start: date, end: date) -> Iterator[date]:
    """The first day, then each day on which the base rate is looked at anew."""
    checked_base(rate.base)
    amount("reset_months", rate.reset_months, 0, 120)
    yield start
    if not rate.reset_months:
        yield from (on for on, _ in rate.base.steps if start < on < end)
        if start <= rate.base.through < end:
            yield _day_after(rate.base.through)
        return
    anchor, months = rate.reset_from or start, 0
    while (on := plus_months(anchor, months)) < end:
        if on > start:
            yield on
        months += rate.reset_months


def _day_after(on: date) -> date:
    return date.fromordinal(on.toordinal() + 1)


def _step(rate: Floating, on: date, hold: bool) -> RateStep:
    base = rate.base
    is_held = on > base.through
    if is_held and not hold:
        raise TermsRefused("rate_ends", name=base.name, through=base.through, on=on)
    place = bisect_right([begin for begin, _ in base.steps], on)
    if not place:
        raise TermsRefused("rate_begins", name=base.name, first=base.steps[0][0], on=on)
    return RateStep(on, base.steps[place - 1][1] + whole("spread_bp", rate.spread_bp) * PPM_OF_BP, is_held)
