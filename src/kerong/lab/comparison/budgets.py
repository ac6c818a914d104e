"""Budgets: what a rule may spend, what it does spend, on both sides."""

from collections.abc import Collection

import polars as pl

from kerong.lab.comparison.both import Comparison, Side
from kerong.rulebook import plain
from kerong.rulebook.content import Limit, Rule

Line = dict[str, object]
SCOPES = ("budget", "budget_year")


def budgets(found: Comparison, rules: Collection[str]) -> list[Line]:
    """One line per budget of these rules: `rule`, `scope`, and before and after `limit_fen` (None:
    there is none), `spent_fen` (of a yearly budget in the year that spends most), `cut_fen` (what the budget took)."""
    sides = {when: _of_side(side, found, rules) for when, side in (("before", found.before), ("after", found.after))}
    keys = sorted({*sides["before"], *sides["after"]})
    return [
        {"rule": rule, "scope": scope, "years": list(years) if years else None}
        | {
            f"{name}_{when}": sides[when].get((rule, scope, years), {}).get(name)
            for when in sides
            for name in ("limit_fen", "spent_fen", "cut_fen")
        }
        for rule, scope, years in keys
    ]


Key = tuple[str, str, tuple[int, int]]


def _of_side(side: Side, found: Comparison, rules: Collection[str]) -> dict[Key, dict[str, int]]:
    lines: dict[Key, dict[str, int]] = {}
    for name in rules:
        rule = side.rulebook.rules.get(name)
        for limit in rule.limits if rule else ():
            if rule is not None and limit.scope in SCOPES:
                key = (name, limit.scope, limit.years or (0, 0))
                lines[key] = {"limit_fen": _fen(rule, limit, found), **_spent(side, rule, limit)}
    return lines


def _fen(rule: Rule, limit: Limit, found: Comparison) -> int:
    values = {name: parameter.at(found.on) for name, parameter in rule.parameters.items()}
    fen = plain.evaluate(limit.fen, {}, found.on, values)
    return max(0, plain.rounded(fen, limit.fen.type.divisor, "down")) if isinstance(fen, int) else 0


def _spent(side: Side, rule: Rule, limit: Limit) -> dict[str, int]:
    keys = ["rule", "enterprise_id", "row_key"]
    rows = side.verdicts.filter((pl.col("rule") == rule.name) & (pl.col("awarded_fen") > 0)).select(
        *keys, "awarded_fen"
    )
    if limit.years or limit.scope == "budget_year":
        claims = side.entitled.filter(pl.col("rule") == rule.name).select(*keys, "year").unique(keys)
        rows = rows.join(claims, on=keys, how="left")
        if limit.years:
            rows = rows.filter(pl.col("year").is_between(*limit.years))
    if limit.scope == "budget_year":
        sums = rows.group_by("year").agg(pl.col("awarded_fen").cast(pl.Int128).sum())["awarded_fen"].to_list()
    else:
        sums = [_total(rows["awarded_fen"])]
    cut = side.cuts.filter((pl.col("rule") == rule.name) & (pl.col("limit") == limit.name))
    return {"spent_fen": max(sums, default=0), "cut_fen": _total(cut["cut_fen"])}


def _total(fen: pl.Series) -> int:
    return int(fen.cast(pl.Int128).sum())
