"""A small rulebook for tests of offers, and verdicts to go with it."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from kerong.rulebook.content import Amount, Place, Region, Rule, Rulebook, Source, Text
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BP, FEN, Type

ON = date(2025, 6, 30)
PLACE = Place("products/test.toml", 1)
AMOUNT = Node("field", FEN, value=("", "amount"))
Verdict = tuple[str, str, str, int, int | None]  # rule, enterprise_id, row_key, outcome, awarded_fen


def title(name: str) -> Text:
    return Text(name, name)


def field(table: str, column: str, kind: Type = FEN) -> Node:
    return Node("field", kind, value=(table, column))


def share(of: Node, rate: Node | int) -> Node:
    rate = rate if isinstance(rate, Node) else Node("literal", BP, value=rate)
    return Node("share_bp", Type("int", "fen", 10_000), (of, rate))


def rule(
    name: str, kind: str = "loan", per: str = "enterprise", benefit: Node | None = None, to: str = "enterprise"
) -> Rule:
    payee = None if to == "enterprise" else field(per, "institution", Type("text"))
    return Rule(
        name=name,
        kind=kind,
        title=title(name),
        per=per,
        provider=None,
        source=Source("test", "1", "published"),
        text="",
        summary=None,
        clauses=(),
        amount=Amount(field("enterprise", "asked_fen"), "down", to, payee),
        limits=(),
        parameters={},
        cases=(),
        place=PLACE,
        benefit=benefit,
    )


def rulebook(*rules: Rule) -> Rulebook:
    region = Region("test", title("test"), "CNY", ON, ("company",), {})
    return Rulebook(region, {}, {}, {}, {}, {item.name: item for item in rules}, {}, (), {})


def verdicts(rows: Sequence[Verdict]) -> pl.DataFrame:
    schema = {
        "rule": pl.String,
        "enterprise_id": pl.String,
        "row_key": pl.String,
        "outcome": pl.Int8,
        "awarded_fen": pl.Int64,
    }
    return pl.DataFrame(list(rows), schema=schema, orient="row")
