"""Money that is moved: who bears or receives which part of it (docs/algorithms/waterfall.md)."""

from kerong.engine.money.cases import outcome_of, waterfall_case
from kerong.engine.money.split import Cut, Split, expressions, split
from kerong.engine.money.splits import Splits, split_table

__all__ = ["Cut", "Split", "Splits", "expressions", "outcome_of", "split", "split_table", "waterfall_case"]
