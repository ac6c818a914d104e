"""The checks of rules in the order in which they are shown, and all findings of a rulebook."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from kerong.rulebook.content import Rule, Rulebook
from kerong.rulebook.lint.branches import parts_never_reached
from kerong.rulebook.lint.cards import cards_fitted_before
from kerong.rulebook.lint.clauses import clauses_that_cannot_be_meant, constant_formulas
from kerong.rulebook.lint.cliffs import TENTH, cliffs
from kerong.rulebook.lint.competition import red_flags
from kerong.rulebook.lint.dates import dates_that_do_not_fit
from kerong.rulebook.lint.finding import SEVERITIES, Check, Finding
from kerong.rulebook.lint.missing import sources_and_cases, unused
from kerong.rulebook.lint.pools import bounds_of_pools
from kerong.rulebook.lint.proof import what_cases_prove
from kerong.rulebook.lint.twice import paid_twice
from kerong.rulebook.lint.waterfalls import parts_never_taken
from kerong.rulebook.pools import Pool
from kerong.rulebook.waterfalls import Waterfall

CHECKS: tuple[Check, ...] = (
    sources_and_cases,
    what_cases_prove,
    dates_that_do_not_fit,
    clauses_that_cannot_be_meant,
    constant_formulas,
    parts_never_reached,
    cliffs,
    paid_twice,
    parts_never_taken,
    bounds_of_pools,
    cards_fitted_before,
    red_flags,
    unused,
)
# names of findings as they are shown; others come after these
NAMES = (
    *("source", "case", "proof", "date", "clause", "formula", "branch", "exception", "tier"),
    *("cliff", "twice", "waterfall", "pool", "card", "competition", "accepted", "unused"),
)
ELSEWHERE = "mutation"  # what `kerong rules mutate` asks about is accepted in the same table


def lint(rulebook: Rulebook, cliff_bp: int = TENTH) -> tuple[Finding, ...]:
    """Every finding of every check, by name, gravest first, then by place; those accepted in the rule file say why.

    `cliff_bp` is the part of an amount, in basis points, that one more unit of a field may cost without a warning.
    """
    run = [partial(cliffs, cliff_bp=cliff_bp) if check is cliffs else check for check in CHECKS]
    found = [_with_reason(finding, rulebook) for check in run for finding in check(rulebook)]
    found += _nothing_to_accept(rulebook, found)
    return tuple(sorted(dict.fromkeys(found), key=_order))


def _order(finding: Finding) -> tuple[int, int, str, int, str, str]:
    root = finding.check.partition(".")[0]  # "proof.limit" stands with "proof"
    name = NAMES.index(root) if root in NAMES else len(NAMES)
    grave = SEVERITIES.index(finding.severity)
    return name, grave, finding.place.file, finding.place.line, finding.rule, finding.en


def _with_reason(finding: Finding, rulebook: Rulebook) -> Finding:
    rule = rulebook.rules.get(finding.rule) or rulebook.waterfalls.get(finding.rule) or rulebook.pools.get(finding.rule)
    why = None if rule is None else rule.accepted.get(finding.check)
    return finding if why is None else replace(finding, accepted=why)


def _nothing_to_accept(rulebook: Rulebook, found: list[Finding]) -> Iterator[Finding]:
    """A reason that outlives its finding would hide the next one."""
    seen = {(finding.rule, finding.check) for finding in found}
    explained: tuple[Rule | Waterfall | Pool, ...] = (
        *rulebook.rules.values(),
        *rulebook.waterfalls.values(),
        *rulebook.pools.values(),
    )
    for rule in explained:
        for name in rule.accepted:
            if (rule.name, name) not in seen and name.partition(".")[0] != ELSEWHERE:
                yield Finding(
                    "accepted",
                    rule.name,
                    rule.place,
                    f"[accepted] 写了 {name}，但这项检查没有发现任何问题",
                    f"[accepted] names {name}, but that check finds nothing here",
                )
