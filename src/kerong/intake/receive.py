"""A file as a batch: kept as evidence, cleaned, profiled, and published unless a gate stops it."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Literal

import polars as pl

from kerong.engine.record.gates import Finding, gated, of_new_periods
from kerong.intake.history import coming_again, profiles, published_before
from kerong.intake.periods import named_period
from kerong.intake.quarantine import BATCH, batches_in, is_sent_back, sent_back
from kerong.intake.raw_lines import cells_at
from kerong.intake.reading import Reader
from kerong.intake.sending import Statement, is_marked, stated_beside
from kerong.intake.setting_aside import corrected_by_others, open_lines
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Register
from kerong.rulebook.feeds import mapping_of
from kerong.store.archive import Archive, Batch, OpeningStands, Refused, Repeated, Staging
from kerong.store.archive.batch import RAW
from kerong.store.files import Problem, RawPart, Unusable
from kerong.store.stream import blocks
from kerong.store.stream.ahead import ahead
from kerong.store.stream.source import Source

State = Literal["published", "held", "repeated", "refused", "stale"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a file.

    `batch`: the one that it is, or (repeated) that has it already. `findings`: of the gates, and what is to be noted of
    the file. `problems`: why it was refused. `other`: the batch that is newer. `replaced`: what counted before in other
    batches, their periods by id.
    """

    state: State
    file: str
    feed: str | None = None
    batch: Batch | None = None
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    other: Batch | None = None
    replaced: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file as it was handed over: where it lies and its name, when and by whom, and what was said of it."""

    path: Path
    name: str
    at: datetime
    by: str
    kind: str = "regular"
    stated: Statement = field(default_factory=Statement)
    load_from: int | None = None
    own_only: bool = False


def receive(
    archive: Archive,
    rulebook: Rulebook,
    path: Path,
    feed: str | None,
    at: datetime,
    by: str,
    as_of: date | None = None,
    kind: str = "regular",
    totals: Mapping[str, int] | None = None,
    period: str | None = None,
    name: str | None = None,
    load_from: int | None = None,
    own_only: bool = False,
) -> Receipt:
    """The file at `path` as a batch of the feed; a quarantine that comes back corrects its batch whatever `feed` says.

    `kind`: "regular", or "opening" for balances of a city that starts (with `as_of`). `as_of`, `period` and `totals`
    (by column, fen or counts; "rows" is the number of rows) are what the sender states; `<file>.totals.json` beside the
    file may state them too. Without `as_of` the last day on which a row became known stands for it. `load_from`: the
    number of events in the archive when a delivery of several files began. `own_only`: a quarantine that comes back
    must be of the feed that is named, whose sender may speak for no other. A file that cannot be used is refused whole
    and leaves nothing behind.

    Raises:
        Damaged: the archive's log was cut or edited.
        OSError: the file cannot be read, or there is no room.
    """
    stated = Statement(as_of, period, totals or {})
    delivery = Delivery(path, name or path.name, at, by, kind, stated, load_from, own_only)
    told = delivery.name.encode("utf-8", "backslashreplace").decode()
    if told != delivery.name:  # bytes that are no UTF-8, which nobody could ask for again
        return refused(told, feed, [{"severity": "refused", "kind": "file_name_not_text"}])
    try:
        Source(path)  # a pipe or a device has no end; a folder or a file of others cannot be read
        with archive.staging() as staging:
            return _Intake(archive, rulebook, feed, delivery, staging).received()
    except Unusable as error:
        return refused(delivery.name, feed, [{"severity": "refused", **error.found}])


def refused(name: str, feed: str | None, problems: list[Problem]) -> Receipt:
    """The receipt of a file that cannot be used."""
    told = tuple({"stage": "read", "file": name, **problem} for problem in problems)
    return Receipt("refused", name, feed, problems=told)


class _Intake:
    """The steps of one file."""

    def __init__(
        self, archive: Archive, rulebook: Rulebook, feed: str | None, delivery: Delivery, staging: Staging
    ) -> None:
        self.archive, self.rulebook, self.feed, self.delivery = archive, rulebook, feed, delivery
        self.staging = staging
        self.sha256 = staging.keep_raw(delivery.path)
        self.until = delivery.at.date()

    def received(self) -> Receipt:
        raw = self.staging.path / RAW
        declared = None if self.feed is None else mapping_of(self.rulebook, self.feed).encoding
        items = iter(blocks(raw, self.delivery.name, None if is_marked(raw, self.delivery.name) else declared))
        first = next(items, None)
        if isinstance(first, RawPart) and is_sent_back(first.frame.columns):
            return self._sent_back([first, *items])
        if self.feed is None:
            return refused(self.delivery.name, None, [{"severity": "refused", "kind": "feed_unknown"}])
        register = mapping_of(self.rulebook, self.feed)
        stated = self.delivery.stated.over(stated_beside(self.delivery.path, register))
        self._check_day(stated)
        again = self._again(self.feed, register)
        if again is not None:
            return again
        reader = Reader(register, stated.totals, self.until)
        self._take_all(reader, chain([] if first is None else [first], items))
        if reader.refused:
            return refused(self.delivery.name, self.feed, reader.refused)
        lines = reader.misfits["line"]
        cells = cells_at(raw, self.delivery.name, register.encoding, lines, reader.headers) if len(lines) else iter(())
        for aside in reader.misfitting(cells):
            self.staging.add_set_aside(aside)
        batch = self._batch(register, reader, stated.as_of or reader.latest, is_stated=stated.as_of is not None)
        found = self._judged(batch, register, reader, stated)
        if batch.extent == "whole" and stated.as_of is None:
            found.append({"kind": f"as_of_{'of_rows' if batch.as_of else 'unknown'}", "severity": "noted"})
            found[-1] |= {"was": batch.as_of.isoformat()} if batch.as_of else {}
        return self._sealed(batch, [*found, *reader.noted])

    def _judged(self, batch: Batch, register: Register, reader: Reader, stated: Statement) -> list[Finding]:
        """What the gates find, by what was published of the feed so far."""
        period, surely = (stated.period, True) if stated.period else (named_period(self.delivery.name), False)
        before, begun = published_before(self.archive, batch.feed), self.delivery.load_from
        before = [earlier for earlier in before if earlier.sha256 == self.sha256] or before  # read anew: only itself
        staged = sorted((self.staging.path / "rows").glob("*.parquet"))
        returning = coming_again(self.archive, batch.feed, register, staged) if before else {}
        is_first = begun is not None and all(earlier.sequence > begun for earlier in before)
        told = reader.stated(period, surely)
        return gated(batch.profile, profiles(before), register, told, returning, first_load=is_first)

    def _check_day(self, stated: Statement) -> None:
        if self.delivery.kind == "opening" and stated.as_of is None:
            raise Unusable("as_of_needed")
        if stated.as_of is not None and stated.as_of > self.until:
            raise Unusable("as_of_ahead", value=stated.as_of.isoformat())

    def _again(self, feed: str, register: Register) -> Receipt | None:
        """The receipt of a file that the archive has already, read by the same mapping."""
        same = self.archive.same(feed, self.sha256)
        if same is None or same.mapping != mapping_hash(register):
            return None
        return Receipt("repeated", self.delivery.name, feed, same)

    def _take_all(self, reader: Reader, items: Iterator[RawPart | Problem]) -> None:
        """All of the file into the staging, or up to what refuses it; a block is parted, read and written at a time."""
        with closing(ahead(items)) as parted, closing(ahead(self._taken(reader, parted))) as taken:
            for rows, aside in taken:
                if rows.height:
                    self.staging.add_rows(rows)
                if aside.height:
                    self.staging.add_set_aside(aside)

    @staticmethod
    def _taken(reader: Reader, items: Iterator[RawPart | Problem]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        for item in items:
            if isinstance(item, RawPart):
                yield reader.take(item)
            else:
                reader.note(dict(item))
            if reader.refused:
                return

    def _batch(self, register: Register, reader: Reader, as_of: date | None, is_stated: bool) -> Batch:
        profile = {**reader.profile(), "as_of_stated": int(is_stated)}
        periods = tuple(profile["periods"])
        if register.delivery.extent == "whole":
            periods = ("whole",)
        return Batch(
            feed=self.feed or register.name,
            register=register.name,
            file=self.delivery.name,
            sha256=self.sha256,
            bytes=self.staging.sizes[RAW],
            periods=periods,
            extent=register.delivery.extent,
            as_of=as_of,
            kind=self.delivery.kind,
            received_at=self.delivery.at,
            by=self.delivery.by,
            mapping=mapping_hash(register),
            rows=profile["rows"],
            set_aside=profile["set_aside"],
            profile=profile,
        )

    def _sealed(self, batch: Batch, found: list[Finding]) -> Receipt:
        """The batch in the archive, published unless a finding or an opening balance holds it."""
        held = any(finding["severity"] == "held" for finding in found)
        replaces = self.archive.replaces(batch)
        at_once = not held and batch.parent is None
        try:
            sealed = self.archive.seal(self.staging, replace(batch, findings=tuple(found)), publish=at_once)
        except OpeningStands as error:
            stands: Finding = {"kind": "gate_opening", "severity": "held", "was": ", ".join(error.openings)}
            held, found = True, [stands, *found]
            sealed = self.archive.seal(self.staging, replace(batch, findings=tuple(found)))
        except Repeated as error:  # another writer was faster
            return Receipt("repeated", batch.file, batch.feed, self.archive.batch(error.batch))
        twice = corrected_by_others(self.archive, sealed) if batch.parent else ""
        if twice:  # two corrections of one row at the same moment: the first counts
            self.archive.reject(sealed.id, batch.by, batch.received_at, f"line_sent_back_twice: {twice}")
            return refused(batch.file, batch.feed, [{"severity": "refused", "kind": "corrected_since", "value": twice}])
        if held:
            return Receipt("held", batch.file, batch.feed, sealed, tuple(found))
        if not at_once:
            self.archive.publish(sealed.id, batch.by, batch.received_at)
        return counted(self.archive, sealed, tuple(found), replaces)

    def _sent_back(self, items: list[RawPart | Problem]) -> Receipt:
        """A quarantine that comes back: its rows join their batch where they are right now."""
        name = self.delivery.name
        parts = [item for item in items if isinstance(item, RawPart)]
        wrong: list[Problem] = [item for item in items if not isinstance(item, RawPart)]
        wrong = [{**problem, "severity": "refused"} for problem in wrong if problem["severity"] != "noted"]
        if wrong:
            return refused(name, self.feed, wrong)
        parent = self._parent(batches_in(parts))
        if self.delivery.own_only and parent.feed != self.feed:
            raise Unusable("batch_of_other_feed", value=parent.feed)
        register = mapping_of(self.rulebook, parent.feed)
        self.feed = parent.feed
        again = self._again(parent.feed, register)
        if again is not None:
            return again
        corrected, wrong = sent_back(parts, name, open_lines(self.archive, parent.id))
        if corrected is None:
            return refused(name, parent.feed, wrong)
        reader = Reader(register, {}, self.until)
        self._take_all(reader, iter([corrected]))
        if reader.refused:
            return refused(name, parent.feed, reader.refused)
        batch = replace(
            self._batch(register, reader, parent.as_of, is_stated=False), kind="supplement", parent=parent.id
        )
        before = profiles(published_before(self.archive, parent.feed))
        found: list[Finding] = of_new_periods(batch.profile, before, register, parent.periods)
        openings = [name for name in self.archive.replaces(batch) if self.archive.batch(name).kind == "opening"]
        if openings:
            found.append({"kind": "gate_opening", "severity": "held", "was": ", ".join(openings)})
        return self._sealed(batch, [*found, *reader.noted])

    def _parent(self, named: set[str]) -> Batch:
        """The batch that all rows name.

        Raises:
            Unusable: they name none or several, or one that takes no corrections.
        """
        if len(named) != 1 or "" in named:
            raise Unusable("batches_sent_back", column=BATCH, value=", ".join(sorted(named))[:80])
        (wanted,) = named
        known = {batch.id: batch for batch in self.archive.batches()}
        if wanted not in known:
            raise Unusable("batch_unknown", value=wanted[:80])
        parent = known[wanted]
        while parent.parent is not None:  # lines are those of the file that came first
            parent = known[parent.parent]
        wanted = parent.id
        if self.archive.state(wanted) not in ("received", "published"):
            raise Unusable("batch_is_gone", value=wanted)
        return parent


def publish_held(archive: Archive, batch_id: str, by: str, at: datetime, reason: str) -> Receipt:
    """Publishes a batch that a gate held, or one that was withdrawn; the reason is kept in the log.

    Raises:
        Refused: there is no such batch, no reason, it is published or rejected already, or another correction has
            corrected one of its rows since.
    """
    if not reason.strip():
        raise Refused({"stage": "archive", "kind": "archive_no_value", "severity": "refused", "column": "reason"})
    batch = archive.batch(batch_id)
    twice = corrected_by_others(archive, batch) if batch.parent else ""
    if twice:
        raise Refused({"stage": "archive", "kind": "corrected_since", "severity": "refused", "value": twice})
    replaces = archive.replaces(batch)
    archive.publish(batch_id, by, at, reason)
    return counted(archive, batch, (), replaces)


def counted(
    archive: Archive, batch: Batch, found: tuple[Finding, ...], replaced: Mapping[str, tuple[str, ...]]
) -> Receipt:
    """The receipt of a published batch: whether it counts, or a newer one stands in its place."""
    parts = [part for part in archive.view().parts(batch.register) if part.batch.feed == batch.feed]
    own = next((part for part in parts if part.batch.id == batch.id), None)
    newest = max((p.batch for p in parts if p.batch.id != batch.id), key=lambda b: b.rank, default=None)
    if own is None and batch.kind != "supplement" and batch.rows:
        return Receipt("stale", batch.file, batch.feed, batch, found, other=newest)
    if own is None and batch.kind == "supplement":
        found = (*found, {"kind": "parent_counts_not", "severity": "noted", "was": batch.parent})
    lost = () if own is None or own.periods is None else tuple(p for p in batch.periods if p not in own.periods)
    if lost and newest is not None and batch.kind != "supplement":
        told: Finding = {"kind": "stale_periods", "severity": "noted", "period": ", ".join(lost), "was": newest.id}
        found = (*found, told)
    return Receipt("published", batch.file, batch.feed, batch, found, replaced=replaced)


def mapping_hash(register: Register) -> str:
    """SHA-256 of all by which a file's cells become values: the same hash, the same rows."""
    columns = {
        column.name: [
            column.header,
            column.type,
            column.required,
            column.unit,
            column.unit_column,
            column.range,
            {code: list(texts) for code, texts in column.codes.items()},
            column.format,
            column.extract,
        ]
        for column in register.columns.values()
    }
    delivery = register.delivery
    told = [
        columns,
        [register.row, register.identify, register.name_column, register.state_column],
        [register.known, register.period, register.encoding],
        [delivery.of, delivery.every, delivery.extent],
    ]
    return hashlib.sha256(json.dumps(told, ensure_ascii=False).encode()).hexdigest()
