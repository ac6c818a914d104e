"""Disks that stop: at every single step, as by a kill, a power cut or a full disk; and broken ones as controls."""

import os
import time
from collections.abc import Callable
from io import FileIO
from pathlib import Path

from kerong.store.archive.disk import LocalDisk


class Killed(BaseException):
    """The process is gone: no step of the disk happens after it."""


class StoppingDisk(LocalDisk):
    """Does `steps` steps and stops in the middle of the next one.

    `how`: "killed" (nothing happens any more), "bytes" and "names" (the power is cut: also the bytes, or the names and
    moves, that were not synced are lost) or "full" (`OSError`, and the disk works again). `taken` counts the steps;
    with `steps` = None it never stops.
    """

    def __init__(self, steps: int | None = None, how: str = "killed") -> None:
        self.steps, self.how, self.taken = steps, how, 0
        self._dead = False
        self._paths: dict[int, Path] = {}
        self._unsynced: dict[Path, int] = {}  # file -> the bytes of it that are safe
        self._made: list[Path] = []  # names that their folder has not on disk yet
        self._moves: list[tuple[Path, Path, bytes | None]] = []

    def make(self, folder: Path) -> None:
        self._step(lambda: None)
        super().make(folder)
        self._made.append(folder)

    def written(self, file: FileIO, data: bytes) -> None:
        path = Path(str(file.name))
        self._paths[file.fileno()] = path
        size = path.stat().st_size
        if size == 0 and file.mode == "xb":
            self._made.append(path)
        self._unsynced.setdefault(path, size)
        self._step(lambda: super(StoppingDisk, self).written(file, data[: len(data) // 2]))
        super().written(file, data)

    def synced(self, handle: int) -> None:
        self._step(lambda: None)  # the system is not asked: what is lost by a power cut is worked out here
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        self._unsynced.pop(path, None)
        if path.is_dir():
            self._made = [made for made in self._made if made.parent != path]
            self._moves = [move for move in self._moves if move[1].parent != path]

    def renamed(self, old: Path, new: Path) -> None:
        self._step(lambda: None)
        self._moves.append((old, new, new.read_bytes() if new.is_file() else None))
        super().renamed(old, new)
        moved = {new / path.relative_to(old): size for path, size in self._unsynced.items() if path.is_relative_to(old)}
        self._unsynced = {path: size for path, size in self._unsynced.items() if not path.is_relative_to(old)} | moved

    def gone(self, path: Path) -> None:
        def half() -> None:
            files = sorted(inner for inner in path.rglob("*") if inner.is_file()) if path.is_dir() else []
            for file in files[: (len(files) + 1) // 2]:
                file.unlink()

        self._step(half)
        super().gone(path)
        self._made = [made for made in self._made if not made.is_relative_to(path)]
        self._unsynced = {made: size for made, size in self._unsynced.items() if not made.is_relative_to(path)}

    def cut(self, path: Path, size: int) -> None:
        self._step(lambda: None)
        super().cut(path, size)

    def _step(self, partly: Callable[[], object]) -> None:
        if self._dead:
            raise Killed
        self.taken += 1
        if self.steps is None or self.taken <= self.steps:
            return
        partly()
        if self.how == "full":
            self.steps = None
            raise OSError(28, "no space left on device")
        self._dead = True
        if self.how == "bytes":
            self._lose_bytes()
        if self.how == "names":
            self._lose_names()
        raise Killed

    def _lose_bytes(self) -> None:
        for path, size in self._unsynced.items():
            if path.exists():
                os.truncate(path, size)

    def _lose_names(self) -> None:
        for old, new, before in reversed(self._moves):
            if new.exists() and old.parent.exists():
                new.rename(old)
                if before is not None:
                    new.write_bytes(before)
        for made in reversed(self._made):
            if made.exists():
                LocalDisk.gone(self, made)


class SlowDisk(LocalDisk):
    """Pauses at each step, and inside each write: kills find every step. `pause`: seconds."""

    def __init__(self, pause: float) -> None:
        self.pause = pause

    def make(self, folder: Path) -> None:
        time.sleep(self.pause)
        super().make(folder)

    def written(self, file: FileIO, data: bytes) -> None:
        half = len(data) // 2
        super().written(file, data[:half])
        time.sleep(self.pause)
        super().written(file, data[half:])

    def synced(self, handle: int) -> None:
        time.sleep(self.pause)
        super().synced(handle)

    def renamed(self, old: Path, new: Path) -> None:
        time.sleep(self.pause)
        super().renamed(old, new)


class UnsyncedDisk(StoppingDisk):
    """CONTROL, broken on purpose: says that all is on disk and never asks the system."""

    def synced(self, handle: int) -> None:
        self._step(lambda: None)


def late(disk: LocalDisk, pause: float = 0.0) -> LocalDisk:
    """CONTROL, broken on purpose: the log says that a batch exists before its folder is in its place."""
    waiting: list[tuple[Path, Path]] = []
    rename, append = disk.rename, disk.append

    def renamed(old: Path, new: Path) -> None:
        if new.parent.name == "batches":
            waiting.append((old, new))
        else:
            rename(old, new)

    def appended(path: Path, data: bytes) -> None:
        append(path, data)
        while waiting:
            time.sleep(pause)
            rename(*waiting.pop())

    disk.rename, disk.append = renamed, appended  # type: ignore[method-assign]
    return disk


def uncut(disk: LocalDisk) -> LocalDisk:
    """CONTROL, broken on purpose: an unfinished last line of the log is not cut."""
    disk.cut = lambda path, size: None  # type: ignore[method-assign]
    return disk
