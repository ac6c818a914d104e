"""Ranked offers per enterprise."""

from kerong.engine.match.offers import offers

__all__ = ["offers"]
