"""`verify` names each change of what was written, in words of both languages."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from kerong.engine.archive_sentences import ARCHIVE
from kerong.engine.problems import problems, sentence
from kerong.store.archive import Archive, Damaged, NotAnArchive
from tests.store.archive.making import STEWARD, at, batch_of, delivered, rows_of

SOURCE = Path(__file__).parents[3] / "src" / "kerong" / "store" / "archive"


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    """Two batches, the first with rows in quarantine; six events."""
    made = Archive.create(tmp_path / "archive", "china")
    with made.staging() as staging:
        staging.keep_raw(b"june")
        staging.add_rows(rows_of(b"june", ("2025-06",)))
        staging.add_set_aside(pl.DataFrame({"line": [3]}))
        made.seal(staging, batch_of(b"june", file="税务.csv"), publish=True)
    delivered(made, b"july", ("2025-07",))
    made.decide("identity", {"same": True}, STEWARD, at(1))
    made.decide("identity", {"same": False}, STEWARD, at(2))
    return made


def edited(path: Path, change: Callable[[bytes], bytes]) -> None:
    path.write_bytes(change(path.read_bytes()))


def first_byte(data: bytes) -> bytes:
    return bytes([data[0] ^ 1]) + data[1:]


def without_line(number: int) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        lines = data.splitlines(keepends=True)
        return b"".join(lines[: number - 1] + lines[number:])

    return change


def test_an_untouched_archive_has_nothing_to_say(archive: Archive) -> None:
    assert archive.verify() == []
    shutil.rmtree(archive.path / "staging")  # an empty folder, which a copy may leave out
    assert Archive.opened(archive.path).verify() == []
    delivered(archive, b"august", ("2025-08",))
    assert archive.verify() == []


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("raw/file", "archive_raw_changed"),
        ("rows/000000.parquet", "archive_rows_changed"),
        ("set_aside/000000.parquet", "archive_set_aside_changed"),
        ("batch.json", "archive_record_changed"),
    ],
)
def test_a_changed_byte_of_a_batch_is_named_with_its_file(archive: Archive, path: str, kind: str) -> None:
    first = archive.batches()[0]
    changed = archive.path / "batches" / first.id / path
    edited(changed, lambda data: data.replace(b'"rows":1', b'"rows":2') if path == "batch.json" else first_byte(data))
    (found,) = archive.verify()
    assert (found["kind"], found["file"], found["value"]) == (kind, f"{first.id}/{path}", "税务.csv")
    if path == "batch.json":
        with pytest.raises(Damaged, match=first.id):
            Archive.opened(archive.path).batch(first.id)
    edited(changed, lambda data: data[:-1])
    assert kind in {row["kind"] for row in archive.verify()}


def test_missing_and_added_files_and_folders_are_named(archive: Archive) -> None:
    first, second = archive.batches()
    shutil.rmtree(archive.path / "batches" / second.id)
    (archive.path / "batches" / first.id / "raw" / "file").unlink()
    (archive.path / "batches" / first.id / "rows" / "extra.parquet").write_bytes(b"x")
    (archive.path / "batches" / "000002-0123456789ab").mkdir()
    assert [(row["kind"], row["file"]) for row in archive.verify()] == [
        ("archive_file_missing", f"{first.id}/raw/file"),
        ("archive_file_added", f"{first.id}/rows/extra.parquet"),
        ("archive_folder_missing", second.id),
        ("archive_folder_unknown", "000002-0123456789ab"),
    ]


LOGS: list[tuple[str, Callable[[bytes], bytes], str, int | None]] = [
    ("one letter of a line", lambda data: data.replace(b'"same":true', b'"same":nope'), "archive_log_edited", 5),
    ("one value of a line", lambda data: data.replace(b'"same":true', b'"same":null'), "archive_log_edited", 5),
    ("the last line", lambda data: data.replace(b'"same":false', b'"same":null'), "archive_log_edited", 6),
    ("the first line", lambda data: data.replace(b"tax bureau", b"tax office", 1), "archive_log_edited", 1),
    ("a line taken out", without_line(5), "archive_log_edited", 4),
    ("the first line taken out", without_line(1), "archive_origin_changed", None),
    ("the last line taken out", without_line(6), "archive_log_cut", 6),
    ("cut inside the last line", lambda data: data[:-9], "archive_log_cut", 6),
    ("everything taken out", lambda data: b"", "archive_log_cut", 1),
    ("a line twice", lambda data: data + data.splitlines(keepends=True)[-1] * 2, "archive_log_edited", 6),
]


@pytest.mark.parametrize(("what", "change", "kind", "line"), LOGS, ids=[case[0] for case in LOGS])
def test_a_cut_or_edited_log_is_named_with_its_line(
    archive: Archive, what: str, change: Callable[[bytes], bytes], kind: str, line: int | None
) -> None:
    edited(archive.path / "log.jsonl", change)
    found = Archive.opened(archive.path).verify()
    assert (found[0]["kind"], found[0].get("line")) == (kind, line), what
    assert archive.verify() == found


def test_every_byte_of_log_and_record_is_guarded(archive: Archive) -> None:
    """Each byte of the log, one after another, is changed."""
    log = archive.path / "log.jsonl"
    data = log.read_bytes()
    for place in range(0, len(data), 7):
        log.write_bytes(data[:place] + bytes([data[place] ^ 2]) + data[place + 1 :])
        assert Archive.opened(archive.path).verify(), place
    log.write_bytes(data)
    assert archive.verify() == []


def test_a_missing_log_or_head_and_a_changed_region_are_named(archive: Archive) -> None:
    head = (archive.path / "head.json").read_bytes()
    (archive.path / "head.json").unlink()
    assert [(row["kind"], row["file"]) for row in archive.verify()] == [("archive_log_unreadable", "head.json")]
    (archive.path / "head.json").write_bytes(head)
    edited(archive.path / "archive.json", lambda data: data.replace(b"china", b"chine"))
    assert [row["kind"] for row in Archive.opened(archive.path).verify()] == ["archive_origin_changed"]
    edited(archive.path / "archive.json", lambda data: data.replace(b"chine", b"china"))
    (archive.path / "log.jsonl").unlink()
    assert [(row["kind"], row["file"]) for row in archive.verify()] == [("archive_log_unreadable", "log.jsonl")]
    (archive.path / "archive.json").write_text(json.dumps({"format": 9, "region": "china"}))
    with pytest.raises(NotAnArchive, match="archive_format"):
        Archive.opened(archive.path)


def test_every_kind_of_the_archive_has_a_sentence_in_both_languages() -> None:
    source = "".join(path.read_text("utf-8") for path in sorted(SOURCE.glob("*.py")))
    kinds = set(re.findall(r'"(archive_\w+)"', source))
    kinds |= {f"archive_is_{state}" for state in ("received", "published", "rejected", "withdrawn")}
    assert kinds == set(ARCHIVE)


def test_what_verify_finds_is_told_with_place_and_name(archive: Archive) -> None:
    first = archive.batches()[0]
    edited(archive.path / "batches" / first.id / "raw" / "file", first_byte)
    (row,) = problems(archive.verify()).iter_rows(named=True)
    place = f"{first.id}/raw/file"
    assert sentence(row, "en") == f"{place}: the file “税务.csv” that was kept as evidence is not as it was received"
    assert sentence(row, "zh") == f"{place}：作为凭证保存的来文“税务.csv”被改动过，与收到时的校验值不符"
