"""What the sources of a region say: figures by topic, checks by outcome, slips, tables, arrangements by mechanism."""

from dataclasses import dataclass
from pathlib import PurePosixPath

from kerong.rulebook.content import MECHANISMS, Rulebook, Text
from kerong.rulebook.published import (
    Arrangement,
    Document,
    Figure,
    NotExpressed,
    PublishedList,
    SourceError,
)
from kerong.rulebook.published_checks import Checked, all_checked
from kerong.rulebook.quotes import quotes_of


@dataclass(frozen=True, slots=True)
class Topic:
    """Figures of one file; `title` None: the file's name in words, `name`."""

    name: str
    title: Text | None
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """What carries a part of an arrangement: a rule, group or waterfall. `route` leads to its page, "": it has none."""

    name: str
    title: Text
    route: str


@dataclass(frozen=True, slots=True)
class Arranged:
    """An arrangement with what carries a part of it."""

    arrangement: Arrangement
    rules: tuple[Decided, ...]


@dataclass(frozen=True, slots=True)
class Mechanism:
    """The arrangements that work by one mechanism; the empty name: by none that the source says."""

    name: str
    arranged: tuple[Arranged, ...]


@dataclass(frozen=True, slots=True)
class SourcesPage:
    """The page. Checks are parted by outcome: what differs is read first."""

    documents: tuple[Document, ...]
    topics: tuple[Topic, ...]
    count: int
    differs: tuple[Checked, ...]
    cannot: tuple[Checked, ...]
    agrees: tuple[Checked, ...]
    errors: tuple[SourceError, ...]
    lists: tuple[PublishedList, ...]
    mechanisms: tuple[Mechanism, ...]
    not_expressed: tuple[NotExpressed, ...]

    @property
    def checked(self) -> int:
        """How many checks there are."""
        return len(self.differs) + len(self.cannot) + len(self.agrees)

    @property
    def cells(self) -> int:
        """How many of the figures stand in tables."""
        return self.count - sum(len(topic.figures) for topic in self.topics)


def has_sources(book: Rulebook) -> bool:
    """Whether the region says anything of its sources: a made-up one has none."""
    published = book.published
    return bool(published.figures or published.lists or published.arrangements or published.not_expressed)


def sources_page(book: Rulebook) -> SourcesPage:
    """The page of a region."""
    published = book.published
    checks = tuple(all_checked(published))
    return SourcesPage(
        documents=_documents(book),
        topics=tuple(
            Topic(PurePosixPath(file).stem.replace("_", " "), published.topics.get(file), tuple(found))
            for file, found in published.by_topic().items()
        ),
        count=len(published.numbers),
        differs=tuple(one for one in checks if one.outcome == "differs"),
        cannot=tuple(one for one in checks if one.outcome == "cannot_be_derived"),
        agrees=tuple(one for one in checks if one.outcome == "agrees"),
        errors=tuple(published.errors.values()),
        lists=tuple(published.lists.values()),
        mechanisms=tuple(_mechanisms(book)),
        not_expressed=tuple(published.not_expressed.values()),
    )


def _documents(book: Rulebook) -> tuple[Document, ...]:
    """The documents that something of the region quotes."""
    named = {said.source.document for said, _ in quotes_of(book)}
    return tuple(document for code, document in book.published.documents.items() if code in named)


def _mechanisms(book: Rulebook) -> list[Mechanism]:
    found = []
    for name in (*MECHANISMS, None):
        arranged = tuple(
            Arranged(one, tuple(_decided(book, rule) for rule in one.rules))
            for one in book.published.arrangements.values()
            if one.mechanism == name
        )
        if arranged:
            found.append(Mechanism(name or "", arranged))
    return found


def _decided(book: Rulebook, name: str) -> Decided:
    one = book.rules.get(name) or book.groups.get(name) or book.waterfalls[name]
    route = "rule" if name in book.rules else "waterfall" if name in book.waterfalls else ""
    return Decided(name, one.title, route)
