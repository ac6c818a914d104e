"""Firms that cross a line: whose outcome a reform changes, and the clause that decides."""

import polars as pl

from kerong.engine.monitor.words import both
from kerong.lab.comparison.both import Comparison, Side
from kerong.lab.comparison.pairs import NO_RULE
from kerong.rulebook.outcomes import ERROR, FAILED, MET, NO_ROW, OUTCOME_NAMES, UNKNOWN

Line = dict[str, object]
WORDS = {MET: "met", UNKNOWN: "unknown", ERROR: "error", FAILED: "failed", NO_RULE: "no_rule"}


def matrix(table: pl.DataFrame) -> list[Line]:
    """`rule`, `from`, `to` (a name of an outcome, or no_rule), `firms`: every pair of outcomes that some firm has."""
    keys = ["rule", "outcome_before", "outcome_after"]
    counts = table.group_by(keys).len("firms").sort(keys)
    return [
        {"rule": rule, "from": WORDS[one], "to": WORDS[other], "firms": firms}
        for rule, one, other, firms in counts.iter_rows()
    ]


def crossings(table: pl.DataFrame, found: Comparison) -> list[Line]:
    """One line per rule, direction and clause: how many firms meet it now and did not, or did and do not now.

    A firm that meets it now is counted at the clause that stopped it before, in the words of what is in force; one that
    no longer does, at the clause that stops it now, in the words of the reform. `outcome` is that other outcome.
    """
    lines: list[Line] = []
    for now, side, one, other in (("met", found.before, "before", "after"), ("lost", found.after, "after", "before")):
        moved = table.filter((pl.col(f"outcome_{other}") == MET) & (pl.col(f"outcome_{one}") != MET))
        keys = ["rule", f"outcome_{one}", f"clause_{one}"]
        for rule, outcome, clause, firms in moved.group_by(keys).len("firms").sort(keys).iter_rows():
            told = _clause(side, rule, outcome, clause)
            lines.append(
                {"rule": rule, "now": now, "outcome": WORDS[outcome], "clause": clause, **told, "firms": firms}
            )
    return lines


def _clause(side: Side, name: str, outcome: int, clause: int) -> Line:
    rule = side.rulebook.rules.get(name)
    if rule is None or outcome == NO_RULE:
        return {"title": {"zh": "没有这项政策", "en": "there is no such rule"}}
    if clause == NO_ROW:
        return {"title": {"zh": "没有相关记录", "en": "no record of the kind that the rule is about"}}
    if clause > len(rule.clauses):
        return {"title": {"zh": "金额", "en": "the amount"}}
    return {"title": both(rule.clauses[clause - 1].title)}


def outcomes(table: pl.DataFrame, when: str) -> dict[str, dict[str, int]]:
    """Per rule how many enterprises have each outcome on one side ("before" or "after")."""
    found: dict[str, dict[str, int]] = {}
    for rule, outcome, firms in table.group_by("rule", f"outcome_{when}").len().iter_rows():
        found.setdefault(rule, dict.fromkeys(OUTCOME_NAMES, 0))
        if outcome != NO_RULE:
            found[rule][WORDS[outcome]] = firms
    return found
