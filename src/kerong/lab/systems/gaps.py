"""Who gets nothing, and why: the conditions that keep firms out, and those that do so alone."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import polars as pl

from kerong.engine.monitor.words import both
from kerong.lab.systems.side import Side
from kerong.rulebook import Rulebook
from kerong.rulebook.compiled import evaluate
from kerong.rulebook.content import Rule
from kerong.rulebook.rows import subjects

Line = dict[str, Any]
Condition = tuple[str | None, str, str]  # a register whose row is missing, and the words in both languages
NAMED = 12  # conditions that are named of each system
FIRM = pl.Schema({"enterprise_id": pl.String(), "is_alone": pl.Boolean()})
KEPT_OUT = pl.Schema({"condition": pl.UInt32(), "rule": pl.UInt32(), **FIRM})


def gaps(side: Side, rules: Sequence[Rule], reach: pl.Series, on: date) -> list[Line]:
    """The conditions that firms with nothing fail, most of those first that they keep out alone.

    `reach` as `reached` gives it, in the order of the side's enterprises. A condition is told apart by its words, so
    that the same one in several rules counts a firm once. `firms` fail it in some rule on every row; `alone_firms` meet
    everything else of a rule that asks more than it: they would be reached if that condition were waived. A rule about
    rows of a register (a loan) asks for such a row first: `register` names it where that is what is missing.
    """
    empty = side.enterprises.filter(reach == "nothing").select("enterprise_id").to_series()
    if empty.is_empty():
        return []
    conditions: dict[Condition, int] = {}
    parts = [pl.DataFrame(schema=KEPT_OUT)]
    for place, rule in enumerate(rules):
        for key, firms in _kept_out(side, rule, empty, on):
            number = conditions.setdefault(key, len(conditions))
            told = [pl.lit(n, pl.UInt32).alias(name) for name, n in (("condition", number), ("rule", place))]
            parts.append(firms.select(*told, *FIRM))
    found = (
        pl.concat(parts)
        .group_by("condition")
        .agg(
            pl.col("enterprise_id").n_unique().alias("firms"),
            pl.col("enterprise_id").filter("is_alone").n_unique().alias("alone_firms"),
            pl.col("rule").unique().sort().alias("rules"),
        )
    )
    names = {number: key for key, number in conditions.items()}
    lines = [
        {
            "register": names[number][0],
            "title": {"zh": names[number][1], "en": names[number][2]},
            "firms": firms,
            "alone_firms": alone,
            "rules": sorted(rules[place].name for place in places),
        }
        for number, firms, alone, places in found.iter_rows()
    ]
    return sorted(lines, key=lambda line: (-line["alone_firms"], -line["firms"], line["title"]["zh"]))[:NAMED]


def _kept_out(side: Side, rule: Rule, empty: pl.Series, on: date) -> Iterator[tuple[Condition, pl.DataFrame]]:
    """Per condition of a rule the firms among `empty` that fail it on every row."""
    nodes = {str(number): clause.condition for number, clause in enumerate(rule.clauses)}
    firms = side.enterprises.filter(pl.col("enterprise_id").is_in(empty.implode()))
    if not nodes or (rule.per != "enterprise" and rule.per not in side.registers):
        return
    tables = {} if rule.per == "enterprise" else {rule.per: side.registers[rule.per]}
    facts = subjects(rule.per, nodes.values(), firms, tables)
    missing = empty.filter(~empty.is_in(facts["enterprise_id"].implode()))
    if len(missing) and side.rulebook.registers[rule.per].absence == "none":
        yield _register(side.rulebook, rule.per), missing.to_frame("enterprise_id").with_columns(is_alone=False)
    holds = evaluate(facts, nodes, on, rule.parameters).frame
    failed = pl.sum_horizontal(~pl.all().fill_null(True))
    told = pl.any_horizontal(pl.all().is_null())
    rows = holds.with_columns(facts["enterprise_id"], (failed == 1).alias("!one"), told.alias("!open"))
    for number, clause in enumerate(rule.clauses):
        fails = ~pl.col(str(number)).fill_null(True)
        alone = fails & pl.col("!one") & ~pl.col("!open") & pl.lit(len(nodes) > 1)
        stopped = rows.group_by("enterprise_id").agg(fails.all().alias("fails"), alone.any().alias("is_alone"))
        yield (None, clause.title.zh, clause.title.en), stopped.filter("fails").select(list(FIRM))


def _register(book: Rulebook, name: str) -> Condition:
    title = both(book.registers[name].title)
    return name, title["zh"], title["en"]
