"""The archive of a city: every file that was ever received, what was made of it, and the log of what counts.

    archive.json                    format and region; the first line of the log is chained to it
    log.jsonl, head.json            what happened, and the last event that was acknowledged
    batches/<id>/batch.json         the batch; raw/file: the file as received; rows/*.parquet; set_aside/*.parquet
    staging/                        batches in the making
    lock                            held by the one who writes

A batch folder is complete before it is renamed into `batches/`, and exists only once the log says so.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from kerong.store.archive.batch import (
    RAW,
    RECORD,
    Batch,
    batch_id,
    checked,
    from_record,
    moment,
    to_json,
    to_record,
)
from kerong.store.archive.disk import Disk, LocalDisk
from kerong.store.archive.errors import Damaged, NotAnArchive, OpeningStands, Problem, Refused, Repeated, problem
from kerong.store.archive.fold import replaced
from kerong.store.archive.lock import exclusively
from kerong.store.archive.log import LOG, Event, Known, Log, write_head
from kerong.store.archive.staging import STAGING, Staging, begun, sweep
from kerong.store.archive.verify import found_wrong
from kerong.store.archive.view import (
    STANDING,
    STEPS,
    Contents,
    View,
    contents,
    events_by,
    row_paths,
    set_aside_paths,
    view_of,
)

ARCHIVE = "archive.json"
BATCHES = "batches"
LOCK = "lock"
FORMAT = 1
_OURS = {ARCHIVE, BATCHES, STAGING, LOCK, LOG, "head.json", ".head.json", f".{ARCHIVE}"}


class Archive:
    """Opened by `create` or `opened`. Reading takes no lock; each writing method waits for the one who writes."""

    def __init__(self, path: Path, region: str, origin: str, disk: Disk) -> None:
        self.path, self.region = path, region
        self._origin, self._disk = origin, disk
        self._batches = path / BATCHES
        self._log = Log(path, origin, disk)
        self._contents: tuple[str, Contents] = (origin, contents(()))
        self._read: dict[str, Batch] = {}  # a batch never changes

    @classmethod
    def create(cls, path: Path, region: str, disk: Disk | None = None) -> "Archive":
        """An empty archive at `path`, a new or empty folder; where one of this region is, that one is opened.

        Raises:
            NotAnArchive: something else is there, or an archive of another region.
        """
        path, disk = Path(path).absolute(), disk or LocalDisk()
        if (path / ARCHIVE).exists():
            found = cls.opened(path, disk)
            if found.region != region:
                raise NotAnArchive(problem("archive_of_another_region", file=str(path), value=found.region))
            return found
        _check_free(path)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            disk.make(path)
        with exclusively(path / LOCK):
            if not (path / ARCHIVE).exists():
                _begin(path, region, disk)
        return cls.create(path, region, disk)

    @classmethod
    def opened(cls, path: Path, disk: Disk | None = None) -> "Archive":
        """The archive at `path`.

        Raises:
            NotAnArchive: there is none.
        """
        path = Path(path).absolute()
        try:
            data = (path / ARCHIVE).read_bytes()
            told = json.loads(data)
            region, form = str(told["region"]), told["format"]
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise NotAnArchive(problem("archive_is_none", file=str(path))) from error
        if form != FORMAT:
            raise NotAnArchive(problem("archive_format", file=str(path), value=str(form)))
        return cls(path, region, hashlib.sha256(data).hexdigest(), disk or LocalDisk())

    def staging(self) -> Staging:
        """A folder for a batch in the making; what killed writers left is swept.

        Raises:
            Damaged: the log was cut or edited.
        """
        with exclusively(self.path / LOCK):
            self._recover()
            return begun(self.path / STAGING, self._disk)

    def seal(self, staging: Staging, batch: Batch, publish: bool = False) -> Batch:
        """Makes a batch of what was staged: event "received", and with `publish` in the same write "published" by
        `batch.by` (a kill may leave a batch that is received only). Gives the batch with its id.

        Raises:
            Refused: a field has no lawful value, the hash is not that of the raw file, or the parent is not there.
            Repeated: the same bytes of this feed, read by the same mapping, are held or published.
            OpeningStands: with `publish`, an opening balance would be replaced.
            Damaged: the log was cut or edited.
        """
        staging.check_open()
        batch = checked(replace(batch, row_files=staging.row_files, set_aside_files=staging.set_aside_files))
        if staging.files.get(RAW) != batch.sha256 or staging.sizes[RAW] != batch.bytes:
            raise Refused(problem("archive_no_value", column="sha256", value=batch.sha256))
        with exclusively(self.path / LOCK):
            known, held = self._recover()
            batch = replace(batch, id=batch_id(len(known.events) + 1, batch.sha256))
            self._check_new(batch, held)
            if publish:
                _check_openings(batch, held, "")
            told = {**to_record(batch), "profile": batch.profile, "findings": list(batch.findings)}
            record = to_json({"batch": told, "files": staging.files})
            staging.put_record(RECORD, record)
            staging.sync()
            self._disk.rename(staging.path, self._batches / batch.id)
            staging.sealed()
            content = {"batch": to_record(batch), "record": hashlib.sha256(record).hexdigest()}
            received = Event(0, batch.received_at, "received", batch.by, batch=batch.id, content=content)
            published = Event(0, batch.received_at, "published", batch.by, batch=batch.id)
            self._log.append(known, [received, published] if publish else [received])
        return batch

    def publish(self, batch_id: str, by: str, at: datetime, reason: str = "") -> Event:
        """The batch counts from now on (as far as no later one replaces it). Also takes a withdrawal back.

        Raises:
            Refused: it is unknown, rejected or published already.
            OpeningStands: it would replace an opening balance (or a part of it) and no reason is given.
            Damaged: the log was cut or edited.
        """
        return self._step("published", batch_id, by, at, reason)

    def reject(self, batch_id: str, by: str, at: datetime, reason: str) -> Event:
        """The batch, not yet published, never will be; it stays as evidence.

        Raises:
            Refused: it is unknown or its state is another, or no reason is given.
            Damaged: the log was cut or edited.
        """
        return self._step("rejected", batch_id, by, at, reason)

    def withdraw(self, batch_id: str, by: str, at: datetime, reason: str) -> Event:
        """The published batch counts no more: what it had replaced comes back.

        Raises:
            Refused: it is unknown or not published, or no reason is given.
            Damaged: the log was cut or edited.
        """
        return self._step("withdrawn", batch_id, by, at, reason)

    def decide(self, kind: str, content: Mapping[str, object], by: str, at: datetime) -> Event:
        """Keeps a decision of a steward (JSON values); what it means is for its readers.

        Raises:
            Refused: no kind, no name, or content that is no JSON.
            Damaged: the log was cut or edited.
        """
        _check_given(kind=kind, by=by)
        draft = Event(0, moment(at), "decided", by, decision=kind, content=dict(content))
        with exclusively(self.path / LOCK):
            known, _ = self._recover()
            return self._log.append(known, [draft])[0]

    def batch(self, batch_id: str) -> Batch:
        """The batch with its profile and findings.

        Raises:
            Refused: `archive_batch_unknown`.
            Damaged: its record is not as it was written.
        """
        held = self._held()
        _check_known(batch_id, held)
        if batch_id not in self._read:
            told = _record(self._batches / batch_id / RECORD, held.records[batch_id])
            if told is None:
                named = {"register": held.batches[batch_id].register, "value": held.batches[batch_id].file}
                raise Damaged(problem("archive_record_changed", file=f"{batch_id}/{RECORD}", **named))
            self._read[batch_id] = from_record(told)
        return self._read[batch_id]

    def batches(self, feed: str | None = None) -> list[Batch]:
        """All batches (of a feed) in the order of arrival, whatever their state."""
        return [self.batch(name) for name, batch in self._held().batches.items() if feed in (None, batch.feed)]

    def state(self, batch_id: str) -> str:
        """ "received" (held), "published", "rejected" or "withdrawn".

        Raises:
            Refused: `archive_batch_unknown`.
        """
        held = self._held()
        _check_known(batch_id, held)
        return held.states[batch_id]

    def raw(self, batch_id: str) -> Path:
        """The file as received."""
        _check_known(batch_id, self._held())
        return self._batches / batch_id / RAW

    def row_paths(self, batch_id: str) -> tuple[Path, ...]:
        """The cleaned rows of a batch, whatever its state, in the order of the file."""
        held = self._held()
        _check_known(batch_id, held)
        return row_paths(self._batches / batch_id, held.batches[batch_id])

    def set_aside_paths(self, batch_id: str) -> tuple[Path, ...]:
        """The rows of a batch that are in quarantine."""
        held = self._held()
        _check_known(batch_id, held)
        return set_aside_paths(self._batches / batch_id, held.batches[batch_id])

    def events(self) -> list[Event]:
        """All events in their order.

        Raises:
            Damaged: the log was cut or edited.
        """
        return list(self._log.read().events)

    def decisions(self, kind: str, known_by: date | datetime | None = None) -> list[Event]:
        """The decisions of a kind in their order, as they were known by a moment."""
        return [event for event in events_by(self._log.read().events, known_by) if event.decision == kind]

    def same(self, feed: str, sha256: str) -> Batch | None:
        """The last batch of the feed with these bytes that is held or published; one rejected or withdrawn is none."""
        held = self._held()
        found = _same(held, feed, sha256)
        return self.batch(found[-1].id) if found else None

    def replaces(self, batch: Batch) -> dict[str, tuple[str, ...]]:
        """What publishing the batch (also one that is not sealed yet) would take away: ids of batches that count now,
        and the periods that each would lose ("whole" where it states none).
        """
        known = self._log.read()
        if not batch.id:
            batch = replace(batch, id=batch_id(len(known.events) + 1, batch.sha256))
        return replaced(self._held(known).published(), batch)

    def view(self, known_by: date | datetime | None = None, sequence: int | None = None) -> View:
        """What counts, or what counted by a moment: a day to its end (UTC), a moment with its zone, or after an event.

        Raises:
            Damaged: the log was cut or edited.
        """
        known = self._log.read()
        events = events_by(known.events, known_by)[:sequence]
        digest = events[-1].digest if events else self._origin
        held = self._held(known) if digest == known.digest else contents(events)
        return view_of(held, len(events), digest, self._batches)

    def verify(self) -> list[Problem]:
        """Everything that is not as it was written: log, records, files. Reads every byte; empty where all is well."""
        return found_wrong(self._log, self._batches)

    def _held(self, known: Known | None = None) -> Contents:
        known = known or self._log.read()
        digest, held = self._contents
        if digest != known.digest:
            held = contents(known.events)
            self._contents = (known.digest, held)
        return held

    def _recover(self) -> tuple[Known, Contents]:
        """What must be in order before anything is written. Under the lock only."""
        known = self._log.recover()
        held = self._held(known)
        if not (self.path / STAGING).exists():  # a copy may have left the empty folder out
            self._disk.make(self.path / STAGING)
        sweep(self.path / STAGING, self._disk)
        for path in sorted(self._batches.iterdir()):
            number = path.name.partition("-")[0]
            # renamed, but its event was never written; an older number is nobody's leftover and is for `verify` to name
            if path.name not in held.batches and number.isdecimal() and int(number) > len(known.events):
                self._disk.remove(path)
        return known, held

    def _step(self, kind: str, name: str, by: str, at: datetime, reason: str) -> Event:
        _check_given(by=by, **({} if kind == "published" else {"reason": reason}))
        draft = Event(0, moment(at), kind, by, batch=name, reason=reason)
        with exclusively(self.path / LOCK):
            known, held = self._recover()
            _check_known(name, held)
            state = held.states[name]
            if (state, kind) not in STEPS:
                raise Refused(problem(f"archive_is_{state}", file=name))
            if kind == "published":
                _check_openings(held.batches[name], held, reason)
            return self._log.append(known, [draft])[0]

    def _check_new(self, batch: Batch, held: Contents) -> None:
        if batch.parent is not None:
            parent = held.batches.get(batch.parent)
            if parent is None or (parent.feed, parent.register) != (batch.feed, batch.register):
                raise Refused(problem("archive_no_value", column="parent", value=batch.parent))
        for found in _same(held, batch.feed, batch.sha256):
            if found.mapping == batch.mapping:
                raise Repeated(problem("archive_repeated", file=batch.file, value=found.id), found.id)


def _record(path: Path, sha256: str) -> dict[str, object] | None:
    """The batch as its record tells it; None where the record is not the one that the log names."""
    try:
        data = path.read_bytes()
    except OSError:
        return None
    told: dict[str, object] | None = json.loads(data)["batch"] if hashlib.sha256(data).hexdigest() == sha256 else None
    return told


def _same(held: Contents, feed: str, sha256: str) -> list[Batch]:
    return [
        batch
        for name, batch in held.batches.items()
        if batch.sha256 == sha256 and batch.feed == feed and held.states[name] in STANDING
    ]


def _begin(path: Path, region: str, disk: Disk) -> None:
    """The files of an empty archive; archive.json comes last and makes it one."""
    for folder in (path / BATCHES, path / STAGING):
        if not folder.exists():
            disk.make(folder)
    beside = path / f".{ARCHIVE}"
    for left in (path / LOG, beside):
        disk.remove(left)
    data = to_json({"format": FORMAT, "region": region}) + b"\n"
    disk.create(path / LOG, [])
    write_head(path, 0, hashlib.sha256(data).hexdigest(), disk)
    disk.create(beside, [data])
    disk.rename(beside, path / ARCHIVE)
    disk.sync(path.parent)


def _check_free(path: Path) -> None:
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise NotAnArchive(problem("archive_is_none", file=str(path)))
    held = {item.name for item in path.iterdir()} if path.exists() else set()
    if held - _OURS:  # what a create that was killed left is ours
        raise NotAnArchive(problem("archive_is_none", file=str(path), value=min(held - _OURS)))


def _check_openings(batch: Batch, held: Contents, reason: str) -> None:
    if reason.strip():
        return
    lost = replaced(held.published(), batch)
    openings = tuple(name for name in lost if held.batches[name].kind == "opening")
    if openings:
        raise OpeningStands(problem("archive_opening_stands", file=batch.file, value=", ".join(openings)), openings)


def _check_known(name: str, held: Contents) -> None:
    if name not in held.batches:
        raise Refused(problem("archive_batch_unknown", value=name))


def _check_given(**given: str) -> None:
    for name, text in given.items():
        if not text.strip():
            raise Refused(problem("archive_no_value", column=name, value=text))
