"""Rules applied: for every enterprise and every rule a verdict, the deciding clause and the amount before limits."""

from collections.abc import Callable, Mapping
from datetime import date

import polars as pl

from kerong.engine.entitle.absent import without_rows
from kerong.engine.problems import problems
from kerong.rulebook.compiled import Evaluated, evaluate, rounded
from kerong.rulebook.content import Rule, Rulebook
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
    }
)


def entitlements(
    enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(entitlements, problems): the rows of SCHEMA, sorted by rule, enterprise_id and row_key.

    `clause` is the deciding clause from 1, one more than the number of clauses where the amount decides, 0 where the
    rule is met, NO_ROW where the enterprise has no row of the register that the rule is about.
    """
    found = [_of_rule(rule, enterprises, tables, rulebook, on) for rule in rulebook.rules.values()]
    empty = pl.DataFrame(schema=SCHEMA)
    return pl.concat([empty, *(table for table, _ in found)]), pl.concat([problems(), *(p for _, p in found)])


def _of_rule(
    rule: Rule, enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    if rule.per == "enterprise":
        return decided_rule(rule, subjects(rule.per, expressions(rule).values(), enterprises, tables), on)
    register, there = rulebook.registers[rule.per], rule.per in tables
    table, wrong = pl.DataFrame(schema=SCHEMA), problems()
    if there:
        table, wrong = decided_rule(rule, subjects(rule.per, expressions(rule).values(), enterprises, tables), on)
    missing = enterprises.filter(~pl.col("enterprise_id").is_in(table["enterprise_id"].unique().implode()))
    absent = _shaped(rule, without_rows(rule, missing, register, on, there), on)
    return pl.concat([table, absent]).sort("enterprise_id", "row_key", maintain_order=True), wrong


def expressions(rule: Rule) -> dict[str, Node]:
    """What a rule computes for each subject: clause_1 …, amount, payee, sequence, year."""
    wanted = {f"clause_{i}": clause.condition for i, clause in enumerate(rule.clauses, 1)}
    if rule.amount:
        wanted["amount"] = rule.amount.fen
        if rule.amount.payee is not None:
            wanted["payee"] = rule.amount.payee
    if rule.sequence is not None:
        wanted["sequence"] = rule.sequence
    years = [limit.year for limit in rule.limits if limit.year is not None]
    if years:
        wanted["year"] = years[0]
    return wanted


def decided_rule(rule: Rule, frame: pl.DataFrame, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(entitlements, problems) of one rule for `frame`: enterprise_id, row_key and the columns it reads."""
    found = evaluate(frame, expressions(rule), on, rule.parameters)
    return _decided(rule, frame.select("enterprise_id", "row_key"), found, on)


def _decided(rule: Rule, keys: pl.DataFrame, found: Evaluated, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    clauses = [f"clause_{i}" for i in range(1, len(rule.clauses) + 1)]
    frame = keys.with_columns(found.frame).with_columns(_error_flags(found, keys.height, [*clauses, "amount", "payee"]))
    amount = rounded(pl.col("amount"), rule.amount.fen.type.divisor, rule.amount.round) if rule.amount else None
    payable = pl.lit(True)
    if amount is not None:
        frame = frame.with_columns(amount.alias("entitled_fen"))
        frame = frame.with_columns(pl.col("!amount") | (pl.col("entitled_fen") < 0).fill_null(False).alias("!amount"))
        known = pl.col("entitled_fen").is_not_null() & (
            pl.col("payee").is_not_null() if "payee" in frame.columns else True
        )
        payable = known
    last = len(clauses) + 1
    failed = _first(clauses, lambda c: ~pl.col(c), last)
    wrong = _first([*clauses, "amount"], lambda c: pl.col(f"!{c}"), last + 1)
    unknown = _first(clauses, lambda c: pl.col(c).is_null() & ~pl.col(f"!{c}"), last)
    frame = frame.with_columns(failed.alias("_f"), wrong.alias("_e"), unknown.alias("_u"), payable.alias("_p"))
    clause_failed, clause_wrong = (
        pl.col("_f") < last,
        (pl.col("_e") < last) | ((pl.col("_e") == last) & (pl.col("_u") == last)),
    )
    is_unknown = (pl.col("_u") < last) | ~pl.col("_p")
    frame = frame.with_columns(
        pl.when(clause_failed)
        .then(FAILED)
        .when(clause_wrong)
        .then(ERROR)
        .when(is_unknown)
        .then(UNKNOWN)
        .otherwise(MET)
        .cast(pl.Int8)
        .alias("outcome"),
        pl.when(clause_failed)
        .then(pl.col("_f"))
        .when(clause_wrong)
        .then(pl.col("_e"))
        .when(is_unknown)
        .then(pl.col("_u"))
        .otherwise(0)
        .cast(pl.Int16)
        .alias("clause"),
    )
    return _shaped(rule, frame, on), _problems(rule, frame.filter(pl.col("outcome") == ERROR))


def _error_flags(found: Evaluated, height: int, names: list[str]) -> list[pl.Series]:
    flags = []
    for name in names:
        rows = found.errors.filter(pl.col("name") == name)["row"]
        flag = pl.repeat(False, height, dtype=pl.Boolean, eager=True).alias(f"!{name}")
        flags.append(flag.scatter(rows, True) if len(rows) else flag)
    return flags


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
    has_amount = "entitled_fen" in frame.columns
    amount = pl.when(met).then(pl.col("entitled_fen")) if has_amount else pl.lit(None, pl.Int64)
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
        amount.alias("entitled_fen"),
    )
    return shaped.cast(SCHEMA)


def _problems(rule: Rule, wrong: pl.DataFrame) -> pl.DataFrame:
    return problems(
        {
            "stage": "entitle",
            "kind": "rule_error",
            "severity": "noted",
            "enterprise_id": row["enterprise_id"],
            "rule": rule.name,
            "value": row["row_key"],
            "column": f"clause {row['clause']}" if row["clause"] <= len(rule.clauses) else "amount",
        }
        for row in wrong.iter_rows(named=True)
    )
