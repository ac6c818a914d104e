"""Limits applied: caps per row, enterprise and year, payee, and the budget; what is left and what was cut by what."""

from kerong.engine.award.limits import award, awarded, limits_on, nothing_used

__all__ = ["award", "awarded", "limits_on", "nothing_used"]
