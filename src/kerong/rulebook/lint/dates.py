"""Dated values whose days do not fit: gaps, values that come too late, repeat themselves or cite a later text."""

import re
from collections.abc import Iterator, Mapping
from datetime import date

from kerong.rulebook.content import Formula, Group, Measure, Network, Parameter, Place, Rule, Rulebook
from kerong.rulebook.lint.finding import Finding
from kerong.rulebook.waterfalls import Waterfall, WaterfallCase

YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*(?:年|〕|\)|\]| edition|\b)")


def dates_that_do_not_fit(rulebook: Rulebook) -> Iterator[Finding]:
    """Rules, groups, waterfalls, formulas and measures, each by the parameters of its file."""
    for rule in rulebook.rules.values():
        yield from _of_values(rule.name, rule.place, rule.parameters)
        yield from _gaps(rule)
        yield from _too_late(rule)
        yield from _all_ahead(rule, rulebook.region.default_on)
    for group in rulebook.groups.values():
        yield from _of_values(group.name, group.place, group.parameters)
        yield from _too_late(group)
    for waterfall in rulebook.waterfalls.values():
        yield from _of_values(waterfall.name, waterfall.place, waterfall.parameters)
        yield from _gaps(waterfall)
        yield from _too_late(waterfall)
    files: set[str] = set()
    listed: list[Formula | Measure | Network] = [*rulebook.formulas.values(), *rulebook.measures.values()]
    listed += rulebook.networks.values()
    for item in listed:
        if item.place.file not in files:
            files.add(item.place.file)
            yield from _of_values(item.name, item.place, item.parameters)


def _of_values(name: str, place: Place, parameters: Mapping[str, Parameter]) -> Iterator[Finding]:
    for parameter in parameters.values():
        for number, (start, value, source) in enumerate(parameter.values):
            later = [int(year) for year in YEAR.findall(source) if int(year) > start.year]
            if later:
                yield Finding(
                    "date",
                    name,
                    place,
                    f"{parameter.name} 自{start}起的值引用了{max(later)}年的文件：{source}",
                    f"{parameter.name} from {start} on cites a text of {max(later)}: {source}",
                )
            if number and parameter.values[number - 1][1] == value:
                yield Finding(
                    "date",
                    name,
                    place,
                    f"{parameter.name} 在{start}没有变化",
                    f"{parameter.name} does not change on {start}",
                    severity="note",
                )


def _gaps(rule: Rule | Waterfall) -> Iterator[Finding]:
    """Days on which some values of a rule are in force and others not yet: all claims of those days stay unknown."""
    starts = {name: parameter.values[0][0] for name, parameter in rule.parameters.items() if parameter.values}
    first = min(starts.values(), default=date.max)
    for name, start in starts.items():
        if start > first:
            yield Finding(
                "date",
                rule.name,
                rule.place,
                f"{name} 自{start}才有值，而其他参数自{first}起：其间无法判断",
                f"{name} has no value from {first}, where others begin, to {start}: nothing can be decided between",
            )


def _too_late(item: Rule | Group | Waterfall) -> Iterator[Finding]:
    for case in item.cases:
        outcome = case.outcome if isinstance(case, WaterfallCase) else case.expect.get("outcome")
        if outcome == "unknown":  # the case shows just that
            continue
        late = [name for name, p in item.parameters.items() if p.values and p.values[0][0] > case.on]
        if late:
            yield Finding(
                "date",
                item.name,
                case.place,
                f"案例日期{case.on}时 {'、'.join(late)} 还没有值",
                f"on the day of this case, {case.on}, {', '.join(late)} has no value yet",
            )


def _all_ahead(rule: Rule, on: date) -> Iterator[Finding]:
    starts = [parameter.values[0][0] for parameter in rule.parameters.values() if parameter.values]
    if starts and min(starts) > on:
        yield Finding(
            "date",
            rule.name,
            rule.place,
            f"该条自{min(starts)}才施行，晚于地区的评估日{on}",
            f"this rule begins on {min(starts)}, after the region's own day {on}",
            severity="note",
        )
