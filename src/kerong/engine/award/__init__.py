"""Limits applied: caps, choices, layers and budgets; what is left and what was cut by what."""

from kerong.engine.award.counters import GRANTED_BEFORE, USED, nothing_used
from kerong.engine.award.group_cases import group_case
from kerong.engine.award.limits import awarded
from kerong.engine.award.standing import CapStanding, Grant, caps_standing
from kerong.engine.award.terms import Cap, Choice, Layers, Terms, terms_of, terms_on

__all__ = [
    "GRANTED_BEFORE",
    "USED",
    "Cap",
    "CapStanding",
    "Choice",
    "Grant",
    "Layers",
    "Terms",
    "awarded",
    "caps_standing",
    "group_case",
    "nothing_used",
    "terms_of",
    "terms_on",
]
