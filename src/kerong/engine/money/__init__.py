"""Money that is moved: who bears or receives which part of it (docs/algorithms/waterfall.md)."""

from kerong.engine.money.cases import outcome_of, waterfall_case
from kerong.engine.money.split import Cut, Split, expressions, split
from kerong.engine.money.splits import Splits, split_table
from kerong.engine.money.words import KINDS, LayerWords, Speaker, layer_lines

__all__ = [
    "KINDS",
    "Cut",
    "LayerWords",
    "Speaker",
    "Split",
    "Splits",
    "expressions",
    "layer_lines",
    "outcome_of",
    "split",
    "split_table",
    "waterfall_case",
]
