"""What a region's sources say beside its rules: documents, figures, tables, arrangements, and what is wrong in them.

None of it decides anything. It is kept so that every published figure has its words, its date and its qualifier, that
published ratios can be worked out again, and that measures without a number are not lost. Files: docs/published.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from types import MappingProxyType
from typing import Literal

from kerong.rulebook.said import Place, Source, Text

QUALIFIERS = ("exact", "about", "over", "nearly", "at_least", "at_most", "target")
ARRANGEMENT_KINDS = (
    "platform",
    "institution",
    "product",
    "channel",
    "list",
    "event",
    "training",
    "laboratory",
    "evaluation",
    "tolerance",
    "market",
    "proposal",
)


@dataclass(frozen=True, slots=True)
class Document:
    """A source text. `text` is the name of its file, by which quotes are looked for."""

    code: str
    title: Text
    author: str
    year: int | None
    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a document that is about this region: from the words `begins` up to the words `ends`, or its end."""

    document: str
    begins: str
    ends: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Figure:
    """A published number. `as_of` is a day, month, year, a span of them ("2010/2017") or "undated" (then `why`).

    `subject` names what is counted: two figures of one subject and `as_of` must not contradict each other.
    """

    name: str
    title: Text
    value: Decimal
    unit: str
    as_of: str
    qualifier: str
    subject: str
    source: Source
    place: Place
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """A published ratio, share, sum or growth worked out again from published parts.

    `formula` reads figures by name; None: it cannot be derived, and `why` says so. `basis` says what stands over what
    (ratios of unlike bases are never ranked together). `expect` is what we found when the pack was written.
    """

    name: str
    title: Text
    of: str
    formula: str | None
    basis: str
    expect: Literal["agrees", "differs", "cannot_be_derived"]
    why: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class SourceError:
    """A slip in a source: what stands there, and what is wrong with it. `figures` are those that it touches."""

    name: str
    title: Text
    source: Source
    figures: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class ListColumn:
    """A column of a published list; `unit` None: text."""

    name: str
    title: Text
    unit: str | None


@dataclass(frozen=True, slots=True)
class PublishedList:
    """A table or list of a source, as it stands there; the first column is its key.

    Its numbers are figures by the name `list.column.key`.
    """

    name: str
    title: Text
    columns: tuple[ListColumn, ...]
    rows: tuple[tuple[str | Decimal | None, ...], ...]
    source: Source
    place: Place


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A measure of a source that is no rule: a platform, an event, a tolerance, a proposal, in the source's words."""

    name: str
    kind: str
    title: Text
    text: str
    mechanism: str | None
    source: Source
    place: Place
    institution: str | None = None
    figures: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()  # rules, groups and waterfalls that carry a part of it


@dataclass(frozen=True, slots=True)
class NotExpressed:
    """A sentence of a source that the rulebook cannot say, and why."""

    name: str
    why: Text
    source: Source
    place: Place


@dataclass(frozen=True, slots=True)
class Published:
    """All of it, each by its name."""

    documents: Mapping[str, Document] = field(default_factory=lambda: MappingProxyType({}))
    parts: tuple[Part, ...] = ()
    figures: Mapping[str, Figure] = field(default_factory=lambda: MappingProxyType({}))
    topics: Mapping[str, Text] = field(default_factory=lambda: MappingProxyType({}))  # titles of files of figures
    cells: Mapping[str, Figure] = field(default_factory=lambda: MappingProxyType({}))  # numbers of lists
    checks: Mapping[str, Check] = field(default_factory=lambda: MappingProxyType({}))
    errors: Mapping[str, SourceError] = field(default_factory=lambda: MappingProxyType({}))
    lists: Mapping[str, PublishedList] = field(default_factory=lambda: MappingProxyType({}))
    arrangements: Mapping[str, Arrangement] = field(default_factory=lambda: MappingProxyType({}))
    not_expressed: Mapping[str, NotExpressed] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def numbers(self) -> Mapping[str, Figure]:
        """What formulas may name: figures, and the cells of lists as `list.column.key`."""
        return {**self.figures, **self.cells}

    def by_topic(self) -> dict[str, list[Figure]]:
        """Figures by the file that they stand in."""
        topics: dict[str, list[Figure]] = {}
        for figure in self.figures.values():
            topics.setdefault(figure.place.file, []).append(figure)
        return topics
