"""The few steps by which an archive changes what is on disk, each of which may be the last before a power cut.

All writing of the archive goes through one `Disk`, so that a test can stop it at every single step.
"""

import os
import shutil
from collections.abc import Iterable
from io import FileIO
from pathlib import Path
from typing import Protocol


class Disk(Protocol):
    """What an archive does to a disk. Whatever returns is durable; whatever raises `OSError` may be half done."""

    def make(self, folder: Path) -> None:
        """A new folder."""

    def create(self, path: Path, chunks: Iterable[bytes]) -> None:
        """A new file of these bytes, on disk when this returns. `FileExistsError` where there is one."""

    def append(self, path: Path, data: bytes) -> None:
        """Bytes after the end of a file, on disk when this returns."""

    def cut(self, path: Path, size: int) -> None:
        """The file ends after `size` bytes, on disk when this returns."""

    def rename(self, old: Path, new: Path) -> None:
        """Moves a file (in the place of another, where there is one) or a folder, on disk when this returns."""

    def sync(self, folder: Path) -> None:
        """What a folder lists is on disk when this returns."""

    def remove(self, path: Path) -> None:
        """A file, or a folder with all that is in it, is gone; nothing there is fine."""


class LocalDisk:
    """A `Disk` of this machine. `written`, `synced`, `renamed` and `gone` are the single steps."""

    def make(self, folder: Path) -> None:
        folder.mkdir()

    def create(self, path: Path, chunks: Iterable[bytes]) -> None:
        with path.open("xb", buffering=0) as file:
            for chunk in chunks:
                self.written(file, chunk)
            self.synced(file.fileno())

    def append(self, path: Path, data: bytes) -> None:
        with path.open("ab", buffering=0) as file:
            self.written(file, data)
            self.synced(file.fileno())

    def cut(self, path: Path, size: int) -> None:
        with path.open("r+b", buffering=0) as file:
            file.truncate(size)
            self.synced(file.fileno())

    def rename(self, old: Path, new: Path) -> None:
        self.renamed(old, new)
        self.sync(new.parent)

    def sync(self, folder: Path) -> None:
        if os.name != "posix":  # elsewhere a folder cannot be opened
            return
        handle = os.open(folder, os.O_RDONLY)
        try:
            self.synced(handle)
        finally:
            os.close(handle)

    def remove(self, path: Path) -> None:
        self.gone(path)

    def written(self, file: FileIO, data: bytes) -> None:
        """All of `data` is handed to the system: one call may take only a part."""
        left = memoryview(data)
        while left:
            left = left[file.write(left) :]

    def synced(self, handle: int) -> None:
        """What was written through the handle is on disk."""
        os.fsync(handle)

    def renamed(self, old: Path, new: Path) -> None:
        """The name is moved, at once or not at all."""
        os.replace(old, new)

    def gone(self, path: Path) -> None:
        """The file or the folder is no longer there."""
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
