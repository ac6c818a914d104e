"""What the cases of a rule leave unproved: a payment, a refusal, a limit, an unknown, a number, an arithmetic.

What the cases would not notice if it were changed is asked by `kerong rules mutate`, which works them.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from kerong.rulebook.content import Case, Group, GroupCase, Limit, Parameter, Place, Rule, Rulebook
from kerong.rulebook.lint.finding import Finding
from kerong.rulebook.tree import Node, parameters_of
from kerong.rulebook.waterfalls import Waterfall, WaterfallCase

Told = tuple[str, Place, str, str]  # name of the finding, where, in Chinese, in English


def what_cases_prove(rulebook: Rulebook) -> Iterator[Finding]:
    """Findings "proof.pays", "proof.refuses", "proof.unknown", "proof.limit", "proof.working", "proof.parameter".

    A rule without any case is told of by another check.
    """
    for rule in rulebook.rules.values():
        if rule.cases:
            for name, place, zh, en in (*_outcomes(rule), *_limits(rule), *_workings(rule.cases), *_values(rule)):
                yield Finding(name, rule.name, place, zh, en)
    for group in rulebook.groups.values():
        if group.cases:
            for name, place, zh, en in (*_of_group(group), *_workings(group.cases)):
                yield Finding(name, group.name, place, zh, en)
    for waterfall in rulebook.waterfalls.values():
        if waterfall.cases:
            for name, place, zh, en in (*_of_waterfall(waterfall), *_workings(waterfall.cases)):
                yield Finding(name, waterfall.name, place, zh, en)


def _outcomes(rule: Rule) -> Iterator[Told]:
    expected = {case.expect.get("outcome") for case in rule.cases}
    if "met" not in expected and not any(_paid(case) for case in rule.cases):
        yield "proof.pays", rule.place, "没有算例符合条件", "no case meets the rule"
    if "failed" not in expected:
        yield "proof.refuses", rule.place, "没有算例被拒绝", "no case is refused"
    if rule.amount is not None and "unknown" not in expected:
        yield "proof.unknown", rule.place, "没有算例缺少材料", "no case meets an unknown"


def _paid(case: Case) -> bool:
    return any(isinstance(fen, int) and fen > 0 for fen in _awarded(case))


def _awarded(case: Case | GroupCase) -> tuple[object, ...]:
    awarded = case.expect.get("awarded")
    return tuple(awarded) if isinstance(awarded, list) else () if awarded is None else (awarded,)


def _limits(rule: Rule) -> Iterator[Told]:
    """A limit is reached by a case that is cut by it: by its name, or where a rule has but one that the case counts."""
    for limit in rule.limits:
        if not any(_reaches(case, limit, rule) for case in rule.cases):
            yield (
                "proof.limit",
                limit.place or rule.place,
                f"没有算例达到限额 {limit.name}（expect.cut_by）",
                f"no case reaches limit {limit.name} (expect.cut_by)",
            )


def _reaches(case: Case, limit: Limit, rule: Rule) -> bool:
    counted = [one for one in rule.limits if case.budget is not None or not one.scope.startswith("budget")]
    fen, awarded = case.expect.get("fen"), _awarded(case)
    is_cut = len(awarded) == 1 and isinstance(fen, int) and isinstance(awarded[0], int) and awarded[0] < fen
    return case.expect.get("cut_by") == limit.name or (is_cut and counted == [limit])


def _workings(cases: tuple[Case, ...] | tuple[GroupCase, ...] | tuple[WaterfallCase, ...]) -> Iterator[Told]:
    for case in cases:
        named = {"fen", "awarded"} & set(case.expect)
        has_amount = bool(case.expect if isinstance(case, WaterfallCase) else named)
        missing = [key for key, value in (("by", case.by), ("working", case.working)) if not value]
        if has_amount and missing:
            lacks = " and ".join(missing)
            zh = f"“{case.title}”的预期金额没有写明依据或算式（{'、'.join(missing)}）"
            yield "proof.working", case.place, zh, f"the amount that “{case.title}” expects has no {lacks}"


def _values(rule: Rule) -> Iterator[Told]:
    """Dated values that a case could feel, each in force on the day of a case."""
    felt = {name for node in _felt(rule) for name in parameters_of(node)}
    known = {name: parameter for name, parameter in rule.parameters.items() if name in felt}
    yield from _unused_values(known, [case.on for case in rule.cases], rule.place)


def _felt(rule: Rule) -> Iterator[Node]:
    """What cases can tell apart: not what an offer shows, nor how large a budget is."""
    yield from (clause.condition for clause in rule.clauses)
    amount = rule.amount
    if amount is not None:
        yield from (node for node in (amount.fen, amount.base, amount.payee) if node is not None)
    for limit in rule.limits:
        fen = None if limit.scope.startswith("budget") else limit.fen
        yield from (node for node in (fen, limit.year, limit.priority) if node is not None)
    yield from (node for node in (rule.sequence,) if node is not None)


def _unused_values(parameters: Mapping[str, Parameter], days: list[date], place: Place) -> Iterator[Told]:
    for name, parameter in parameters.items():
        used = {sum(start <= day for start, _, _ in parameter.values) - 1 for day in days}
        for number, (start, _, _) in enumerate(parameter.values):
            if number not in used:
                zh = f"参数 {name} 自 {start} 起的取值没有算例用到"
                yield "proof.parameter", place, zh, f"no case is on a day of the value of {name} from {start}"


def _of_waterfall(waterfall: Waterfall) -> Iterator[Told]:
    if not any(case.outcome == "unknown" for case in waterfall.cases):
        yield "proof.unknown", waterfall.place, "没有算例缺少材料", "no case meets an unknown"
    felt = {name for node in waterfall.nodes() for name in parameters_of(node)}
    known = {name: parameter for name, parameter in waterfall.parameters.items() if name in felt}
    yield from _unused_values(known, [case.on for case in waterfall.cases], waterfall.place)


def _of_group(group: Group) -> Iterator[Told]:
    if not any(case.expect.get("cut_by") == group.name for case in group.cases) and group.kind != "layers":
        yield (
            "proof.limit",
            group.place,
            "没有算例因该组规则而减少（expect.cut_by）",
            "no case is cut by the group (expect.cut_by)",
        )
    yield from _unused_values(group.parameters, [case.on for case in group.cases], group.place)
