"""Rules applied: for every enterprise and every rule a verdict, the deciding clause and the amount before limits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from itertools import groupby

import polars as pl

from kerong.engine.entitle.absent import without_rows
from kerong.engine.entitle.claims import KEYS, amounts, completed, whole_fen
from kerong.engine.entitle.decisions import TOGETHER, Decided, decided
from kerong.engine.entitle.reasons import rule_errors
from kerong.engine.problems import problems
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Rule, Rulebook
from kerong.rulebook.outcomes import ERROR
from kerong.rulebook.rows import CLAIM, ENTITLED, subjects
from kerong.rulebook.tree import Node

AmountsAt = Callable[[str, pl.DataFrame], pl.Series]
Found = tuple[pl.DataFrame, pl.DataFrame]


def entitlements(
    enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], rulebook: Rulebook, on: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(entitlements, problems): the rows of ENTITLED, sorted by rule, enterprise_id and row_key.

    `clause` is the deciding clause from 1, one more than the number of clauses where the amount decides, 0 where the
    rule is met, NO_ROW where the enterprise has no row of the register that the rule is about. What follows
    `payee_kind` is said of claims (met, with an amount) and null elsewhere, the payee empty; `affiliates` is null where
    the enterprise stands alone.
    """
    found: dict[str, Found] = {}
    rules = sorted(rulebook.rules.values(), key=lambda rule: rule.per)
    for per, of_subject in groupby(rules, key=lambda rule: rule.per):
        waiting = list(of_subject)
        for start in range(0, len(waiting), TOGETHER):
            found |= _of_subject(per, waiting[start : start + TOGETHER], enterprises, tables, rulebook, on)
    ordered = [found[name] for name in rulebook.rules]
    empty = pl.DataFrame(schema=ENTITLED)
    return pl.concat([empty, *(table for table, _ in ordered)]), pl.concat([problems(), *(p for _, p in ordered)])


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
        frame = claims.select(*KEYS, pl.col("base_fen").alias("base"))
        frame = frame.join(facts, on=KEYS, how="left", maintain_order="left", validate="m:1")
        found = evaluate(frame, {"amount": rule.amount.fen}, on, rule.parameters).frame["amount"]
        return whole_fen(found, rule.amount.fen, rule.amount.round).fill_null(0).clip(0).alias("entitled_fen")

    return at


def expressions(rule: Rule, affiliates: Node | None = None) -> dict[str, Node]:
    """What a rule works out for each subject: clause_1 … and, for claims, amount, base, payee, evidence_1 …, ….."""
    clauses = {f"clause_{i}": clause.condition for i, clause in enumerate(rule.clauses, 1)}
    return clauses | amounts(rule, affiliates)


def decided_rule(rule: Rule, frame: pl.DataFrame, on: date, affiliates: Node | None = None) -> Found:
    """(entitlements, problems) of one rule for `frame`: enterprise_id, row_key and the columns it reads."""
    return next(_told([rule], frame, on, affiliates))


def _of_subject(
    per: str,
    rules: Sequence[Rule],
    enterprises: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    rulebook: Rulebook,
    on: date,
) -> dict[str, Found]:
    names = [rule.name for rule in rules]
    read = [node for rule in rules for node in expressions(rule, rulebook.affiliates).values()]
    if per == "enterprise":
        return dict(
            zip(names, _told(rules, subjects(per, read, enterprises, tables), on, rulebook.affiliates), strict=True)
        )
    if per in tables:
        rows = subjects(per, read, enterprises, tables)
        told = list(_told(rules, rows, on, rulebook.affiliates))
    else:
        rows = enterprises.select("enterprise_id", pl.lit("").alias("row_key")).clear()
        told = [(pl.DataFrame(schema=ENTITLED), problems()) for _ in rules]
    missing = enterprises.filter(~pl.col("enterprise_id").is_in(rows["enterprise_id"].unique().implode()))
    if missing.is_empty():
        return dict(zip(names, told, strict=True))
    keys = missing.select("enterprise_id", pl.lit("").alias("row_key"))
    order = pl.concat([rows.select(KEYS), keys]).select(pl.arg_sort_by(KEYS, maintain_order=True)).to_series()
    absent = without_rows(rules, missing, rulebook.registers[per], on, per in tables)
    return {
        rule.name: (pl.concat([table, _absent(rule, keys, *found)])[order], wrong)
        for rule, (table, wrong), found in zip(rules, told, absent, strict=True)
    }


def _told(rules: Sequence[Rule], table: pl.DataFrame, on: date, affiliates: Node | None) -> Iterator[Found]:
    for found in decided(rules, table, on, affiliates):
        wrong = found.outcome == ERROR
        errors = table.with_columns(found.clause.alias("!clause")).filter(wrong) if wrong.any() else None
        yield _table(found, table, on), problems() if errors is None else rule_errors(found.rule, errors, on)


def _table(found: Decided, table: pl.DataFrame, on: date) -> pl.DataFrame:
    """The rows of ENTITLED for one rule."""
    rows = table.select(KEYS).with_columns(found.outcome.alias("outcome"), found.clause.alias("clause"))
    if found.claims.is_empty():
        return _shaped(found.rule, rows.hstack(pl.DataFrame(schema=CLAIM).clear(table.height)))
    lines = pl.int_range(found.claims.height, dtype=pl.UInt32, eager=True)
    index = pl.repeat(None, table.height, dtype=pl.UInt32, eager=True).scatter(found.places, lines)
    claims = found.claims.select(pl.all().gather(index))
    return _shaped(found.rule, rows.hstack(completed(found.rule, rows.select(KEYS).hstack(claims), on)))


def _absent(rule: Rule, keys: pl.DataFrame, outcome: pl.Series, clause: pl.Series) -> pl.DataFrame:
    claims = pl.DataFrame(schema=CLAIM).clear(keys.height)
    return _shaped(rule, keys.with_columns(outcome, clause, *claims.get_columns()))


def _shaped(rule: Rule, table: pl.DataFrame) -> pl.DataFrame:
    to = rule.amount.to if rule.amount else ""
    shaped = table.select(
        pl.lit(rule.name).alias("rule"),
        *KEYS,
        "outcome",
        "clause",
        pl.lit(to).alias("payee_kind"),
        pl.col("payee").fill_null(""),
        *(name for name in CLAIM if name != "payee"),
    )
    return shaped.cast(ENTITLED)
