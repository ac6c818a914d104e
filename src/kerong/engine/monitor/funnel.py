"""Verdicts of a region, rule by rule: who meets it, which clause stops the others, what it costs."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from kerong.engine.monitor.words import both
from kerong.rulebook.content import ALERT_KINDS, CHECK_KINDS, POLICY_KINDS, PRODUCT_KINDS, Rule, Rulebook
from kerong.rulebook.outcomes import ERROR, FAILED, MET, NO_ROW, OUTCOME_NAMES, UNKNOWN

Line = dict[str, Any]

# an enterprise counts under the first that a row of it has
OUTCOMES = {code: OUTCOME_NAMES[code] for code in (MET, UNKNOWN, ERROR, FAILED)}
MONEY = ("entitled_fen", "awarded_fen")
PLACE = ["rule", "outcome", "clause"]
STRIDE = 1 << 20  # more than there are clauses: an outcome and a clause fit into one number


def funnels(verdicts: pl.DataFrame, rulebook: Rulebook) -> list[Line]:
    """One entry per rule of the rulebook, in its order; `verdicts` as `numbered` gives them.

    `rows` counts verdicts; `enterprises` counts each enterprise once, under the best outcome of its rows. `clauses`
    says how many enterprises each clause stops (`failed`) or leaves open (`unknown`): the furthest clause that a row of
    that outcome reached; the amount counts as one clause more. Money is exact: Python integers of any size.
    """
    money = (pl.col(name).cast(pl.Int128).sum() for name in MONEY)
    rows = verdicts.group_by(PLACE).agg(pl.len().alias("count"), *money)
    single = [rule.name for rule in rulebook.rules.values() if rule.per == "enterprise"]
    alone = rows.filter(pl.col("rule").is_in(single)).select(*PLACE, "count")
    many = _by_enterprise(verdicts.filter(~pl.col("rule").is_in(single)))
    firms = pl.concat([alone, many.group_by(PLACE).agg(pl.len().alias("count"))])
    return [
        _funnel(rule, rows.filter(rule=rule.name), firms.filter(rule=rule.name)) for rule in rulebook.rules.values()
    ]


def _funnel(rule: Rule, rows: pl.DataFrame, firms: pl.DataFrame) -> Line:
    return {
        "name": rule.name,
        "kind": rule.kind,
        "title": both(rule.title),
        "enterprises": {word: int(firms.filter(outcome=code)["count"].sum()) for code, word in OUTCOMES.items()},
        "rows": {word: int(rows.filter(outcome=code)["count"].sum()) for code, word in OUTCOMES.items()},
        **{name: sum(rows[name]) for name in MONEY},
        "clauses": _clauses(rule, {(code, number): count for _, code, number, count in firms.iter_rows()}),
    }


def kinds(verdicts: pl.DataFrame, funnels: Sequence[Line], rulebook: Rulebook) -> list[Line]:
    """Per kind of rule: how many rules, how many different enterprises meet one of them, what is awarded."""
    held = {rule.name: rule.kind for rule in rulebook.rules.values()}
    order = [name for name in (*PRODUCT_KINDS, *POLICY_KINDS, *ALERT_KINDS, *CHECK_KINDS) if name in held.values()]
    kind = pl.col("rule").replace_strict(held, return_dtype=pl.Enum(order)).alias("kind")
    met = verdicts.filter(pl.col("outcome") == MET).select(kind, "firm")
    firms = dict(met.group_by("kind").agg(pl.col("firm").n_unique()).iter_rows())
    return [
        {
            "kind": name,
            "rules": sum(kind == name for kind in held.values()),
            "enterprises": firms.get(name, 0),
            "awarded_fen": sum(line["awarded_fen"] for line in funnels if line["kind"] == name),
        }
        for name in order
    ]


def _by_enterprise(verdicts: pl.DataFrame) -> pl.DataFrame:
    """`rule`, `outcome`, `clause` per rule and enterprise: the best outcome, and the furthest clause of its rows."""
    worse = {code: place for place, code in enumerate(OUTCOMES)}
    better = {-place: code for code, place in worse.items()}
    place = -pl.col("outcome").replace_strict(worse, return_dtype=pl.Int64)
    return (
        verdicts.with_columns(best=place * STRIDE + pl.col("clause"))
        .group_by("rule", "firm")
        .agg(pl.col("best").max())
        .with_columns(place=(pl.col("best") + STRIDE // 2).floordiv(STRIDE))
        .select(
            "rule",
            pl.col("place").replace_strict(better, return_dtype=pl.Int8).alias("outcome"),
            (pl.col("best") - pl.col("place") * STRIDE).cast(pl.Int16).alias("clause"),
        )
    )


def _clauses(rule: Rule, counts: Mapping[tuple[int, int], int]) -> list[Line]:
    seen = [number for code, number in counts if code != MET]
    numbers = sorted({NO_ROW, *range(1, len(rule.clauses) + 1), *seen})
    titles = {number: clause.title for number, clause in enumerate(rule.clauses, start=1)}
    return [
        {
            "clause": number,
            "title": both(titles[number]) if number in titles else None,
            **{word: counts.get((code, number), 0) for code, word in OUTCOMES.items() if code != MET},
        }
        for number in numbers
    ]
