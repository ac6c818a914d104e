"""Rules applied: for every enterprise and every rule a verdict, the deciding clause and the amount before limits."""

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from kerong.engine.entitle.absent import without_rows
from kerong.engine.entitle.reasons import rule_errors
from kerong.engine.problems import problems
from kerong.rulebook.compiled import Evaluated, evaluate, rounded
from kerong.rulebook.content import Amount, Parameter, Rule, Rulebook
from kerong.rulebook.outcomes import ERROR, FAILED, MET, UNKNOWN
from kerong.rulebook.rows import subjects
from kerong.rulebook.tree import Node

SCHEMA = pl.Schema(
    {
        "rule": pl.String(),
        "enterprise_id": pl.String(),
        "row_key": pl.String(),
        "outcome": pl.Int8(),
        "clause": pl.Int16(),
        "payee_kind": pl.String(),
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
AmountsAt = Callable[[str, pl.DataFrame], pl.Series]


def entitlements(
    enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(entitlements, problems): the rows of SCHEMA, sorted by rule, enterprise_id and row_key.

    `clause` is the deciding clause from 1, one more than the number of clauses where the amount decides, 0 where the
    rule is met, NO_ROW where the enterprise has no row of the register that the rule is about. `affiliates` (null: the
    enterprise stands alone), `evidence`, `base_fen` and `priority` are those of claims, null for all others.
    """
    found = [_of_rule(rule, enterprises, tables, rulebook, on) for rule in rulebook.rules.values()]
    empty = pl.DataFrame(schema=SCHEMA)
    return pl.concat([empty, *(table for table, _ in found)]), pl.concat([problems(), *(p for _, p in found)])


def amounts_at(
    rulebook: Rulebook, enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], on: date
) -> AmountsAt:
    """What a rule entitles to on another base: a function of (rule's name, claims: enterprise_id, row_key, base_fen).

    It yields whole fen (Int64) in the order of the claims: 0 where the amount on that base is unknown or an error.
    """

    def at(name: str, claims: pl.DataFrame) -> pl.Series:
        rule = rulebook.rules[name]
        if rule.amount is None:
            raise ValueError(f"{name} has no amount")
        facts = subjects(rule.per, [rule.amount.fen], enterprises, tables)
        keys = ["enterprise_id", "row_key"]
        frame = claims.select(*keys, pl.col("base_fen").alias("base"))
        frame = frame.join(facts, on=keys, how="left", maintain_order="left", validate="m:1")
        found = evaluate(frame, {"amount": rule.amount.fen}, on, rule.parameters).frame
        fen = rounded(pl.col("amount"), rule.amount.fen.type.divisor, rule.amount.round)
        return found.select(fen.fill_null(0).clip(lower_bound=0).cast(pl.Int64).alias("entitled_fen")).to_series()

    return at


def _of_rule(
    rule: Rule, enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    wanted = expressions(rule, rulebook.affiliates)
    if rule.per == "enterprise":
        return _decided_rule(rule, wanted, subjects(rule.per, wanted.values(), enterprises, tables), on)
    register, there = rulebook.registers[rule.per], rule.per in tables
    table, wrong = pl.DataFrame(schema=SCHEMA), problems()
    if there:
        table, wrong = _decided_rule(rule, wanted, subjects(rule.per, wanted.values(), enterprises, tables), on)
    missing = enterprises.filter(~pl.col("enterprise_id").is_in(table["enterprise_id"].unique().implode()))
    absent = _shaped(rule, without_rows(rule, missing, register, on, there), on)
    return pl.concat([table, absent]).sort("enterprise_id", "row_key", maintain_order=True), wrong


def expressions(rule: Rule, affiliates: Node | None = None) -> dict[str, Node]:
    """What a rule computes for each subject: clause_1 …, base, amount, payee, evidence_1 …, sequence, year, …."""
    wanted = {f"clause_{i}": clause.condition for i, clause in enumerate(rule.clauses, 1)}
    if rule.amount:
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
        }
        wanted |= {name: node for name, node in named.items() if node is not None}
    if rule.sequence is not None:
        wanted["sequence"] = rule.sequence
    return wanted


def decided_rule(
    rule: Rule, frame: pl.DataFrame, on: date, affiliates: Node | None = None
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(entitlements, problems) of one rule for `frame`: enterprise_id, row_key and the columns it reads."""
    return _decided_rule(rule, expressions(rule, affiliates), frame, on)


def _decided_rule(
    rule: Rule, wanted: Mapping[str, Node], frame: pl.DataFrame, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    clauses = [f"clause_{i}" for i in range(1, len(rule.clauses) + 1)]
    facts, base_wrong = _with_base(rule.amount, frame, on, rule.parameters)
    found = evaluate(facts, {name: node for name, node in wanted.items() if name != "base"}, on, rule.parameters)
    read = [name for name in ("base",) if rule.amount and rule.amount.base is not None]
    table = facts.select("enterprise_id", "row_key", *read).with_columns(found.frame)
    table = table.with_columns(_flag(name, found, table.height) for name in [*clauses, "amount"])
    payable = pl.lit(True)
    if rule.amount is not None:
        fen = rounded(pl.col("amount"), rule.amount.fen.type.divisor, rule.amount.round)
        table = table.with_columns(fen.alias("entitled_fen"))
        wrong = pl.col("!amount") | (pl.col("entitled_fen") < 0).fill_null(False) | base_wrong
        table = table.with_columns(wrong.alias("!amount"))
        needed = ["entitled_fen", *read, *(name for name in wanted if name == "payee" or name.startswith("evidence_"))]
        payable = pl.all_horizontal(pl.col(name).is_not_null() for name in needed)
    table = _with_outcome(table, clauses, payable)
    return _shaped(rule, table, on), rule_errors(rule, table.filter(pl.col("outcome") == ERROR), facts, on)


def _with_base(
    amount: Amount | None, frame: pl.DataFrame, on: date, parameters: Mapping[str, Parameter]
) -> tuple[pl.DataFrame, pl.Series]:
    """The frame with `base` in whole fen, as the amount names it, and where it is an error or below nothing."""
    if amount is None or amount.base is None:
        return frame, pl.repeat(False, frame.height, dtype=pl.Boolean, eager=True)
    found = evaluate(frame, {"base": amount.base}, on, parameters)
    fen = found.frame.select(rounded(pl.col("base"), amount.base.type.divisor, amount.round).alias("base"))["base"]
    return frame.with_columns(fen), _flag("base", found, frame.height) | (fen < 0).fill_null(False)


def _with_outcome(table: pl.DataFrame, clauses: list[str], payable: pl.Expr) -> pl.DataFrame:
    last = len(clauses) + 1
    failed = _first(clauses, lambda c: ~pl.col(c), last)
    wrong = _first([*clauses, "amount"], lambda c: pl.col(f"!{c}"), last + 1)
    unknown = _first(clauses, lambda c: pl.col(c).is_null() & ~pl.col(f"!{c}"), last)
    table = table.with_columns(failed.alias("_f"), wrong.alias("_e"), unknown.alias("_u"), payable.alias("_p"))
    is_failed, is_unknown = pl.col("_f") < last, (pl.col("_u") < last) | ~pl.col("_p")
    is_wrong = (pl.col("_e") < last) | ((pl.col("_e") == last) & (pl.col("_u") == last))
    outcome = pl.when(is_failed).then(FAILED).when(is_wrong).then(ERROR).when(is_unknown).then(UNKNOWN).otherwise(MET)
    clause = pl.when(is_failed).then("_f").when(is_wrong).then("_e").when(is_unknown).then("_u").otherwise(0)
    return table.with_columns(outcome.cast(pl.Int8).alias("outcome"), clause.cast(pl.Int16).alias("clause"))


def _flag(name: str, found: Evaluated, height: int) -> pl.Series:
    rows = found.errors.filter(pl.col("name") == name)["row"]
    flag = pl.repeat(False, height, dtype=pl.Boolean, eager=True).alias(f"!{name}")
    return flag.scatter(rows, True) if len(rows) else flag


def _first(names: list[str], holds: Callable[[str], pl.Expr], none: int) -> pl.Expr:
    """The number of the first name for which `holds`, or `none`."""
    result = pl.lit(none)
    for number in range(len(names), 0, -1):
        result = pl.when(holds(names[number - 1])).then(number).otherwise(result)
    return result


def _shaped(rule: Rule, frame: pl.DataFrame, on: date) -> pl.DataFrame:
    met = pl.col("outcome") == MET
    to = rule.amount.to if rule.amount else ""
    payee = pl.col("payee") if "payee" in frame.columns else pl.col("enterprise_id") if rule.amount else pl.lit("")
    sequence = pl.col("sequence").fill_null(on) if "sequence" in frame.columns else pl.lit(on)

    def of_claim(name: str) -> pl.Expr:
        return pl.when(met).then(pl.col(name)) if name in frame.columns else pl.lit(None)

    shaped = frame.select(
        pl.lit(rule.name).alias("rule"),
        "enterprise_id",
        "row_key",
        "outcome",
        "clause",
        pl.lit(to).alias("payee_kind"),
        pl.when(met).then(payee).otherwise(pl.lit("")).alias("payee"),
        sequence.alias("sequence"),
        (pl.col("year") if "year" in frame.columns else sequence.dt.year()).cast(pl.Int64).alias("year"),
        of_claim("entitled_fen").alias("entitled_fen"),
        of_claim("affiliates").alias("affiliates"),
        (pl.when(met).then(_evidence(rule)) if rule.amount else pl.lit(None)).alias("evidence"),
        of_claim("base").alias("base_fen"),
        of_claim("priority").alias("priority"),
    )
    return shaped.cast(SCHEMA)


def _evidence(rule: Rule) -> pl.Expr:
    """What a claim rests on: the rule's fingerprint, or the row that it is about."""
    if rule.fingerprint:
        parts = [pl.col(f"evidence_{i}").cast(pl.String) for i in range(1, len(rule.fingerprint) + 1)]
        return pl.concat_str(parts, separator="|")
    if rule.per == "enterprise":
        return pl.lit("")
    return pl.concat_str(pl.lit(rule.per), "enterprise_id", "row_key", separator="|")
