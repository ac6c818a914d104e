"""How stable the ranking is under other weights: given, by entropy, by CRITIC, equal, and drawn around the run's.

Bounds are those of the run's scale; only the weights change. Sources: Kendall 1945 (tau-b), Spearman 1904, Saisana,
Saltelli and Tarantola 2005 (uncertainty of composite indicators by drawn weights).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from kerong.engine.score.apply import apply_known
from kerong.engine.score.fit import fit_known
from kerong.engine.score.population import Known
from kerong.engine.score.scale import Scale
from kerong.engine.score.weights import TOTAL_POINTS, split
from kerong.rulebook.content import Rulebook

CONCENTRATION = 100  # of the draws: a weight of 25 points of 1000 moves by about 15 either way
PARTS = 1_000_000  # drawn weights are whole parts of this: sums are exact
WHOLE_BP = 10_000
POSITIONS = TOTAL_POINTS  # thousandths in which a position is counted: a score is points times these
Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Weights = Sequence[Mapping[str, int]]  # of firms in none of the stages, then of each stage of the scale


@dataclass(frozen=True, slots=True)
class Agreement:
    """One other weighting beside that of the run; of draws the middle one and, in `low`, what 95 % of them reach.

    `kendall` is tau-b, `spearman` the correlation of mean ranks; None where all firms have one score. `top_bp`: share
    of the run's top tenth that stays in it. `grade_bp`: share of all firms that keep their grade by the same
    bars, which belong to the run's weights and are not moved; None of draws, and where there are no grades.
    """

    weights: str
    kendall: float | None
    spearman: float | None
    top_bp: int
    kendall_low: float | None = None
    spearman_low: float | None = None
    top_bp_low: int | None = None
    grade_bp: int | None = None


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """`agreements`: entropy, critic, equal, given, and the draws. `places`: `enterprise_id`, `rank` under the run's
    weights, `best` and `worst` (Int32): the 5th and the 95th of a hundred places over the draws; sorted by rank.
    """

    firms: int
    draws: int
    agreements: tuple[Agreement, ...]
    places: pl.DataFrame

    @property
    def typical_width(self) -> int:
        """The width of the middle firm's places, in places."""
        return int(np.median((self.places["worst"] - self.places["best"]).to_numpy()))


def sensitivity(
    values: pl.DataFrame,
    firms: pl.DataFrame,
    scale: Scale,
    rulebook: Rulebook,
    draws: int,
    rng: np.random.Generator,
) -> Sensitivity:
    """The run's ranking beside others of the same firms.

    `values` and `firms` as `values` and `population` give them; `draws` weightings are drawn from a Dirichlet
    distribution around the run's weights, one per stage. Raises ValueError for no firms or a negative number of draws.
    """
    if values.is_empty() or draws < 0:
        raise ValueError(f"{values.height} firms and {draws} draws: at least one firm, and no fewer than no draws")
    known = Known.of(values, firms)
    ground = _Ground(known, scale)
    own = ground.scores([scale.weights_unknown, *scale.weights.values()])
    told = [
        replace(_agreement(name, own, scores), grade_bp=_kept_grades(own, scores, scale))
        for name, weights in _others(known, scale, rulebook).items()
        for scores in (ground.scores(weights),)
    ]
    drawn = [ground.scores(weights) for weights in _drawn(scale, draws, rng)]
    if drawn:
        told.append(_typical([_agreement("drawn", own, scores) for scores in drawn]))
    return Sensitivity(values.height, draws, tuple(told), _places(known.firms["enterprise_id"], own, drawn))


class _Ground:
    """Positions of all firms in thousandths (unknown: 0, as points are proven ones), and their stages."""

    def __init__(self, known: Known, scale: Scale) -> None:
        names = [item.name for item in scale.yardsticks]
        alike = replace(scale, weights={}, weights_unknown=dict.fromkeys(names, TOTAL_POINTS))
        scored = apply_known(known, alike)[0]
        self.names = names
        self.positions = (
            scored.select(pl.col(f"indicator_{name}").fill_null(0) for name in names).to_numpy().astype(float)
        )
        self.stages = known.stages.by(list(scale.weights)).number

    def scores(self, weights: Weights) -> Whole:
        """Whole scores: thousandths of positions by parts of weights, exact in float64."""
        table = np.array([[row.get(name, 0) for name in self.names] for row in weights], dtype=np.float64)
        found = np.zeros(len(self.stages), dtype=np.int64)
        for stage, row in enumerate(table):
            mine = self.stages == stage
            found[mine] = np.rint(self.positions[mine] @ row).astype(np.int64)
        return found


def _others(known: Known, scale: Scale, rulebook: Rulebook) -> dict[str, Weights]:
    """Weights by name: as the region gives them, as the firms' figures do, and all indicators alike."""
    found: dict[str, Weights] = {}
    for method in ("given", "entropy", "critic"):
        region = replace(rulebook.region, method=method, mix_bp=0)
        fitted = fit_known(known, replace(rulebook, region=region))[0]
        found[method] = [fitted.weights_of(stage) for stage in (None, *scale.weights)]
    equal = [
        dict(zip(row, split(TOTAL_POINTS, [int(points > 0) for points in row.values()]), strict=True))
        for row in (scale.weights_unknown, *scale.weights.values())
    ]
    return found | {"equal": equal}


