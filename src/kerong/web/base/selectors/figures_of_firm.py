"""How one firm's numbers are laid out: the profile's facts by their kind, and the radar's data."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kerong.rulebook.content import Formula, Measure, Region, Text
from kerong.web.base.names import named
from kerong.web.base.selectors.dossier import Dossier
from kerong.web.base.selectors.published import Published
from kerong.web.base.selectors.rules import kind_of
from kerong.web.base.words import word

LINES = {"proven": "proven", "reachable": "open", "typical": "typical"}


@dataclass(frozen=True, slots=True)
class Fact:
    """One value of the profile; `kind` says how it is written: money, rate, count, ratio, flag, day, text."""

    name: str
    title: Text
    kind: str
    value: Any


def profile(published: Published, enterprise: Mapping[str, Any]) -> list[Fact]:
    """Every measure and formula of the enterprise with its title, in the order of the rulebook."""
    return [fact for fact in _facts(published, enterprise) if fact.name in enterprise]


def radar(dossier: Dossier, lang: str, region: Region) -> dict[str, Any]:
    """Data of the radar: per dimension the share of its points that is proven, reachable, and typical of the stage."""
    parts = [part for part in dossier.dimensions if part.weight and not part.withheld]
    return {
        "names": [named("dimension", part.name, lang, region) for part in parts],
        "proven": [round(100 * part.points / part.weight, 1) for part in parts],
        "reachable": [round(100 * part.points_high / part.weight, 1) for part in parts],
        "typical": [None if part.typical is None else round(100 * part.typical / part.weight, 1) for part in parts],
    }


def radar_words(lang: str) -> str:
    """Names of the radar's lines, as JSON for an attribute."""
    return json.dumps({line: word(f"score.{key}", lang) for line, key in LINES.items()}, ensure_ascii=False)


def _facts(published: Published, enterprise: Mapping[str, Any]) -> Iterator[Fact]:
    rulebook = published.rulebook
    held: tuple[Measure | Formula, ...] = (*rulebook.measures.values(), *rulebook.formulas.values())
    for item in held:
        value = enterprise.get(item.name)
        yield Fact(item.name, item.title, kind_of(item.type), value)
