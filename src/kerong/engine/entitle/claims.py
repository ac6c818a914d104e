"""What the rows claim that meet every clause of a rule: the amount, whom it pays, what it rests on.

A claim holds what the rule works out for it; `completed` adds what is the same for all claims of a rule.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from kerong.rulebook.compiled import Evaluated, evaluate, rounded
from kerong.rulebook.compound import compound_column
from kerong.rulebook.content import Amount, Parameter, Rule
from kerong.rulebook.outcomes import ERROR, MET, UNKNOWN
from kerong.rulebook.rows import CLAIM
from kerong.rulebook.together import Together
from kerong.rulebook.tree import Node

if TYPE_CHECKING:
    from kerong.rulebook.machine import Paid

KEYS = ["enterprise_id", "row_key"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """`claims`: entitled_fen and those columns of CLAIM that the rule works out, line by line.

    `outcome` (Int8) says where the amount leaves a row unknown or in error; None: nowhere.
    """

    claims: pl.DataFrame
    outcome: pl.Series | None = None


def claimed(rule: Rule, facts: pl.DataFrame, on: date, affiliates: Node | None, paid: "Paid | None" = None) -> Claimed:
    """What each row claims. `facts`: the columns that the rule reads; rows that do not meet it are of no matter.

    `base` is known to the amount by that name, in whole fen. `paid`: the amounts, where they have been worked out.
    """
    if rule.amount is None:
        raise ValueError(f"{rule.name} has no amount")
    wanted = {name: node for name, node in amounts(rule, affiliates).items() if name != "base"}
    if paid is not None and paid.fen is not None:
        others = {name: node for name, node in wanted.items() if name != "amount"}
        table = evaluate(facts, others, on, rule.parameters).frame.hstack([paid.fen]) if others else paid.fen.to_frame()
        return _claimed(rule, table, [_negative(paid.fen)] if paid.least is None or paid.least < 0 else [])
    facts, base_wrong = _with_base(rule.amount, facts, on, rule.parameters)
    found = evaluate(facts, wanted, on, rule.parameters)
    base = [facts["base"].alias("base_fen")] if rule.amount.base is not None else []
    return _with_fen(rule, rule.amount, found, base, base_wrong)


def claimed_together(
    rules: Sequence[Rule], facts: pl.DataFrame, on: date, affiliates: Node | None
) -> dict[str, Claimed]:
    """The same for several rules at once, by name: what they work out alike is worked out once. None with a base."""
    together = Together(on)
    wanted = {
        rule.name: {
            name: together.add(node, rule.name, rule.parameters) for name, node in amounts(rule, affiliates).items()
        }
        for rule in rules
        if rule.amount is not None and rule.amount.base is None
    }
    if not wanted:
        return {}
    found = together.evaluate(facts)
    return {
        rule.name: _with_fen(rule, rule.amount, _taken(found, wanted[rule.name]), [], None)
        for rule in rules
        if rule.amount is not None and rule.name in wanted
    }


def _taken(found: Evaluated, names: Mapping[str, str]) -> Evaluated:
    """Some of the columns under other names."""
    frame = found.frame.select(pl.col(held).alias(name) for name, held in names.items())
    errors = [
        found.errors.filter(pl.col("name") == held).with_columns(pl.lit(name).alias("name"))
        for name, held in names.items()
        if found.errors.height
    ]
    return Evaluated(frame, pl.concat([found.errors.clear(), *errors]))


def _with_fen(
    rule: Rule, amount: Amount, found: Evaluated, base: Sequence[pl.Series], base_wrong: pl.Series | None
) -> Claimed:
    fen = whole_fen(found.frame["amount"], amount.fen, amount.round).alias("entitled_fen")
    table = found.frame.drop("amount").with_columns(fen, *base)
    return _claimed(rule, table, [base_wrong, _errors("amount", found), _negative(fen)])


def _claimed(rule: Rule, table: pl.DataFrame, mistaken: Sequence[pl.Series | None]) -> Claimed:
    """Claims from what is known of them: entitled_fen and the columns of `amounts`; `mistaken` are rows in error."""
    needed = [n for n in table.columns if n in ("entitled_fen", "base_fen", "payee") or n.startswith("evidence_")]
    wrong = _either(*mistaken)
    if wrong is None and not any(table[name].null_count() for name in needed):
        return Claimed(_joined(rule, table))
    known = pl.all_horizontal(pl.col(name).is_not_null() for name in needed)
    outcome = pl.when(known).then(MET).otherwise(UNKNOWN).cast(pl.Int8).alias("outcome")
    decided = table.select(outcome).to_series()
    return Claimed(_joined(rule, table), decided if wrong is None else decided.scatter(wrong, ERROR))


def completed(rule: Rule, claims: pl.DataFrame, on: date) -> pl.DataFrame:
    """The columns of CLAIM, from enterprise_id, row_key and what the rule works out; null where entitled_fen is."""
    is_claim = pl.col("entitled_fen").is_not_null()
    sequence = pl.col("sequence").fill_null(on) if "sequence" in claims.columns else pl.lit(on)
    otherwise = {
        "payee": pl.col("enterprise_id"),
        "sequence": sequence,
        "year": sequence.dt.year(),
        "evidence": pl.lit("") if rule.per == "enterprise" else pl.concat_str(pl.lit(rule.per), *KEYS, separator="|"),
    }
    known = {name: pl.col(name) for name in claims.columns if name != "sequence"}
    columns = {name: (otherwise | known).get(name, pl.lit(None)).cast(dtype) for name, dtype in CLAIM.items()}
    return claims.select(pl.when(is_claim).then(column).alias(name) for name, column in columns.items())


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
) -> tuple[pl.DataFrame, pl.Series | None]:
    """The facts with `base` in whole fen, and the rows in which it is an error or below nothing."""
    if amount.base is None:
        return facts, None
    found = evaluate(facts, {"base": amount.base}, on, parameters)
    fen = whole_fen(found.frame["base"], amount.base, amount.round)
    return facts.with_columns(fen.alias("base")), _either(_errors("base", found), _negative(fen))


def _errors(name: str, found: Evaluated) -> pl.Series | None:
    """The rows in which an expression is an error; None where there is none."""
    return found.errors.filter(pl.col("name") == name)["row"] if found.errors.height else None


def _negative(fen: pl.Series) -> pl.Series | None:
    low = fen.min()
    return (fen < 0).arg_true() if isinstance(low, int) and low < 0 else None


def _either(*rows: pl.Series | None) -> pl.Series | None:
    found = [some.alias("row") for some in rows if some is not None and len(some)]
    return pl.concat(found).unique() if found else None


def _joined(rule: Rule, table: pl.DataFrame) -> pl.DataFrame:
    """The claims with the parts of their evidence joined to one text."""
    if not rule.fingerprint:
        return table
    parts = [f"evidence_{i}" for i in range(1, len(rule.fingerprint) + 1)]
    joined = compound_column(pl.col(part).cast(pl.String) for part in parts)
    return table.with_columns(joined.alias("evidence")).drop(parts)