def _drawn(scale: Scale, draws: int, rng: np.random.Generator) -> list[Weights]:
    return [[_around(row, rng) for row in (scale.weights_unknown, *scale.weights.values())] for _ in range(draws)]


def _around(weights: Mapping[str, int], rng: np.random.Generator) -> dict[str, int]:
    """Weights drawn around those given, in parts of PARTS; what has no weight keeps none."""
    carrying = {name: points for name, points in weights.items() if points}
    if not carrying:
        return dict(weights)
    share = np.array(list(carrying.values()), dtype=np.float64)
    parts = np.rint(rng.dirichlet(share / share.sum() * CONCENTRATION) * PARTS).astype(int)
    return {**dict.fromkeys(weights, 0), **dict(zip(carrying, parts.tolist(), strict=True))}


def _agreement(name: str, own: Whole, other: Whole) -> Agreement:
    from scipy.stats import kendalltau  # scipy takes half a second to load: only who asks pays it

    top = max(1, -(-own.size // 10))
    kept = np.intersect1d(_order(own)[:top], _order(other)[:top]).size
    if own.min() == own.max() or other.min() == other.max():
        return Agreement(name, None, None, kept * WHOLE_BP // top)
    tau = float(kendalltau(own, other).statistic)
    return Agreement(name, tau, _spearman(own, other), kept * WHOLE_BP // top)


def _kept_grades(own: Whole, other: Whole, scale: Scale) -> int | None:
    """The share of firms that the bars of the scale grade alike, by scores in thousandths of a point."""
    if not scale.grades:
        return None
    bars = np.sort(np.array([bar for _, bar in scale.grades], dtype=np.int64)) * POSITIONS
    same = bars.searchsorted(own, "right") == bars.searchsorted(other, "right")
    return int(same.sum()) * WHOLE_BP // own.size


def _spearman(own: Whole, other: Whole) -> float:
    ranks = [pl.Series(scores).rank("average").to_numpy() for scores in (own, other)]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def _order(scores: Whole) -> NDArray[np.intp]:
    """Rows from the top, equal scores by id (the order of the rows)."""
    return np.argsort(-scores, kind="stable")


def _typical(found: Sequence[Agreement]) -> Agreement:
    """The middle of the draws, and what 95 % of them reach: order statistics, no interpolation."""
    low, middle = (len(found) - 1) // 20, (len(found) - 1) // 2
    taus = sorted(item.kendall for item in found if item.kendall is not None)
    rhos = sorted(item.spearman for item in found if item.spearman is not None)
    tops = sorted(item.top_bp for item in found)
    if len(taus) < len(found) or len(rhos) < len(found):
        return Agreement("drawn", None, None, tops[middle], None, None, tops[low])
    return Agreement("drawn", taus[middle], rhos[middle], tops[middle], taus[low], rhos[low], tops[low])


def _places(ids: pl.Series, own: Whole, drawn: Sequence[Whole]) -> pl.DataFrame:
    table = np.sort(np.array([_ranks(scores) for scores in (drawn or [own])]), axis=0)
    low, high = (len(table) - 1) // 20, len(table) - 1 - (len(table) - 1) // 20
    columns = {"rank": _ranks(own), "best": table[low], "worst": table[high]}
    return pl.DataFrame({"enterprise_id": ids, **columns}).sort("rank")


def _ranks(scores: Whole) -> NDArray[np.int32]:
    ranks = np.empty(scores.size, dtype=np.int32)
    ranks[_order(scores)] = np.arange(1, scores.size + 1, dtype=np.int32)
    return ranks


def sentence(found: Sensitivity, lang: str) -> str:
    """One honest sentence: how far places move, and how much of the top tenth is the weights' doing."""
    by_name = {item.weights: item for item in found.agreements}
    drawn, entropy = by_name.get("drawn"), by_name["entropy"]
    if drawn is None or drawn.top_bp_low is None:
        unknown = "没有抽取权重，名次的稳定性未知。", "No weights were drawn: how stable places are is not known."
        return unknown[lang != "zh"]
    width = found.typical_width
    top, low, other = (round(share_bp / 100) for share_bp in (drawn.top_bp, drawn.top_bp_low, entropy.top_bp))
    if lang == "zh":
        return (
            f"权重在给定值附近变动时，{found.firms} 家企业中居中的一家名次在 {width} 位的范围内移动，"
            f"前一成企业通常留住 {top}%（95% 的情形不低于 {low}%）；改用熵权只留住 {other}%。"
            "名次之差小于这个宽度，不能说明谁更好。"
        )
    return (
        f"With weights drawn around the given ones the middle one of {found.firms} firms moves within {width} places; "
        f"{top} % of the top tenth stay in it ({low} % or more in 95 % of draws), and {other} % under entropy weights. "
        "A difference of places smaller than that width does not say who is better."
    )
