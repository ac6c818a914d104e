"""How well a score tells the bad from the good, exactly, and how sure that is.

Rows are counted per distinct level (score and probability), so every figure depends on the set of rows alone, never
on their order. `risk` rises with danger (a credit score: its points times -1). Sources: Hanley & McNeil 1982 (AUC as a
rank statistic), Efron 1979 (bootstrap), Cox 1958 and Steyerberg 2019, ch. 15 (calibration slope and intercept).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]
Truth = NDArray[np.bool_]

HALF_BP = 0.5 / 10_000  # a probability is never read as nearer to 0 or 1 than half a basis point
STEPS = 100  # Newton's steps; two parameters need about eight
FLATTEST = 1e-9
STEEPEST = 1e3  # a slope beyond is that of outcomes that the probabilities part without an error


@dataclass(frozen=True, slots=True)
class Tally:
    """Goods and bads per distinct level, levels sorted by rising risk (then probability).

    `goods` and `bads` are counts, or weighted counts after `at_rate`. Equal neighbours in `risk` are a tie.
    """

    risk: Floats
    probability: Floats
    goods: Floats
    bads: Floats

    @property
    def rows(self) -> float:
        """How many rows were counted."""
        return float(self.goods.sum() + self.bads.sum())

    def at_rate(self, rate: float) -> "Tally":
        """The same rows weighted so that the bad are `rate` of them. Raises ValueError where a class is empty."""
        good, bad = self.goods.sum(), self.bads.sum()
        if not good or not bad or not 0 < rate < 1:
            raise ValueError("a sample can only be weighted to a rate between 0 and 1, and where it has both outcomes")
        whole = good + bad
        return replace(self, goods=self.goods * ((1 - rate) * whole / good), bads=self.bads * (rate * whole / bad))


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure with its 95 % interval; None where it is not defined (one class only, all scores equal)."""

    value: float | None
    low: float | None
    high: float | None


def tally(bad: Truth, risk: Floats, probability: Floats | None = None) -> Tally:
    """Rows counted per level; all arrays of one length. Raises ValueError where a number is not finite."""
    likely = np.full(risk.size, np.nan) if probability is None else np.asarray(probability, dtype=np.float64)
    if not np.isfinite(risk).all() or (probability is not None and not np.isfinite(likely).all()):
        raise ValueError("every row needs a score and a probability that are finite numbers")
    places = _levels(risk, likely)
    size = int(places.max(initial=-1)) + 1
    first = np.zeros(size, dtype=np.intp)
    first[places] = np.arange(risk.size)  # any row of a level tells its risk and probability
    bads = np.bincount(places, weights=bad, minlength=size).astype(np.float64)
    whole = np.bincount(places, minlength=size).astype(np.float64)
    return Tally(np.asarray(risk, dtype=np.float64)[first] + 0.0, likely[first], whole - bads, bads)


def _levels(risk: Floats, probability: Floats) -> Whole:
    """The number of each row's level: by rising risk, then probability (NaN: none is given)."""
    likely = np.nan_to_num(probability, nan=-1.0)
    order = np.lexsort((likely, risk))
    new = (np.diff(risk[order]) != 0) | (np.diff(likely[order]) != 0)
    places = np.empty(risk.size, dtype=np.int64)
    places[order] = np.cumsum(np.concatenate([[False], new])[: risk.size])
    return places


def auc(counts: Tally) -> float | None:
    """The chance that a bad row has the higher risk than a good one, ties counting one half."""
    goods, bads = _merged(counts)
    pairs = goods.sum() * bads.sum()
    if not pairs:
        return None
    below = np.cumsum(goods) - goods
    return float((bads * (below + goods / 2)).sum() / pairs)


def gini(counts: Tally) -> float | None:
    """Twice the AUC less one."""
    found = auc(counts)
    return None if found is None else 2 * found - 1


def ks(counts: Tally) -> float | None:
    """The largest distance between the distribution of the good and that of the bad (Kolmogorov-Smirnov)."""
    goods, bads = _merged(counts)
    if not goods.sum() or not bads.sum():
        return None
    return float(np.abs(np.cumsum(goods) / goods.sum() - np.cumsum(bads) / bads.sum()).max())


def brier(counts: Tally) -> float | None:
    """The mean squared distance between the probability and what came."""
    if not counts.rows:
        return None
    missed = counts.bads * (1 - counts.probability) ** 2 + counts.goods * counts.probability**2
    return float(missed.sum() / counts.rows)


