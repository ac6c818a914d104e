"""Every rule that differs from a given one in one place, where its cases could tell the two apart.

Left out is what no case can tell: numbers that only the offer shows, the size of a budget (a case says what is left of
it), who a rule is about among scopes that count alike, the rounding of what is whole, and the day on which the first
value of a parameter begins.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from types import MappingProxyType

from kerong.lab.mutation.expressions import changes
from kerong.lab.mutation.moved import becomes, moved, moved_tables
from kerong.rulebook.content import Amount, Limit, Parameter, Place, Rule, Text
from kerong.rulebook.tables import Table
from kerong.rulebook.tree import Node, parameters_of
from kerong.rulebook.types import BOOL

ROUNDINGS = ("down", "half_up", "up")
NARROWER_OR_WIDER = {
    "row": ("enterprise",),
    "enterprise": ("row", "enterprise_year"),
    "enterprise_year": ("row", "enterprise"),
    "payee": ("payee_year", "enterprise"),
    "payee_year": ("payee", "enterprise_year"),
    "affiliates": ("enterprise", "affiliates_year"),
    "affiliates_year": ("enterprise_year", "affiliates"),
    "budget_year": ("budget",),
}
ONE_ROW_EACH = ("row", "enterprise", "enterprise_year")  # alike for a rule that looks at an enterprise once
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Mutant:
    """A rule with one change. `part` names what was changed: "clause_3", "amount", "parameter.rate_bp".

    `in_limits`: the change may show only in what the limits leave.
    """

    rule: Rule
    part: str
    said: Text
    place: Place
    in_limits: bool = False


def mutants(rule: Rule) -> Iterator[Mutant]:
    """All of them: of clauses, amount, order of claims, limits, parameters."""
    for mutant in (*_clauses(rule), *_amount(rule), *_sequence(rule), *_limits(rule), *_parameters(rule)):
        if mutant.rule != rule:
            yield mutant


def _clauses(rule: Rule) -> Iterator[Mutant]:
    for number, clause in enumerate(rule.clauses, 1):
        never = Node("eq", BOOL, (clause.condition, clause.condition))  # unknown where it was unknown
        dropped = (never, Text("不再拒绝任何情形", "it refuses nobody any more"))
        for condition, said in (dropped, *changes(clause.condition)):
            clauses = list(rule.clauses)
            clauses[number - 1] = replace(clause, condition=condition)
            told = Text(f"第{number}条:{said.zh}", f"clause {number}: {said.en}")
            yield Mutant(replace(rule, clauses=tuple(clauses)), f"clause_{number}", told, clause.place)


def _amount(rule: Rule) -> Iterator[Mutant]:
    amount = rule.amount
    if amount is None:
        return

    def changed(other: Amount, said: Text, part: str = "amount", in_limits: bool = False) -> Mutant:
        told = Text(f"金额:{said.zh}", f"amount: {said.en}")
        return Mutant(replace(rule, amount=other), part, told, rule.place, in_limits)

    for node, said in changes(amount.fen):
        yield changed(replace(amount, fen=node), said)
    if amount.base is not None:
        for node, said in changes(amount.base):
            yield changed(replace(amount, base=node), said, "base")
    if amount.fen.type.divisor != 1:
        for how in ROUNDINGS:
            if how != amount.round:
                yield changed(replace(amount, round=how), becomes("round", amount.round, how))
    if amount.payee is not None:
        for node, said in changes(amount.payee):
            yield changed(replace(amount, payee=node), said, "payee", in_limits=True)


def _sequence(rule: Rule) -> Iterator[Mutant]:
    """The order in which claims come, and by it the year in which they count."""
    counted = [limit for limit in rule.limits if limit.scope != "row"]
    if rule.sequence is None or rule.sequence.kind == "on" or not counted:
        return
    dropped = Text("申请不分先后", "claims come in no order")
    yield Mutant(replace(rule, sequence=None), "sequence", dropped, rule.place, in_limits=True)
    for node, said in changes(rule.sequence):
        told = Text(f"先后:{said.zh}", f"sequence: {said.en}")
        yield Mutant(replace(rule, sequence=node), "sequence", told, rule.place, in_limits=True)


def _limits(rule: Rule) -> Iterator[Mutant]:
    for number, limit in enumerate(rule.limits):
        part = f"limit.{limit.name}"
        place = limit.place or rule.place
        lifted = (*rule.limits[:number], *rule.limits[number + 1 :])
        told = Text(f"上限 {limit.name} 取消", f"limit {limit.name} is lifted")
        yield Mutant(replace(rule, limits=lifted), part, told, place, in_limits=True)
        for other, said in _of_limit(rule, limit):
            limits = (*rule.limits[:number], other, *rule.limits[number + 1 :])
            told = Text(f"上限 {limit.name}:{said.zh}", f"limit {limit.name}: {said.en}")
            yield Mutant(replace(rule, limits=limits), part, told, place, in_limits=True)


def _of_limit(rule: Rule, limit: Limit) -> Iterator[tuple[Limit, Text]]:
    if not limit.scope.startswith("budget"):
        for node, said in changes(limit.fen):
            yield replace(limit, fen=node), said
    taken = [other.scope for other in rule.limits]
    for scope in NARROWER_OR_WIDER.get(limit.scope, ()):
        alike = rule.per == "enterprise" and {scope, limit.scope} <= set(ONE_ROW_EACH)
        if scope not in taken and not alike:
            yield replace(limit, scope=scope), becomes("scope", limit.scope, scope)
    if limit.scope.startswith("budget"):
        other = "first_come" if limit.share == "pro_rata" else "pro_rata"
        yield replace(limit, share=other, priority=None), becomes("share", limit.share, other)
    if limit.priority is not None:
        for node, said in changes(limit.priority):
            yield replace(limit, priority=node), said
    if limit.year is not None:
        yield replace(limit, year=None), Text("年度按申请顺序日期", "its year is that of the order of claims")
        for node, said in changes(limit.year):
            yield replace(limit, year=node), said
    if limit.years is not None:
        first, last = limit.years
        for years in ((first - 1, last), (first + 1, last), (first, last - 1), (first, last + 1)):
            if years[0] <= years[1]:
                yield replace(limit, years=years), becomes("years", limit.years, years)


def _read(rule: Rule) -> tuple[set[str], set[str]]:
    """Parameters that a case can feel: in clauses and the amount, and in what the limits do."""
    amount = rule.amount
    direct = [clause.condition for clause in rule.clauses]
    direct += [node for node in (amount.fen, amount.base) if node is not None] if amount else []
    counted = [node for limit in rule.limits for node in (limit.year, limit.priority) if node is not None]
    counted += [limit.fen for limit in rule.limits if not limit.scope.startswith("budget")]
    counted += [node for node in (rule.sequence, amount.payee if amount else None) if node is not None]
    names = [{name for node in nodes for name in parameters_of(node)} for nodes in (direct, counted)]
    return names[0], names[1]


def _parameters(rule: Rule) -> Iterator[Mutant]:
    direct, counted = _read(rule)
    days = [case.on for case in rule.cases]
    for name, parameter in rule.parameters.items():
        if name not in direct | counted:
            continue
        for other, said in changed_values(parameter, days):
            parameters = MappingProxyType({**rule.parameters, name: other})
            told = Text(f"参数 {name}:{said.zh}", f"parameter {name}: {said.en}")
            changed = replace(rule, parameters=parameters)
            yield Mutant(changed, f"parameter.{name}", told, rule.place, in_limits=name in counted)


def changed_values(parameter: Parameter, days: list[date]) -> Iterator[tuple[Parameter, Text]]:
    """Values in force on a case's day, each moved; starts between two days of cases, a day earlier and later."""
    entries = parameter.values
    used = {_entry(parameter, day) for day in days}
    for place, (start, value, source) in enumerate(entries):
        if place not in used:
            continue
        for other, said in _values(start, value):
            values = (*entries[:place], (start, other, source), *entries[place + 1 :])
            yield replace(parameter, values=values), said
        if place - 1 in used and place > 0 and entries[place - 1][1] != value:
            for day in (start - DAY, start + DAY):
                values = (*entries[:place], (day, value, source), *entries[place + 1 :])
                if all(a[0] < b[0] for a, b in pairwise(values)):
                    yield replace(parameter, values=values), becomes("start", start, day)


def _entry(parameter: Parameter, day: date) -> int:
    """The place of the entry in force on a day, -1 before the first."""
    return sum(start <= day for start, _, _ in parameter.values) - 1


def _values(start: date, value: int | float | Table) -> Iterator[tuple[int | float | Table, Text]]:
    if isinstance(value, int | float):
        for other in moved(value):
            yield other, becomes(f"{start}", value, other)
    else:
        for table, said in moved_tables(value):
            yield table, Text(f"{start} {said.zh}", f"{start} {said.en}")
