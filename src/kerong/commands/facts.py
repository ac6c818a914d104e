"""What `kerong assess` is pointed at: a folder of registers, or an archive as it was known on a day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kerong.commands.data_opening import archive_at, refuse
from kerong.commands.packs import folder, stop
from kerong.engine.record import FactTable
from kerong.intake.facts import facts_of
from kerong.rulebook import Rulebook
from kerong.store.archive import ArchiveError
from kerong.store.files import Folder, RawTable
from kerong.store.registers import ArchiveRegisters, FolderRegisters
from kerong.store.runs import Run

ARCHIVE = "archive.json"


@dataclass(frozen=True, slots=True)
class Opened:
    """Facts by register, and what the manifest says of them once they were read: part of the run's identity; where they
    lie is none.
    """

    place: Path
    facts: Mapping[str, FactTable]
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
    facts = FolderRegisters(source, {name: register.files for name, register in rulebook.registers.items()})
    return Opened(path, facts, lambda: {"inputs": source.hashes})


def facts_of_run(run: Run, rulebook: Rulebook, registers: Path | None) -> Mapping[str, FactTable]:
    """The facts that a run was made from, as they stood then; `registers` says where they are now, if not where they
    were.
    """
    place = registers or Path(str(run.manifest.get("source", "")))
    told = run.manifest.get("archive")
    if not place.is_dir() or is_archive(place) != isinstance(told, dict):
        stop(f"kerong: the registers of this run are not at {place}; say with --registers where they are")
    if isinstance(told, dict):
        archive = archive_at(place)
        facts = facts_of(archive, rulebook, sequence=int(told["sequence"]))
        if facts.view.digest != told["digest"]:
            stop(f"kerong: {place} is not the archive that this run was made from")
        return facts
    source = Folder(place)
    inputs = run.manifest.get("inputs")
    return _Unchanged(source, rulebook, inputs if isinstance(inputs, dict) else {})


class _Unchanged(FolderRegisters):
    """A folder whose files must be those that a run was made from."""

    def __init__(self, source: Folder, rulebook: Rulebook, hashes: Mapping[str, str]) -> None:
        super().__init__(source, {name: register.files for name, register in rulebook.registers.items()})
        self.hashes = hashes

    def __getitem__(self, register: str) -> RawTable:
        found = super().__getitem__(register)
        for part in found.parts:
            if self.folder.hashes[part.file] != self.hashes.get(part.file):
                stop(f"kerong: {part.file} has changed since the run was made")
        return found


def _archived(path: Path, rulebook: Rulebook, known_by: date | None) -> Opened:
    archive = archive_at(path)
    try:
        facts = facts_of(archive, rulebook, known_by)
    except ArchiveError as error:
        refuse(error)
    if archive.region != rulebook.region.name:
        stop(f"kerong: {path} is the archive of {archive.region}, not of {rulebook.region.name}")
    return Opened(path, facts, lambda: _told(facts, known_by))


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