def expected_rate(counts: Tally) -> float | None:
    """The mean probability of being bad."""
    if not counts.rows:
        return None
    return float(((counts.goods + counts.bads) * counts.probability).sum() / counts.rows)


def observed_rate(counts: Tally) -> float | None:
    """The share of the bad."""
    return float(counts.bads.sum() / counts.rows) if counts.rows else None


def calibration_slope(counts: Tally) -> float | None:
    """b of logit P(bad) = a + b logit(p): 1 is right, below 1 the probabilities are too far apart (overfitted)."""
    found = _line(counts)
    return None if found is None else found[1]


def calibration_intercept(counts: Tally) -> float | None:
    """a of logit P(bad) = a + logit(p): 0 is right, above 0 more turned bad than was said."""
    if not counts.goods.sum() or not counts.bads.sum():
        return None
    odds, whole, shift = _log_odds(counts.probability), counts.goods + counts.bads, 0.0
    for _ in range(STEPS):
        likely = _logistic(odds + shift)
        step = (counts.bads.sum() - (whole * likely).sum()) / (whole * likely * (1 - likely)).sum()
        shift += float(np.clip(step, -1.0, 1.0))
        if abs(step) < FLATTEST:
            return shift
    return None


Metric = Callable[[Tally], float | None]
RANKING: Mapping[str, Metric] = {"auc": auc, "gini": gini, "ks": ks}
PROBABILITY: Mapping[str, Metric] = {
    "brier": brier,
    "calibration_slope": calibration_slope,
    "calibration_intercept": calibration_intercept,
    "expected_rate": expected_rate,
    "observed_rate": observed_rate,
}
LARGEST = ("ks",)  # the largest of many distances: luck alone lifts it, in the sample and again in every draw
ALL: Mapping[str, Metric] = {**RANKING, **PROBABILITY}


def estimates(
    bad: Truth,
    scores: Sequence[tuple[Floats, Floats]],
    rng: np.random.Generator,
    *,
    subjects: Whole | None = None,
    metrics: Mapping[str, Metric] = ALL,
    draws: int = 500,
    rate: float | None = None,
) -> dict[str, Estimate]:
    """Every metric, the mean over repeats, with the percentile interval (2.5 % to 97.5 %) of `draws` samples.

    `scores`: risk and probability of every row for each repeat. `subjects`: whose row each is, as numbers that rise
    with the canonical order; a sample draws subjects with replacement, each with all of its rows (the rows of one
    subject are no independent evidence), the same in every repeat. Without them every row is a subject of its own, and
    rows have to come in a canonical order. `rate`: every sample is weighted to this share of the bad before it is
    measured. A metric that some samples do not define (one class only) has the interval of those that do; where fewer
    than nine in ten do, it has none. That of a largest distance (KS) is moved down by twice the bias that the samples
    show. Source of drawing whole subjects: Davison & Hinkley 1997, 3.8; Field & Welsh 2007.
    """
    whole = [_placed(bad, risk, probability) for risk, probability in scores]
    owners = owners_of(bad.size, subjects)
    drawn: dict[str, list[float]] = {name: [] for name in metrics}
    for _ in range(draws):
        for name, value in _means(whole, times_drawn(owners, rng)[owners], metrics, rate).items():
            if value is not None:
                drawn[name].append(value)
    found = _means(whole, np.ones(bad.size), metrics, rate)
    return {name: _estimate(found[name], drawn[name], draws, name) for name in metrics}


def owners_of(rows: int, subjects: Whole | None) -> Whole:
    """Whose row each is, as numbers from 0 without a gap; without `subjects` each is one of its own."""
    return np.arange(rows) if subjects is None else np.unique(subjects, return_inverse=True)[1].astype(np.int64)


def times_drawn(owners: Whole, rng: np.random.Generator) -> Floats:
    """How often each subject is met in one sample of as many subjects, with replacement."""
    count = int(owners.max(initial=-1)) + 1
    return np.bincount(rng.integers(0, max(count, 1), count), minlength=count).astype(np.float64)


def _placed(bad: Truth, risk: Floats, probability: Floats) -> tuple[Tally, Whole]:
    """The levels, and the cell of every row: its level, the bad after the good."""
    counts = tally(bad, risk, probability)
    return counts, _levels(risk, probability) + np.where(bad, counts.risk.size, 0)


