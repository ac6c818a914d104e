"""A register's file to Parquet: ours with every check, and Polars' own reading and writing of the same bytes."""

import hashlib
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import polars as pl

from bench.claims import Work
from kerong.engine.record.clean import cleaned_part
from kerong.engine.record.tables import PART
from kerong.rulebook import load
from kerong.rulebook.content import Register
from kerong.store.packs import read_pack
from kerong.store.parts import RawPart
from kerong.store.stream import blocks
from kerong.store.stream.ahead import ahead

FILE = "invoices.csv"
COMPRESSION: Final = "zstd"  # at the level of Polars, 3, and with statistics on both sides, as the archive writes


def imported(scratch: Path) -> Work:
    """Work that hashes and decodes the file, reads and checks every cell, and writes it; answers with its rows."""
    register = load(read_pack("china")).registers["invoice"]
    next(_cleaned(scratch / FILE, register))  # compiled loops are loaded before the clock runs, as imports are

    def work() -> float:
        target = scratch / "imported"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        height = 0
        with ThreadPoolExecutor(1) as beside:
            digest = beside.submit(_sha256, scratch / FILE)
            for number, rows in enumerate(ahead(_cleaned(scratch / FILE, register))):
                rows.write_parquet(target / f"{number:08}.parquet", compression=COMPRESSION)
                height += rows.height
            digest.result()
        return float(height)

    return work


def _cleaned(path: Path, register: Register) -> Iterator[pl.DataFrame]:
    for block in ahead(blocks(path, path.name)):
        if isinstance(block, RawPart):
            yield cleaned_part(block, 0, register)[0].drop(PART)  # the file has one name


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def polars(scratch: Path) -> Work:
    """Work that Polars does alone, with types that it infers itself; answers with the number of rows."""

    def work() -> float:
        target = scratch / "polars.parquet"
        pl.scan_csv(scratch / FILE).sink_parquet(target, compression=COMPRESSION)
        return float(pl.scan_parquet(target).select(pl.len()).collect().item())

    return work
