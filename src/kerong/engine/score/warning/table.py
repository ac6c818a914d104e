"""The table `warnings`: every rule of kind alert that is met, and every reading of a card above its model's line."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import polars as pl

from kerong.rulebook.content import Alert, Rule, Rulebook
from kerong.rulebook.outcomes import MET
from kerong.rulebook.rows import subjects
from kerong.rulebook.tree import fields_of

KEY = ("kind", "subject_kind", "subject")
WARNINGS = pl.Schema(
    {
        "kind": pl.String(),
        "subject_kind": pl.String(),
        "subject": pl.String(),
        "on": pl.Date(),
        "severity": pl.Int8(),
        "owner": pl.String(),
        "due": pl.Date(),
        "action": pl.Struct({"zh": pl.String(), "en": pl.String()}),
        "evidence": pl.String(),
    }
)


def of_rules(
    verdicts: pl.DataFrame,
    rulebook: Rulebook,
    enterprises: pl.DataFrame,
    tables: Mapping[str, pl.DataFrame],
    on: date,
) -> pl.DataFrame:
    """Warnings of rules: one per rule and enterprise, however many of its rows are met (the first is the evidence).

    Who is not known to meet a rule is not warned of. A rule without [alert] warns with severity 1, and names nobody.
    """
    found = [WARNINGS.to_frame()]
    for rule in rulebook.rules.values():
        if not rule.is_alert:
            continue
        met = verdicts.filter((pl.col("rule") == rule.name) & (pl.col("outcome") == MET))
        if met.height:
            found.append(_of_rule(rule, met.select("enterprise_id", "row_key"), enterprises, tables, on))
    return pl.concat(found).sort(KEY)


def of_models(credit: pl.DataFrame, rulebook: Rulebook, on: date) -> pl.DataFrame:
    """Warnings of the region's cards: who is at risk and reaches the probability from which the model warns."""
    found = [WARNINGS.to_frame()]
    for name, rules in sorted(rulebook.cards.items()):
        alert = rulebook.models[rules.model].alert
        if alert is None or alert.least_bp is None:
            continue
        told = credit.filter(
            (pl.col("card") == name) & pl.col("at_risk") & (pl.col("probability_bp") >= alert.least_bp)
        )
        if told.height:
            columns = ["probability_bp", "points", "points_low", "points_high", "coverage_bp", "reasons"]
            found.append(shaped(name, alert, told["subject"], written(told, columns), on))
    return pl.concat(found).sort(KEY)


def _of_rule(
    rule: Rule, met: pl.DataFrame, enterprises: pl.DataFrame, tables: Mapping[str, pl.DataFrame], on: date
) -> pl.DataFrame:
    first = met.sort("enterprise_id", "row_key").unique("enterprise_id", keep="first", maintain_order=True)
    nodes = [clause.condition for clause in rule.clauses]
    facts = subjects(rule.per, nodes, enterprises, tables)
    wide = first.join(facts, on=["enterprise_id", "row_key"], how="left", maintain_order="left")
    read = {column if of == "enterprise" else f"{of}.{column}" for node in nodes for of, column in fields_of(node)}
    row = ["row_key"] if rule.per != "enterprise" else []
    return shaped(rule.name, rule.alert, first["enterprise_id"], written(wide, [*row, *sorted(read)]), on)


def written(rows: pl.DataFrame, columns: Sequence[str]) -> pl.Series:
    """What was seen, as JSON of names and values."""
    if not columns:
        return pl.repeat("{}", rows.height, dtype=pl.String, eager=True)
    return rows.select(pl.struct(columns).struct.json_encode().alias("evidence")).to_series()


def shaped(kind: str, alert: Alert | None, ids: pl.Series, evidence: pl.Series, on: date) -> pl.DataFrame:
    """Rows of WARNINGS of one kind, for these subjects with this evidence."""
    told: dict[str, object] = {"kind": kind, "subject_kind": "enterprise", "on": on, "severity": 1}
    told |= dict.fromkeys(("owner", "due", "action"))
    if alert is not None:
        told |= {"subject_kind": alert.subject_kind, "severity": alert.severity, "owner": alert.owner}
        told["due"] = on + timedelta(days=alert.due_days)
        told["action"] = {"zh": alert.action.zh, "en": alert.action.en}
    same = [pl.lit(value, dtype=WARNINGS[name]).alias(name) for name, value in told.items()]
    columns = [ids.cast(pl.String).alias("subject"), evidence.cast(pl.String).alias("evidence")]
    return pl.DataFrame(columns).with_columns(same).select(WARNINGS.names()).cast(WARNINGS)
