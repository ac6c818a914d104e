"""Limits applied: from what rules entitle to, to what is paid.

One written order: row cap, enterprise, enterprise-year, payee, payee-year, budget. Within a limit, claims come in the
order of (sequence, enterprise_id, row_key); every cut names the limit that made it. All amounts are whole fen.
"""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.rulebook import plain
from kerong.rulebook.content import Limit, Rule

CLAIM = ["rule", "enterprise_id", "row_key"]
ORDER = ["rule", "sequence", "enterprise_id", "row_key"]
VERDICT = [*CLAIM, "outcome", "clause", "payee_kind", "payee", "entitled_fen", "awarded_fen", "cut_by"]
SCOPES: Mapping[str, tuple[str, ...]] = {
    "row": (),
    "enterprise": ("enterprise_id",),
    "enterprise_year": ("enterprise_id", "year"),
    "payee": ("payee",),
    "payee_year": ("payee", "year"),
    "budget": (),
}
LIMITS = pl.Schema(
    {"rule": pl.String(), "scope": pl.String(), "name": pl.String(), "limit_fen": pl.Int64(), "share": pl.String()}
)
USED = pl.Schema(
    {"rule": pl.String(), "enterprise_id": pl.String(), "payee": pl.String(), "year": pl.Int64(), "fen": pl.Int64()}
)


def limits_on(rules: Mapping[str, Rule], on: date) -> pl.DataFrame:
    """The limits in force on a day, as LIMITS; a limit whose parameter has no value yet is 0 fen: nothing is paid."""
    rows = [
        {
            "rule": rule.name,
            "scope": limit.scope,
            "name": limit.name,
            "limit_fen": _fen(rule, limit, on),
            "share": limit.share,
        }
        for rule in rules.values()
        for limit in rule.limits
    ]
    return pl.DataFrame(rows, schema=LIMITS)


def _fen(rule: Rule, limit: Limit, on: date) -> int:
    values = {name: parameter.at(on) for name, parameter in rule.parameters.items()}
    found = plain.evaluate(limit.fen, {}, on, values)
    if not isinstance(found, int):
        return 0
    return max(0, plain.rounded(found, limit.fen.type.divisor, "down"))


def awarded(entitled: pl.DataFrame, limits: pl.DataFrame, used: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(verdicts, cuts): entitlements with `awarded_fen` and `cut_by`, the limit that cut most.

    Of two limits that cut alike the first by name is given. `entitled` as `entitle.entitlements` yields it; a claim
    without a known amount is left as it is.
    """
    claims = entitled.with_row_index("place").filter(pl.col("entitled_fen").is_not_null())
    awards, cuts = award(claims.select("place", *CLAIM, "payee", "year", "sequence", "entitled_fen"), limits, used)
    deepest = cuts.sort([*CLAIM, "cut_fen", "limit"], descending=[False, False, False, True, False])
    deepest = deepest.unique(CLAIM, keep="first", maintain_order=True).rename({"limit": "cut_by"})
    deepest = deepest.join(awards.select("place", *CLAIM), on=CLAIM, how="left")
    height = entitled.height
    amounts = pl.repeat(None, height, dtype=pl.Int64, eager=True).scatter(awards["place"], awards["awarded_fen"])
    names = pl.repeat("", height, dtype=pl.String, eager=True).scatter(deepest["place"], deepest["cut_by"])
    verdicts = entitled.with_columns(amounts.alias("awarded_fen"), names.alias("cut_by"))
    return verdicts.select(VERDICT), cuts


def nothing_used() -> pl.DataFrame:
    """An empty table of what was granted before."""
    return pl.DataFrame(schema=USED)


def award(claims: pl.DataFrame, limits: pl.DataFrame, used: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(awards, cuts). `claims`: rule, enterprise_id, row_key, payee, year, sequence, entitled_fen (>= 0, known).

    Awards are the claims in canonical order with `awarded_fen`; cuts are rows of (rule, enterprise_id, row_key, limit,
    cut_fen), one for every claim and limit that took something. The order of the rows of `claims` is of no matter.
    """
    frame = claims.sort(ORDER).with_columns(pl.col("entitled_fen").alias("awarded_fen"))
    cuts = []
    for scope, keys in SCOPES.items():
        of_scope = limits.filter(pl.col("scope") == scope)
        if of_scope.is_empty():
            continue
        before = frame["awarded_fen"]
        frame = frame.join(
            of_scope.select("rule", "name", "limit_fen", "share"), on="rule", how="left", maintain_order="left"
        )
        frame = _limited(frame, scope, keys, used).with_columns(before.alias("before_fen"))
        cuts.append(
            frame.filter(pl.col("awarded_fen") < pl.col("before_fen")).select(
                *CLAIM, pl.col("name").alias("limit"), (pl.col("before_fen") - pl.col("awarded_fen")).alias("cut_fen")
            )
        )
        frame = frame.drop("name", "limit_fen", "share", "before_fen")
    empty = pl.DataFrame(schema={**dict.fromkeys([*CLAIM, "limit"], pl.String()), "cut_fen": pl.Int64()})
    return frame.sort(CLAIM), pl.concat([empty, *cuts]).sort(*CLAIM, "limit")


def _limited(frame: pl.DataFrame, scope: str, keys: tuple[str, ...], used: pl.DataFrame) -> pl.DataFrame:
    """The frame with `awarded_fen` lowered to what the limit of each claim's rule leaves."""
    if scope == "row":
        return frame.with_columns(pl.min_horizontal("awarded_fen", "limit_fen").alias("awarded_fen"))
    group = ["rule", *keys]
    spent = used.group_by(group).agg(pl.col("fen").sum().alias("spent_fen"))
    frame = frame.join(spent, on=group, how="left", maintain_order="left")
    left = (pl.col("limit_fen") - pl.col("spent_fen").fill_null(0)).clip(lower_bound=0)
    frame = frame.with_columns(left.alias("left_fen"))
    earlier = pl.col("awarded_fen").cum_sum().over(group) - pl.col("awarded_fen")
    first_come = pl.min_horizontal("awarded_fen", (pl.col("left_fen") - earlier).clip(lower_bound=0))
    limited = pl.when(pl.col("limit_fen").is_null()).then(pl.col("awarded_fen")).otherwise(first_come)
    if scope == "budget":
        frame = _pro_rata(frame)
        limited = pl.when(pl.col("share") == "pro_rata").then(pl.col("part_fen")).otherwise(limited)
    return frame.with_columns(limited.alias("awarded_fen")).drop("left_fen", "spent_fen", "part_fen", strict=False)


def _pro_rata(frame: pl.DataFrame) -> pl.DataFrame:
    """`part_fen`: each claim's part of a budget that is too small, by largest remainder; ties in the claims' order."""
    wide = pl.col("awarded_fen").cast(pl.Int128) * pl.col("left_fen").cast(pl.Int128)
    total = pl.col("awarded_fen").sum().over("rule")
    whole = wide // total.cast(pl.Int128)
    shared = frame.with_columns(total.alias("_total")).with_columns(
        whole.cast(pl.Int64).alias("_whole"), (wide % total.cast(pl.Int128)).cast(pl.Int64).alias("_rest")
    )
    place = pl.col("_rest").rank("ordinal", descending=True).over("rule")
    over = pl.col("left_fen") - pl.col("_whole").sum().over("rule")
    part = pl.col("_whole") + (place <= over).cast(pl.Int64)
    enough = pl.col("_total") <= pl.col("left_fen")
    return shared.with_columns(pl.when(enough).then(pl.col("awarded_fen")).otherwise(part).alias("part_fen")).drop(
        "_total", "_whole", "_rest"
    )
