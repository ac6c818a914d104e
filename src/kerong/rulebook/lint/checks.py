"""The checks of rules in the order in which they are shown, and all findings of a rulebook."""

from collections.abc import Iterator
from dataclasses import replace

from kerong.rulebook.content import Rulebook
from kerong.rulebook.lint.finding import SEVERITIES, Check, Finding

CHECKS: tuple[tuple[str, Check], ...] = ()
ELSEWHERE = "mutation"  # what `kerong rules mutate` asks about is accepted in the same table


def lint(rulebook: Rulebook) -> tuple[Finding, ...]:
    """Every finding of every check, by check, gravest first, then by place; those accepted in the rule file say why."""
    found = [_with_reason(finding, rulebook) for _, check in CHECKS for finding in check(rulebook)]
    found += _nothing_to_accept(rulebook, found)
    order = [name for name, _ in CHECKS]
    return tuple(sorted(found, key=lambda f: _order(f, order)))


def _order(finding: Finding, checks: list[str]) -> tuple[int, int, str, int, str]:
    check = checks.index(finding.check) if finding.check in checks else len(checks)
    return check, SEVERITIES.index(finding.severity), finding.place.file, finding.place.line, finding.en


def _with_reason(finding: Finding, rulebook: Rulebook) -> Finding:
    rule = rulebook.rules.get(finding.rule)
    why = None if rule is None else rule.accepted.get(finding.check)
    return finding if why is None else replace(finding, accepted=why)


def _nothing_to_accept(rulebook: Rulebook, found: list[Finding]) -> Iterator[Finding]:
    """A reason that outlives its finding would hide the next one."""
    seen = {(finding.rule, finding.check) for finding in found}
    for rule in rulebook.rules.values():
        for name in rule.accepted:
            if (rule.name, name) not in seen and name.partition(".")[0] != ELSEWHERE:
                yield Finding(
                    "accepted",
                    rule.name,
                    rule.place,
                    f"[accepted] 写了 {name}，但这项检查没有发现任何问题",
                    f"[accepted] names {name}, but that check finds nothing here",
                )
