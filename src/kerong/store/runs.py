"""Runs on disk: tables as Parquet, documents as texts, whole or not there.

The bytes of a table depend on its content alone: one row-group size, one codec, no time of writing.
"""

import errno
import hashlib
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path, PurePosixPath

import polars as pl
import psutil

ROW_GROUP_ROWS = 1 << 17
MANIFEST = "manifest.json"
Document = str | bytes | Callable[[], str]
CONTENT = (".py", ".toml")
SWAPS = 10


class NotARun(ValueError):
    """The folder holds something that is no run: it is neither read nor overwritten."""


@dataclass(frozen=True, slots=True)
class Run:
    """A run that was read: its manifest, and its tables and documents by name when asked for."""

    path: Path
    manifest: Mapping[str, object]

    @property
    def tables(self) -> list[str]:
        """Names of the tables, such as "scores" or "rows/loan"."""
        return sorted(name.removesuffix(".parquet") for name in _files(self.path) if name.endswith(".parquet"))

    def table(self, name: str) -> pl.DataFrame:
        """A table in memory."""
        return pl.read_parquet(self._inside(f"{name}.parquet"), glob=False)

    def scan(self, name: str) -> pl.LazyFrame:
        """A table from which only the wanted rows and columns are read."""
        return pl.scan_parquet(self._inside(f"{name}.parquet"), glob=False)

    def document(self, name: str) -> str:
        """A text, such as "summary.json"."""
        return self._inside(name).read_text("utf-8")

    def rulebook(self) -> dict[str, str]:
        """The texts that the run was made with, as `store.packs.read_pack` gives them."""
        names = [name for name in _files(self.path) if name.startswith("rulebook/")]
        return {name.removeprefix("rulebook/"): self.document(name) for name in names}

    def _inside(self, name: str) -> Path:
        path = self.path / _checked(name)
        if not path.is_file():
            raise KeyError(f"the run has no {name}; there are: {', '.join(_files(self.path))}")
        return path


def write_run(path: Path, tables: Mapping[str, pl.DataFrame], documents: Mapping[str, Document]) -> None:
    """Writes beside `path`, then renames. An earlier run at `path` is replaced whole.

    A document that can be called is asked once the tables are written: a manifest can tell how long that took.

    Raises:
        NotARun: `path` holds something else, or the documents have no manifest.
    """
    path = Path(path).absolute()
    if MANIFEST not in documents:
        raise NotARun(f"a run needs a {MANIFEST}")
    check_target(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        beside.chmod(0o755)
        for name, frame in tables.items():
            _put(beside, f"{name}.parquet", parquet_bytes(frame))
        for name, document in documents.items():
            told = document() if callable(document) else document
            _put(beside, name, told.encode() if isinstance(told, str) else told)
        _sync_folders(beside)
        _swap(beside, path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)


def read_run(path: Path) -> Run:
    """The run at `path`.

    Raises:
        NotARun: there is none.
    """
    path = Path(path)
    try:
        manifest = json.loads((path / MANIFEST).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise NotARun(f"{path} is not a run: it has no readable {MANIFEST}") from error
    if not isinstance(manifest, dict):
        raise NotARun(f"{path} is not a run: {MANIFEST} is no object")
    return Run(path, manifest)


def parquet_bytes(frame: pl.DataFrame) -> bytes:
    """The table as Parquet; equal tables give equal bytes."""
    with tempfile.SpooledTemporaryFile(max_size=1 << 28) as file:
        frame.rechunk().write_parquet(
            file, compression="zstd", compression_level=3, row_group_size=ROW_GROUP_ROWS, statistics=True
        )
        file.seek(0)
        return file.read()


def input_hashes(files: Mapping[str, Path]) -> dict[str, str]:
    """SHA-256 of files by name, sorted by name."""
    hashes: dict[str, str] = {}
    for name, path in sorted(files.items()):
        with path.open("rb") as file:
            hashes[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return hashes


def code_hash() -> str:
    """SHA-256 over the package's code and content, names included: another version gives another hash."""
    package = Path(str(resources.files("kerong")))
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*"), key=lambda path: path.relative_to(package).as_posix()):
        if path.suffix in CONTENT and path.is_file():
            data = path.read_bytes()
            digest.update(f"{path.relative_to(package).as_posix()}\0{len(data)}\0".encode())
            digest.update(data)
    return digest.hexdigest()


def peak_memory_mb() -> float:
    """The most memory that this process has held, in MB (2^20 bytes)."""
    if sys.platform == "win32":
        return float(psutil.Process().memory_info().peak_wset) / (1 << 20)
    import resource  # only Unix has it

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(peak) / ((1 << 20) if sys.platform == "darwin" else (1 << 10))


def _checked(name: str) -> PurePosixPath:
    inside = PurePosixPath(name)
    if inside.is_absolute() or not inside.parts or ".." in inside.parts:
        raise NotARun(f"“{name}” lies outside the run")
    return inside


def _put(folder: Path, name: str, data: bytes) -> None:
    path = folder / _checked(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _files(folder: Path) -> list[str]:
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def check_target(path: Path) -> None:
    """May a run be written to `path`? Only a new or empty folder and an earlier run may be, no folder of somebody.

    Raises:
        NotARun: `path` is a link, a file, or a folder that holds something else.
    """
    if path.is_symlink() or (path.exists() and not path.is_dir()):
        raise NotARun(f"{path} exists and is not a run")
    held = next(path.iterdir(), None) if path.exists() else None
    if held is None:
        return
    try:
        manifest = read_run(path).manifest
    except NotARun:
        manifest = {}
    if not manifest.keys() >= {"run_id", "region"}:
        raise NotARun(f"{path} is not a run: it holds {held.name}; choose another folder")
    known = ("rulebook/", "rows/", "statistics/", "networks/", "history/", "models/")
    foreign = [name for name in _files(path) if "/" in name and not name.startswith(known)]
    foreign += [item.name for item in path.iterdir() if item.is_file() and item.suffix not in (".parquet", ".json")]
    if foreign:
        raise NotARun(f"{path} is not a run: it holds {foreign[0]}; choose another folder")


def _sync_folders(folder: Path) -> None:
    if os.name != "posix":
        return
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        _sync(path)


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _swap(new: Path, path: Path) -> None:
    """Puts `new` in the place of `path`; where another run comes or goes there in between, it is tried again."""
    for left in reversed(range(SWAPS)):
        try:
            if path.exists():
                _replace(new, path)
            else:
                new.rename(path)
            break
        except OSError as error:
            if not left or error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOENT):
                raise
    if os.name == "posix":
        _sync(path.parent)


def _replace(new: Path, path: Path) -> None:
    """Puts `new` in the place of the run at `path`; when that fails or is broken off the old run comes back."""
    old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old.", dir=path.parent)) / path.name
    try:
        path.rename(old)
        new.rename(path)
    except BaseException:
        if old.exists() and not path.exists():
            old.rename(path)
        raise
    finally:
        shutil.rmtree(old.parent, ignore_errors=True)
