"""One source in detail, one batch, and what waits for a data steward."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from kerong.engine.problems import label, sentence
from kerong.engine.record.gate_words import found as found_in_words
from kerong.intake import exported, in_quarantine
from kerong.rulebook.content import Register
from kerong.store.archive import Batch, Event
from kerong.web.base.selectors import registers
from kerong.web.base.selectors.archive import City
from kerong.web.base.selectors.registers import Source

EXAMPLES = 3  # of each kind of problem
LOOKED_AT = 12  # batches whose quarantine the page of a source opens
SHOWN = 12  # batches with quarantine that the desk shows at once
LISTED = 60  # batches and periods that it lists


@dataclass(frozen=True, slots=True)
class Kind:
    """Rows set aside for one reason, with examples in words."""

    title: str
    count: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One batch as lists show it. `state`: "received" (waits), "published", "rejected", "withdrawn"."""

    batch: Batch
    state: str
    counts: bool
    periods: str
    waiting: int = 0
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One source: what it is, its cards over time, its batches, its problems and what was decided about it."""

    source: Source
    cards: list[Mapping[str, Any]]
    chart: Mapping[str, Any]
    batches: list[Line]
    kinds: list[Kind]
    history: list[Event]


@dataclass(frozen=True, slots=True)
class BatchPage:
    """One batch: its line, what its gates found, its rows in quarantine, and its history."""

    line: Line
    register: Register | None
    findings: tuple[str, ...]
    kinds: list[Kind]
    complete: str
    history: list[Event]


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits for a steward: batches that a gate held, and batches with rows in quarantine; feeds for the upload."""

    held: list[Line]
    quarantined: list[Line]
    feeds: list[Source]

    @property
    def more(self) -> int:
        """How many batches with quarantine the page folds away."""
        return len(self.quarantined) - SHOWN


def register_page(city: City, feed: str, lang: str) -> RegisterPage:
    """One source of the city's archive."""
    rows = registers.rows_of(city, feed)
    batches = city.archive.batches(feed)[::-1]
    counting = _counting(city)
    looked_at = [batch for batch in batches if batch.id in counting and batch.set_aside][:LOOKED_AT]
    shown = rows[-LISTED:]
    return RegisterPage(
        source=registers.source(city, feed, rows),
        cards=[{**row, "mark": registers.mark(row), "aside": _share(city, row)} for row in reversed(shown)],
        chart={
            "names": [row["period"] for row in shown],
            "rows": [row["rows"] for row in shown],
            "aside": [_share(city, row) for row in shown],
            "marks": [registers.mark(row) for row in shown],
        },
        batches=[_line(city, batch, counting, lang) for batch in batches[:LISTED]],
        kinds=_kinds(((batch, in_quarantine(city.archive, batch.id)) for batch in looked_at), lang),
        history=_history(city, {batch.id for batch in batches}),
    )


def batch_page(city: City, batch_id: str, lang: str) -> BatchPage:
    """One batch of the city's archive. Raises Http404 where there is none of that id."""
    batch = city.batch(batch_id)
    register = city.mapping(batch.feed)
    quarantine = in_quarantine(city.archive, batch.parent or batch.id)
    return BatchPage(
        line=_line(city, batch, _counting(city), lang, quarantine["line"].n_unique()),
        register=register,
        findings=_findings(city, batch, lang, ("noted",)),
        kinds=_kinds([(batch, quarantine)], lang),
        complete=registers.completeness(batch.profile),
        history=_history(city, {batch.id}),
    )


def desk(city: City, lang: str) -> Desk:
    """What waits: held batches, the longest first; quarantines, the largest first."""
    counting, archive = _counting(city), city.archive
    held = [batch for batch in archive.batches() if archive.state(batch.id) == "received"]
    most = sorted(city.waiting().items(), key=lambda item: (-item[1], item[0]))
    return Desk(
        [_line(city, batch, counting, lang) for batch in held],
        [_line(city, archive.batch(name), counting, lang, rows) for name, rows in most],
        registers.declared(city.book),
    )


def exported_quarantine(city: City, batch_id: str) -> tuple[str, bytes]:
    """The name of a spreadsheet and its bytes: the rows of a batch that are set aside; no cell is a formula."""
    batch = city.batch(batch_id)
    name = batch.parent or batch.id
    return f"quarantine-{name}.csv", exported(city.archive, name)


def _counting(city: City) -> set[str]:
    return {batch.id for batch in city.archive.view().batches}


def _line(city: City, batch: Batch, counting: set[str], lang: str, waiting: int = 0) -> Line:
    stated = [period for period in batch.periods if period != "whole"]
    first, last = (stated[0], stated[-1]) if stated else ("", "")
    return Line(
        batch=batch,
        state=city.archive.state(batch.id),
        counts=batch.id in counting,
        periods=first if first == last else f"{first} – {last}",
        waiting=waiting,
        reasons=_findings(city, batch, lang, ("held",)),
    )


def _findings(city: City, batch: Batch, lang: str, severities: tuple[str, ...]) -> tuple[str, ...]:
    """What the gates found, in words, both figures in each."""
    register, currency = city.mapping(batch.feed), city.book.region.currency
    told = [finding for finding in batch.findings if finding["severity"] in severities]
    return tuple(found_in_words(finding, register, lang, currency) for finding in told)


def _share(city: City, row: Mapping[str, Any]) -> float | None:
    """Rows still set aside, per cent of all rows of the file in which a period counts."""
    if not row["batch"]:
        return None
    batch = city.archive.batch(row["batch"])
    return round(100 * city.waiting().get(batch.id, 0) / max(batch.rows + batch.set_aside, 1), 1)


def _history(city: City, batches: set[str]) -> list[Event]:
    """What was decided about batches, the latest first."""
    decided = [event for event in city.archive.events() if event.batch in batches and event.kind != "received"]
    return decided[::-1][:LISTED]


def _kinds(found: Iterable[tuple[Batch, pl.DataFrame]], lang: str) -> list[Kind]:
    """Kinds of faults, most frequent first, with the first examples of each."""
    counts: dict[str, int] = {}
    examples: dict[str, list[str]] = {}
    for batch, table in found:
        for (kind,), rows in table.group_by("kind", maintain_order=True):
            name = str(kind)
            counts[name] = counts.get(name, 0) + rows.height
            told = examples.setdefault(name, [])
            for row in rows.head(EXAMPLES - len(told)).iter_rows(named=True) if len(told) < EXAMPLES else ():
                told.append(sentence({**row, "stage": "clean", "file": batch.file, "register": batch.register}, lang))
    ordered = sorted(counts, key=lambda kind: (-counts[kind], kind))
    return [Kind(label(kind, lang), counts[kind], tuple(dict.fromkeys(examples[kind]))) for kind in ordered]
