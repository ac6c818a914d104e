"""The log: one event a line, each with the hash of the line before it; what it says is what exists.

`head.json` names the last event that was acknowledged, so that a log whose end was cut off is noticed: lines alone
form an unbroken chain however many are missing at the end. It is written after the line; a writer that dies in between
leaves a log that is ahead, never one that is behind. Bytes after the head that are no whole event were never
acknowledged: they do not count, and the next writer cuts them.
"""

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from kerong.store.archive.batch import to_json, written_moment
from kerong.store.archive.disk import Disk
from kerong.store.archive.errors import Damaged, Problem, problem

LOG = "log.jsonl"
HEAD = "head.json"
EVENTS = ("received", "published", "rejected", "withdrawn", "decided")


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the log.

    `at` as the writer stated it (UTC). `batch`: the batch it is about; `decision`: the kind of a steward's decision;
    the other is empty. `digest`: SHA-256 of the line, which the next line repeats.
    """

    sequence: int
    at: datetime
    kind: str
    by: str
    batch: str = ""
    decision: str = ""
    reason: str = ""
    content: Mapping[str, object] = field(default_factory=dict)
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What was read of a log: its events, the bytes that they take, and the hash of the last line."""

    events: tuple[Event, ...]
    size: int
    digest: str


class Log:
    """The log in `folder`; `origin`: what the first line is chained to (the hash of archive.json)."""

    def __init__(self, folder: Path, origin: str, disk: Disk) -> None:
        self._folder, self._disk = folder, disk
        self._path = folder / LOG
        self._start = Known((), 0, origin)
        self._known = self._start

    def read(self) -> Known:
        """All events that count. What an earlier call has read is not read again.

        Raises:
            Damaged: the log was cut or edited.
        """
        known, found = self._examined(self._known)
        if found:  # also where a writer was cutting an unfinished line meanwhile: once more, from the first line
            known, found = self._examined(self._start)
        if found:
            raise Damaged(found[0])
        self._known = known
        return known

    def examined(self) -> tuple[Known, list[Problem]]:
        """Everything read anew: the events that can be read, and all that is wrong with the log."""
        return self._examined(self._start)

    def recover(self) -> Known:
        """Cuts what a dead writer left after the last whole event and brings the head up to it. Under the lock only.

        Raises:
            Damaged: the log was cut or edited; nothing is changed.
        """
        known = self.read()
        if self._path.stat().st_size > known.size:
            self._disk.cut(self._path, known.size)
        if head_of(self._folder) != (len(known.events), known.digest):
            write_head(self._folder, len(known.events), known.digest, self._disk)
        return known

    def append(self, known: Known, drafts: Sequence[Event]) -> list[Event]:
        """Writes events after those that `recover` gave under the same lock; gives them with `sequence` and `digest`.

        A kill may leave the first of several, never one without those before it.
        """
        events, lines, digest = list(known.events), [], known.digest
        for draft in drafts:
            line = to_line(draft, len(events) + 1, digest)
            digest = hashlib.sha256(line).hexdigest()
            events.append(_event(line, digest))
            lines.append(line + b"\n")
        data = b"".join(lines)
        try:
            self._disk.append(self._path, data)
        except OSError:
            with suppress(OSError):  # a line that may not be on disk must not be read from memory by others
                self._disk.cut(self._path, known.size)
            raise
        self._known = Known(tuple(events), known.size + len(data), digest)
        write_head(self._folder, len(events), digest, self._disk)
        return events[len(known.events) :]

    def _examined(self, known: Known) -> tuple[Known, list[Problem]]:
        try:
            head = head_of(self._folder)  # before the log: the head is never ahead
            with self._path.open("rb") as file:
                if file.seek(0, os.SEEK_END) < known.size:
                    known = self._start
                file.seek(known.size)
                data = file.read()
        except (OSError, ValueError, KeyError, TypeError) as error:
            name = self._path.name if isinstance(error, OSError) and error.filename == str(self._path) else HEAD
            return known, [problem("archive_log_unreadable", file=name)]
        known, found = _parsed(known, data, head[0])
        if len(known.events) < head[0]:
            if not found:
                told = {"line": len(known.events) + 1, "value": str(head[0] - len(known.events))}
                found.append(problem("archive_log_cut", file=LOG, **told))
        elif not found and head[1] != (known.events[head[0] - 1].digest if head[0] else self._start.digest):
            found.append(_edited(head[0]))
        return known, found


def to_line(event: Event, sequence: int, previous: str) -> bytes:
    """The event as a line without its end."""
    told = {"sequence": sequence, "previous": previous, "at": written_moment(event.at), "kind": event.kind}
    told |= {"by": event.by, "batch": event.batch, "decision": event.decision, "reason": event.reason}
    return to_json(told | {"content": event.content})


def head_of(folder: Path) -> tuple[int, str]:
    """Sequence and hash of the last acknowledged event."""
    told = json.loads((folder / HEAD).read_bytes())
    return int(told["sequence"]), str(told["digest"])


def write_head(folder: Path, sequence: int, digest: str, disk: Disk) -> None:
    """Names the last event, in the place of the one named before."""
    beside = folder / f".{HEAD}"
    disk.remove(beside)
    disk.create(beside, [to_json({"sequence": sequence, "digest": digest})])
    disk.rename(beside, folder / HEAD)


def _parsed(known: Known, data: bytes, acknowledged: int) -> tuple[Known, list[Problem]]:
    """The events of `data` after those that are known, and what breaks the chain."""
    events, found = list(known.events), []
    size, digest = known.size, known.digest
    lines = data.split(b"\n")
    lines.pop()  # what follows the last line end is no whole line
    for place, line in enumerate(lines, start=1):
        number = len(known.events) + place
        last = place == len(lines) and number > acknowledged
        digest, before = hashlib.sha256(line).hexdigest(), digest
        try:
            told = json.loads(line.decode())
            event = _made(told, digest)
            broken = told["previous"] != before
        except (ValueError, KeyError, TypeError, RecursionError):
            if not last:
                found.append(_edited(number))
            continue
        if broken and last:
            continue
        if broken and not _names(found, number - 1):
            found.append(_edited(number - 1))
        if event.sequence != number and not found:
            found.append(_edited(number))
        size += len(line) + 1
        events.append(event)
    return Known(tuple(events), size, events[-1].digest if events else known.digest), found


def _edited(line: int) -> Problem:
    """The line is not what the next one (or the head) was chained to; the first is chained to archive.json."""
    if not line:
        return problem("archive_origin_changed", file="archive.json")
    return problem("archive_log_edited", file=LOG, line=line)


def _names(found: Iterable[Problem], line: int) -> bool:
    return any(problem.get("line") == line for problem in found)


def _event(line: bytes, digest: str) -> Event:
    return _made(json.loads(line), digest)


def _made(told: Mapping[str, Any], digest: str) -> Event:
    content = told["content"]
    if not isinstance(content, dict) or told["kind"] not in EVENTS:
        raise ValueError("no event")
    return Event(
        told["sequence"],
        datetime.fromisoformat(told["at"]),
        told["kind"],
        told["by"],
        told["batch"],
        told["decision"],
        told["reason"],
        content,
        digest,
    )
