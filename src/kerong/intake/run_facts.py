"""The registers that a run was made from, as they stood then: a folder whose files are unchanged, or an archive."""

from collections.abc import Mapping
from pathlib import Path

from kerong.engine.record import FactTable
from kerong.intake.facts import facts_of
from kerong.rulebook import Rulebook
from kerong.rulebook.feeds import patterns_of
from kerong.store.archive import Archive, ArchiveError, NotAnArchive
from kerong.store.files import Folder, RawTable, fitting
from kerong.store.registers import FolderRegisters
from kerong.store.runs import Run

ARCHIVE = "archive.json"


class FactsGone(LookupError):
    """What a run was made from cannot be read any more.

    `kind`: "place" (nothing of that sort is at `name`), "archive" (another one is there, or its log cannot be read),
    "file" (the file `name` is gone) or "changed" (its bytes are others).
    """

    def __init__(self, kind: str, name: str) -> None:
        super().__init__(f"{kind}: {name}")
        self.kind, self.name = kind, name


def facts_of_run(run: Run, rulebook: Rulebook, place: Path) -> Mapping[str, FactTable]:
    """The facts of a run, from `place`; a file of a folder is checked when its register is read.

    Raises:
        FactsGone: they are not there as they were; also from the mapping, when a register is asked for.
    """
    told = run.manifest.get("archive")
    if not place.is_dir() or (place / ARCHIVE).is_file() != isinstance(told, dict):
        raise FactsGone("place", str(place))
    if not isinstance(told, dict):
        inputs = run.manifest.get("inputs")
        return _Unchanged(Folder(place), rulebook, inputs if isinstance(inputs, dict) else {})
    try:
        facts = facts_of(Archive.opened(place), rulebook, sequence=int(told["sequence"]))
    except (NotAnArchive, ArchiveError) as error:
        raise FactsGone("archive", str(place)) from error
    if facts.view.digest != told["digest"]:
        raise FactsGone("archive", str(place))
    return facts


class _Unchanged(FolderRegisters):
    """A folder whose files must be those that a run was made from; files that came later are none of the run's."""

    def __init__(self, source: Folder, rulebook: Rulebook, hashes: Mapping[str, str]) -> None:
        super().__init__(source, *patterns_of(rulebook))
        self.hashes = hashes

    def __getitem__(self, register: str) -> RawTable:
        for name in fitting(self.hashes, self.patterns[register]):
            if not (self.folder.path / name).is_file():
                raise FactsGone("file", name)
        found = super().__getitem__(register)
        found.parts[:] = [part for part in found.parts if part.file in self.hashes]
        for part in found.parts:
            if self.folder.hashes[part.file] != self.hashes.get(part.file):
                raise FactsGone("changed", part.file)
        return found
