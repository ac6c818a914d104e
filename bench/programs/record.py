"""Registers on disk to one row per enterprise: read, clean, identify, link, measure."""

from datetime import date
from pathlib import Path

from bench.claims import Work
from bench.programs.cities import ON
from kerong.engine import record
from kerong.rulebook import load
from kerong.store.files import Folder
from kerong.store.packs import read_pack
from kerong.store.registers import FolderRegisters


def enterprises(scratch: Path, firms: str) -> Work:
    """Work that makes the table of enterprises of city-<firms>; answers with its number of rows."""
    rulebook = load(read_pack("demo"))
    on = date.fromisoformat(ON)

    def work() -> float:
        patterns = {name: register.files for name, register in rulebook.registers.items()}
        facts = FolderRegisters(Folder(scratch / f"city-{firms}"), patterns)
        made = record.recorded(facts, rulebook, on, compact=True)
        return float(record.features(made.enterprises, made.registers, rulebook, on)[0].height)

    return work
