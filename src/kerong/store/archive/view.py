"""A view: which batches counted at a moment, and where their rows lie."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from kerong.store.archive.batch import Batch, from_record, moment
from kerong.store.archive.fold import counting
from kerong.store.archive.log import Event

# state of a batch and what happened -> its state then; what is not here is refused
STEPS: Mapping[tuple[str, str], str] = {
    ("", "received"): "received",
    ("received", "published"): "published",
    ("received", "rejected"): "rejected",
    ("published", "withdrawn"): "withdrawn",
    ("withdrawn", "published"): "published",
}
STANDING = ("received", "published")


@dataclass(frozen=True, slots=True)
class ViewPart:
    """Rows that count: those of `paths` whose #period is one of `periods` (None: all of them). Profile and findings of
    `batch` are empty here.
    """

    batch: Batch
    periods: tuple[str, ...] | None
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class View:
    """What counted after event `sequence` (0: nothing yet). `digest`: the hash of its line; the same, the same view.

    `registers`: parts by register, in the order of feed and arrival.
    """

    sequence: int
    digest: str
    registers: Mapping[str, tuple[ViewPart, ...]]

    def parts(self, register: str) -> list[ViewPart]:
        """The parts of a register; none where nothing of it counts."""
        return list(self.registers.get(register, ()))

    @property
    def batches(self) -> tuple[Batch, ...]:
        """The batches that count, in the order of arrival."""
        found = [part.batch for parts in self.registers.values() for part in parts]
        return tuple(sorted(found, key=lambda batch: batch.sequence))


@dataclass(frozen=True, slots=True)
class Contents:
    """All batches that a log speaks of, with the state of each and the hash of its record."""

    batches: Mapping[str, Batch]
    states: Mapping[str, str]
    records: Mapping[str, str]

    def published(self) -> list[Batch]:
        """The published batches in the order of arrival."""
        return [batch for name, batch in self.batches.items() if self.states[name] == "published"]


def contents(events: Iterable[Event]) -> Contents:
    """The batches and their states after these events."""
    batches: dict[str, Batch] = {}
    states: dict[str, str] = {}
    records: dict[str, str] = {}
    for event in events:
        if event.kind == "received":
            told = event.content["batch"]
            batches[event.batch] = from_record(told if isinstance(told, dict) else {})
            records[event.batch] = str(event.content["record"])
        if event.batch:
            states[event.batch] = STEPS[states.get(event.batch, ""), event.kind]
    return Contents(batches, states, records)


def events_by(events: tuple[Event, ...], until: date | datetime | None) -> tuple[Event, ...]:
    """The events up to the first that happened after `until` (a day counts to its end, UTC; None: all).

    An event that stands later in the log is known later, even where its writer's clock was slow: what is appended after
    `until` never changes what was known by then.
    """
    if until is None:
        return events
    last = moment(until) if isinstance(until, datetime) else datetime.combine(until, time.max, UTC)
    for place, event in enumerate(events):
        if event.at > last:
            return events[:place]
    return events


def view_of(held: Contents, sequence: int, digest: str, folder: Path) -> View:
    """The view after event `sequence`, whose line has the hash `digest`; `folder` holds the folders of batches."""
    published = held.published()
    counted = counting(published)
    registers: dict[str, list[ViewPart]] = {}
    for batch in sorted(published, key=lambda batch: (batch.feed, batch.sequence)):
        if batch.id in counted:
            part = ViewPart(batch, counted[batch.id], row_paths(folder / batch.id, batch))
            registers.setdefault(batch.register, []).append(part)
    found = {register: tuple(registers[register]) for register in sorted(registers)}
    return View(sequence, digest, found)


def row_paths(folder: Path, batch: Batch) -> tuple[Path, ...]:
    """The files of rows of a batch whose folder is `folder`."""
    return tuple(folder / part_name("rows", number) for number in range(batch.row_files))


def set_aside_paths(folder: Path, batch: Batch) -> tuple[Path, ...]:
    """The files of rows in quarantine of a batch whose folder is `folder`."""
    return tuple(folder / part_name("set_aside", number) for number in range(batch.set_aside_files))


def part_name(table: str, number: int) -> str:
    """The name of a file inside the folder of a batch; `table`: "rows" or "set_aside", `number` from 0."""
    return f"{table}/{number:06d}.parquet"
