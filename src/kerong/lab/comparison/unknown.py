"""What cannot be told yet: which documents are missing, and what it would cost if every open claim were met."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date

import polars as pl

from kerong.engine import entitle
from kerong.engine.monitor.words import both
from kerong.lab.comparison.both import Comparison, Side, awarded, only
from kerong.lab.comparison.pairs import policies
from kerong.rulebook.content import Clause, Rule
from kerong.rulebook.outcomes import MET, NO_ROW, UNKNOWN
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL

Line = dict[str, object]
TRUE = Node("literal", BOOL, value=True)


@dataclass(frozen=True, slots=True)
class Range:
    """What policies cost in fen: `low_fen` if no open claim is met, `high_fen` if all are.

    `priced` firms are in the range; `unpriced` firms are not, since even the amount of their claim is unknown.
    """

    low_fen: int
    high_fen: int
    priced: int
    unpriced: int


def missing(table: pl.DataFrame, side: Side, when: str) -> list[Line]:
    """Per rule and clause that leaves firms open: how many, its words, and the document that would settle it."""
    keys = ["rule", f"clause_{when}"]
    counts = table.filter(pl.col(f"outcome_{when}") == UNKNOWN).group_by(keys).len("firms").sort(keys)
    return [
        {"rule": rule, "clause": clause, "firms": firms, **_words(side.rulebook.rules[rule], clause)}
        for rule, clause, firms in counts.iter_rows()
    ]


def _words(rule: Rule, clause: int) -> Line:
    if clause == NO_ROW or clause > len(rule.clauses):
        row = {"zh": "相关登记中没有记录", "en": "no record in the register that the rule is about"}
        amount = {"zh": "金额所依据的数据", "en": "what the amount is calculated from"}
        return {"title": row if clause == NO_ROW else amount, "document": None}
    found = rule.clauses[clause - 1]
    return {"title": both(found.title), "document": both(found.evidence) if found.evidence else None}


def cost(found: Comparison, side: Side, rules: Collection[str]) -> Range:
    """The range of what the policies of a side pay that were calculated again, as claims under `rules` are open."""
    names = [name for name in policies(side) if name in found.causes]
    asked = [name for name in names if name in rules]
    sure = side.verdicts.filter(pl.col("rule").is_in(names))
    low = _sum(sure)
    open_rows = side.entitled.filter(pl.col("rule").is_in(asked) & (pl.col("outcome") == UNKNOWN))
    if open_rows.is_empty():
        return Range(low, low, 0, 0)
    hopeful = _hopeful(side, open_rows, found.on)
    touched = side.entitled.filter(pl.col("rule").is_in(sorted(found.causes)))
    keys = ["rule", "enterprise_id"]
    entitled = pl.concat([touched.join(hopeful.select(keys).unique(), on=keys, how="anti"), hopeful])
    entitled = entitled.sort("rule", "enterprise_id", "row_key", maintain_order=True)
    verdicts, _ = awarded(entitled, side, only(side.rulebook, found.causes.keys()), found.used, found.on)
    still = verdicts.filter(pl.col("rule").is_in(asked) & (pl.col("outcome") == UNKNOWN)).select(keys).unique().height
    firms = open_rows.select(keys).unique().height
    return Range(low, _sum(verdicts.filter(pl.col("rule").is_in(names))), firms - still, still)


def _hopeful(side: Side, open_rows: pl.DataFrame, on: date) -> pl.DataFrame:
    """Entitlements of the firms with open rows, as if every open clause held; what fails or is wrong stays so."""
    parts = []
    for (name,), rows in open_rows.partition_by("rule", as_dict=True, maintain_order=True).items():
        rule = side.rulebook.rules[str(name)]
        ids = rows["enterprise_id"].unique().implode()
        firms = side.enterprises.filter(pl.col("enterprise_id").is_in(ids))
        tables = {
            per: table.filter(pl.col("enterprise_id").is_in(ids))
            for per, table in side.registers.items()
            if per == rule.per
        }
        willing = replace(rule, clauses=tuple(map(_willing, rule.clauses)))
        parts.append(entitle.entitlements(firms, tables, replace(side.rulebook, rules={rule.name: willing}), on)[0])
    return pl.concat(parts)


def _willing(clause: Clause) -> Clause:
    return replace(clause, condition=Node("coalesce", BOOL, (clause.condition, TRUE)))


def _sum(verdicts: pl.DataFrame) -> int:
    return int(
        verdicts.filter(pl.col("outcome") == MET).select(pl.col("awarded_fen").cast(pl.Int128).sum()).item() or 0
    )
