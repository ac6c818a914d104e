"""What a rule cannot do without, and what nobody needs."""

from collections.abc import Iterable, Iterator
from itertools import chain

from kerong.rulebook.content import Group, Place, Rule, Rulebook
from kerong.rulebook.deal_numbers import DEAL_NUMBERS
from kerong.rulebook.lint.days import parts_of
from kerong.rulebook.lint.finding import Finding
from kerong.rulebook.pools import Pool
from kerong.rulebook.tree import Node, fields_of, parameters_of
from kerong.rulebook.waterfalls import Waterfall

VAGUE = ("", "-", "?", "n/a", "none", "无", "略", "待补", "待定", "tbd")


def sources_and_cases(rulebook: Rulebook) -> Iterator[Finding]:
    """A rule without a source or a case; a historic one is flagged with its reason, which is normal."""
    for rule in rulebook.rules.values():
        yield from _source(rule)
        if not rule.cases:
            yield _without_case(rule.name, rule.place)
    sourced: tuple[Waterfall | Pool, ...] = (*rulebook.waterfalls.values(), *rulebook.pools.values())
    for one in sourced:
        yield from _source(one)
    grouped: tuple[Group | Waterfall | Pool, ...] = (*rulebook.groups.values(), *sourced)
    for item in grouped:
        if not item.cases:
            yield _without_case(item.name, item.place)


def _without_case(name: str, place: Place) -> Finding:
    return Finding("case", name, place, "没有任何案例证明它", "no case proves it", severity="error")


def _source(rule: Rule | Waterfall | Pool) -> Iterator[Finding]:
    source = rule.source
    if any(_is_vague(text) for text in (source.document, source.clause, rule.text)):
        said = "没有写明依据的文件、条款或原文", "document, clause or text of the source is missing"
        yield Finding("source", rule.name, rule.place, *said, severity="error")
    for name, parameter in rule.parameters.items():
        for start, _, cited in parameter.values:
            if _is_vague(cited):
                said = f"{name} 自{start}起的值没有依据", f"{name} from {start} on cites no source"
                yield Finding("source", rule.name, rule.place, *said, severity="error")
    if source.status == "historic":
        why = source.why
        said = ("历史条款，已标记", "historic, flagged")
        if why is None:
            said = ("历史条款，已标记，但没有说明原因", "historic, flagged, without a reason")
        yield Finding("source", rule.name, rule.place, *said, accepted=why, severity="note" if why else "warning")


def _is_vague(text: str) -> bool:
    return text.strip().lower() in VAGUE


def unused(rulebook: Rulebook) -> Iterator[Finding]:
    """Registers, measures, formulas and parameters that nothing reads."""
    read = frozenset(chain.from_iterable(fields_of(node) for node in _every(rulebook)))
    columns = {column for table, column in read if table == "enterprise"}
    region = rulebook.region
    columns |= {name.partition(".")[2] for name in (region.stage, region.group) if name}
    for measure in rulebook.measures.values():
        if measure.name not in columns:
            yield _idle(measure.name, measure.place, "没有任何地方用到这个指标量", "nothing reads this measure")
    for given in rulebook.network_fields.values():
        if given.name not in columns:
            yield _idle(
                given.name, given.place, "没有任何地方用到这个关系网字段", "nothing reads this field of a network"
            )
    for formula in rulebook.formulas.values():
        if formula.name not in columns:
            yield _idle(formula.name, formula.place, "没有任何地方用到这个公式", "nothing reads this formula")
    for register, formulas in rulebook.row_formulas.items():
        for formula in formulas:
            if (register, formula.name) not in read:
                yield _idle(formula.name, formula.place, "没有任何地方用到这个公式", "nothing reads this formula")
    yield from _registers(rulebook, {table for table, _ in read})
    yield from _parameters(rulebook)


def _idle(name: str, place: Place, zh: str, en: str) -> Finding:
    return Finding("unused", name, place, zh, en, severity="note")


def _every(rulebook: Rulebook) -> Iterator[Node]:
    for rule in rulebook.rules.values():
        yield from parts_of(rule)
    for formula in (*rulebook.formulas.values(), *chain.from_iterable(rulebook.row_formulas.values())):
        yield formula.value
    yield from (indicator.value for indicator in rulebook.indicators.values())
    for measure in rulebook.measures.values():
        yield from (node for node in (measure.value, measure.by, measure.where) if node is not None)
    for statistic in rulebook.statistics.values():
        yield from (node for _, node in statistic.by)
        yield from (node for node in (statistic.where, *(c.value for c in statistic.columns)) if node is not None)
    yield from (node for network in rulebook.networks.values() for node in network.nodes())
    yield from (group.fen for group in rulebook.groups.values() if group.fen is not None)
    if rulebook.affiliates is not None:
        yield rulebook.affiliates


def _registers(rulebook: Rulebook, read: set[str]) -> Iterator[Finding]:
    region = rulebook.region
    used = read | set(region.enterprise_from) | {r for pairs in region.provides.values() for r, _ in pairs}
    used |= {network.over for network in rulebook.networks.values()}
    used |= {measure.over for measure in rulebook.measures.values()} | {r.per for r in rulebook.rules.values()}
    used |= {statistic.over for statistic in rulebook.statistics.values()}
    for name, register in rulebook.registers.items():
        if name not in used:
            yield _idle(name, register.place, "没有任何地方读取这个登记册", "nothing reads this register")


def _parameters(rulebook: Rulebook) -> Iterator[Finding]:
    """A parameter belongs to a file; what any definition of the file reads is used."""
    borrowed: dict[str | None, set[str]] = {}
    for waterfall in rulebook.waterfalls.values():
        named = _named(waterfall.nodes())
        borrowed.setdefault(waterfall.rule, set()).update(named)
        yield from _idle_parameters(waterfall.name, waterfall.place, set(waterfall.parameters) - named)
    for rule in rulebook.rules.values():
        offered = {str(value) for value in rule.offer.values() if isinstance(value, str)}
        read = _named(parts_of(rule)) | offered | borrowed.get(rule.name, set())
        read |= set(DEAL_NUMBERS) if rule.is_product else set()
        yield from _idle_parameters(rule.name, rule.place, set(rule.parameters) - read)
    files: dict[str, tuple[str, Place, set[str], set[str]]] = {}
    every_formula = (*rulebook.formulas.values(), *chain.from_iterable(rulebook.row_formulas.values()))
    for formula in every_formula:
        _, _, known, read = files.setdefault(formula.place.file, (formula.name, formula.place, set(), set()))
        known |= set(formula.parameters)
        read |= _named([formula.value])
    for measure in rulebook.measures.values():
        _, _, known, read = files.setdefault(measure.place.file, (measure.name, measure.place, set(), set()))
        known |= set(measure.parameters)
        read |= _named(node for node in (measure.value, measure.by, measure.where) if node is not None)
    for network in rulebook.networks.values():
        unread = set(network.parameters) - _named(network.nodes())
        yield from _idle_parameters(network.name, network.place, unread)
    for name, place, known, read in files.values():
        yield from _idle_parameters(name, place, known - read)
    for group in rulebook.groups.values():
        yield from _idle_parameters(
            group.name, group.place, set(group.parameters) - _named([group.fen] if group.fen else [])
        )


def _named(nodes: Iterable[Node]) -> set[str]:
    return set(chain.from_iterable(parameters_of(node) for node in nodes))


def _idle_parameters(name: str, place: Place, idle: set[str]) -> Iterator[Finding]:
    for parameter in sorted(idle):
        yield _idle(name, place, f"没有任何地方用到参数 {parameter}", f"nothing reads the parameter {parameter}")
