"""Every firm under every rule, before beside after, and what each firm is paid."""

from collections.abc import Collection

import polars as pl

from kerong.lab.comparison.both import Comparison, Side
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN

NO_RULE = -1  # instead of an outcome: that side has no such rule, or no such enterprise
# an enterprise counts under the first that a row of it has
BEST = (MET, UNKNOWN, ERROR, FAILED)
STRIDE = 1 << 20  # more than there are clauses: the place of an outcome and a clause fit into one number
KEYS = ["rule", "enterprise_id"]
MONEY = ("entitled_fen", "awarded_fen")


def pairs(found: Comparison) -> pl.DataFrame:
    """One line per rule that was calculated again and enterprise, sorted by both.

    `outcome` and `clause` are those of the enterprise's best row (the furthest clause that a row of that outcome
    reached), `entitled_fen` and `awarded_fen` its exact sums (Int128); each with `_before` and `_after`.
    """
    sides = [
        _best(side, found.causes.keys(), when) for side, when in ((found.before, "before"), (found.after, "after"))
    ]
    table = sides[0].join(sides[1], on=KEYS, how="full", coalesce=True)
    return table.with_columns(
        *(pl.col(f"outcome_{when}").fill_null(NO_RULE) for when in ("before", "after")),
        *(pl.col(f"{name}_{when}").fill_null(0) for name in ("clause", *MONEY) for when in ("before", "after")),
    ).sort(KEYS)


def _best(side: Side, rules: Collection[str], when: str) -> pl.DataFrame:
    place = pl.col("outcome").replace_strict({code: n for n, code in enumerate(BEST)}, return_dtype=pl.Int64)
    held = side.verdicts.filter(pl.col("rule").is_in(sorted(rules)))
    best = held.group_by(KEYS).agg(
        (place * STRIDE - pl.col("clause")).min().alias("best"),
        *(pl.col(name).cast(pl.Int128).sum().alias(f"{name}_{when}") for name in MONEY),
    )
    at = (pl.col("best") + STRIDE // 2).floordiv(STRIDE)
    return best.select(
        *KEYS,
        at.replace_strict(dict(enumerate(BEST)), return_dtype=pl.Int8).alias(f"outcome_{when}"),
        (at * STRIDE - pl.col("best")).cast(pl.Int16).alias(f"clause_{when}"),
        *(f"{name}_{when}" for name in MONEY),
    )


def differing(found: Comparison, table: pl.DataFrame) -> list[str]:
    """The rules to tell of: those whose own words differ, and those under which some firm fares otherwise.

    A rule that only shares a limit with a changed one is often calculated again to the same end.
    """
    same = [
        pl.col(f"{name}_before") == pl.col(f"{name}_after")
        for name in ("outcome", "clause", "entitled_fen", "awarded_fen")
    ]
    moved = set(table.filter(~pl.all_horizontal(same))["rule"].unique())
    return [name for name, cause in found.causes.items() if cause == "rule" or name in moved]


def paid(found: Comparison) -> pl.DataFrame:
    """One line per rule, enterprise and payee that policies pay on either side: `payee_kind`, `payee`, `before_fen`
    and `after_fen` (Int128, exact)."""
    keys = [*KEYS, "payee_kind", "payee"]
    sides = [
        side.verdicts.filter(pl.col("rule").is_in(policies(side)) & (pl.col("awarded_fen") > 0))
        .group_by(keys)
        .agg(pl.col("awarded_fen").cast(pl.Int128).sum().alias(f"{when}_fen"))
        for side, when in ((found.before, "before"), (found.after, "after"))
    ]
    table = sides[0].join(sides[1], on=keys, how="full", coalesce=True)
    return table.with_columns(pl.col("before_fen", "after_fen").fill_null(0)).sort(keys)


def policies(side: Side) -> list[str]:
    """The rules that pay public money; what products lend or insure is no expense."""
    return [rule.name for rule in side.rulebook.rules.values() if rule.is_policy]


def own(table: pl.DataFrame) -> pl.DataFrame:
    """What enterprises themselves are paid, one line per enterprise: `enterprise_id`, `before_fen`, `after_fen`."""
    firms = table.filter(payee_kind="enterprise")
    return firms.group_by("enterprise_id").agg(pl.col("before_fen", "after_fen").sum()).sort("enterprise_id")
