"""The files by which a region takes over a rule of another: the rule, what it needs, and what the region lacks."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import sha256
from typing import Any

from kerong.rulebook.adoption.draft import Draft, comment
from kerong.rulebook.adoption.local import Move, marked
from kerong.rulebook.adoption.needs import columns_of, defined, everything, meaning, parameters_read, place_of
from kerong.rulebook.adoption.still_open import HERE, mark
from kerong.rulebook.content import Group, Measure, Rule, Rulebook
from kerong.rulebook.lines import Path
from kerong.rulebook.overlay import written
from kerong.rulebook.parse import nearest
from kerong.rulebook.pools import Pool
from kerong.rulebook.published import Arrangement
from kerong.rulebook.waterfalls import Waterfall

NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
SHEET = "region.toml"
ADOPTED = "# Adopted from {donor}:"
Entry = Rule | Group | Waterfall | Pool | Arrangement


class AdoptError(ValueError):
    """A rule that cannot be taken over; `lines` say why, one for each reason."""

    def __init__(self, *lines: str) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


@dataclass(frozen=True, slots=True)
class Pack:
    """A region: its name, its loaded rulebook, and its own region.toml, for one that takes over."""

    name: str
    book: Rulebook
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken over: `called` is its new name, `provider` who offers or pays it here, `on` the day."""

    name: str
    on: date
    called: str | None = None
    provider: str | None = None
    idle: Collection[tuple[str, str]] = ()  # (rule, key of [accepted]) that explain nothing in the new region


@dataclass(slots=True)
class Adopted:
    """The new files by path, the names of what was copied, and region.toml where it grew."""

    files: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    sheet: str | None = None


def adopted(wish: Wish, donor: Pack, taker: Pack) -> Adopted:
    """The files by which `taker` takes over what `wish` names; raises AdoptError. Nothing of the taker is changed."""
    entry = _entry(wish.name, donor)
    ours, theirs = taker.book.region.currency, donor.book.region.currency
    if ours != theirs:
        raise AdoptError(
            f"{donor.name} counts in {theirs}, {taker.name} in {ours}: no rate turns caps, thresholds and the cases "
            "that prove their rounding into equal ones; write the rule with numbers of your own"
        )
    called = wish.called or wish.name
    if not NAME.fullmatch(called):
        raise AdoptError(f"{called!r}: names are lower-case words joined by _")
    work = _Work(wish, donor, taker)
    work.take(entry, called)
    if work.reasons:
        raise AdoptError(*work.reasons)
    if work.added:
        work.made.sheet = taker.sheet.rstrip("\n") + "\n" + "".join(work.added)
    return work.made


def _entry(name: str, donor: Pack) -> Entry:
    book = donor.book
    every: dict[str, Entry] = {**book.published.arrangements, **_files_of(book)}
    if name in every:
        return every[name]
    hint = nearest(name, every)
    said = f"{donor.name} has no rule, group, waterfall, pool or arrangement {name}"
    raise AdoptError(f"{said}; {hint}" if hint else said)


def _files_of(book: Rulebook) -> dict[str, Entry]:
    """What has a file of its own; no two have one name."""
    return {**book.pools, **book.waterfalls, **book.groups, **book.rules}


def _waterfalls_of(pool: Pool) -> list[Waterfall]:
    """The waterfalls by which a pool shares losses and what comes back."""
    parts = [part for one in pool.instruments.values() for part in (one.loss, one.recovery) if part is not None]
    return [part.waterfall for part in parts]


