"""The log: one writer at a time, an unfinished line does not count, and nothing is written after a damage."""

import hashlib
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest

from kerong.store.archive import Archive, Damaged, Event
from kerong.store.archive.batch import batch_id, to_record
from kerong.store.archive.disk import LocalDisk
from kerong.store.archive.lock import Lock, exclusively
from kerong.store.archive.log import Log
from tests.store.archive.making import STEWARD, at, batch_of, delivered, line_count, told_by

ROOT = Path(__file__).parents[3]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    made = Archive.create(tmp_path / "archive", "china")
    delivered(made, b"june")
    return made


def test_a_log_of_fifty_thousand_events_is_read_and_folded_in_one_pass(tmp_path: Path) -> None:
    """25,000 batches of 20 feeds, each replaced by the next one of its period; the figures are written out."""
    path = Archive.create(tmp_path / "archive", "china").path
    log = Log(path, hashlib.sha256((path / "archive.json").read_bytes()).hexdigest(), LocalDisk())
    drafts: list[Event] = []
    for number in range(25_000):
        told = batch_of(str(number).encode(), (f"20{number % 25:02d}-06",), feed=f"feed{number % 20}")
        told = replace(told, id=batch_id(2 * number + 1, told.sha256), row_files=1)
        content = {"batch": to_record(told), "record": "0" * 64}
        drafts += [Event(0, at(number), "received", "bureau", told.id, content=content)]
        drafts += [Event(0, at(number), "published", "bureau", told.id)]
    log.append(log.recover(), drafts)
    archive = Archive.opened(path)
    begun = time.perf_counter()
    assert len(archive.events()) == 50_000
    read = time.perf_counter()
    view = archive.view()
    folded = time.perf_counter()
    sys.stdout.write(f"50,000 events: read in {read - begun:.2f} s, folded in {folded - read:.2f} s\n")
    assert {batch.id for batch in view.batches} == {draft.batch for draft in drafts[-200:]}


@pytest.mark.parametrize("torn", [b'{"at":"2026', b"\n", b"\x00\x00\n", b'{"sequence":3}\n', b"\xff"])
def test_an_unfinished_line_does_not_count_and_is_cut_by_the_next_writer(archive: Archive, torn: bytes) -> None:
    log = archive.path / "log.jsonl"
    whole = log.read_bytes()
    log.write_bytes(whole + torn)
    anew = Archive.opened(archive.path)
    assert told_by(anew.view()) == {"2025-06": "june"}
    assert anew.verify() == []
    anew.decide("identity", {}, STEWARD, at(1))
    assert log.read_bytes().startswith(whole + b'{"at":')
    assert anew.verify() == []
    assert len(Archive.opened(archive.path).events()) == 3


def test_a_writer_that_died_before_the_head_loses_nothing(archive: Archive) -> None:
    head = (archive.path / "head.json").read_bytes()
    archive.decide("identity", {}, STEWARD, at(1))
    (archive.path / "head.json").write_bytes(head)
    anew = Archive.opened(archive.path)
    assert len(anew.events()) == 3
    assert anew.verify() == []
    anew.decide("identity", {}, STEWARD, at(2))
    assert len(anew.events()) == 4
    assert anew.verify() == []


def test_nothing_is_read_or_written_where_the_log_was_cut(archive: Archive) -> None:
    second = Archive.opened(archive.path)
    second.decide("identity", {}, STEWARD, at(1))
    log = archive.path / "log.jsonl"
    cut = b"".join(log.read_bytes().splitlines(keepends=True)[:1])
    log.write_bytes(cut)
    for opened in (archive, second, Archive.opened(archive.path)):
        with pytest.raises(Damaged, match="archive_log_cut"):
            opened.view()
        with pytest.raises(Damaged, match="archive_log_cut"):
            opened.decide("identity", {}, STEWARD, at(2))
        with pytest.raises(Damaged, match="archive_log_cut"):
            opened.staging()
    assert log.read_bytes() == cut
    assert len(list((archive.path / "batches").iterdir())) == 1


def test_what_another_process_appended_is_read(archive: Archive) -> None:
    other = Archive.opened(archive.path)
    delivered(other, b"july", ("2025-07",))
    assert told_by(archive.view()) == {"2025-06": "june", "2025-07": "july"}
    archive.decide("identity", {}, STEWARD, at(1))
    assert [event.sequence for event in other.events()] == [1, 2, 3, 4, 5]


def test_writers_at_once_wait_for_one_another_and_never_share_a_sequence(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", "china")
    code = (
        "import sys; from pathlib import Path\n"
        "from kerong.store.archive import Archive\n"
        "from tests.store.archive.making import delivered\n"
        "archive = Archive.opened(Path(sys.argv[1]))\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "for number in range(8): delivered(archive, f'{sys.argv[2]} {number}'.encode(), (f'2025-0{number + 1}',))\n"
    )
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", code, str(archive.path), name],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in ("one", "two", "three")
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        writer.communicate("go\n", timeout=120)
    assert [writer.returncode for writer in writers] == [0, 0, 0]
    assert [event.sequence for event in archive.events()] == list(range(1, 49))
    assert len({batch.id for batch in archive.batches()}) == 24
    assert Archive.opened(archive.path).verify() == []


def test_threads_of_one_process_wait_for_one_another_too(tmp_path: Path) -> None:
    archive = Archive.create(tmp_path / "archive", "china")

    def write(name: str) -> None:
        for number in range(10):
            archive.decide("identity", {"by": name, "number": number}, name, at(number))

    threads = [threading.Thread(target=write, args=(name,)) for name in ("one", "two", "three")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert line_count(archive.path) == 30
    assert [event.sequence for event in Archive.opened(archive.path).events()] == list(range(1, 31))


def test_a_lock_that_is_held_is_not_given_twice(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with exclusively(path):
        assert Lock.taken(path, wait=False) is None
    free = Lock.taken(path, wait=False)
    assert free is not None
    free.release()
    free.release()


def test_a_batch_in_the_making_is_not_swept_by_another_writer(archive: Archive) -> None:
    with archive.staging() as staging:
        staging.keep_raw(b"slow")
        delivered(Archive.opened(archive.path), b"fast", ("2025-07",))
        assert staging.path.is_dir()
    assert list((archive.path / "staging").iterdir()) == []


def test_what_a_killed_writer_left_is_swept_by_the_next_one(archive: Archive) -> None:
    left = archive.path / "staging" / "tmp1"
    (left / "rows").mkdir(parents=True)
    (archive.path / "staging" / "tmp2.lock").touch()
    (archive.path / "batches" / "000003-0123456789ab" / "raw").mkdir(parents=True)
    assert archive.verify() == []
    delivered(archive, b"july", ("2025-07",))
    assert list((archive.path / "staging").iterdir()) == []
    assert [path.name for path in sorted((archive.path / "batches").iterdir())] == [b.id for b in archive.batches()]
