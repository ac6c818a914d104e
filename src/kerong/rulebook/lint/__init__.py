"""Checks of rules that need no facts: what is missing, impossible, contradictory, or worth a reviewer's question."""

from kerong.rulebook.lint.checks import CHECKS, lint
from kerong.rulebook.lint.finding import Check, Finding, Severity

__all__ = ["CHECKS", "Check", "Finding", "Severity", "lint"]
