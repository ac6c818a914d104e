"""Bins of a scorecard in words: values in the units of their characteristic, and which bin a value is in."""

import math
from collections.abc import Mapping

from kerong.engine.entitle.values import value_in_words
from kerong.engine.score.card.card import Bin, Line
from kerong.rulebook.content import Rulebook, Text
from kerong.rulebook.models import Model, ModelCharacteristic
from kerong.rulebook.tree import Node
from kerong.rulebook.types import Type
from kerong.web.base.words import word

NEVER_BELOW = ("count", "days", "months", "years")  # units whose values are not below 0


def characteristics_of(model: Model) -> Mapping[str, ModelCharacteristic]:
    """The characteristics of a model by name."""
    return {one.name: one for one in model.characteristics}


def line_title(name: str, known: Mapping[str, ModelCharacteristic]) -> Text:
    """The title of a card's line; its name where the model no longer declares it."""
    return known[name].title if name in known else Text(name, name)


class BinWords:
    """Tells values and bins of one characteristic in one language; `asked` None: of no declared characteristic."""

    def __init__(self, asked: ModelCharacteristic | None, book: Rulebook, lang: str) -> None:
        self.node: Node | None = asked.value if asked else None
        self.kind = Type(self.node.type.kind, self.node.type.unit) if self.node else Type("float")
        self.book, self.lang = book, lang

    def value(self, held: float | str | None) -> str:
        """A value as people write it; the unknown says so."""
        if held is None or (isinstance(held, float) and not math.isfinite(held)):
            return word("unknown", self.lang)
        if isinstance(held, str):
            return value_in_words(held, self.kind, self.book, self.lang, self.node)
        if self.kind.kind == "bool":
            return word("yes" if held else "no", self.lang)
        told: float | int = round(held) if self.kind.kind == "int" else held
        return value_in_words(told, self.kind, self.book, self.lang)

    def bin(self, one: Bin) -> str:
        """Which values a bin holds."""
        if one.categories:
            return ("、" if self.lang == "zh" else ", ").join(self.value(code) for code in one.categories)
        low, high = one.low, one.high
        if self.kind.kind == "bool" and (low is None) != (high is None):
            return self.value(0.0 if low is None else 1.0)
        if self.kind.kind == "int" and self.kind.unit != "fen":  # whole numbers: the last that is in it
            low = None if low is None else math.ceil(low)
            high = None if high is None else math.ceil(high) - 1
            if low is None and high == 0 and self.kind.unit in NEVER_BELOW:
                return self.value(0.0)
            return self._between(low, high, "whole")
        return self._between(low, high, "exact")

    def _between(self, low: float | None, high: float | None, sort: str) -> str:
        if low is None and high is None:
            return word("bin.every", self.lang)
        if low is None:
            return word(f"bin.{sort}.to", self.lang, high=self.value(high))
        if high is None:
            return word("bin.from", self.lang, low=self.value(low))
        if low == high:
            return self.value(low)
        return word(f"bin.{sort}.between", self.lang, low=self.value(low), high=self.value(high))


def bin_of(line: Line, held: float | str | None) -> Bin:
    """The bin that a value is read by, as the card's loops read it."""
    if held is None or (isinstance(held, float) and not math.isfinite(held)):
        return line.missing
    if line.kind == "category":
        found = next((one for one in line.bins if held in one.categories), line.other)
        return found or line.missing
    number = float(held)
    found = line.bins[0]
    for one in line.bins:
        if one.low is not None and number >= one.low:
            found = one
    return found
