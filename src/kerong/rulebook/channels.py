"""Channels by which trouble of one firm comes over to another: which rows tie whom to whom, and how much passes."""

from dataclasses import dataclass

from kerong.rulebook.said import Place, Text
from kerong.rulebook.tree import Node


@dataclass(frozen=True, slots=True)
class Channel:
    """A tie for each pair of firms that rows of `over` name: trouble of `begin` comes over to `end`.

    `weight_bp`: in so many of 10,000 cases; `by_share`: a tie passes its share of that, by `amount` among all ties that
    end at the firm. `exposes`: whether the amount is what it may cost. `source` tells where the weight is from;
    `is_assumed`: nobody has said it, and `source` is why it was chosen.
    """

    name: str
    title: Text
    over: str
    begin: Node
    end: Node
    amount: Node | None
    where: Node | None
    weight_bp: int
    by_share: bool
    exposes: bool
    source: Text
    is_assumed: bool
    place: Place

    def nodes(self) -> tuple[Node, ...]:
        """Its expressions over a row."""
        return tuple(node for node in (self.begin, self.end, self.amount, self.where) if node is not None)
