"""Deals: states and moves, working days, terms."""

from kerong.engine.deal.settled import settled

__all__ = ["settled"]