@dataclass(slots=True)
class _Work:
    wish: Wish
    donor: Pack
    taker: Pack
    made: Adopted = field(default_factory=Adopted)
    reasons: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)  # to region.toml

    @property
    def move(self) -> Move:
        return Move(self.donor.name, self.donor.book.region.districts, self.taker.book.region.districts)

    def take(self, entry: Entry, called: str) -> None:
        """One entry under a name, and what it needs."""
        if (there := self._taken(called, entry)) is not None:
            raise AdoptError(f"{self.taker.name} has {called} already ({there}): --as gives it another name")
        self._institution(entry.institution if isinstance(entry, Arrangement) else getattr(entry, "provider", None))
        self._level(getattr(entry, "level", None))
        self._document(entry.source.document)
        if isinstance(entry, Rule):
            self._columns(entry)
        for needed in self._needed_by(entry):
            self._beside(needed)
        if isinstance(entry, Pool) and entry.days == "working":
            self._calendars()
        folder = entry.place.file.partition("/")[0]
        self._file(f"{folder}/{called}.toml", entry, called)
        self.made.names.append(called)

    def _taken(self, name: str, entry: Entry) -> str | None:
        """The file that has this name already."""
        book = self.taker.book
        known: Mapping[str, Entry] = book.published.arrangements if isinstance(entry, Arrangement) else _files_of(book)
        return known[name].place.file if name in known else None

    def _needed_by(self, entry: Entry) -> list[Rule | Waterfall]:
        """The rules and waterfalls without which it is nothing."""
        rules = self.donor.book.rules
        if isinstance(entry, Group):
            return [rules[name] for name in entry.rules]
        if isinstance(entry, Waterfall | Pool):
            used = [rules[entry.rule]] if entry.rule is not None else []
            return [*used, *(_waterfalls_of(entry) if isinstance(entry, Pool) else ())]
        return []

    def _beside(self, theirs: Rule | Waterfall) -> None:
        """What comes along, unless the region has it: as the donor has it, or adopted from there before."""
        name = theirs.name
        if name in self.made.names:
            return
        ours = _files_of(self.taker.book).get(name)
        if ours is None:
            self.take(theirs, name)
            return
        text, kind = self.taker.book.texts[ours.place.file], type(theirs).__name__.lower()
        is_alike = self._is_from_donor(text) or text == self.donor.book.texts[theirs.place.file]
        if type(ours) is not type(theirs) or not is_alike:
            self.reasons.append(
                f"{name} is another {kind} in {self.taker.name} ({ours.place.file}): rename yours first"
            )

    def _calendars(self) -> None:
        """The holidays of the years that the region lacks: time is counted in its working days."""
        for year, calendar in self.donor.book.calendars.items():
            if year not in self.taker.book.calendars:
                self._document(calendar.source.document)
                self._add(f"calendars/{year}.toml", self.donor.book.texts[calendar.place.file], calendar.place.file)

    def _is_from_donor(self, text: str) -> bool:
        return text.startswith(ADOPTED.format(donor=self.donor.name))

    def _file(self, path: str, entry: Entry, called: str) -> None:
        """The entry's own file."""
        text = self.donor.book.texts[entry.place.file]
        at: Path = ()
        if isinstance(entry, Arrangement):
            text, at = self._alone("arrangement", entry.name, entry.place.file, ()), ("arrangement", 0)
        draft = Draft(text)
        self._renamed(draft, at, entry, called)
        self._source(draft, at, entry)
        if isinstance(entry, Arrangement):
            self._arrangement(draft, at)
        provider = self.wish.provider
        if provider is not None and isinstance(entry, Rule) and entry.provider is not None:
            draft.put((), "provider", provider)
        for rule, key in self.wish.idle:
            if rule == called and key in draft.data.get("accepted", {}):
                draft.drop(("accepted",), key, f"explains nothing here, but did in {self.donor.name}:")
        marked(draft, self.move)
        self._add(path, str(draft), entry.place.file)

    def _add(self, path: str, text: str, whence: str) -> None:
        """A new file, with the comment that says where it comes from."""
        if path in self.taker.book.texts or path in self.made.files:
            self.reasons.append(f"{path} is there already in {self.taker.name}: nothing is written over")
            return
        digest = sha256(self.donor.book.texts[whence].encode()).hexdigest()
        head = (
            comment(f"{ADOPTED.format(donor=self.donor.name)[2:]} {whence} as of {self.wish.on.isoformat()}.") + "\n"
            f"# sha256 of that file: {digest}\n"
            "# `kerong region open` lists what is still local to that region; take a mark away when it is decided.\n"
        )
        self.made.files[path] = head + text

    def _renamed(self, draft: Draft, at: Path, entry: Entry, called: str) -> None:
        if called == entry.name:
            return
        draft.put(at, "name", called)
        for number, case in enumerate(draft.read.get("case", []) if isinstance(entry, Group) else []):
            if case.get("expect", {}).get("cut_by") == entry.name:
                value = {**draft.data["case"][number], "expect": {**case["expect"], "cut_by": called}}
                draft.reword(("case", number), value, lambda line: line.replace(f'"{entry.name}"', f'"{called}"'))

    def _source(self, draft: Draft, at: Path, entry: Entry) -> None:
        """The donor's document, clause and words stay; what they are here is assumed."""
        source = entry.source
        there = f"; there {source.status}" + (f": {source.why}" if source.why else "")
        draft.put((*at, "source"), "status", "assumed")
        draft.put((*at, "source"), "why", f"adopted from {self.donor.name}: not yet decided here{there}")

    def _arrangement(self, draft: Draft, at: Path) -> None:
        """What was published about the donor is not about us; rules that carry a part of it may be taken over."""
        read = draft.data["arrangement"][0]
        if "figures" in read:
            draft.drop(at, "figures", f"figures of {self.donor.name} say nothing about this region:")
        book = self.taker.book
        known = _files_of(book)
        if any(name not in known for name in read.get("rules", ())):
            draft.drop(at, "rules", f"{mark(self.donor.name)}, which of these carry it; adopt them:")

    def _alone(self, family: str, name: str, file: str, parameters: Sequence[str], key: str = "name") -> str:
        """One entry of a file that has several, with the parameters that it reads."""
        draft = Draft(self.donor.book.texts[file])
        index = next(number for number, item in enumerate(draft.data[family]) if item[key] == name)
        paths: list[Path] = [(family, index)]
        wanted: dict[str, Any] = {family: [draft.data[family][index]]}
        for table in ("parameter", "table"):
            for known in (known for known in parameters if known in draft.data.get(table, {})):
                paths.append((table, known))
                wanted.setdefault(table, {})[known] = draft.data[table][known]
        found = draft.cut(paths)
        return found if Draft(found).data == wanted else written(wanted)

    def _columns(self, rule: Rule) -> None:
        """The measures, formulas and registers that the region lacks, each in a file of its own."""
        donor, taker = self.donor.book, self.taker.book
        columns, registers = everything(donor, columns_of(rule))
        if rule.per != "enterprise":
            registers = sorted({*registers, rule.per})
        lacking = [name for name in registers if name not in taker.registers]
        for name in lacking:
            self._register(name)
        for key in columns:
            ours, theirs = meaning(taker, key), meaning(donor, key)
            if ours == theirs or (ours is None and key[0] in lacking and defined(donor, key) is None):
                continue
            if ours is None and defined(donor, key) is not None:
                self._column(key)
            else:
                self._clash(key, ours is None)

    def _clash(self, key: tuple[str, str], is_missing: bool) -> None:
        donor, taker = self.donor.book, self.taker.book
        here, there = place_of(taker, key), place_of(donor, key)
        name = ".".join(key)
        if is_missing:
            at = f": add it to {here.file}" if here is not None else " in [enterprise.provides]"
            self.reasons.append(f"{self.taker.name} has no {name}, which the rule reads{at}")
        elif here is None or not self._is_from_donor(taker.texts[here.file]):
            places = [f"{place.file}:{place.line}" if place else SHEET for place in (here, there)]
            said = f"{name} means something else in {self.taker.name} ({places[0]}) than in {self.donor.name}"
            self.reasons.append(f"{said} ({places[1]}): give yours another name first")

    def _column(self, key: tuple[str, str]) -> None:
        found = defined(self.donor.book, key)
        if found is None:
            raise ValueError(f"{key} is no measure and no formula")
        family = "measure" if isinstance(found, Measure) else "formula"
        name = found.name if key[0] == "enterprise" else f"{key[0]}_{found.name}"
        path = f"{family}s/{name}.toml"
        if path in self.taker.book.texts:
            path = f"{family}s/{name}_from_{self.donor.name}.toml"
        if path in self.made.files:
            return
        draft = Draft(self._alone(family, found.name, found.place.file, parameters_read(found)))
        draft.note((family, 0), f"{family} {found.name}, {mark(self.donor.name)}")
        marked(draft, self.move)
        self._add(path, str(draft), found.place.file)

    def _register(self, name: str) -> None:
        """A register: what local files call its columns is to be decided."""
        place = self.donor.book.registers[name].place
        path = f"registers/{name}.toml"
        if path not in self.made.files:
            draft = Draft(self.donor.book.texts[place.file])
            draft.note(("files",), f"files and headers, {mark(self.donor.name)}")
            self._add(path, str(draft), place.file)

    def _document(self, code: str) -> None:
        """The document that a source cites by its code."""
        theirs = self.donor.book.published.documents.get(code)
        ours = self.taker.book.published.documents.get(code)
        if theirs is None and ours is None:
            return
        if theirs is None or (ours is not None and ours.title != theirs.title):
            self.reasons.append(f"document {code} is another text in {self.taker.name} than in {self.donor.name}")
        elif ours is None and (path := f"documents/{code.lower()}.toml") not in self.made.files:
            self._add(path, self._alone("document", code, theirs.place.file, (), "code"), theirs.place.file)

    def _institution(self, code: str | None) -> None:
        """Who offers or pays: one of ours, or a copy of theirs."""
        ours = [institution.code for institution in self.taker.book.region.institutions]
        provider = self.wish.provider
        if provider is not None:
            if provider not in ours:
                hint = nearest(provider, ours)
                self.reasons.append(f"{self.taker.name} has no institution {provider}" + (f"; {hint}" if hint else ""))
        elif code is not None and code not in ours:
            found = next(one for one in self.donor.book.region.institutions if one.code == code)
            title = {"zh": found.title.zh, "en": found.title.en}
            self._grow("institution", {"code": code, "kind": found.kind, "title": title})

    def _level(self, code: str | None) -> None:
        """The level of government that pays."""
        if code is not None and code not in [level.code for level in self.taker.book.region.levels]:
            found = next(level for level in self.donor.book.region.levels if level.code == code)
            self._grow("level", {"code": code, "title": {"zh": found.title.zh, "en": found.title.en}})

    def _grow(self, family: str, entry: Mapping[str, Any]) -> None:
        """A table at the end of region.toml."""
        if re.search(rf"^[ \t]*{family}[ \t]*=", self.taker.sheet, re.MULTILINE):
            said = written({"x": entry}).strip().removeprefix("x = ")
            self.reasons.append(f"{SHEET} lists each {family} in one array: add {said} to it first")
            return
        said = comment(f"{family} {entry['code']}, from {self.donor.name}: {HERE}")
        block = f"\n{said}\n[[{family}]]\n{written(entry)}"
        if block not in self.added:
            self.added.append(block)
