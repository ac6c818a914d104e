"""A kill at any moment of an import leaves a whole view, and the next import works.

KERONG_KILLS says how many processes are killed at random moments (25 unless it is said; 100 in the nightly form).
"""

import hashlib
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from kerong.store.archive import Archive
from kerong.store.archive.disk import LocalDisk
from tests.store.archive.importing import data_of, import_one, seen, wrong_after_kill
from tests.store.archive.stopping import Killed, StoppingDisk, UnsyncedDisk, late, uncut

ROOT = Path(__file__).parents[3]
KILLS = int(os.environ.get("KERONG_KILLS", "25"))
WAYS = ("killed", "bytes", "names", "full")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="kills and folders on disk are tested on Unix")


def steps_of_an_import(folder: Path) -> int:
    """How many steps an import takes in an archive that has one batch."""
    disk = StoppingDisk()
    import_one(begun_at(folder, disk), 1)
    return disk.taken


def begun_at(folder: Path, disk: LocalDisk) -> Archive:
    """An archive with one batch, whose further steps go through `disk`."""
    import_one(Archive.create(folder, "china", StoppingDisk()), 0)
    return Archive.opened(folder, disk)


def wrong_at_step(folder: Path, disk: LocalDisk) -> str:
    """What is wrong after the second import of an archive was stopped by its disk."""
    archive = begun_at(folder, disk)
    before = seen(archive.view())
    with suppress(Killed, OSError):
        import_one(archive, 1)
    return wrong_after_kill(folder, before, 1, StoppingDisk())


@pytest.mark.parametrize("how", WAYS)
def test_an_import_that_stops_at_any_single_step_leaves_a_whole_view(tmp_path: Path, how: str) -> None:
    steps = steps_of_an_import(tmp_path / "counted")
    assert steps > 30
    wrong = {step: wrong_at_step(tmp_path / f"at{step}", StoppingDisk(step, how)) for step in range(steps)}
    assert {step: told for step, told in wrong.items() if told} == {}


@pytest.mark.parametrize("how", WAYS)
def test_an_archive_whose_making_stops_at_any_single_step_is_made_by_the_next(tmp_path: Path, how: str) -> None:
    counted = StoppingDisk()
    Archive.create(tmp_path / "counted", "china", counted)
    for step in range(counted.taken):
        with suppress(Killed, OSError):
            Archive.create(tmp_path / f"at{step}", "china", StoppingDisk(step, how))
        archive = Archive.create(tmp_path / f"at{step}", "china", StoppingDisk())
        import_one(archive, 0)
        assert archive.verify() == []


def test_a_full_disk_leaves_the_same_archive_usable(tmp_path: Path) -> None:
    steps = steps_of_an_import(tmp_path / "counted")
    for step in range(steps):
        archive = Archive.create(tmp_path / f"at{step}", "china", StoppingDisk(step + 20, "full"))
        for _ in range(2):
            with suppress(OSError):
                import_one(archive, 0)
        import_one(archive, 0)
        assert len(seen(archive.view())) == 1
        assert archive.verify() == []


@pytest.mark.parametrize(
    ("control", "how"),
    [("late", "killed"), ("uncut", "killed"), ("unsynced", "bytes")],
)
def test_a_broken_archive_is_caught_at_some_step(tmp_path: Path, control: str, how: str) -> None:
    """The control: the test above would notice."""
    steps = steps_of_an_import(tmp_path / "counted")

    def wrong(step: int) -> str:
        folder = tmp_path / f"at{step}"
        if control == "unsynced":
            return wrong_at_step(folder, UnsyncedDisk(step, how))
        if control == "late":
            return wrong_at_step(folder, late(StoppingDisk(step, how)))
        return _wrong_with(folder, StoppingDisk(step, how), uncut(StoppingDisk()))

    assert any(wrong(step) for step in reversed(range(steps)))


def _wrong_with(folder: Path, disk: LocalDisk, after: LocalDisk) -> str:
    """As `wrong_at_step`, where the next import too is made with a broken disk."""
    archive = begun_at(folder, disk)
    with suppress(Killed):
        import_one(archive, 1)
    try:
        import_one(Archive.opened(folder, after), 1)
        found = Archive.opened(folder).verify()
    except ValueError as error:
        return str(error)
    return str(found or "")


@contextmanager
def importer(archive: Path) -> Iterator[subprocess.Popen[str]]:
    """The program of `importing`, ready to import."""
    command = [sys.executable, "-m", "tests.store.archive.importing", str(archive)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as program:
        try:
            yield program
        finally:
            assert program.stdin is not None
            program.stdin.close()


def killed_after(program: subprocess.Popen[str], number: int, disk: str, delay: float | None) -> float:
    """One import, killed after `delay` seconds (None: it ends by itself); the seconds that it ran."""
    assert program.stdin is not None
    assert program.stdout is not None
    program.stdin.write(f"{number} {disk}\n")
    program.stdin.flush()
    child = int(program.stdout.readline())
    begun = time.perf_counter()
    if delay is not None:
        time.sleep(delay)
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    assert program.stdout.readline() == "ended\n"
    return time.perf_counter() - begun


def kills(folder: Path, disks: tuple[str, ...], number_of_kills: int, seed: int) -> tuple[list[str], dict[str, int]]:
    """Kills imports at moments spread evenly over their measured duration; what was wrong, and where the kills fell."""
    chance = random.Random(seed)
    Archive.create(folder, "china")
    wrong: list[str] = []
    fell = {"nothing yet": 0, "staging": 0, "renamed": 0, "received": 0, "published": 0}
    with importer(folder) as program:
        # the first import of each kind loads what the later ones find loaded
        runs = {
            disk: [killed_after(program, 5 * at + run, disk, None) for run in range(5)] for at, disk in enumerate(disks)
        }
        duration = {disk: statistics.median(seconds[1:]) for disk, seconds in runs.items()}
        for turn in range(number_of_kills):
            number, disk = 100 + turn, disks[turn % len(disks)]
            before = seen(Archive.opened(folder).view())
            killed_after(program, number, disk, chance.uniform(0, duration[disk]))
            fell[_where(folder, number)] += 1
            told = wrong_after_kill(folder, before, number, StoppingDisk())
            if told:
                wrong.append(f"kill {turn} ({disk}): {told}")
                break
    return wrong, fell


def _where(folder: Path, number: int) -> str:
    """How far the import had come."""
    archive = Archive.opened(folder)
    events = archive.events()
    sha256 = hashlib.sha256(data_of(number)).hexdigest()
    if events[-1].batch.endswith(sha256[:12]):
        return events[-1].kind
    if any((folder / "batches").glob(f"*{sha256[:12]}")):
        return "renamed"
    return "staging" if any((folder / "staging").iterdir()) else "nothing yet"


@pytest.mark.slow
def test_processes_killed_at_random_moments_leave_whole_views(tmp_path: Path) -> None:
    wrong, fell = kills(tmp_path / "archive", ("plain", "slow"), KILLS, seed=5)
    sys.stdout.write(f"{KILLS} kills: {fell}\n")
    assert wrong == []
    assert sum(fell.values()) == KILLS


@pytest.mark.slow
def test_random_kills_catch_a_log_that_runs_ahead_of_the_folders(tmp_path: Path) -> None:
    """The control for the test above."""
    wrong, _ = kills(tmp_path / "archive", ("late",), KILLS, seed=5)
    assert wrong
