"""Rules applied: verdicts for a city by the compiled evaluator, explanations for one enterprise by the plain one."""

from kerong.engine.entitle.decisions import Decided, decided
from kerong.engine.entitle.explain import Explanation, explain, facts_of
from kerong.engine.entitle.verdicts import amounts_at, decided_rule, entitlements, expressions
from kerong.rulebook.outcomes import ERROR, FAILED, MET, NO_ROW, OUTCOME_NAMES, UNKNOWN
from kerong.rulebook.plain import Result

__all__ = [
    "ERROR",
    "FAILED",
    "MET",
    "NO_ROW",
    "OUTCOME_NAMES",
    "UNKNOWN",
    "Decided",
    "Explanation",
    "Result",
    "amounts_at",
    "decided",
    "decided_rule",
    "entitlements",
    "explain",
    "expressions",
    "facts_of",
]
