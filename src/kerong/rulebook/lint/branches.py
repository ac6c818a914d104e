"""Parts of an expression that never come into play: branches, exceptions, tiers and entries that no row reaches."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from kerong.rulebook.content import Formula, Parameter, Place, Rule, Rulebook
from kerong.rulebook.lint.assume import Refined, assume
from kerong.rulebook.lint.clauses import together
from kerong.rulebook.lint.days import scenes
from kerong.rulebook.lint.domains import Names, Span, exactly, meet
from kerong.rulebook.lint.finding import Finding, Severity
from kerong.rulebook.lint.forms import looked_up, tier_spans
from kerong.rulebook.lint.reach import Known, Scene
from kerong.rulebook.tables import Entries, Steps
from kerong.rulebook.tree import Node


@dataclass(frozen=True, slots=True)
class Remark:
    """A part that does nothing (or may fail), with the check that it belongs to."""

    check: str
    zh: str
    en: str
    severity: Severity = "warning"


def parts_never_reached(rulebook: Rulebook) -> Iterator[Finding]:
    """Branches, exceptions and tiers of clauses, amounts and formulas that no row reaches on any day."""
    for rule in rulebook.rules.values():
        yield from _of_rule(rule, rulebook)
    for formula in rulebook.formulas.values():
        yield from _of_formula(formula, rulebook)
    for some in rulebook.row_formulas.values():
        for formula in some:
            yield from _of_formula(formula, rulebook)


def _of_rule(rule: Rule, rulebook: Rulebook) -> Iterator[Finding]:
    amount = [node for node in (rule.amount.fen, rule.amount.base) if node is not None] if rule.amount else []
    conditions = [clause.condition for clause in rule.clauses]
    spells = scenes([*conditions, *amount], dict(rule.parameters), rulebook)
    for number, clause in enumerate(rule.clauses):
        earlier = list(rule.clauses[:number])
        starts = [(scene, together(scene, rule, earlier)) for scene in spells]
        for remark in on_every_day(clause.condition, rule.parameters, starts):
            yield _finding(remark, rule.name, clause.place)
    starts = [(scene, together(scene, rule, list(rule.clauses))) for scene in spells]
    for node in amount:
        for remark in on_every_day(node, rule.parameters, starts):
            yield _finding(remark, rule.name, rule.place)
    yield from _uneven(rule.name, rule.place, rule.parameters)


def _of_formula(formula: Formula, rulebook: Rulebook) -> Iterator[Finding]:
    starts: list[tuple[Scene, Refined]] = [
        (scene, Known()) for scene in scenes([formula.value], dict(formula.parameters), rulebook)
    ]
    for remark in on_every_day(formula.value, formula.parameters, starts):
        yield _finding(remark, formula.name, formula.place)


def _finding(remark: Remark, name: str, place: Place) -> Finding:
    return Finding(remark.check, name, place, remark.zh, remark.en, severity=remark.severity)


def on_every_day(
    node: Node, parameters: Mapping[str, Parameter], starts: list[tuple[Scene, Refined]]
) -> Iterator[Remark]:
    """The remarks that hold in every scene in which the expression is reached at all."""
    found = [set(_remarks(node, parameters, scene, known)) for scene, known in starts if known is not None]
    yield from sorted(set.intersection(*found) if found else (), key=lambda remark: remark.en)


def _remarks(node: Node, parameters: Mapping[str, Parameter], scene: Scene, known: Known) -> Iterator[Remark]:
    if node.kind in ("case", "exceptions"):
        yield from _chosen(node, parameters, scene, known)
        return
    if node.kind in ("step", "lookup"):
        yield from _tiers(node, parameters, scene, known)
    for arg in node.args:
        yield from _remarks(arg, parameters, scene, known)


def _chosen(node: Node, parameters: Mapping[str, Parameter], scene: Scene, known: Known) -> Iterator[Remark]:
    """Branches in order; an exception stands beside the others, a branch of a case behind those before it."""
    before: Refined = known
    for number, (condition, value) in enumerate(zip(node.args[:-1:2], node.args[1::2], strict=True), 1):
        holds = assume(scene, condition, True, parameters, before) if before is not None else None
        if holds is None:
            yield _idle(node, number)
        else:
            yield from _remarks(condition, parameters, scene, known)
            yield from _remarks(value, parameters, scene, holds)
        if node.kind == "case" and before is not None:
            before = assume(scene, condition, False, parameters, before)
    if node.kind == "exceptions":
        yield from _at_once(node, parameters, scene, known)
    if node.kind == "case" and before is None:
        yield Remark("branch", "else 分支永远不会用到", "the else branch is never reached")
    elif before is not None:
        yield from _remarks(node.args[-1], parameters, scene, before)


def _at_once(node: Node, parameters: Mapping[str, Parameter], scene: Scene, known: Known) -> Iterator[Remark]:
    """Exceptions that may hold together, and neither is over the other: such a row is an error."""
    ordered = set(node.beats)
    for (i, a), (j, b) in combinations(enumerate(node.args[:-1:2]), 2):
        one = assume(scene, a, True, parameters, known) if not {(i, j), (j, i)} & ordered else None
        if one is not None and assume(scene, b, True, parameters, one) is not None:
            first, second = node.labels[i], node.labels[j]
            zh = f"例外 {first} 与 {second} 可能同时成立，届时会成为计算错误"
            en = f"the exceptions {first} and {second} may hold at once, which would be an error"
            yield Remark("exception", zh, en, "note")


def _idle(node: Node, number: int) -> Remark:
    if node.kind == "case":
        return Remark("branch", f"第{number}个 when 分支永远不会用到", f"branch {number} of the case is never reached")
    label = node.labels[number - 1]
    return Remark("exception", f"例外 {label} 永远不成立", f"the exception {label} can never hold")


def _tiers(node: Node, parameters: Mapping[str, Parameter], scene: Scene, known: Known) -> Iterator[Remark]:
    found = scene.value(node.args[0], parameters, known).values
    name = str(node.args[1].value)
    for table in scene.tables(node.args[1], parameters)[0]:
        x = looked_up(node, found)
        if isinstance(table, Steps) and isinstance(x, Span):
            yield from _steps(name, table, x, whole=node.args[0].type.kind == "int")
        elif isinstance(table, Entries) and isinstance(x, Names):
            yield from _entries(name, table, x)


def _steps(name: str, table: Steps, x: Span, *, whole: bool) -> Iterator[Remark]:
    first = table.starts[0]
    for tier, start in zip(tier_spans(table, whole=whole), table.starts, strict=True):
        if meet(x, tier) is None:
            zh, en = f"{name} 自 {start:,} 起的一档永远用不到", f"the tier of {name} from {start:,} on is never reached"
            yield Remark("tier", zh, en)
    if x.low < first:
        zh = f"低于 {first:,} 的值不在 {name} 的任何一档，会成为计算错误"
        yield Remark("tier", zh, f"a value below {first:,} lies in no tier of {name} and would be an error")


def _entries(name: str, table: Entries, values: Names) -> Iterator[Remark]:
    for key in table.entries:
        if meet(values, exactly(key)) is None:
            yield Remark("tier", f"{name} 的 {key} 永远用不到", f"the entry {key} of {name} is never reached")
    missing = sorted((values.some or frozenset()) - set(table.entries))
    if missing and table.otherwise is None:
        yield Remark(
            "tier",
            f"{name} 缺少 {'、'.join(missing)}，会成为计算错误",
            f"{name} has no entry for {', '.join(missing)}: an error there",
        )


def _uneven(name: str, place: Place, parameters: Mapping[str, Parameter]) -> Iterator[Finding]:
    """Tiers whose values rise and fall again."""
    for parameter in parameters.values():
        for start, table, _ in parameter.values:
            if not isinstance(table, Steps):
                continue
            pairs = list(zip(table.values, table.values[1:], strict=False))
            if any(a < b for a, b in pairs) and any(a > b for a, b in pairs):
                yield Finding(
                    "tier",
                    name,
                    place,
                    f"{parameter.name}（{start}起）各档先升后降或先降后升",
                    f"the tiers of {parameter.name} (from {start} on) rise and fall",
                )
