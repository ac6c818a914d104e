"""Layers on one base: what a later layer entitles to on what the earlier ones have left."""

from collections.abc import Callable

import numpy as np
import polars as pl

from kerong.engine.award.claims import Claims, keyed
from kerong.engine.award.kernel import Whole
from kerong.engine.award.terms import Layers, Terms

# (rule, claims with enterprise_id, row_key and base_fen) -> what the rule entitles each claim to on that base
AmountsAt = Callable[[str, pl.DataFrame], pl.Series]


def amounts_on_what_is_left(
    claims: Claims, rule: str, layers: Layers, awards: Whole, used: pl.DataFrame, amounts_at: AmountsAt
) -> Whole:
    """What a rule entitles each of its claims to, its base lowered by what earlier layers pay or have paid on it.

    Nothing where the rule yields no amount on the lowered base.
    """
    earlier = layers.rules[: layers.rules.index(rule)]
    begin, end = claims.rules[rule]
    of_rule = claims.frame[begin:end]
    rows = claims.rows(earlier)
    now = keyed(claims.frame[rows], layers.per, claims.terms).with_columns(pl.Series("fen", awards[rows]))
    paid = _sums(of_rule, now, layers.per, claims.terms)
    before = used.filter(pl.col("rule").is_in(earlier))
    if before.height:
        granted = keyed(before, "evidence", claims.terms).with_columns(before["fen"])
        paid += _sums(of_rule, granted.filter(pl.col("evidence") != ""), "evidence", claims.terms)
    base = (of_rule["base_fen"].cast(pl.Int128) - paid).clip(lower_bound=0).cast(pl.Int64)
    # a base that nothing was taken from is what it was: the amount stands
    is_lower = (base < of_rule["base_fen"]).fill_null(True).to_numpy()
    found = of_rule["entitled_fen"].to_numpy().copy()
    asked = of_rule.select("enterprise_id", "row_key").with_columns(base.alias("base_fen")).filter(pl.Series(is_lower))
    if asked.height:
        found[is_lower] = amounts_at(rule, asked).fill_null(0).clip(lower_bound=0).to_numpy()
    return found


def _sums(claims: pl.DataFrame, paid: pl.DataFrame, per: str, terms: Terms) -> pl.Series:
    """For each claim what was paid under its key, 0 if nothing."""
    keys = keyed(claims, per, terms)
    sums = paid.group_by(keys.columns).agg(pl.col("fen").cast(pl.Int128).sum())
    found = keys.join(sums, on=keys.columns, how="left", maintain_order="left")["fen"]
    return found.fill_null(0).clip(lower_bound=0)


def layer_of(claims: Claims) -> Whole:
    """The layer of each claim's rule, from 0."""
    layer = np.zeros(claims.frame.height, np.int64)
    for rule, (begin, end) in claims.rules.items():
        layer[begin:end] = claims.terms.positions.get(rule, 0)
    return layer
