"""documents/, figures/, lists/ and arrangements/: what a region's sources say, from TOML to records.

Beside the form of every entry it is checked that what entries name exists, that figures do not contradict each other,
that every check comes out as its author expects, and that whoever names a document quotes it.
"""

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from types import MappingProxyType
from typing import TypeVar

from kerong.rulebook.content import MECHANISMS, Rulebook
from kerong.rulebook.load_lists import cells_of, list_of, number_of
from kerong.rulebook.load_source import source_of
from kerong.rulebook.parse import nearest
from kerong.rulebook.published import (
    ARRANGEMENT_KINDS,
    QUALIFIERS,
    Arrangement,
    Check,
    Document,
    Figure,
    NotExpressed,
    Part,
    Published,
    PublishedList,
    SourceError,
)
from kerong.rulebook.published_checks import checked, contradictions
from kerong.rulebook.published_formulas import FormulaError
from kerong.rulebook.quotes import sources_of
from kerong.rulebook.said import Source, Text
from kerong.rulebook.sheets import ELSEWHERE, RulebookError, Sheet, Stop
from kerong.rulebook.units import known_units, unit_of

FOLDERS = ("documents", "figures", "lists", "arrangements")
DAY = re.compile(r"[12]\d{3}(?:-\d\d(?:-\d\d)?)?")
DATES = '"2024-06-30", "2024-06", "2024", a span "2010/2017", or "undated" with why'
T = TypeVar("T", Document, Figure, Check, SourceError, PublishedList, Arrangement, NotExpressed)


def published_of(
    folders: Mapping[str, Sequence[Sheet]], book: Rulebook, broken: Collection[str], errors: list[RulebookError]
) -> Published:
    """All of it; `book` holds the rest of the pack, `broken` are names of it whose own errors have been told."""
    reader = _Reader(book, broken, errors)
    reader.read(folders)
    found = reader.found()
    reader.hold_against(found)
    return found


