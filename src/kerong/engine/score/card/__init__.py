"""Scorecards for any yes-or-no outcome: fitted to a readable card of whole points, and read by it."""

from kerong.engine.score.card.card import Bin, Card, CardSegment, Line, from_json
from kerong.engine.score.card.fit import fit
from kerong.engine.score.card.plan import Characteristic, Plan, Scaling, Segment
from kerong.engine.score.card.sample import Sample
from kerong.engine.score.card.score import score, total_points
from kerong.rulebook.card_json import CardRefused
from kerong.rulebook.cards import VERSION

__all__ = [
    "VERSION",
    "Bin",
    "Card",
    "CardRefused",
    "CardSegment",
    "Characteristic",
    "Line",
    "Plan",
    "Sample",
    "Scaling",
    "Segment",
    "fit",
    "from_json",
    "score",
    "total_points",
]
