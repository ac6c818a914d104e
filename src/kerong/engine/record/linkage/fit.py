"""Learning a model from rows without labels: Fellegi and Sunter's model by expectation and maximisation.

`u` is counted over pairs picked blindly (exactly, where a level asks for equality), less the true pairs that
are among
them. `m` is learned under each key from the comparisons that do not read the key's columns, and joined by
the number of
true pairs that each key is expected to hold; what no key can teach keeps the plan's assumption. The prior is the
number of true pairs expected among all pairs that meet, over all pairs there are.
Sources: Fellegi and Sunter (1969), A theory for record linkage; Winkler (2006); the order of work follows splink.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import polars as pl

from kerong.engine.record.linkage import kernel as k
from kerong.engine.record.linkage.blocking import Blocked
from kerong.engine.record.linkage.encoded import Encoded, encoded, token_shares, value_shares, weighed
from kerong.engine.record.linkage.model import Learned, Model, Shares
from kerong.engine.record.linkage.plan import Comparison, Plan
from kerong.engine.record.linkage.scoring import NO_CUT, levels_of, met_by, piece_scored, scheme

BLIND = 400_000  # pairs picked blindly
SHARES = 16  # in which they are looked at
TAUGHT = 4_000_000  # pairs per key that are learned from
ROUNDS = 16  # of u, m and prior in turns
APART = 3  # of them each key is learned from apart, then all pairs together
STEPS = 30  # of expectation and maximisation in a round
ASSUMED = 10.0  # true pairs that the plan's assumption counts for
LEAST_U = 0.02  # of how often a level is met blindly at least this share is chance, never true pairs alone
SURE = 0.9  # nothing less likely is called the same
DOUBTFUL = 0.001  # nothing less likely is reviewed
LIKELY = 0.1  # whatever is at least as likely is reviewed


def fit(left: pl.DataFrame, right: pl.DataFrame | None, plan: Plan, *, id_column: str = "id", seed: int = 0) -> Model:
    """A model for linking `left` with `right`, or `left` with itself where `right` is None.

    The same rows in any order give the same model; `seed` picks the blind pairs.
    """
    rows = left.sort(id_column)
    found = encoded(rows, None if right is None else right.sort(id_column), plan)
    return fitted(found, plan, seed)


def fitted(found: Encoded, plan: Plan, seed: int) -> Model:
    """The model for rows that are encoded already; the tokens' weights of the model are laid over them."""
    tokens = token_shares(found)
    weighed(found, tokens)
    with ThreadPoolExecutor(pl.thread_pool_size()) as pool:
        blind = _blind(found, plan, seed, pool)
        keyed = list(met_by(found, plan.keys))
        taught = [_counted(found, own, _alone(own), plan, pool) for own, _ in keyed]
        union = _joined([_counted(found, own, met, plan, pool) for own, met in keyed], plan)
    learned, prior = _learned(plan, blind, taught, union, _pairs_of(found))
    upper, lower = _thresholds(plan, union, learned, prior)
    values = {c.base: value_shares(found, c.base) for c in plan.comparisons if c.by_frequency}
    values = {name: _corrected(found, name, shares, plan, learned, prior) for name, shares in values.items()}
    sides = found.two_sides or found.rows
    about = {"rows": [sides, found.rows - sides], "seed": seed}
    return Model(plan, tuple(learned), prior, upper, lower, values, tokens, about)


class Patterns:
    """Levels [pattern, comparison] of the patterns that occur, and how many pairs have each."""

    def __init__(self, pattern: k.Ints, count: k.Floats, plan: Plan) -> None:
        self.levels = levels_of(pattern, plan)
        self.count = count
        self.pattern = pattern

    def bits(self, learned: list[Learned], used: list[bool]) -> k.Floats:
        """The weight of every pattern from the comparisons that are used."""
        weight = np.zeros(len(self.count))
        for c, one in enumerate(learned):
            if used[c]:
                weight += np.concatenate([np.zeros(1), np.log2(np.array(one.m) / np.array(one.u))])[self.levels[:, c]]
        return weight

    def at(self, c: int, levels: int, share: k.Floats) -> k.Floats:
        """Pairs at each level of comparison `c`, each pattern counted by its share."""
        found = np.bincount(self.levels[:, c], weights=self.count * share, minlength=levels + 1)[1:]
        return np.asarray(found, np.float64)


def _pairs_of(found: Encoded) -> float:
    n = float(found.rows)
    return max(1.0, found.two_sides * (n - found.two_sides) if found.two_sides else n * (n - 1) / 2)


def _neutral(plan: Plan) -> list[Learned]:
    return [Learned((0.5,) * (len(c.levels) + 1), (0.5,) * (len(c.levels) + 1)) for c in plan.comparisons]