@dataclass(slots=True)
class _Reader:
    book: Rulebook
    broken: Collection[str]
    errors: list[RulebookError]
    documents: dict[str, Document] = field(default_factory=dict)
    parts: list[Part] = field(default_factory=list)
    topics: dict[str, Text] = field(default_factory=dict)
    figures: dict[str, Figure] = field(default_factory=dict)
    checks: dict[str, Check] = field(default_factory=dict)
    slips: dict[str, SourceError] = field(default_factory=dict)
    lists: dict[str, PublishedList] = field(default_factory=dict)
    arrangements: dict[str, Arrangement] = field(default_factory=dict)
    not_expressed: dict[str, NotExpressed] = field(default_factory=dict)
    unread: set[str] = field(default_factory=set)  # documents, figures and lists with errors of their own
    sheets: dict[tuple[str, str], Sheet] = field(default_factory=dict)  # by kind and name, for later errors

    def read(self, folders: Mapping[str, Sequence[Sheet]]) -> None:
        """Every entry by itself."""
        for sheet in folders["documents"]:
            sheet.only(["document", "part"])
            self._each(sheet, "document", document_of, self.documents)
        for sheet in folders["documents"]:
            self._parts(sheet)
        for sheet in folders["lists"]:
            self._one(sheet, "list", list_of, self.lists)
        for sheet in folders["figures"]:
            sheet.only(["title", "figure", "check", "error"])
            self._topic(sheet)
            self._each(sheet, "figure", figure_of, self.figures)
            self._each(sheet, "check", check_of, self.checks)
            self._each(sheet, "error", slip_of, self.slips)
        for sheet in folders["arrangements"]:
            sheet.only(["arrangement", "not_expressed"])
            self._each(sheet, "arrangement", arrangement_of, self.arrangements)
            self._each(sheet, "not_expressed", not_expressed_of, self.not_expressed)

    def _each(self, sheet: Sheet, kind: str, read: Callable[[Sheet], T], to: dict[str, T]) -> None:
        try:
            for item in sheet.tables(kind):
                self._one(item, kind, read, to)
        except Stop:
            return

    def _one(self, sheet: Sheet, kind: str, read: Callable[[Sheet], T], to: dict[str, T]) -> None:
        try:
            item = read(sheet)
        except Stop:
            self.unread.add(str(sheet.data.get("code" if kind == "document" else "name")))
            return
        name = item.code if isinstance(item, Document) else item.name
        if name in to:
            key = "code" if isinstance(item, Document) else "name"
            sheet.fail(f"{kind} {name} is defined twice", key, hint=f"first in {to[name].place.file}")
            return
        to[name] = item
        self.sheets[kind, name] = sheet

    def _topic(self, sheet: Sheet) -> None:
        try:
            title = sheet.title(default=None)
        except Stop:
            return
        if title is not None:
            self.topics[sheet.file] = title

    def _parts(self, sheet: Sheet) -> None:
        try:
            for item in sheet.tables("part"):
                if item.data.get("document") not in self.unread:
                    self.parts.append(part_of(item, self.documents))
        except Stop:
            return

    def found(self) -> Published:
        """The records."""
        cells = {figure.name: figure for one in self.lists.values() for figure in cells_of(one)}
        return Published(
            documents=MappingProxyType(self.documents),
            parts=tuple(self.parts),
            figures=MappingProxyType(self.figures),
            topics=MappingProxyType(self.topics),
            cells=MappingProxyType(cells),
            checks=MappingProxyType(self.checks),
            errors=MappingProxyType(self.slips),
            lists=MappingProxyType(self.lists),
            arrangements=MappingProxyType(self.arrangements),
            not_expressed=MappingProxyType(self.not_expressed),
        )

    def hold_against(self, found: Published) -> None:
        """Entries against each other and against the rest of the pack."""
        numbers = found.numbers
        for name, slip in self.slips.items():
            self._names(self.sheets["error", name], "figures", slip.figures, numbers, "figure")
        for name, check in self.checks.items():
            self._check(self.sheets["check", name], check, numbers)
        excused = [frozenset(slip.figures) for slip in self.slips.values()]
        for one, other in contradictions(list(self.figures.values()), excused):
            said = f"{_said(one)} and {_said(other)} contradict each other"
            hint = f"{one.name} stands in {one.place.file}:{one.place.line}; an [[error]] that names both says why"
            self.sheets["figure", other.name].fail(f"{other.subject} as of {one.as_of}: {said}", "value", hint=hint)
        for name, arrangement in self.arrangements.items():
            self._arrangement(self.sheets["arrangement", name], arrangement, found)
        self._sources(found)

    def _names(self, sheet: Sheet, key: str, names: Sequence[str], known: Mapping[str, object], what: str) -> None:
        for name in names:
            if name not in known and name not in self.unread and name.partition(".")[0] not in self.unread:
                sheet.fail(f"{key}: there is no {what} {name}", key, hint=nearest(name, known))

    def _check(self, sheet: Sheet, check: Check, numbers: Mapping[str, Figure]) -> None:
        """Work a check out; it must come out as expected."""
        if check.of not in numbers:
            self._names(sheet, "of", [check.of], numbers, "figure")
            return
        try:
            result = checked(check, numbers, self.unread)
        except FormulaError as error:
            if not error.message.endswith(ELSEWHERE):
                sheet.fail(f"formula: {error.message}", "formula", hint=error.hint)
            return
        if result.outcome != check.expect:
            came = "" if result.result is None else f": {float(result.result):.6g} {result.published.unit}"
            came += f" against {_said(result.published)}" if came else ""
            sheet.fail(f"the check {result.outcome}, not {check.expect}{came}", "expect")

    def _arrangement(self, sheet: Sheet, one: Arrangement, found: Published) -> None:
        codes = {institution.code: institution for institution in self.book.region.institutions}
        if one.institution is not None and one.institution not in codes:
            sheet.fail(
                f"institution: there is no institution {one.institution}",
                "institution",
                hint=nearest(one.institution, codes),
            )
        self._names(sheet, "figures", one.figures, {**found.numbers, **found.lists}, "figure")
        rules = {**self.book.rules, **self.book.groups, **self.book.waterfalls}
        read = [name for name in one.rules if name not in self.broken]
        self._names(sheet, "rules", read, rules, "rule, group or waterfall")

    def _sources(self, found: Published) -> None:
        """Whoever quotes names a document, and whoever names a document quotes it."""
        for said in sources_of(self.book, found):
            source, place = said.source, said.source.place or said.place
            if source.quotes and source.document not in self.documents and source.document not in self.unread:
                self.errors.append(
                    RulebookError(
                        place.file,
                        place.line,
                        f"source of {said.name}: there is no document {source.document} to quote",
                        nearest(source.document, self.documents) or "[[document]] in documents/<topic>.toml",
                    )
                )
            if source.document in self.documents and not source.quotes:
                self.errors.append(
                    RulebookError(
                        place.file,
                        place.line,
                        f"source of {said.name}: names document {source.document} and quotes nothing of it",
                        'quote = ["…"], its words as they stand',
                    )
                )


def _said(figure: Figure) -> str:
    qualifier = "" if figure.qualifier == "exact" else f"{figure.qualifier} "
    return f"{qualifier}{figure.value} {figure.unit} ({figure.name})"


def document_of(sheet: Sheet) -> Document:
    """An entry [[document]]."""
    sheet.only(["code", "title", "author", "year", "text"])
    code = sheet.text("code")
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{0,30}", code):
        raise sheet.fail(f"code = {code!r}: codes are letters and digits", "code", hint="S3")
    text = sheet.text("text")
    if not re.fullmatch(r"\w[\w.\- ]{0,79}", text):
        raise sheet.fail(
            f"text = {text[:80]!r} is no name of a file", "text", hint="at most 80 characters, without a folder"
        )
    year = sheet.whole("year", None)
    if year is not None and not 1 <= year <= 9999:
        raise sheet.fail(f"year = {year} is no year", "year")
    return Document(code, sheet.title(), sheet.text("author"), year, text, sheet.place())


