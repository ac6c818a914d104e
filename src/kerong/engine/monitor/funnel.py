"""Verdicts of a region, rule by rule: who meets it, which clause stops the others, what it costs."""

import polars as pl

from kerong.engine.monitor.words import both
from kerong.rulebook.content import Rule, Rulebook

Line = dict[str, object]

OUTCOMES = {
    1: "met",
    2: "unknown",
    3: "error",
    0: "failed",
}  # an enterprise counts under the first that a row of it has
MET = 1
STRIDE = 1 << 20  # more than there are clauses: an outcome and a clause fit into one number
NO_ROW = -1  # the clause of a verdict without any row in the register that the rule is about


def funnels(verdicts: pl.DataFrame, rulebook: Rulebook) -> list[Line]:
    """One entry per rule of the rulebook, in its order, from the table `verdicts` of ARCHITECTURE.md.

    `rows` counts verdicts; `enterprises` counts each enterprise once, under the best outcome of its rows. `clauses`
    says how many enterprises each clause stops (`failed`) or leaves open (`unknown`): the furthest clause that a row of
    that outcome reached; the amount counts as one clause more. Money is exact: Python integers of any size.
    """
    rows = _counts(verdicts, "rule", "outcome")
    firms = _by_enterprise(verdicts, rulebook)
    money = {row["rule"]: row for row in _sums(verdicts, "rule").iter_rows(named=True)}
    counted = _counts(firms, "rule", "outcome")
    clauses = _counts(firms, "rule", "outcome", "clause")
    return [
        {
            "name": rule.name,
            "kind": rule.kind,
            "title": both(rule.title),
            "enterprises": {word: counted.get((rule.name, code), 0) for code, word in OUTCOMES.items()},
            "rows": {word: rows.get((rule.name, code), 0) for code, word in OUTCOMES.items()},
            "entitled_fen": money.get(rule.name, {}).get("entitled_fen") or 0,
            "awarded_fen": money.get(rule.name, {}).get("awarded_fen") or 0,
            "clauses": _clauses(rule, clauses),
        }
        for rule in rulebook.rules.values()
    ]


def kinds(verdicts: pl.DataFrame, rulebook: Rulebook) -> list[Line]:
    """Per kind of rule: how many rules, how many different enterprises meet one of them, what is awarded."""
    held = {rule.name: rule.kind for rule in rulebook.rules.values()}
    met = verdicts.filter(pl.col("outcome") == MET).with_columns(kind=pl.col("rule").replace_strict(held, default=None))
    firms = dict(met.group_by("kind").agg(pl.col("enterprise_id").n_unique()).iter_rows())
    money = {row["kind"]: row["awarded_fen"] for row in _sums(met, "kind").iter_rows(named=True)}
    return [
        {
            "kind": kind,
            "rules": sum(rule.kind == kind for rule in rulebook.rules.values()),
            "enterprises": firms.get(kind, 0),
            "awarded_fen": money.get(kind, 0),
        }
        for kind in dict.fromkeys(held.values())
    ]


def _by_enterprise(verdicts: pl.DataFrame, rulebook: Rulebook) -> pl.DataFrame:
    """`rule`, `outcome`, `clause` per rule and enterprise: the best outcome, and the furthest clause of its rows."""
    single = [rule.name for rule in rulebook.rules.values() if rule.per == "enterprise"]
    alone = verdicts.filter(pl.col("rule").is_in(single)).select("rule", "outcome", "clause")
    worse = {code: place for place, code in enumerate(OUTCOMES)}
    better = {-place: code for code, place in worse.items()}
    place = -pl.col("outcome").replace_strict(worse, return_dtype=pl.Int64)
    many = (
        verdicts.filter(~pl.col("rule").is_in(single))
        .with_columns(best=place * STRIDE + pl.col("clause"))
        .group_by("rule", "enterprise_id")
        .agg(pl.col("best").max())
        .with_columns(place=(pl.col("best") + STRIDE // 2).floordiv(STRIDE))
        .select(
            "rule",
            pl.col("place").replace_strict(better, return_dtype=pl.Int8).alias("outcome"),
            (pl.col("best") - pl.col("place") * STRIDE).cast(pl.Int16).alias("clause"),
        )
    )
    return pl.concat([alone, many])


def _counts(table: pl.DataFrame, *keys: str) -> dict[tuple[object, ...], int]:
    return {tuple(row[:-1]): row[-1] for row in table.group_by(*keys).len().iter_rows()}


def _sums(verdicts: pl.DataFrame, key: str) -> pl.DataFrame:
    return verdicts.group_by(key).agg(pl.col("entitled_fen", "awarded_fen").cast(pl.Int128).sum())


def _clauses(rule: Rule, counts: dict[tuple[object, ...], int]) -> list[Line]:
    seen = [number for name, code, number in counts if name == rule.name and code != MET and isinstance(number, int)]
    numbers = sorted({NO_ROW, *range(1, len(rule.clauses) + 1), *seen})
    titles = {number: clause.title for number, clause in enumerate(rule.clauses, start=1)}
    return [
        {
            "clause": number,
            "title": both(titles[number]) if number in titles else None,
            **{word: counts.get((rule.name, code, number), 0) for code, word in OUTCOMES.items() if code != MET},
        }
        for number in numbers
    ]
