"""Files of a folder that have come to rest: nobody writes to them any more."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

Mark = tuple[int, int]  # size, time of the last change in nanoseconds


@dataclass(slots=True)
class Watched:
    """Looks at files again and again; each is given once, when it has not changed for `quiet_s` seconds.

    Sizes and times are read, not events: shares of other offices (SMB, NFS) tell of no change. A file that changes
    after it was given is given again.
    """

    quiet_s: float = 5.0
    given: dict[Path, Mark] = field(default_factory=dict)

    def at_rest(self, files: Iterable[Path], now: float) -> list[Path]:
        """Those of the files that are at rest at `now` (seconds since 1970) and were not given yet; order is kept."""
        found: list[Path] = []
        for path in files:
            try:
                state = path.stat()
            except OSError:  # it went while the folder was being read
                continue
            mark = (state.st_size, state.st_mtime_ns)
            if self.given.get(path) != mark and now - state.st_mtime >= self.quiet_s:
                self.given[path] = mark
                found.append(path)
        return found
