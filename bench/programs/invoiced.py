"""A city with twelve months of invoices: its files into an archive, and from there to the measures of its firms."""

import shutil
import tempfile
from datetime import date
from pathlib import Path

from bench.city import city, folder
from bench.claims import Work
from bench.programs import cities
from bench.programs.cities import ON, command
from kerong.engine import record
from kerong.intake.facts import facts_of
from kerong.rulebook import load
from kerong.store.archive import Archive
from kerong.store.packs import read_pack

AT = "2025-06-20T09:00Z"
BY = "bench"
MEASURES = 195  # at least so many, as the claim says


def archived(scratch: Path, firms: int, rows: int) -> None:
    """The city's files in an archive, beside the city; made once per scratch folder."""
    city(scratch, firms, rows)
    cities.made(_archive(scratch, firms, rows), lambda half: _receive(folder(scratch, firms, rows), half))


def _archive(scratch: Path, firms: int, rows: int) -> Path:
    return scratch / f"archive-{firms}-{rows}"


def _receive(files: Path, archive: Path) -> None:
    command("kerong", "data", "init", str(archive), "--region", "demo")
    command("kerong", "data", "import", str(archive), str(files), "--by", BY, "--at", AT)


def received(scratch: Path, firms: str, rows: str) -> Work:
    """Work that receives every file of the city into a new archive; answers with the number of rows in force."""
    target = Path(tempfile.mkdtemp(dir=scratch)) / "archive"

    def work() -> float:
        _receive(folder(scratch, int(firms), int(rows)), target)
        held = sum(batch.rows for batch in Archive.opened(target).view().batches)
        shutil.rmtree(target)
        return float(held)

    return work


def measured(scratch: Path, firms: str, rows: str) -> Work:
    """Work that reads the archive and works out every measure, network and formula; answers with a sum of one.

    Raises ValueError where the region has fewer measures than the claim tells.
    """
    rulebook = load(read_pack("demo"))
    if len(rulebook.measures) < MEASURES:
        raise ValueError(f"the demo region has {len(rulebook.measures)} measures, the claim is of {MEASURES}")
    on = date.fromisoformat(ON)

    def work() -> float:
        facts = facts_of(Archive.opened(_archive(scratch, int(firms), int(rows))), rulebook)
        made = record.recorded(facts, rulebook, on, compact=True)
        enterprises, _, _ = record.features(made.enterprises, made.registers, rulebook, on)
        return float(enterprises["invoices_out"].sum())

    return work
