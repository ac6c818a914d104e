"""Weights that the firms' own figures give: by entropy or by CRITIC, per life stage.

Both look at positions: what a value earns between its bounds, in whole basis points. So all sums are of whole numbers,
the same whatever the order of rows; what follows is worked out once per indicator. Sources: Shannon 1948 and Zeleny
1982 (entropy weights), Diakoulaki, Mavrotas and Papayannakis 1995 (CRITIC).
"""

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kerong.engine.score.population import Codes
from kerong.engine.score.weights import TOTAL_POINTS, split

STEPS = 10_000  # a position runs from 0 to this
LEAST_KNOWN = 100  # a stage with fewer known values is read with those of all firms
BLOCK = 1 << 16  # rows whose sums of squares are exact in a float: BLOCK * STEPS**2 < 2**53
PARTS = 10**9  # shares that are worked out in floats become whole parts of this
AT = np.arange(STEPS + 1)
AT_LOG = AT * np.log(np.maximum(AT, 1))  # x ln x of every position

Positions = NDArray[np.int16]  # -1: unknown
Whole = NDArray[np.int64]
Floats = NDArray[np.float64]
Strengths = dict[str, float]


def counted(positions: Positions, stages: Codes) -> Whole:
    """How many firms of each stage (rows, 0: in none of them) stand at each position (columns)."""
    known = positions >= 0
    cells = stages.number[known] * (STEPS + 1) + positions[known]
    return np.bincount(cells, minlength=stages.kinds * (STEPS + 1)).reshape(stages.kinds, STEPS + 1)


def divergences(counts: Whole) -> Floats:
    """One minus the evenness of an indicator, in [0, 1]: of all firms (place 0) and of each stage.

    With x the known positions, p = x / sum(x): evenness is -sum(p ln p) / ln n, where 0 ln 0 = 0. Nothing known, all
    alike or all at 0: there is nothing to tell firms apart, the divergence is 0.
    """
    everyone = counts.sum(axis=0)
    sets = [everyone, *(row if row.sum() >= LEAST_KNOWN else everyone for row in counts[1:])]
    known, total = np.array([(row.sum(), row @ AT) for row in sets]).T
    spread = np.array([(row * AT_LOG).sum() for row in sets])
    tells = np.array([np.count_nonzero(row) > 1 for row in sets])
    whole = np.where(tells, total, 1).astype(np.float64)
    evenness = (np.log(whole) - spread / whole) / np.log(np.where(tells, known, 2))
    return np.where(tells, np.clip(1.0 - evenness, 0.0, 1.0), 0.0)


@dataclass(frozen=True, slots=True)
class Moments:
    """Sums over the firms of which two indicators are both known, for every pair: exact whole numbers.

    `known`: how many; `sums[j, k]` and `squares[j, k]`: of j's positions and their squares; `products`: of j's by k's.
    """

    known: Whole
    sums: Whole
    squares: Whole
    products: Whole

    def or_of(self, everyone: "Moments") -> "Moments":
        """These, and for pairs of which too few firms are known, those of everyone."""
        few = self.known < LEAST_KNOWN
        pairs = ((getattr(everyone, name), getattr(self, name)) for name in self.__slots__)
        return Moments(*(np.where(few, theirs, ours) for theirs, ours in pairs))


def moments(positions: Sequence[Positions], stages: Codes) -> list[Moments]:
    """Of all firms (place 0) and of each stage, with the moments of all where a stage knows too few."""
    size = len(positions)
    found = [Moments(*(np.zeros((size, size), dtype=np.int64) for _ in range(4))) for _ in range(stages.kinds)]
    for number, stage in enumerate(found):
        rows = np.flatnonzero(stages.number == number)
        for start in range(0, rows.size, BLOCK):
            _add(stage, np.array([column[rows[start : start + BLOCK]] for column in positions], dtype=np.float64))
    everyone = Moments(*(sum(getattr(part, name) for part in found) for name in Moments.__slots__))
    return [everyone, *(stage.or_of(everyone) for stage in found[1:])]


def _add(to: Moments, block: Floats) -> None:
    """Adds the sums of a block (indicators x firms, -1: unknown). Products of whole numbers are exact in any order."""
    known = (block >= 0).astype(np.float64)
    held = np.maximum(block, 0.0)
    parts = (known @ known.T, held @ known.T, (held * held) @ known.T, held @ held.T)
    for target, part in zip((to.known, to.sums, to.squares, to.products), parts, strict=True):
        target += part.astype(np.int64)


def conflicts(found: Moments, carrying: NDArray[np.bool_]) -> Floats:
    """Standard deviation of each indicator times the sum of one minus its correlation with the others.

    Indicators that carry nothing, or are alike for all, are left out of the sum and get 0. Correlations are of the
    firms that know both; 0 where one of the two does not vary among them.
    """
    known, sums, squares, products = (
        getattr(found, name).astype(object) for name in ("known", "sums", "squares", "products")
    )
    varies = known * squares - sums * sums  # n**2 times the variance of j among the firms that know k
    spread, own = varies.astype(np.float64), np.diag(varies).astype(np.float64)
    together = np.sqrt(spread) * np.sqrt(spread.T)
    joint = (known * products - sums * sums.T).astype(np.float64)
    related = np.clip(np.divide(joint, together, out=np.zeros_like(joint), where=together > 0), -1.0, 1.0)
    tells = carrying & (own > 0)
    firms = np.diag(found.known).astype(np.float64)
    deviation = np.sqrt(own / np.maximum(firms * (firms - 1), 1.0)) / STEPS
    others = tells[None, :] & ~np.eye(len(firms), dtype=np.bool_)
    return np.where(tells, deviation * np.where(others, 1.0 - related, 0.0).sum(axis=1), 0.0)


def strengths(
    method: str,
    carrying: Sequence[Collection[str]],
    names: Sequence[str],
    told: Callable[[], Sequence[Floats]],
    moments: Callable[[], Sequence[Moments]],
) -> list[Strengths]:
    """What each indicator tells: of all firms (place 0) and of each stage; only what `carrying` names has any.

    `told` (`divergences` per indicator) and `moments` (per set of firms) are asked by the method that needs them.
    Raises ValueError for another method.
    """
    if method == "entropy":
        table = np.array(told()).reshape(len(names), len(carrying)).T
    elif method == "critic":
        masks = [np.array([name in held for name in names], dtype=np.bool_) for held in carrying]
        table = np.array([conflicts(found, mask) for found, mask in zip(moments(), masks, strict=True)])
    else:
        raise ValueError(f"method is {method!r}: entropy or critic")
    return [
        {name: float(value) if name in held else 0.0 for name, value in zip(names, row, strict=True)}
        for row, held in zip(table, carrying, strict=True)
    ]


def mixed(given: Mapping[str, int], found: Strengths, mix_bp: int) -> dict[str, int] | None:
    """Whole points in proportion to what indicators tell, `mix_bp` of them as given; None where nothing tells."""
    total = math.fsum(found.values())
    if total <= 0:
        return None
    parts = {name: math.floor(value / total * PARTS + 0.5) for name, value in found.items()}
    shares = [mix_bp * given[name] * (PARTS // TOTAL_POINTS) + (10_000 - mix_bp) * parts[name] for name in given]
    return dict(zip(given, split(TOTAL_POINTS, shares), strict=True))
