"""Ranked offers: for every enterprise what it gets and what it may get, the certain before the possible."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.engine.match.benefit import benefits
from kerong.engine.problems import joined, problems
from kerong.rulebook.content import POLICY_KINDS, PRODUCT_KINDS, Rule, Rulebook
from kerong.rulebook.outcomes import MET, UNKNOWN

KINDS = (*PRODUCT_KINDS, *POLICY_KINDS)  # the order among offers of the same worth

SCHEMA = pl.Schema(
    {
        "enterprise_id": pl.String(),
        "rank": pl.Int32(),
        "rule": pl.String(),
        "kind": pl.String(),
        "outcome": pl.Int8(),
        "amount_fen": pl.Int64(),
        "benefit_fen": pl.Int64(),
    }
)


def offers(
    verdicts: pl.DataFrame, rulebook: Rulebook, enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table `offers` of ARCHITECTURE.md, and problems.

    One line per enterprise and rule that is met (outcome 1) or unknown (2) in some row; policies count only where the
    enterprise itself is paid. Amounts and benefits are sums over the rows that are met; a sum of which a part is
    unknown is unknown. Order: certain, then possible; by benefit, greatest first, unknown last; by kind; by name of the
    rule. `tables`: cleaned registers with `row_key`, for benefits that read rows.
    """
    order = sorted(filter(_reaches_the_firm, rulebook.rules.values()), key=_place)  # alerts have no place among offers
    live = verdicts.filter(pl.col("outcome").is_in([MET, UNKNOWN]) & pl.col("rule").is_in([r.name for r in order]))
    by_rule = {str(key): part for (key,), part in live.partition_by("rule", as_dict=True).items()}
    lines: list[pl.DataFrame] = []
    noted: list[pl.DataFrame] = []
    for number, rule in enumerate(order):
        if rule.name in by_rule:
            found, failed = _of_rule(by_rule[rule.name], rule, enterprises, tables, on)
            lines.append(found.with_columns(pl.lit(number, pl.Int32).alias("number")))
            noted.append(failed)
    return _ranked(lines, order), joined(noted)


def _place(rule: Rule) -> tuple[int, str]:
    return KINDS.index(rule.kind), rule.name


def _reaches_the_firm(rule: Rule) -> bool:
    return rule.is_product or (rule.is_policy and (rule.amount is None or rule.amount.to == "enterprise"))


def _of_rule(
    live: pl.DataFrame, rule: Rule, enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """One line per enterprise: `enterprise_id`, `outcome`, `amount_fen`, `benefit_fen`."""
    certain, failed = benefits(live.filter(pl.col("outcome") == MET), rule, enterprises, tables, on)
    met = certain.select("enterprise_id", "outcome", pl.col("awarded_fen").alias("amount_fen"), "benefit_fen")
    possible = live.filter(pl.col("outcome") == UNKNOWN).select("enterprise_id", "outcome")
    if rule.per != "enterprise":
        sums = met.group_by("enterprise_id").agg(pl.lit(MET, pl.Int8).alias("outcome"), *map(_sum, met.columns[2:]))
        failed = joined([failed, _too_large(sums, rule)])
        met = sums.with_columns(pl.col(name).cast(pl.Int64, strict=False) for name in met.columns[2:])
        possible = possible.unique().join(met, on="enterprise_id", how="anti")
    return pl.concat([met, possible], how="diagonal"), failed


def _sum(name: str) -> pl.Expr:
    """The exact sum, in 128 bits; unknown as soon as a part of it is."""
    column = pl.col(name)
    return pl.when(column.null_count() == 0).then(column.cast(pl.Int128).sum()).alias(name)


def _too_large(sums: pl.DataFrame, rule: Rule) -> pl.DataFrame:
    lost = pl.any_horizontal(
        pl.col(name).is_not_null() & pl.col(name).cast(pl.Int64, strict=False).is_null()
        for name in ("amount_fen", "benefit_fen")
    )
    return problems(
        {"stage": "match", "kind": "offer_too_large", "severity": "noted", "enterprise_id": firm, "rule": rule.name}
        for firm in sums.filter(lost)["enterprise_id"].sort()
    )


def _ranked(lines: list[pl.DataFrame], order: list[Rule]) -> pl.DataFrame:
    if not lines:
        return pl.DataFrame(schema=SCHEMA)
    table = pl.concat(lines)
    ids = pl.Enum(table["enterprise_id"].unique().sort())
    ranked = table.with_columns(pl.col("enterprise_id").cast(ids)).sort(
        "enterprise_id",
        "outcome",
        "benefit_fen",
        "number",
        descending=[False, False, True, False],
        nulls_last=True,
    )
    place = pl.int_range(pl.len(), dtype=pl.Int64)
    first = pl.when(pl.col("enterprise_id").ne_missing(pl.col("enterprise_id").shift())).then(place).forward_fill()
    names = {
        "rule": pl.Series([rule.name for rule in order], dtype=pl.String),
        "kind": pl.Series([rule.kind for rule in order], dtype=pl.String),
    }
    return ranked.with_columns(
        (place - first + 1).alias("rank"), *(held.gather(ranked["number"]).alias(name) for name, held in names.items())
    ).select(pl.col(name).cast(kind) for name, kind in SCHEMA.items())
