"""What everything in a pack has: titles in both languages, a place in a file, a source, dated numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

from kerong.rulebook.tables import Table
from kerong.rulebook.types import Type

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence or title in both languages."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """The text in `lang`, "zh" or "en"."""
        return self.zh if lang == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Place:
    """Where a definition stands: file relative to the pack, line from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Source:
    """Where something comes from; `quotes` are the document's own words, each found in its text as it stands."""

    document: str
    clause: str
    status: str
    why: str | None = None
    quotes: tuple[str, ...] = ()
    place: Place | None = None  # where the quotes stand; None: there are none


@dataclass(frozen=True, slots=True)
class Parameter:
    """A dated number or table of a rule: from each date on, a value and the clause that says so, or why we chose it."""

    name: str
    title: Text | None
    type: Type
    values: tuple[tuple[date, int | float | Table, str], ...]
    assumed: Mapping[date, str] = field(default_factory=lambda: MappingProxyType({}))  # values we chose, and why

    def at(self, on: date) -> int | float | Table | None:
        """The value in force on `on`; None before the first date."""
        found = [value for start, value, _ in self.values if start <= on]
        return found[-1] if found else None
