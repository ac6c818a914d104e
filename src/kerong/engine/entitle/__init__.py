"""Rules applied: verdicts for a city by the compiled evaluator, explanations for one enterprise by the plain one."""

from kerong.engine.entitle.explain import Explanation, explain, facts_of
from kerong.engine.entitle.verdicts import decided_rule, entitlements
from kerong.rulebook.outcomes import ERROR, FAILED, MET, NO_ROW, OUTCOME_NAMES, UNKNOWN
from kerong.rulebook.plain import Result

__all__ = [
    "ERROR",
    "FAILED",
    "MET",
    "NO_ROW",
    "OUTCOME_NAMES",
    "UNKNOWN",
    "Explanation",
    "Result",
    "decided_rule",
    "entitlements",
    "explain",
    "facts_of",
]
