"""Running the command line in processes of its own, and comparing what two runs wrote."""

import gzip
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import polars as pl

DOCUMENTS = ("scale.json", "summary.json")


def kerong(
    *arguments: str, threads: int = 2, program: tuple[str, ...] = ("-m", "kerong")
) -> subprocess.CompletedProcess[str]:
    """`kerong ARGUMENTS` in a process of its own with that many threads."""
    environment = {**os.environ, "POLARS_MAX_THREADS": str(threads), "COLUMNS": "200"}
    command = [sys.executable, *program, *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def assessed(
    registers: Path, out: Path, *options: str, threads: int = 2, program: tuple[str, ...] = ("-m", "kerong")
) -> Path:
    """A run of the demo city; fails with what the command said."""
    done = kerong(
        "assess",
        str(registers),
        "--region",
        "demo",
        "--on",
        "2025-06-30",
        "--out",
        str(out),
        *options,
        threads=threads,
        program=program,
    )
    assert done.returncode == 0, done.stderr
    return out


def shuffled(source: Path, target: Path, seed: int) -> Path:
    """The same registers with the rows of every file in another order."""
    target.mkdir()
    rng = random.Random(seed)
    for path in sorted(source.iterdir()):
        if path.is_dir():
            continue
        if path.name.endswith(".parquet"):
            frame = pl.read_parquet(path)
            frame[rng.sample(range(frame.height), frame.height)].write_parquet(target / path.name)
        elif path.name.endswith((".csv", ".csv.gz")):
            packed = path.name.endswith(".gz")
            data = gzip.decompress(path.read_bytes()) if packed else path.read_bytes()
            head, *rows = data.rstrip(b"\r\n").split(b"\n")
            rng.shuffle(rows)
            data = b"\n".join([head, *rows]) + b"\n"
            (target / path.name).write_bytes(gzip.compress(data) if packed else data)
        else:
            shutil.copy(path, target / path.name)
    return target


def differences(one: Path, other: Path) -> list[str]:
    """Files of two runs that are not equal byte for byte; of problems the lines may differ, and nothing else."""
    names = sorted(path.relative_to(one).as_posix() for path in one.rglob("*.parquet")) + list(DOCUMENTS)
    there = sorted(path.relative_to(other).as_posix() for path in other.rglob("*.parquet")) + list(DOCUMENTS)
    if names != there:
        return [f"other files: {names} and {there}"]
    found = [name for name in names if (one / name).read_bytes() != (other / name).read_bytes()]
    if "problems.parquet" in found:
        first, second = (pl.read_parquet(run / "problems.parquet").drop("line") for run in (one, other))
        if first.sort(first.columns).equals(second.sort(second.columns)):
            found.remove("problems.parquet")
    return found
