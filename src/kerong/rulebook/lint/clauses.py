"""Clauses that no row can fulfil, that none can fail, that exclude one another or that say nothing new."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from kerong.rulebook.content import Clause, Rule, Rulebook
from kerong.rulebook.lint.assume import Refined, assume
from kerong.rulebook.lint.days import LAST, scenes
from kerong.rulebook.lint.finding import Finding, Severity
from kerong.rulebook.lint.forms import can_be
from kerong.rulebook.lint.reach import Known, Scene
from kerong.rulebook.types import BOOL

ROUNDS = 2  # what a later clause says of a field may rule out what an earlier one left


def together(scene: Scene, rule: Rule, clauses: list[Clause]) -> Refined:
    """What is known where all these clauses hold; None where they never do at once."""
    known: Refined = Known()
    for clause in clauses * ROUNDS:
        known = assume(scene, clause.condition, True, rule.parameters, known) if known is not None else None
    return known


def clauses_that_cannot_be_meant(rulebook: Rulebook) -> Iterator[Finding]:
    """Never true, never all true, never false, or implied by another clause."""
    for rule in rulebook.rules.values():
        nodes = [clause.condition for clause in rule.clauses]
        spells = scenes(nodes, dict(rule.parameters), rulebook)
        broken = list(_impossible(rule, spells))
        yield from broken or [*_certain(rule, spells), *_implied(rule, spells)]


@dataclass(frozen=True, slots=True)
class _Numbered:
    number: int
    clause: Clause


def _numbered(rule: Rule) -> list[_Numbered]:
    return [_Numbered(number, clause) for number, clause in enumerate(rule.clauses, 1)]


def _impossible(rule: Rule, spells: list[Scene]) -> Iterator[Finding]:
    found: dict[tuple[int, ...], list[Scene]] = {}
    for scene in spells:
        for numbers in _contradictions(rule, scene):
            found.setdefault(numbers, []).append(scene)
    for numbers, when in found.items():
        zh, en = _days(when, spells)
        place = rule.clauses[numbers[-1] - 1].place
        if len(numbers) == 1:
            text = rule.clauses[numbers[0] - 1].text
            said = (
                f"第{numbers[0]}个条件在{zh}永远不成立：{text}",
                f"clause {numbers[0]} can never be true {en}: {text}",
            )
        else:
            listed = [f"({n}) {rule.clauses[n - 1].text}" for n in numbers]
            said = (
                f"第{'、'.join(map(str, numbers))}个条件在{zh}不能同时成立：{'；'.join(listed)}",
                f"clauses {' and '.join(map(str, numbers))} can never both be true {en}: {'; '.join(listed)}"
                if len(numbers) == 2
                else f"the clauses can never all be true {en}: {'; '.join(listed)}",
            )
        yield Finding("clause", rule.name, place, *said, severity="error")


def _contradictions(rule: Rule, scene: Scene) -> list[tuple[int, ...]]:
    """The clauses that cannot hold, alone; else in pairs; else all of them."""
    if together(scene, rule, list(rule.clauses)) is not None:
        return []
    listed = _numbered(rule)
    for size in (1, 2):
        found = [
            tuple(one.number for one in some)
            for some in combinations(listed, size)
            if together(scene, rule, [one.clause for one in some]) is None
        ]
        if found:
            return found
    return [tuple(one.number for one in listed)]


def _days(when: list[Scene], spells: list[Scene]) -> tuple[str, str]:
    """On which days, in words; nothing in particular where it is all of them."""
    if len(when) == len(spells):
        return "任何日期", "on any day"
    first, last = when[0].first, when[-1].last
    if last == LAST:
        return f"{first}以后", f"from {first} on"
    return f"{first}至{last}", f"from {first} to {last}"


def _certain(rule: Rule, spells: list[Scene]) -> Iterator[Finding]:
    for one in _numbered(rule):
        condition = one.clause.condition
        if any(assume(scene, condition, False, rule.parameters, Known()) is not None for scene in spells):
            continue
        domains = [scene.value(condition, rule.parameters, Known()) for scene in spells]
        text, open_ = one.clause.text, any(domain.null or domain.fault for domain in domains)
        zh, en = ("，只会因资料不足而停下", " unless something is not known") if open_ else ("", "")
        yield Finding(
            "clause",
            rule.name,
            one.clause.place,
            f"第{one.number}个条件总是成立{zh}：{text}",
            f"clause {one.number} is always true{en}: {text}",
        )


def _implied(rule: Rule, spells: list[Scene]) -> Iterator[Finding]:
    """A clause that cannot fail once the others hold; the earlier of two equal ones is the one that stays."""
    for one in reversed(_numbered(rule)):
        sources = [o for o in _numbered(rule) if o.number != one.number]
        by = [o for o in sources if _follows(one, [o], rule, spells) and not _twin(one, o, rule, spells)]
        if by and not _follows(one, [], rule, spells):
            numbers = ", ".join(str(o.number) for o in by)
            yield Finding(
                "clause",
                rule.name,
                one.clause.place,
                f"第{one.number}个条件已包含在第{numbers}个条件中：{one.clause.text}",
                f"clause {one.number} follows from clause {numbers}: {one.clause.text}",
                severity=_NOTE,
            )


_NOTE: Severity = "note"


def _twin(one: _Numbered, other: _Numbered, rule: Rule, spells: list[Scene]) -> bool:
    """Two clauses that imply each other: only the later one says nothing new."""
    return one.number < other.number and _follows(other, [one], rule, spells)


def _follows(one: _Numbered, others: list[_Numbered], rule: Rule, spells: list[Scene]) -> bool:
    for scene in spells:
        known = together(scene, rule, [other.clause for other in others])
        if known is None or assume(scene, one.clause.condition, False, rule.parameters, known) is not None:
            return False
    return True


def constant_formulas(rulebook: Rulebook) -> Iterator[Finding]:
    """A flag that can only come out one way."""
    every = [*rulebook.formulas.values(), *(f for some in rulebook.row_formulas.values() for f in some)]
    for formula in every:
        if formula.type != BOOL or formula.value.kind == "literal":
            continue
        spells = scenes([formula.value], dict(formula.parameters), rulebook)
        domains = [scene.value(formula.value, formula.parameters, Known()) for scene in spells]
        for truth, zh, en in ((True, "不", "never"), (False, "总是", "always")):
            if not any(can_be(domain, truth) for domain in domains):
                yield Finding("formula", formula.name, formula.place, f"该公式{zh}成立", f"this formula is {en} true")
