"""A small rulebook for tests of the index: indicators that read columns of the same name."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from kerong.rulebook.content import Indicator, Place, Region, Rulebook, Text
from kerong.rulebook.tree import Node
from kerong.rulebook.types import BOOL, RATIO, Type

ON = date(2025, 6, 30)
PLACE = Place("indicators/test.toml", 1)
GRADES = (("A", 700), ("B", 400), ("C", 0))


def title(name: str) -> Text:
    return Text(name, name)


def indicator(
    name: str,
    dimension: str = "output",
    better: str = "more",
    weight: int = 1,
    best: float | None = None,
    fixed: tuple[float, float] | None = None,
    kind: Type = RATIO,
) -> Indicator:
    """An indicator whose value is the enterprise column of its name."""
    value = Node("field", kind, value=("enterprise", name))
    return Indicator(name, dimension, title(name), value, better, weight, PLACE, best, fixed)


def flag(name: str, dimension: str = "qualification") -> Indicator:
    return indicator(name, dimension, kind=BOOL)


def rulebook(indicators: Sequence[Indicator], weights: Mapping[str, Mapping[str, int]] | None = None) -> Rulebook:
    """A region with stages in column `stage`, groups in `section`, and nothing but indicators."""
    region = Region(
        name="test",
        title=title("test"),
        currency="CNY",
        default_on=ON,
        enterprise_from=("company",),
        provides={},
        grades=GRADES,
        stage="enterprise.stage",
        group="enterprise.section",
        weights=weights or {},
    )
    named = {item.name: item for item in indicators}
    return Rulebook(region, {}, {}, {}, named, {}, {}, (), {})


def enterprises(rows: Sequence[Mapping[str, object]], columns: Sequence[str]) -> pl.DataFrame:
    """Enterprises with text columns stage, section, district and Float64 columns for the given indicators."""
    schema = {"enterprise_id": pl.String, "stage": pl.String, "section": pl.String, "district": pl.String}
    return pl.DataFrame(
        [{name: row.get(name) for name in (*schema, *columns)} for row in rows],
        schema=schema | dict.fromkeys(columns, pl.Float64),
    )