def _means(
    whole: Sequence[tuple[Tally, Whole]], times: Floats, metrics: Mapping[str, Metric], rate: float | None
) -> dict[str, float | None]:
    """Every metric, the mean over repeats, where each row is there so many times."""
    found: dict[str, list[float | None]] = {name: [] for name in metrics}
    for counts, cells in whole:
        levels = counts.risk.size
        cut = np.bincount(cells, weights=times, minlength=2 * levels).astype(np.float64)
        sample = _weighted(replace(counts, goods=cut[:levels], bads=cut[levels:]), rate)
        for name, metric in metrics.items():
            found[name].append(None if sample is None else metric(sample))
    return {name: _mean(values) for name, values in found.items()}


def _mean(values: Sequence[float | None]) -> float | None:
    held = [value for value in values if value is not None]
    return sum(held) / len(held) if held and len(held) == len(values) else None


def interval(drawn: "list[float] | Floats", draws: int) -> tuple[float | None, float | None]:
    """The middle 95 % of what `draws` samples gave; none where fewer than nine in ten gave a figure."""
    if not draws or len(drawn) < 0.9 * draws:
        return None, None
    low, high = np.quantile(np.asarray(drawn, dtype=np.float64), (0.025, 0.975))
    return float(low), float(high)


def _estimate(value: float | None, drawn: list[float], draws: int, name: str) -> Estimate:
    low, high = interval(drawn, draws) if value is not None else (None, None)
    if name not in LARGEST or value is None or low is None or high is None:
        return Estimate(value, low, high)
    # a sample of a sample lies too high by about as much as the sample itself does: taken off twice, once for each
    above = 2 * (sum(drawn) / len(drawn) - value)
    return Estimate(value, max(low - above, 0.0), max(high - above, 0.0))


def _weighted(counts: Tally, rate: float | None) -> Tally | None:
    if rate is None:
        return counts
    return counts.at_rate(rate) if counts.goods.sum() and counts.bads.sum() else None


def _merged(counts: Tally) -> tuple[Floats, Floats]:
    """Goods and bads per distinct risk: levels that differ in probability alone are ties."""
    if counts.risk.size == 0:
        return counts.goods, counts.bads
    starts = np.flatnonzero(np.concatenate([[True], counts.risk[1:] != counts.risk[:-1]]))
    return np.add.reduceat(counts.goods, starts), np.add.reduceat(counts.bads, starts)


def _line(counts: Tally) -> tuple[float, float] | None:
    """Intercept and slope of the logistic line through logit(p); None where it has no finite answer."""
    whole = counts.goods + counts.bads
    odds = _log_odds(counts.probability)
    if not counts.goods.sum() or not counts.bads.sum() or np.ptp(odds[whole > 0]) < FLATTEST:
        return None
    centre = float((whole * odds).sum() / whole.sum())
    x, found = odds - centre, np.array([_log_odds(counts.bads.sum() / whole.sum()), 0.0])
    held = _surprise(counts, x, found)
    for _ in range(STEPS):
        step = _newton(counts, x, found)
        if step is None or abs(found[1]) > STEEPEST:
            return None
        share = 1.0
        while (lower := _surprise(counts, x, found + share * step)) > held and share > FLATTEST:
            share /= 2
        found, held = found + share * step, min(lower, held)
        if np.abs(step).max() < FLATTEST or share <= FLATTEST:
            return float(found[0] - found[1] * centre), float(found[1])
    return None


def _newton(counts: Tally, x: Floats, at: Floats) -> Floats | None:
    """Newton's step of a logistic line through x; None where the curve is flat: the answer is not finite."""
    whole = counts.goods + counts.bads
    likely = _logistic(at[0] + at[1] * x)
    weight, left = whole * likely * (1 - likely), counts.bads - whole * likely
    h00, h01, h11 = weight.sum(), (weight * x).sum(), (weight * x * x).sum()
    turn = h00 * h11 - h01 * h01
    if not turn > FLATTEST * h00 * h00:
        return None
    g0, g1 = left.sum(), (left * x).sum()
    return np.array([(h11 * g0 - h01 * g1) / turn, (h00 * g1 - h01 * g0) / turn])


def _surprise(counts: Tally, x: Floats, at: Floats) -> float:
    """Minus the log likelihood of the outcomes under a logistic line through x."""
    odds = at[0] + at[1] * x
    return float((counts.goods * np.logaddexp(0, odds) + counts.bads * np.logaddexp(0, -odds)).sum())


def _log_odds(probability: Floats | float) -> Floats:
    held = np.clip(probability, HALF_BP, 1 - HALF_BP)
    return np.asarray(np.log(held / (1 - held)), dtype=np.float64)


def _logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -700, 700))), dtype=np.float64)
