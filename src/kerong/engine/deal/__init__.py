"""Deals: states and moves, working days, terms."""

from kerong.engine.deal.settled import settled
from kerong.engine.deal.settled_deals import settled_deals

__all__ = ["settled", "settled_deals"]
