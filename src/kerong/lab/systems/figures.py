"""The figures of a comparison of systems, ready for JSON; keys: docs/algorithms/systems.md.

All money is in fen of the city's currency. Rules of the nation, which every system has, are left out: they tell the
systems not apart. A status that is recognised or a warning reaches nobody with money, and is left out too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from kerong.engine.monitor.words import both
from kerong.lab.comparison.groups import code_order, code_title
from kerong.lab.systems import spent
from kerong.lab.systems.city import City
from kerong.lab.systems.gaps import gaps
from kerong.lab.systems.reach import REACH, held, reached, rules_of
from kerong.lab.systems.side import Side
from kerong.lab.systems.words import headline
from kerong.rulebook.content import BASES, Rule
from kerong.rulebook.counts import counted

Line = dict[str, Any]
VERSION = 1
GROUPS = {"stage": "stage", "size": "size_class", "district": "district", "industry": "industry_section"}


@dataclass(frozen=True, slots=True)
class System:
    """What is kept of a side once it is measured: its line of the figures, each firm's reach, and what firms hold."""

    line: Line
    reach: pl.Series
    held: pl.DataFrame


def system(city: City, side: Side, common: Mapping[str, str]) -> System:
    """One system measured. `common` holds the files of the nation's pack by name: what stands there is left out."""
    book, firms = side.rulebook, groups(city)
    rules = rules_of(book, common)
    reach = reached(side, [rule.name for rule in rules], firms["enterprise_id"])
    fen = spent.paid(side, rules)
    table = firms.with_columns(reach)
    own = counted(book, {file for file, text in book.texts.items() if common.get(file) != text})
    line = {
        "name": book.region.name,
        "title": both(book.region.title),
        "currency": book.region.currency,
        "rate": str(side.rate),
        "rules": len(rules),
        "waterfalls": own.waterfalls,
        "figures": own.figures,
        "numbers": own.numbers,
        "assumed": own.assumed,
        "not_in_force": [both(rule.title) for rule in rules if _lacks_number(rule, city)],
        "laid": _laid(city, side),
        "reached": {name: int((reach == name).sum()) for name in REACH},
        "by": {name: _by(table, name, city) for name in GROUPS if name in table.columns},
        "instruments": spent.instruments(rules, fen, side),
        "public": spent.public(rules, fen, side),
        "leverage": spent.leverage(rules, fen, side, city),
        "mechanisms": spent.mechanisms(rules, fen, side),
        "gaps": gaps(side, rules, reach, city.on),
    }
    return System(line, reach, held(side, common))


def figures(city: City, systems: Sequence[System], common: Mapping[str, str]) -> Line:
    """Every system's reach, money, leverage, mechanisms and gaps on the same city, in the order of `systems`."""
    firms, region = groups(city), city.home.region
    lines = [one.line for one in systems]
    everywhere = pl.DataFrame({str(place): one.reach for place, one in enumerate(systems)})
    told = {
        "version": VERSION,
        "on": city.on.isoformat(),
        "city": {"name": region.name, "title": both(region.title), "firms": firms.height},
        "currency": region.currency,
        "left_out": sum(common.get(rule.place.file) is not None for rule in city.home.rules.values()),
        "groups": {name: _counted(firms, name, city) for name in GROUPS if name in firms.columns},
        "everywhere": everywhere.filter(pl.all_horizontal(pl.all() == "certain")).height,
        "nowhere": everywhere.filter(pl.all_horizontal(pl.all() == "nothing")).height,
        "systems": lines,
        "ranked": {basis: found for basis in BASES if (found := spent.ranked(lines, basis))},
    }
    return {**told, "headline": headline(told)}


def groups(city: City) -> pl.DataFrame:
    """The city's firms with the groups that it has itself, so that every system is asked of the same ones."""
    known = {name: column for name, column in GROUPS.items() if column in city.enterprises.columns}
    return city.enterprises.select("enterprise_id", **{name: pl.col(column) for name, column in known.items()})


def _counted(firms: pl.DataFrame, group: str, city: City) -> list[Line]:
    """The groups of a kind in their order, with how many firms each has."""
    counts = dict(firms[group].alias("code").value_counts(sort=False).iter_rows())
    first = [code for code in code_order(group, city.home) if code in counts]
    others = sorted(code for code in counts if code is not None and code not in first)
    codes = [*first, *others, *([None] if None in counts else [])]
    return [{"code": code, "title": code_title(group, code, city.home), "firms": counts[code]} for code in codes]


def _by(table: pl.DataFrame, group: str, city: City) -> list[Line]:
    """How many firms of each group are reached, in the order of `_counted`."""
    counts = {(code, reach): n for code, reach, n in table.group_by(group, "reach").len().iter_rows()}
    codes = [line["code"] for line in _counted(table, group, city)]
    return [{"code": code, **{name: counts.get((code, name), 0) for name in REACH}} for code in codes]


def _lacks_number(rule: Rule, city: City) -> bool:
    return any(parameter.at(city.on) is None for parameter in rule.parameters.values())


def _laid(city: City, side: Side) -> list[Line]:
    """For each district of the city, most firms first, the district of the region that it is placed in."""
    own = {district.code: both(district.title) for district in side.rulebook.region.districts}
    return [
        {
            "from": code,
            "from_title": code_title("district", code, city.home),
            "to": side.laid.get(code),
            "to_title": own.get(side.laid.get(code, "")),
        }
        for code in city.districts
    ]