def _assumed(comparison: Comparison) -> tuple[float, ...]:
    """The plan's own m: what its levels leave goes to "else"; all add up to one."""
    given = [level.m for level in comparison.levels]
    whole = [*given, max(0.02, 1.0 - sum(given))]
    return tuple(one / sum(whole) for one in whole)


def _blind(found: Encoded, plan: Plan, seed: int, pool: ThreadPoolExecutor) -> list[k.Floats]:
    """For every comparison the share of blind pairs with evidence at each level."""
    rng = np.random.default_rng(seed)
    split = found.two_sides
    many = int(min(BLIND, max(1_000, _pairs_of(found))))
    a = rng.integers(0, split or found.rows, many).astype(np.int32)
    b = rng.integers(split, found.rows, many).astype(np.int32)
    apart = a != b
    rules = scheme(found, plan, _neutral(plan))
    halves = zip(*(np.array_split(side[apart], SHARES) for side in (a, b)), strict=True)
    number = np.concatenate(list(pool.map(lambda pair: k.patterns(found.values, rules, *pair), halves)))
    pattern, count = np.unique(number, return_counts=True)
    seen = Patterns(pattern, count.astype(np.float64), plan)
    shares = []
    for c, comparison in enumerate(plan.comparisons):
        at = seen.at(c, len(comparison.levels) + 1, np.ones(len(count))) + 0.5
        share = at / at.sum()
        if comparison.levels[0].measure == "equal":
            share[0] = _meeting(found, comparison.base)
            share[1:] *= (1 - share[0]) / share[1:].sum()
        shares.append(share)
    return shares


def _meeting(found: Encoded, name: str) -> float:
    """The share of all pairs with values that have the same one, counted and not sampled; never 0."""
    if found.two_sides:
        a, b = (found.counts(name, right).astype(np.float64) for right in (False, True))
        pairs, same = a.sum() * b.sum(), float(a @ b)
    else:
        a = found.counts(name).astype(np.float64)
        pairs, same = a.sum() * (a.sum() - 1), float((a * (a - 1)).sum())
    return float(min(0.999, (same + 0.5) / max(pairs, 1.0)))


def _alone(own: Blocked) -> k.Met:
    """As if there were no key but this one."""
    return k.Met(own.block_of_row, np.array([0, len(own.block_of_row)], np.int64))


