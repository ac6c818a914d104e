"""Every source of a pack in one row: what it is of, where it stands, which words it quotes, and whether they are there.

White space does not count, for a text may be broken into lines anywhere; every other character does.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kerong.rulebook.content import Group, Rule, Rulebook
from kerong.rulebook.pools import Pool
from kerong.rulebook.published import Part, Published
from kerong.rulebook.said import Place, Source
from kerong.rulebook.waterfalls import Waterfall


@dataclass(frozen=True, slots=True)
class Sourced:
    """Something that has a source; `place` is where it stands, `source.place` where its quotes do."""

    kind: str
    name: str
    source: Source
    place: Place


@dataclass(frozen=True, slots=True)
class Missing:
    """Words that are not in the text of their document, or in no text that we were given (`unread`)."""

    said: Sourced | Part
    words: str
    file: str
    unread: bool = False

    @property
    def place(self) -> Place:
        """Where the words are quoted."""
        return self.said.place if isinstance(self.said, Part) else self.said.source.place or self.said.place


def sources_of(book: Rulebook, published: Published) -> Iterator[Sourced]:
    """The sources of rules, groups, waterfalls, pools, institutions and of everything published."""
    decided: Mapping[str, Mapping[str, Rule | Group | Waterfall | Pool]] = {
        "rule": book.rules,
        "group": book.groups,
        "waterfall": book.waterfalls,
        "pool": book.pools,
    }
    for kind, content in decided.items():
        for rule in content.values():
            yield Sourced(kind, rule.name, rule.source, rule.place)
    for institution in book.region.institutions:
        if institution.source is not None:
            yield Sourced("institution", institution.code, institution.source, Place("region.toml", 1))
    for kind, held in (
        ("figure", published.figures),
        ("error", published.errors),
        ("list", published.lists),
        ("arrangement", published.arrangements),
        ("not_expressed", published.not_expressed),
    ):
        for item in held.values():
            yield Sourced(kind, item.name, item.source, item.place)


def quotes_of(book: Rulebook) -> Iterator[tuple[Sourced, str]]:
    """Every quoted text of a pack with what quotes it."""
    for said in sources_of(book, book.published):
        for words in said.source.quotes:
            yield said, words


def bare(text: str) -> str:
    """A text without its white space."""
    return "".join(text.split())


def missing_quotes(book: Rulebook, texts: Mapping[str, str]) -> list[Missing]:
    """The quotes that are not in the texts of their documents, by file and line; `texts` are by the file's name."""
    documents = book.published.documents
    held = {code: bare(texts[one.text]) for code, one in documents.items() if one.text in texts}
    found = []
    for said, words in quotes_of(book):
        code = said.source.document
        if code not in held or bare(words) not in held[code]:
            found.append(Missing(said, words, documents[code].text, code not in held))
    found += [
        Missing(part, f"{part.begins} … {part.ends or ''}".rstrip(), documents[part.document].text)
        for part in book.published.parts
        if part.document in held and span_of(part, held[part.document]) is None
    ]
    return sorted(found, key=lambda one: (one.place.file, one.place.line, one.words))


def span_of(part: Part, text: str) -> tuple[int, int] | None:
    """Where a part begins and ends in the bare text of its document; None where its words are not there."""
    begin = text.find(bare(part.begins))
    end = len(text) if part.ends is None else text.find(bare(part.ends), begin + len(bare(part.begins)))
    return (begin, end) if begin >= 0 and end >= 0 else None
