"""A small rulebook and tables for tests of the summary and of statistics."""

from collections.abc import Sequence
from datetime import date

import polars as pl

from kerong.rulebook.content import (
    Amount,
    Clause,
    Column,
    District,
    Formula,
    Place,
    Region,
    Register,
    Rule,
    Rulebook,
    Source,
    Statistic,
    StatisticColumn,
    Text,
)
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, COUNT, FEN, RATIO, TEXT, Type

ON = date(2025, 6, 30)
PLACE = Place("test.toml", 1)
TRUE = Node("literal", BOOL, value=True)


def title(name: str) -> Text:
    return Text(name, name)


def field(table: str, column: str, kind: Type) -> Node:
    return Node("field", kind, value=(table, column))


def rule(name: str, kind: str, per: str = "enterprise") -> Rule:
    """A rule of two clauses."""
    clauses = tuple(Clause(TRUE, "true", title(f"{name} {n}"), None, PLACE) for n in (1, 2))
    amount = Amount(field("enterprise", "asked_fen", FEN), "down", "enterprise", None)
    source = Source("test", "1", "published")
    return Rule(name, kind, title(name), per, None, source, "", None, clauses, amount, (), {}, (), PLACE)


def statistic(
    columns: Sequence[StatisticColumn], by: Sequence[tuple[str, Node]] = (), where: Node | None = None
) -> Statistic:
    return Statistic("s", title("s"), "loan", tuple(by), where, tuple(columns), PLACE)


def aggregate(name: str, of: Node | None = None) -> StatisticColumn:
    """A column named after its aggregate."""
    if name in ("count", "count_distinct") or of is None:
        return StatisticColumn(name, title(name), name, of, COUNT)
    return StatisticColumn(name, title(name), name, of, RATIO if name == "mean" else of.type)


def rulebook(rules: Sequence[Rule] = (), statistics: Sequence[Statistic] = ()) -> Rulebook:
    region = Region(
        name="test",
        title=title("Test"),
        currency="CNY",
        default_on=ON,
        enterprise_from=("company",),
        provides={},
        districts=(District("1", title("one"), (0, 0)), District("2", title("two"), (1, 0))),
        grades=(("A", 500), ("B", 0)),
        weights={"seed": {}, "mature": {}},
    )
    columns = {
        "bank": Column("bank", title("bank"), ("bank",), "text"),
        "fen": Column("fen", title("fen"), ("fen",), "fen"),
        "ratio": Column("ratio", title("ratio"), ("ratio",), "ratio"),
    }
    loan = Register("loan", title("loan"), ("loan*",), ("enterprise_id",), columns, PLACE)
    formula = Formula("is_high_tech", title("high-tech"), TRUE, BOOL, {}, PLACE)
    text = Formula("section", title("section"), field("enterprise", "industry", TEXT), TEXT, {}, PLACE)
    named = {item.name: item for item in rules}
    told = {item.name: item for item in statistics}
    return Rulebook(region, {"loan": loan}, {}, {"is_high_tech": formula, "section": text}, {}, named, told, (), {})


VERDICTS = pl.Schema(
    {
        "rule": pl.String,
        "enterprise_id": pl.String,
        "row_key": pl.String,
        "outcome": pl.Int8,
        "clause": pl.Int16,
        "entitled_fen": pl.Int64,
        "awarded_fen": pl.Int64,
    }
)
