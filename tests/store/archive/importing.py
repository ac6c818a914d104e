"""An import that may be killed, and what must be true of the archive after it.

As a program: `python -m tests.store.archive.importing ARCHIVE`. It reads lines "<number> <disk>" and forks a
process that imports delivery `number`; it tells the id of the process at once and "ended" when it is gone. Forked,
because a new interpreter for each of a hundred kills would take most of the time.
"""

import hashlib
import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import polars as pl

from kerong.store.archive import Archive
from kerong.store.archive.disk import LocalDisk
from kerong.store.archive.view import View
from tests.store.archive.making import STEWARD, at, batch_of
from tests.store.archive.stopping import SlowDisk, late

ROWS = 40
PARTS = 3


def data_of(number: int) -> bytes:
    """The file of a delivery."""
    return (f"delivery {number}\n".encode() * 30_000)[: 300_000 + number]


def import_one(archive: Archive, number: int) -> None:
    """A delivery from its arrival to its publication, as an intake does it. Repeated after a kill it goes on."""
    data = data_of(number)
    same = archive.same("tax", hashlib.sha256(data).hexdigest())
    if same is None:
        with archive.staging() as staging:
            staging.keep_raw(data)
            for part in range(PARTS):
                staging.add_rows(pl.DataFrame({"number": [number] * ROWS, "part": [part] * ROWS}))
            staging.add_set_aside(pl.DataFrame({"line": [1]}))
            periods = ("2025-06", f"2025-0{number % 3 + 1}")
            told = batch_of(data, periods, rows=ROWS * PARTS, received_at=at(number))
            same = archive.seal(staging, told)
    if archive.state(same.id) == "received":
        archive.publish(same.id, STEWARD, at(number))


def seen(view: View) -> list[tuple[str, tuple[str, ...] | None, int]]:
    """What a reader gets of a view, the rows read from disk: hash of the file, periods, number of rows."""
    return [
        (part.batch.sha256, part.periods, sum(pl.read_parquet(path).height for path in part.paths))
        for part in view.parts("tax")
    ]


def wrong_after_kill(
    path: Path, before: list[tuple[str, tuple[str, ...] | None, int]], number: int, disk: LocalDisk | None = None
) -> str:
    """What is wrong with the archive after delivery `number` was killed somewhere; empty where all is well.

    The delivery is then sent again (through `disk`), which must work and leave nothing behind.
    """
    try:
        archive = Archive.opened(path, disk)
        now = seen(archive.view())
        found = archive.verify()
        if found:
            return f"verify finds {found}"
        import_one(archive, number)
        anew = Archive.opened(path)
        after = seen(anew.view())
    except (OSError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    if now not in (before, after):
        return f"the view is neither the one before nor the one after: {now}"
    if after == before or (hashlib.sha256(data_of(number)).hexdigest(), None, ROWS * PARTS) not in after:
        return f"the delivery does not count: {after}"
    left = [item.name for item in (path / "staging").iterdir()]
    folders = sorted(item.name for item in (path / "batches").iterdir())
    if left or folders != [batch.id for batch in anew.batches()]:
        return f"leftovers: {left} {folders}"
    found = anew.verify()
    return f"verify finds {found} after the next import" if found else ""


DISKS: Mapping[str, Callable[[], LocalDisk]] = {
    "plain": LocalDisk,
    "slow": lambda: SlowDisk(0.001),
    "late": lambda: late(SlowDisk(0.001), pause=0.2),
}


def main(path: Path) -> None:
    """Serves imports until its input ends."""
    for line in sys.stdin:
        number, disk = line.split()
        child = os.fork()
        if child == 0:
            try:
                import_one(Archive.opened(path, DISKS[disk]()), int(number))
            finally:
                os._exit(0)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        os.waitpid(child, 0)
        sys.stdout.write("ended\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
