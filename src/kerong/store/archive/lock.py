"""One writer at a time: a lock on an open file, which the system gives back when its holder dies."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    def _take(handle: int, wait: bool) -> None:
        msvcrt.locking(handle, msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(handle: int, wait: bool) -> None:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))


class Lock:
    """A lock that is held until `release`, or until the process ends in whatever way."""

    def __init__(self, handle: int) -> None:
        self._handle = handle

    @classmethod
    def adopted(cls, handle: int) -> "Lock":
        """The lock on a new file that nobody else has opened."""
        _take(handle, wait=False)
        return cls(handle)

    @classmethod
    def taken(cls, path: Path, wait: bool = True) -> "Lock | None":
        """The lock on the file `path`, which is made where it is missing; None where it is held and `wait` is false."""
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        try:
            _take(handle, wait)
        except OSError:
            os.close(handle)
            if wait:
                raise
            return None
        return cls(handle)

    def release(self) -> None:
        """Gives the lock back; a second time does nothing."""
        handle, self._handle = self._handle, -1
        if handle >= 0:
            os.close(handle)


@contextmanager
def exclusively(path: Path) -> Iterator[None]:
    """Waits for the lock on `path` and holds it for the block."""
    lock = Lock.taken(path)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()
