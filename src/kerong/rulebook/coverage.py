"""Which sentences of its documents a pack does not touch: what an author has left out so far."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kerong.rulebook.content import Rulebook
from kerong.rulebook.published import Document
from kerong.rulebook.quotes import bare, quotes_of, span_of

END = re.compile(r"[。；！？][”’』」）)]*")
# a line by itself: a heading with its number, the title of a table or figure, a cell of a table
ALONE = re.compile(
    r"[\t◼●]|\s*(?:[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|[1-9](?:\.\d)*\s*[^\d\W]|[表图]\s*\d)"
)
LONGEST_HEADING = 40
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence, heading or cell: its line in the document, its words, and where it stands in the bare text."""

    line: int
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class Covered:
    """A document, how many of its sentences are about the region, and those that no quote touches."""

    document: Document
    count: int
    untouched: tuple[Sentence, ...]

    @property
    def touched(self) -> int:
        """How many sentences a quote touches."""
        return self.count - len(self.untouched)


def sentences(text: str) -> Iterator[Sentence]:
    """The sentences of a text, split at 。；！？ and at headings; lines that break a sentence do not."""
    words, line, begin, at = list[str](), 1, 0, 0
    for number, content in enumerate(text.split("\n"), 1):
        alone = _stands_alone(content)
        if alone and words:
            yield Sentence(line, "".join(words), (begin, at))
            words = []
        for piece in _pieces(bare(content)):
            if not words:
                line, begin = number, at
            words.append(piece)
            at += len(piece)
            if alone or END.search(piece[-3:]):
                yield Sentence(line, "".join(words), (begin, at))
                words = []
    if words:
        yield Sentence(line, "".join(words), (begin, at))


def _stands_alone(line: str) -> bool:
    if ALONE.match(line) is None:
        return False
    return line.startswith("\t") or (len(bare(line)) <= LONGEST_HEADING and END.search(line) is None)


def _pieces(line: str) -> Iterator[str]:
    """A line cut behind what ends a sentence."""
    begin = 0
    for end in END.finditer(line):
        yield line[begin : end.end()]
        begin = end.end()
    if begin < len(line):
        yield line[begin:]


def covered(book: Rulebook, texts: Mapping[str, str]) -> list[Covered]:
    """How far the documents that a pack quotes, or names a part of, are covered; `texts` are by the file's name.

    Where the pack says which parts of a document are about it ([[part]]), only those count.
    """
    published = book.published
    named = {part.document for part in published.parts} | {said.source.document for said, _ in quotes_of(book)}
    return [
        _covered(book, document, texts[document.text])
        for code, document in published.documents.items()
        if code in named and document.text in texts
    ]


def _covered(book: Rulebook, document: Document, text: str) -> Covered:
    whole = bare(text)
    parts = [span for part in book.published.parts if part.document == document.code if (span := span_of(part, whole))]
    parts = parts or [(0, len(whole))]
    quoted = [
        span
        for said, words in quotes_of(book)
        if said.source.document == document.code
        if (span := _found(bare(words), whole, parts))
    ]
    wanted = [one for one in sentences(text) if _overlaps(one.span, parts)]
    return Covered(document, len(wanted), tuple(one for one in wanted if not _overlaps(one.span, quoted)))


def _found(words: str, text: str, parts: list[Span]) -> Span | None:
    """Where quoted words stand: within a part if they can, for the same words may stand elsewhere too."""
    for begin, end in [*parts, (0, len(text))]:
        if (at := text.find(words, begin, end)) >= 0:
            return at, at + len(words)
    return None


def _overlaps(span: Span, others: list[Span]) -> bool:
    return any(span[0] < end and begin < span[1] for begin, end in others)
