"""A batch in the making: a folder beside the others, which no view sees until it is sealed."""

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType

import polars as pl

from kerong.store.archive.batch import RAW
from kerong.store.archive.disk import Disk
from kerong.store.archive.errors import Refused, problem
from kerong.store.archive.lock import Lock
from kerong.store.archive.view import part_name
from kerong.store.runs import parquet_bytes
from kerong.store.stream.ahead import ahead

STAGING = "staging"
LOCK_SUFFIX = ".lock"
_CHUNK = 1 << 20


class Staging:
    """Holds what is to become a batch; used with `with`, it is removed when it is left without `Archive.seal`.

    `files`: SHA-256 of each file so far, by its name in the folder; `sizes`: bytes of each.
    """

    def __init__(self, path: Path, lock: Lock, disk: Disk) -> None:
        self.path = path
        self.files: dict[str, str] = {}
        self.sizes: dict[str, int] = {}
        self._counts = {"rows": 0, "set_aside": 0}
        self._lock, self._disk = lock, disk
        self._open = True

    @property
    def row_files(self) -> int:
        """How many files of rows there are."""
        return self._counts["rows"]

    @property
    def set_aside_files(self) -> int:
        """How many files of rows in quarantine there are."""
        return self._counts["set_aside"]

    def keep_raw(self, source: Path | bytes) -> str:
        """Copies the file as received, byte for byte, and gives its SHA-256. Once per batch.

        Raises:
            OSError: it cannot be read or there is no room for it.
        """
        return self._put(RAW, [source] if isinstance(source, bytes) else _chunks(source))

    def add_rows(self, frame: pl.DataFrame) -> None:
        """The next cleaned rows, in the order of the file; equal frames give equal bytes."""
        self._add("rows", frame)

    def add_set_aside(self, frame: pl.DataFrame) -> None:
        """The next rows in quarantine."""
        self._add("set_aside", frame)

    def put_record(self, name: str, data: bytes) -> None:
        """A document of the batch itself, which is not among `files`."""
        self._disk.create(self.path / name, [data])

    def sync(self) -> None:
        """What the folders list is on disk."""
        for folder in sorted({(self.path / name).parent for name in self.files} | {self.path}):
            self._disk.sync(folder)

    def check_open(self) -> None:
        """Nothing is added to or sealed from a folder that was sealed or left.

        Raises:
            Refused: `archive_staging_closed`.
        """
        if not self._open:
            raise Refused(problem("archive_staging_closed"))

    def sealed(self) -> None:
        """The folder has gone to its place."""
        self._open = False
        self._release()

    def discard(self) -> None:
        """Removes the folder; one that was sealed stays."""
        if self._open:
            self._open = False
            try:
                self._disk.remove(self.path)
            finally:
                self._release()

    def __enter__(self) -> "Staging":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.discard()

    def _release(self) -> None:
        self._lock.release()
        self._disk.remove(_lock_of(self.path))

    def _add(self, table: str, frame: pl.DataFrame) -> None:
        self._put(part_name(table, self._counts[table]), [parquet_bytes(frame)])
        self._counts[table] += 1

    def _put(self, name: str, chunks: Iterable[bytes]) -> str:
        self.check_open()
        path = self.path / name
        if not path.parent.exists():
            self._disk.make(path.parent)
        digest, size = hashlib.sha256(), 0

        def told() -> Iterator[bytes]:
            nonlocal size
            for chunk in chunks:
                digest.update(chunk)
                size += len(chunk)
                yield chunk

        with closing(ahead(told())) as hashed:  # one chunk is hashed while another is written
            self._disk.create(path, hashed)
        self.files[name], self.sizes[name] = digest.hexdigest(), size
        return self.files[name]


def begun(folder: Path, disk: Disk) -> Staging:
    """A new folder inside `folder`, locked for as long as its maker lives.

    Under the lock of the archive only, so that no other takes it for a leftover before it is locked.
    """
    handle, name = tempfile.mkstemp(suffix=LOCK_SUFFIX, dir=folder)
    lock = Lock.adopted(handle)
    path = Path(name).with_suffix("")
    try:
        disk.make(path)
    except BaseException:
        lock.release()  # the file is swept by the next writer
        raise
    return Staging(path, lock, disk)


def sweep(folder: Path, disk: Disk) -> None:
    """Removes what killed writers left, which nobody holds the lock of. Under the lock of the archive only."""
    for path in sorted(folder.iterdir()):
        if path.suffix == LOCK_SUFFIX:
            held = Lock.taken(path, wait=False)
            if held is None:
                continue
            try:
                disk.remove(path.with_suffix(""))
                disk.remove(path)
            finally:
                held.release()
        elif not _lock_of(path).exists():
            disk.remove(path)


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + LOCK_SUFFIX)


def _chunks(source: Path) -> Iterator[bytes]:
    with source.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