def part_of(sheet: Sheet, documents: Mapping[str, Document]) -> Part:
    """An entry [[part]]: which part of a document is about this region."""
    sheet.only(["document", "from", "to"])
    code = sheet.text("document")
    if code not in documents:
        raise sheet.fail(f"there is no document {code}", "document", hint=nearest(code, documents))
    begins, ends = sheet.text("from"), sheet.text("to", None)
    for key, words in (("from", begins), ("to", ends)):
        if words is not None and not words.strip():
            raise sheet.fail(f"{key} is empty", key, hint="the words of the document, as they stand there")
    return Part(code, begins, ends, sheet.place())


def figure_of(sheet: Sheet) -> Figure:
    """An entry [[figure]]."""
    sheet.only(["name", "title", "value", "unit", "as_of", "qualifier", "source", "subject", "why"])
    why = sheet.text("why", None)
    return Figure(
        name=sheet.name(),
        title=sheet.title(),
        value=_value(sheet),
        unit=_unit(sheet),
        as_of=_as_of(sheet, why),
        qualifier=sheet.choice("qualifier", QUALIFIERS, "exact"),
        subject=sheet.text("subject", None) or "",
        source=_quoted(sheet),
        place=sheet.place(),
        why=why,
    )


def _as_of(sheet: Sheet, why: str | None) -> str:
    """A day, month or year, a span of them, or "undated"."""
    as_of = str(sheet.get("as_of", str, DATES))
    if as_of == "undated":
        if why is None:
            raise sheet.fail("an undated figure says why it has no date", "as_of", hint='why = "…"')
        return as_of
    begin, _, end = as_of.partition("/")
    if not _is_day(begin) or not _is_day(end or begin) or as_of.endswith("/"):
        raise sheet.fail(f"as_of = {as_of!r} is no date of a figure", "as_of", hint=DATES)
    if end and end < begin:
        raise sheet.fail(f"as_of = {as_of!r}: the span ends before it begins", "as_of")
    return as_of


def _is_day(text: str) -> bool:
    try:
        return DAY.fullmatch(text) is not None and bool(date.fromisoformat(f"{text}-01-01"[:10]))
    except ValueError:
        return False


def _value(sheet: Sheet) -> Decimal:
    text = str(sheet.get("value", str, 'a text such as "5872.92", so that no digit is lost'))
    value = number_of(text)
    if value is None:
        raise sheet.fail(f"value = {text!r} is no number", "value", hint='as published: "5872.92"')
    return value


def _unit(sheet: Sheet) -> str:
    unit = str(sheet.text("unit"))
    if unit_of(unit) is None:
        raise sheet.fail(f"unit: there is no unit {unit}", "unit", hint=nearest(unit, known_units()))
    return unit


def _quoted(sheet: Sheet) -> Source:
    """The source of what is published: it quotes its document."""
    table = sheet.table("source")
    source = source_of(table)
    if not source.quotes:
        raise table.fail("quote is missing", hint='quote = ["…"], the words of the document')
    return source


def check_of(sheet: Sheet) -> Check:
    """An entry [[check]]."""
    sheet.only(["name", "title", "of", "formula", "basis", "expect", "why"])
    check = Check(
        name=sheet.name(),
        title=sheet.title(),
        of=sheet.text("of"),
        formula=sheet.text("formula", None),
        basis=sheet.text("basis"),
        expect=sheet.choice("expect", ("agrees", "differs", "cannot_be_derived")),
        why=sheet.text("why", None),
        place=sheet.place(),
    )
    if check.formula == "":
        raise sheet.fail("formula is empty", "formula", hint="leave it out where it cannot be derived")
    if check.expect != "agrees" and not check.why:
        raise sheet.fail(f"a check that is expected to be {check.expect} says why", "expect", hint='why = "…"')
    return check


def slip_of(sheet: Sheet) -> SourceError:
    """An entry [[error]]."""
    sheet.only(["name", "title", "source", "figures"])
    return SourceError(sheet.name(), sheet.title(), _quoted(sheet), sheet.texts("figures", []), sheet.place())


def arrangement_of(sheet: Sheet) -> Arrangement:
    """An entry [[arrangement]]."""
    sheet.only(["name", "kind", "title", "text", "mechanism", "institution", "figures", "rules", "source"])
    return Arrangement(
        name=sheet.name(),
        kind=sheet.choice("kind", ARRANGEMENT_KINDS),
        title=sheet.title(),
        text=sheet.text("text"),
        mechanism=sheet.choice("mechanism", MECHANISMS, None),
        source=_quoted(sheet),
        place=sheet.place(),
        institution=sheet.text("institution", None),
        figures=sheet.texts("figures", []),
        rules=sheet.texts("rules", []),
    )


def not_expressed_of(sheet: Sheet) -> NotExpressed:
    """An entry [[not_expressed]]."""
    sheet.only(["name", "why", "source"])
    return NotExpressed(sheet.name(), sheet.title("why"), _quoted(sheet), sheet.place())
