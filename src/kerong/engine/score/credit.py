"""The cards of a region applied to its enterprises: by the evaluators of rules, and all of it by compiled loops.

A card is rule data. `line_points` reads it by the trees of the rulebook, as any rule is read; `credit` reads a whole
region by `card.score`, whose loops mean the same (a law in tests).
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from kerong.engine.problems import joined
from kerong.engine.score.card import Card, from_json, score
from kerong.engine.score.declared import AT_RISK, fields_behind, read
from kerong.rulebook import plain
from kerong.rulebook.cards import ROW, CardRules
from kerong.rulebook.compiled import column_of, evaluate
from kerong.rulebook.content import Purpose, Rulebook
from kerong.rulebook.sensitivity import withheld_from, within
from kerong.rulebook.tree import Value

HEAD = pl.Schema({"card": pl.String(), "subject": pl.String(), "on": pl.Date(), AT_RISK: pl.Boolean()})
READ = pl.Schema(
    {
        "segment": pl.String(),
        "points": pl.Int32(),
        "points_low": pl.Int32(),
        "points_high": pl.Int32(),
        "coverage_bp": pl.Int64(),
        "probability_bp": pl.Int32(),
    }
)
REASONS = pl.Schema({"reasons": pl.List(pl.String())})


def card_of(rules: CardRules) -> Card:
    """The card as fitting made it."""
    return from_json(json.dumps(dict(rules.held)))


def credit(enterprises: pl.DataFrame, rulebook: Rulebook, on: date) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The table `credit` of ARCHITECTURE.md: every enterprise read by every card of the region; and problems.

    `at_risk` tells whether the model's question is about the enterprise at all: of others the points are a reading
    beyond what the card was fitted on.
    """
    found: list[pl.DataFrame] = []
    wrong: list[pl.DataFrame] = []
    for name, rules in sorted(rulebook.cards.items()):
        rows, failed = read(enterprises, rulebook.models[rules.model], on)
        told = score(rows.with_columns(pl.lit(on).alias("on")), card_of(rules))
        found.append(told.with_columns(rows[AT_RISK], pl.lit(name).alias("card")))
        wrong.append(failed)
    whole = pl.concat([HEAD.to_frame(), *found], how="diagonal_relaxed")
    lines = sorted(column for column in whole.columns if column.startswith("points_") and column not in READ)
    schema = HEAD | READ | dict.fromkeys(lines, pl.Int32()) | REASONS
    missing = [pl.lit(None, dtype).alias(column) for column, dtype in schema.items() if column not in whole.columns]
    ordered = whole.with_columns(missing).select(list(schema)).cast(pl.Schema(schema))
    return ordered.sort("card", "subject"), joined(wrong)


def for_purpose(
    told: pl.DataFrame, rulebook: Rulebook, purpose: Purpose, consented: bool
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The readings that a purpose carries, and of every other card why not, as `record.for_purpose` gives reasons.

    "model": the purpose names no such model. A reading tells of everything that its card reads: where one field of it
    is withheld, all of it is. `consented`: whether the enterprises in the table have agreed to the purpose.
    """
    withheld: dict[str, str] = {}
    unnamed = replace(purpose, fields=())
    for name, rules in rulebook.cards.items():
        model = rulebook.models[rules.model]
        reasons = [
            withheld_from(field, rulebook, unnamed) for field in sorted(set().union(*fields_behind(model).values()))
        ]
        reasons += ["" if within(model.sensitivity, purpose) else "sensitivity"]
        why = "consent" if purpose.needs_consent and not consented else next(filter(None, sorted(reasons)), "")
        why = why if model.name in purpose.models else "model"
        if why:
            withheld[name] = why
    return told.filter(~pl.col("card").is_in(list(withheld))), withheld


def line_points(rows: pl.DataFrame, rules: CardRules, on: date) -> pl.DataFrame:
    """`points` and `points_<line>` (null where the segment has no such line) by the trees, on Polars.

    `rows`: `segment` and the characteristics, as `read` gives them.
    """
    places = rows["segment"] if "segment" in rows.columns else pl.repeat(None, rows.height, dtype=pl.String, eager=True)
    known = [part.name for part in rules.parts]
    named = pl.select(pl.when(places.is_in(known)).then(places).otherwise(pl.lit(known[-1]))).to_series()
    found = []
    for part in rules.parts:
        own = rows.with_row_index("#").filter(named == part.name)
        values = {line.name: own[line.name] for line in part.lines if line.name in own.columns}
        kinds = {line.name: pl.String() if line.kind == "category" else pl.Float64() for line in part.lines}
        nothing = {name: pl.Series([None] * own.height, dtype=dtype) for name, dtype in kinds.items()}
        facts = pl.DataFrame(
            [values.get(name, nothing[name]).cast(kinds[name]).alias(column_of(ROW, name)) for name in kinds]
        )
        told = evaluate(facts, {f"points_{line.name}": line.points for line in part.lines}, on).frame
        total = pl.lit(part.base) + pl.sum_horizontal(told.columns) if told.width else pl.lit(part.base)
        found.append(told.with_columns(own["#"]).with_columns(total.cast(pl.Int64).alias("points")))
    return pl.concat(found, how="diagonal").sort("#").drop("#")


def points_of(values: Mapping[str, Value | None], segment: str | None, rules: CardRules, on: date) -> dict[str, int]:
    """One enterprise's points by line, and `""` their sum with the base, by the plain evaluator.

    `values`: the characteristics by name. Raises ValueError where a line has no whole number for a value.
    """
    part = rules.part(segment)
    facts = {(ROW, name): value for name, value in values.items()}
    found: dict[str, int] = {}
    for line in part.lines:
        told = plain.evaluate(line.points, facts, on, {})
        if not isinstance(told, int):
            raise ValueError(f"line {line.name} of card {rules.name} has no points for {values.get(line.name)!r}")
        found[line.name] = told
    return found | {"": part.base + sum(found.values())}
