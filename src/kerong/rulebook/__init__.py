"""The language of rules: region packs are read into a checked `Rulebook`, its expressions into typed trees."""

from kerong.rulebook.content import Lang, Rule, Rulebook, Text
from kerong.rulebook.load import load
from kerong.rulebook.sheets import RulebookError, RulebookErrors

__all__ = ["Lang", "Rule", "Rulebook", "RulebookError", "RulebookErrors", "Text", "load"]
