"""What is not as it was written: every byte of the archive is read and compared with what the log says of it."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from kerong.store.archive.batch import RAW, RECORD, Batch
from kerong.store.archive.errors import Problem, problem
from kerong.store.archive.log import Log
from kerong.store.archive.view import contents


def found_wrong(log: Log, folder: Path) -> list[Problem]:
    """Problems of the log, then of each batch in the order of arrival; `folder` holds the folders of batches.

    `file` is the path inside `folder` (or the name of the log), `value` the sender's name of the file.
    """
    known, found = log.examined()
    try:
        held = contents(known.events)
    except (KeyError, TypeError, ValueError):  # events that do not follow from one another: the log was edited
        return found or [problem("archive_log_edited", file="log.jsonl")]
    for name, batch in held.batches.items():
        found += _wrong_of_batch(folder / name, batch, held.records[name])
    listed = {path.name for path in folder.iterdir()} if folder.is_dir() else set()
    for name in sorted(listed - set(held.batches)):
        number = name.partition("-")[0]
        if not (
            number.isdecimal() and int(number) > len(known.events)
        ):  # else a killed writer's: the next one sweeps it
            found.append(problem("archive_folder_unknown", file=name))
    return found


def _wrong_of_batch(folder: Path, batch: Batch, record: str) -> Iterator[Problem]:
    about = {"register": batch.register, "value": batch.file}
    if not folder.is_dir():
        yield problem("archive_folder_missing", file=folder.name, **about)
        return
    if _sha256(folder / RECORD) != record:
        yield problem("archive_record_changed", file=f"{folder.name}/{RECORD}", **about)
    files = _files(folder)
    for name, sha256 in sorted(files.items()):
        found = _sha256(folder / name)
        if found is None:
            yield problem("archive_file_missing", file=f"{folder.name}/{name}", **about)
        elif found != sha256:
            yield problem(_changed(name), file=f"{folder.name}/{name}", **about)
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()}
    for name in sorted(there - set(files) - {RECORD}):
        yield problem("archive_file_added", file=f"{folder.name}/{name}", **about)


def _changed(name: str) -> str:
    if name == RAW:
        return "archive_raw_changed"
    return "archive_set_aside_changed" if name.startswith("set_aside/") else "archive_rows_changed"


def _files(folder: Path) -> dict[str, str]:
    """Names and hashes of the files of a batch, as its record lists them."""
    try:
        listed = json.loads((folder / RECORD).read_bytes())["files"]
        return {str(name): str(sha256) for name, sha256 in listed.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
