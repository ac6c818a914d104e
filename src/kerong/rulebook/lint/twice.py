"""Two policies that pay for the same thing, with nothing that says what becomes of the second."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from kerong.rulebook.content import Rule, Rulebook
from kerong.rulebook.lint.clauses import together
from kerong.rulebook.lint.days import read_by, scenes
from kerong.rulebook.lint.finding import Finding
from kerong.rulebook.lint.reach import Known, Name, Scene, met_known
from kerong.rulebook.lint.words import title_of
from kerong.rulebook.tree import Node

Spells = list[tuple[Scene, Known]]


@dataclass(frozen=True, slots=True)
class Payment:
    """What a rule pays for: the money fields of its amount, or the row itself."""

    rule: Rule
    money: frozenset[Name]


def paid_twice(rulebook: Rulebook) -> Iterator[Finding]:
    """Pairs that can both pay on one row or for one sum, and stand in no group together."""
    spells: dict[str, Spells] = {}
    payments = [_payment(rule, rulebook) for rule in rulebook.rules.values() if rule.is_policy and rule.amount]
    for one, other in combinations(payments, 2):
        shared = _shared(one, other)
        if shared is None or _joined(one.rule, other.rule, rulebook):
            continue
        for rule in (one.rule, other.rule):
            if rule.name not in spells:
                spells[rule.name] = _spells(rule, rulebook)
        if _can_meet(one.rule, other.rule, spells[one.rule.name], spells[other.rule.name]):
            yield _finding(one.rule, other.rule, shared, rulebook)


def _payment(rule: Rule, rulebook: Rulebook) -> Payment:
    amount = rule.amount
    nodes: list[Node] = [node for node in (amount.fen, amount.base) if node is not None] if amount else []
    return Payment(rule, frozenset(name for name in read_by(nodes, rulebook) if _is_money(name, rulebook)))


def _is_money(name: Name, rulebook: Rulebook) -> bool:
    """A sum of money in a register or measured over one; formulas are made of such."""
    table, column = name
    if table == "enterprise":
        if column in rulebook.measures:
            return rulebook.measures[column].type.unit == "fen"
        sources = rulebook.region.provides.get(column, ())
        return any(rulebook.registers[register].columns[c].type == "fen" for register, c in sources)
    register = rulebook.registers.get(table)
    return register is not None and column in register.columns and register.columns[column].type == "fen"


def _shared(one: Payment, other: Payment) -> frozenset[Name] | None:
    """The sums that both pay for; empty where both pay for the row as such; None where they have nothing in common."""
    if one.money & other.money:
        return one.money & other.money
    is_one_row = one.rule.per == other.rule.per != "enterprise"
    if is_one_row and (one.rule.fingerprint and one.rule.fingerprint == other.rule.fingerprint):
        return frozenset()
    return frozenset() if is_one_row and not one.money and not other.money else None


def _joined(one: Rule, other: Rule, rulebook: Rulebook) -> bool:
    return any({one.name, other.name} <= set(group.rules) for group in rulebook.groups.values())


def _spells(rule: Rule, rulebook: Rulebook) -> Spells:
    """What the clauses of a rule say of the fields, by spells of days; those on which it never pays are left out."""
    found = scenes([clause.condition for clause in rule.clauses], dict(rule.parameters), rulebook)
    known = [(scene, together(scene, rule, list(rule.clauses))) for scene in found]
    return [(scene, one) for scene, one in known if one is not None]


def _can_meet(one: Rule, other: Rule, left: Spells, right: Spells) -> bool:
    """Is there a day on which the clauses of both can hold, of the same enterprise and, per register, the same row?"""
    tables = frozenset({"enterprise"} | ({one.per} if one.per == other.per else set()))
    return any(
        max(a.first, b.first) <= min(a.last, b.last) and met_known(mine, theirs, tables)
        for a, mine in left
        for b, theirs in right
    )


def _finding(one: Rule, other: Rule, shared: frozenset[Name], rulebook: Rulebook) -> Finding:
    later, earlier = (one, other) if (one.place.file, one.name) > (other.place.file, other.name) else (other, one)
    titles = [title_of(name, rulebook) for name in sorted(shared)]
    zh = "、".join(title.zh for title in titles) or "同一条记录"
    en = ", ".join(title.en for title in titles) or "the same row"
    is_one_payee = one.amount and other.amount and one.amount.to == other.amount.to
    return Finding(
        "twice",
        later.name,
        later.place,
        f"与 {earlier.name} 都按{zh}给付，且没有互斥、合并上限或分层来约束",
        f"pays for {en}, as {earlier.name} does, and no group (exclusive, joint, layers) joins the two",
        severity="warning" if is_one_payee else "note",
    )
