"""What the rows claim that meet every clause of a rule: the amount, whom it pays, what it rests on."""

from collections.abc import Mapping
from datetime import date

import polars as pl

from kerong.rulebook.compiled import Evaluated, evaluate, rounded
from kerong.rulebook.content import Amount, Parameter, Rule
from kerong.rulebook.outcomes import ERROR, MET, UNKNOWN
from kerong.rulebook.tree import Node

KEYS = ["enterprise_id", "row_key"]
CLAIM = pl.Schema(
    {
        "payee": pl.String(),
        "sequence": pl.Date(),
        "year": pl.Int64(),
        "entitled_fen": pl.Int64(),
        "affiliates": pl.String(),
        "evidence": pl.String(),
        "base_fen": pl.Int64(),
        "priority": pl.Float64(),
    }
)


def claimed(rule: Rule, facts: pl.DataFrame, on: date, affiliates: Node | None) -> pl.DataFrame:
    """`outcome` (met, unknown or error, by the amount) and the columns of CLAIM, null where it is not met.

    `facts`: enterprise_id, row_key and the columns that the rule reads, of rows that meet every clause. `base` is known
    to the amount by that name, in whole fen.
    """
    if rule.amount is None:
        return pl.DataFrame(schema=CLAIM).clear(facts.height).with_columns(pl.lit(MET, pl.Int8).alias("outcome"))
    wanted = {name: node for name, node in amounts(rule, affiliates).items() if name != "base"}
    facts, base_wrong = _with_base(rule.amount, facts, on, rule.parameters)
    found = evaluate(facts, wanted, on, rule.parameters)
    base = ["base"] if rule.amount.base is not None else []
    fen = whole_fen(found.frame["amount"], rule.amount.fen, rule.amount.round)
    wrong = _flag("amount", found, facts.height) | (fen < 0).fill_null(False) | base_wrong
    table = (
        facts.select(*KEYS, *base).with_columns(found.frame).with_columns(fen.alias("entitled_fen"), wrong.alias("!"))
    )
    needed = ["entitled_fen", *base, *(name for name in wanted if name == "payee" or name.startswith("evidence_"))]
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in needed)
    outcome = pl.when(pl.col("!")).then(ERROR).when(known).then(MET).otherwise(UNKNOWN).cast(pl.Int8)
    table = table.with_columns(outcome.alias("outcome"))
    claims = _shaped(rule, table, on)
    is_met = table["outcome"] == MET
    return claims if is_met.all() else claims.with_columns(pl.when(is_met).then(pl.col(name)) for name in CLAIM)


def amounts(rule: Rule, affiliates: Node | None = None) -> dict[str, Node]:
    """What is worked out for a claim: base, amount, payee, evidence_1 …, affiliates, year, priority, sequence."""
    if rule.amount is None:
        return {}
    years = [limit.year for limit in rule.limits if limit.year is not None]
    priorities = [limit.priority for limit in rule.limits if limit.priority is not None]
    named = {
        "base": rule.amount.base,
        "amount": rule.amount.fen,
        "payee": rule.amount.payee,
        **{f"evidence_{i}": part for i, part in enumerate(rule.fingerprint, 1)},
        "affiliates": affiliates,
        "year": years[0] if years else None,
        "priority": priorities[0] if priorities else None,
        "sequence": rule.sequence,
    }
    return {name: node for name, node in named.items() if node is not None}


def whole_fen(exact: pl.Series, node: Node, how: str) -> pl.Series:
    """An exact amount in whole fen."""
    low, size = exact.min(), node.type.divisor
    if how == "down" and isinstance(low, int) and low >= 0:
        return exact // size if size != 1 else exact
    return exact.to_frame("x").select(rounded(pl.col("x"), size, how)).to_series()


def _with_base(
    amount: Amount, facts: pl.DataFrame, on: date, parameters: Mapping[str, Parameter]
) -> tuple[pl.DataFrame, pl.Series]:
    """The facts with `base` in whole fen, and where it is an error or below nothing."""
    if amount.base is None:
        return facts, _nowhere(facts.height)
    found = evaluate(facts, {"base": amount.base}, on, parameters)
    fen = whole_fen(found.frame["base"], amount.base, amount.round)
    return facts.with_columns(fen.alias("base")), _flag("base", found, facts.height) | (fen < 0).fill_null(False)


def _nowhere(height: int) -> pl.Series:
    return pl.repeat(False, height, dtype=pl.Boolean, eager=True)


def _flag(name: str, found: Evaluated, height: int) -> pl.Series:
    rows = found.errors.filter(pl.col("name") == name)["row"]
    return _nowhere(height).scatter(rows, True) if len(rows) else _nowhere(height)


def _shaped(rule: Rule, table: pl.DataFrame, on: date) -> pl.DataFrame:
    def one_of(name: str, other: pl.Expr) -> pl.Expr:
        return pl.col(name) if name in table.columns else other

    nothing = pl.lit(None)
    sequence = pl.col("sequence").fill_null(on) if "sequence" in table.columns else pl.lit(on)
    columns = {
        "payee": one_of("payee", pl.col("enterprise_id")),
        "sequence": sequence,
        "year": one_of("year", sequence.dt.year()),
        "entitled_fen": pl.col("entitled_fen"),
        "affiliates": one_of("affiliates", nothing),
        "evidence": _evidence(rule),
        "base_fen": one_of("base", nothing),
        "priority": one_of("priority", nothing),
    }
    return table.select("outcome", *(column.cast(CLAIM[name]).alias(name) for name, column in columns.items()))


def _evidence(rule: Rule) -> pl.Expr:
    """What a claim rests on: the rule's fingerprint, or the row that it is about."""
    if rule.fingerprint:
        parts = [pl.col(f"evidence_{i}").cast(pl.String) for i in range(1, len(rule.fingerprint) + 1)]
        return pl.concat_str(parts, separator="|")
    if rule.per == "enterprise":
        return pl.lit("")
    return pl.concat_str(pl.lit(rule.per), *KEYS, separator="|")