def _counted(found: Encoded, own: Blocked, met: k.Met, plan: Plan, pool: ThreadPoolExecutor) -> Patterns:
    """Patterns of the pairs that meet under a key and under none before it; of a part of them where there
    are many."""
    rules = scheme(found, plan, _neutral(plan))
    pieces = list(own.pieces())
    whole = sum(pairs for *_, pairs in pieces)
    every = max(1, -(-whole // TAUGHT))
    work = [pool.submit(piece_scored, found, rules, own, met, piece, NO_CUT) for piece in pieces[::every]]
    counts = [np.unique(done.result()[0][3], return_counts=True) for done in work]
    pattern, place = np.unique(
        np.concatenate([np.zeros(0, np.int64), *(one for one, _ in counts)]), return_inverse=True
    )
    many = np.bincount(place, weights=np.concatenate([np.zeros(0), *(n for _, n in counts)]), minlength=len(pattern))
    scale = whole / max(1, sum(pairs for *_, pairs in pieces[::every]))
    return Patterns(pattern, np.asarray(many * scale, np.float64), plan)


def _joined(parts: list[Patterns], plan: Plan) -> Patterns:
    pattern, place = np.unique(np.concatenate([part.pattern for part in parts]), return_inverse=True)
    count = np.bincount(place, weights=np.concatenate([part.count for part in parts]), minlength=len(pattern))
    return Patterns(pattern, np.asarray(count, np.float64), plan)


def _learned(
    plan: Plan, blind: list[k.Floats], taught: list[Patterns], union: Patterns, pairs: float
) -> tuple[list[Learned], float]:
    """m, u and the prior in turns, from the plan's assumptions."""
    now = [Learned(_assumed(c), tuple(share.tolist())) for c, share in zip(plan.comparisons, blind, strict=True)]
    prior = _prior_at_first(plan, union, pairs)
    for turn in range(ROUNDS):
        now = [replace(one, u=_chance(share, one.m, prior)) for one, share in zip(now, blind, strict=True)]
        if turn < APART:
            now = _maximised(plan, taught, now)
            prior = _prior(union, now, prior, pairs)
        else:
            now, prior = _joint(plan, union, now, prior, pairs)
    return now, prior


def _prior_at_first(plan: Plan, union: Patterns, pairs: float) -> float:
    """As many true pairs as there are pairs that agree best in all that is known of them, in two things or more."""
    best = ((union.levels == 1) | (union.levels == 0)).all(axis=1)
    known = (union.levels == 1).sum(axis=1) >= min(2, len(plan.comparisons))
    return float(min(0.5, max(0.5, union.count[best & known].sum()) / pairs))


def _chance(share: k.Floats, m: tuple[float, ...], prior: float) -> tuple[float, ...]:
    """How often other pairs meet at each level: blind pairs less the true ones among them."""
    others = np.maximum((share - prior * np.array(m)) / (1 - prior), LEAST_U * share)
    return tuple((others / others.sum()).tolist())


def _maximised(plan: Plan, taught: list[Patterns], start: list[Learned]) -> list[Learned]:
    """m of every comparison from the keys that do not read its columns."""
    sums = [np.zeros(len(one.m)) for one in start]
    for key, seen in zip(plan.keys, taught, strict=True):
        used = [not (comparison.columns & key.columns) for comparison in plan.comparisons]
        if not any(used) or not len(seen.count):
            continue
        share = _expected(seen, start, used)
        for c, one in enumerate(start):
            if used[c]:
                sums[c] += seen.at(c, len(one.m), share)
    found = []
    for comparison, one, total in zip(plan.comparisons, start, sums, strict=True):
        m = total + ASSUMED * np.array(_assumed(comparison))
        found.append(Learned(tuple((m / m.sum()).tolist()), one.u, float(total.sum())))
    return found


def _joint(
    plan: Plan, union: Patterns, start: list[Learned], prior: float, pairs: float
) -> tuple[list[Learned], float]:
    """m of every comparison and the prior from all pairs that meet; pairs that do not meet are taken to be others."""
    share = _logistic(union.bits(start, [True] * len(start)) + np.log2(prior / (1 - prior)))
    found = []
    for c, (comparison, one) in enumerate(zip(plan.comparisons, start, strict=True)):
        total = union.at(c, len(one.m), share)
        m = total + ASSUMED * np.array(_assumed(comparison))
        found.append(Learned(tuple((m / m.sum()).tolist()), one.u, float(total.sum())))
    return found, _prior(union, found, prior, pairs)


def _expected(seen: Patterns, start: list[Learned], used: list[bool]) -> k.Floats:
    """The probability that a pattern under a key is a true pair, by expectation and maximisation under this
    key alone."""
    now = list(start)
    odds = 0.1
    share = np.zeros(len(seen.count))
    for _ in range(STEPS):
        share = _logistic(seen.bits(now, used) + np.log2(odds / (1 - odds)))
        odds = float(np.clip((seen.count * share).sum() / seen.count.sum(), 1e-9, 1 - 1e-9))
        for c, one in enumerate(now):
            if used[c]:
                m = seen.at(c, len(one.m), share) + ASSUMED * np.array(start[c].m)
                now[c] = replace(one, m=tuple((m / m.sum()).tolist()))
    return share


def _logistic(bits: k.Floats) -> k.Floats:
    return np.asarray(1.0 / (1.0 + np.exp2(-np.clip(bits, -500, 500))))


def _prior(union: Patterns, learned: list[Learned], prior: float, pairs: float) -> float:
    """The prior at which as many true pairs are expected as it says."""
    weight = union.bits(learned, [True] * len(learned))
    for _ in range(STEPS):
        share = _logistic(weight + np.log2(prior / (1 - prior)))
        prior = float(np.clip((union.count * share).sum() / pairs, min(0.5, 0.5 / pairs), 0.5))
    return prior


def _thresholds(plan: Plan, union: Patterns, learned: list[Learned], prior: float) -> tuple[float, float]:
    """From the model's own expectation: no label is looked at."""
    share = _logistic(union.bits(learned, [True] * len(learned)) + np.log2(prior / (1 - prior)))
    order = np.argsort(-share, kind="stable")
    falling, count = share[order], union.count[order]
    wrong = (count * (1 - falling)).cumsum() / count.cumsum()
    good = falling[(wrong <= plan.wrong_bp / 10_000) & (falling >= SURE)]
    upper = float(good[-1]) if len(good) else 1.0
    true = (count * falling).cumsum()
    missed = 1 - true / true[-1] if len(true) else true
    enough = falling[missed <= plan.missed_bp / 10_000]
    lower = float(enough[0]) if len(enough) else DOUBTFUL
    return upper, float(np.clip(lower, DOUBTFUL, LIKELY))


def _corrected(found: Encoded, name: str, shares: Shares, plan: Plan, learned: list[Learned], prior: float) -> Shares:
    """The share of rare values less the true pairs among those that meet, as `u` is corrected."""
    one = next(one for c, one in zip(plan.comparisons, learned, strict=True) if c.base == name)
    blind = _meeting(found, name)
    rest = shares.rest * max(LEAST_U, 1 - prior * one.m[0] / blind)
    return Shares(shares.common, rest)
