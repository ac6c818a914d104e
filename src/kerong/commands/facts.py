"""What `kerong assess` is pointed at: a folder of registers, or an archive as it was known on a day."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kerong.commands.data_opening import archive_at, refuse
from kerong.commands.packs import folder, stop
from kerong.engine.record import NOTHING_DECIDED, Decided, FactTable
from kerong.intake import run_facts
from kerong.intake.decisions import decided_of
from kerong.intake.facts import facts_of
from kerong.rulebook import Rulebook
from kerong.rulebook.feeds import patterns_of
from kerong.store.archive import ArchiveError
from kerong.store.files import Folder
from kerong.store.registers import ArchiveRegisters, FolderRegisters
from kerong.store.runs import Run

ARCHIVE = "archive.json"
GONE = {
    "place": "the registers of this run are not at {name}; say with --registers where they are",
    "archive": "{name} is not the archive that this run was made from",
    "file": "{name} is no longer there",
    "changed": "{name} has changed since the run was made",
}


@dataclass(frozen=True, slots=True)
class Opened:
    """Facts by register, and what the manifest says of them once they were read: part of the run's identity; where they
    lie is none.
    """

    place: Path
    facts: Mapping[str, FactTable]
    decided: Decided
    told: Callable[[], dict[str, object]]


def is_archive(path: Path) -> bool:
    """Whether the folder is an archive."""
    return (path / ARCHIVE).is_file()


def opened_facts(path: Path, rulebook: Rulebook, known_by: date | None) -> Opened:
    """The facts at `path`; what cannot be read ends the command in one line."""
    if is_archive(path):
        return _archived(path, rulebook, known_by)
    if known_by is not None:
        stop(f"kerong: {path} is no archive: only an archive remembers what was known by {known_by}")
    source = Folder(folder(path, "it should hold the registers"))
    facts = FolderRegisters(source, *patterns_of(rulebook))
    return Opened(path, facts, NOTHING_DECIDED, lambda: {"inputs": source.hashes})


def facts_of_run(run: Run, rulebook: Rulebook, registers: Path | None) -> tuple[Mapping[str, FactTable], Decided]:
    """The facts that a run was made from and what was decided, as they stood then; `registers` says where they are now,
    if not where they were.
    """
    place = registers or Path(str(run.manifest.get("source", "")))
    try:
        facts = run_facts.facts_of_run(run, rulebook, place)
        return _OrStop(facts), decided_of(facts)
    except run_facts.FactsGone as gone:
        stop(_gone(gone))


class _OrStop(Mapping[str, FactTable]):
    """Facts whose absence ends the command in one line."""

    def __init__(self, facts: Mapping[str, FactTable]) -> None:
        self.facts = facts

    def __getitem__(self, register: str) -> FactTable:
        try:
            return self.facts[register]
        except run_facts.FactsGone as gone:
            stop(_gone(gone))

    def __iter__(self) -> Iterator[str]:
        return iter(self.facts)

    def __len__(self) -> int:
        return len(self.facts)


def _gone(gone: run_facts.FactsGone) -> str:
    return f"kerong: {GONE[gone.kind].format(name=gone.name)}"


def _archived(path: Path, rulebook: Rulebook, known_by: date | None) -> Opened:
    archive = archive_at(path)
    try:
        facts = facts_of(archive, rulebook, known_by)
    except ArchiveError as error:
        refuse(error)
    if archive.region != rulebook.region.name:
        stop(f"kerong: {path} is the archive of {archive.region}, not of {rulebook.region.name}")
    return Opened(path, facts, decided_of(facts), lambda: _told(facts, known_by))


def _told(facts: ArchiveRegisters, known_by: date | None) -> dict[str, object]:
    """The batches in force, by register; a batch that the log learned of after `known_by` is not among them."""
    view = facts.view
    batches = [
        {
            "id": part.batch.id,
            "feed": part.batch.feed,
            "register": part.batch.register,
            "file": part.batch.file,
            "sha256": part.batch.sha256,
            "periods": None if part.periods is None else list(part.periods),
            "mapping": facts.mappings.get(part.batch.feed, part.batch.mapping),
        }
        for register in facts
        for part in view.parts(register)
    ]
    known = known_by.isoformat() if known_by else None
    archive = {"sequence": view.sequence, "digest": view.digest, "known_by": known, "batches": batches}
    return {"inputs": {f"{told['id']}/{told['file']}": told["sha256"] for told in batches}, "archive": archive}
