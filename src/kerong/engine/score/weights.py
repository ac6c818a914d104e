"""Whole points per stage and indicator: every stage hands out exactly `TOTAL_POINTS`."""

from collections.abc import Mapping, Sequence

from kerong.rulebook.content import Indicator

TOTAL_POINTS = 1000


def split(total: int, shares: Sequence[int]) -> tuple[int, ...]:
    """`total` in whole parts in proportion to `shares`, by largest remainder; equal remainders favour the earlier part.

    The parts add up to `total` exactly; they are all 0 where every share is 0. Raises ValueError on a negative share.
    """
    if any(share < 0 for share in shares):
        raise ValueError(f"a share is negative: {list(shares)}")
    whole = sum(shares)
    if whole == 0:
        return (0,) * len(shares)
    parts = [total * share // whole for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda i: (-(total * shares[i] % whole), i))
    for i in by_remainder[: total - sum(parts)]:
        parts[i] += 1
    return tuple(parts)


def points_by_indicator(points: Mapping[str, int], indicators: Sequence[Indicator]) -> dict[str, int]:
    """Points per indicator for one stage, from the stage's points per dimension.

    Dimensions that no indicator measures give their points to the others, in proportion. Result: indicator name ->
    points, adding up to `TOTAL_POINTS` (or to 0 where nothing carries weight).
    """
    members: dict[str, list[Indicator]] = {}
    for indicator in indicators:
        if indicator.weight:
            members.setdefault(indicator.dimension, []).append(indicator)
    dimensions = [name for name in members if points.get(name, 0)]
    result = {indicator.name: 0 for indicator in indicators}
    for name, total in zip(dimensions, split(TOTAL_POINTS, [points[d] for d in dimensions]), strict=True):
        parts = split(total, [indicator.weight for indicator in members[name]])
        result |= {indicator.name: part for indicator, part in zip(members[name], parts, strict=True)}
    return result


def mean_points(stages: Mapping[str, Mapping[str, int]], dimensions: Sequence[str]) -> dict[str, int]:
    """Shares per dimension where the stage is unknown: the mean over the stages, or equal where none is declared."""
    if not stages:
        return dict.fromkeys(dimensions, 1)
    return {name: sum(points.get(name, 0) for points in stages.values()) for name in dimensions}
