"""A batch: one file as received and what was made of it. Neither ever changes; only events speak of it."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime

from kerong.store.archive.errors import Refused, problem
from kerong.store.archive.periods import in_order

KINDS = ("regular", "supplement", "opening")
EXTENTS = ("period", "whole", "added")
RECORD = "batch.json"
RAW = "raw/file"
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
_LEFT_OUT = ("profile", "findings")


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One delivery of one feed.

    `id` and the counts of files are filled in by `Archive.seal`. `file` is the sender's name of the file, never a path
    of ours. `sha256` and `bytes` are of the file as received. `as_of`: the day whose state the file tells; unknown
    (None) ranks before every known day. `extent`: what the file replaces ("period": its periods, "whole": all that the
    feed said before, "added": nothing). `parent`: the batch that a supplement completes. `mapping`: hash of the mapping
    that it was cleaned with. `rows`, `set_aside`: rows that count and rows in quarantine. `profile` and `findings`
    (JSON) are empty in a view and in the log; `Archive.batch` reads them.
    """

    id: str = ""
    feed: str
    register: str
    file: str
    sha256: str
    bytes: int
    periods: tuple[str, ...]
    extent: str
    as_of: date | None = None
    kind: str = "regular"
    parent: str | None = None
    received_at: datetime
    by: str
    mapping: str
    rows: int
    set_aside: int = 0
    row_files: int = 0
    set_aside_files: int = 0
    profile: Mapping[str, object] = field(default_factory=dict, compare=False)
    findings: tuple[Mapping[str, object], ...] = field(default=(), compare=False)

    @property
    def sequence(self) -> int:
        """The place in the order of arrival (of the event "received" in the log); 0 before it is sealed."""
        return int(self.id.partition("-")[0] or 0)

    @property
    def rank(self) -> tuple[date, int]:
        """Which of two batches speaks of the later state: by `as_of`, then by arrival."""
        return self.as_of or date.min, self.sequence


def batch_id(sequence: int, sha256: str) -> str:
    """The name of a batch and of its folder: its place in the order of arrival and the beginning of its hash."""
    return f"{sequence:06d}-{sha256[:12]}"


def to_record(batch: Batch) -> dict[str, object]:
    """The batch as JSON values, without profile and findings."""
    told = {item.name: getattr(batch, item.name) for item in fields(batch) if item.name not in _LEFT_OUT}
    told["periods"] = list(batch.periods)
    told["as_of"] = batch.as_of.isoformat() if batch.as_of else None
    told["received_at"] = written_moment(batch.received_at)
    return told


def from_record(told: Mapping[str, object]) -> Batch:
    """The batch that `to_record` wrote; `profile` and `findings` are taken where they are given.

    Raises:
        KeyError, TypeError, ValueError: it is no such record.
    """
    found = dict(told)
    found["periods"] = tuple(_listed(found["periods"]))
    found["findings"] = tuple(_listed(found.get("findings", ())))
    found["as_of"] = date.fromisoformat(str(found["as_of"])) if found["as_of"] else None
    found["received_at"] = datetime.fromisoformat(str(found["received_at"]))
    return Batch(**found)  # type: ignore[arg-type]


def checked(batch: Batch) -> Batch:
    """The batch with its periods in order and its times in UTC.

    Raises:
        Refused: `archive_no_value` names a field (column) and the value that it cannot have.
    """
    try:
        name = batch.file.encode("utf-8", "backslashreplace").decode()  # half a surrogate pair cannot be shown
        batch = replace(batch, periods=in_order(batch.periods), file=name)
    except ValueError as error:
        raise _no_value("periods", ", ".join(batch.periods)) from error
    lawful = {
        "kind": batch.kind in KINDS,
        "extent": batch.extent in EXTENTS,
        "parent": (batch.parent is not None) == (batch.kind == "supplement"),
        "sha256": _SHA256.fullmatch(batch.sha256) is not None,
        **{name: bool(getattr(batch, name)) for name in ("feed", "register", "file", "by")},
        **{name: getattr(batch, name) >= 0 for name in ("bytes", "rows", "set_aside")},
        "periods": batch.extent != "period" or bool(batch.periods) or not batch.rows,
    }
    for name, lawful_value in lawful.items():
        if not lawful_value:
            raise _no_value(name, getattr(batch, name))
    return replace(batch, received_at=moment(batch.received_at))


def moment(at: datetime) -> datetime:
    """A moment in UTC.

    Raises:
        Refused: it does not say which zone it is told in.
    """
    if at.tzinfo is None:
        raise _no_value("at", at.isoformat())
    return at.astimezone(UTC)


def written_moment(at: datetime) -> str:
    """A moment as the log writes it."""
    return moment(at).isoformat()


def to_json(told: object) -> bytes:
    """JSON on one line with sorted keys: equal values give equal bytes.

    Raises:
        Refused: something is no JSON value (NaN is none).
    """
    try:
        text = json.dumps(told, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise _no_value("content", str(error)) from error
    return text.encode("utf-8", "backslashreplace")  # half a surrogate pair becomes the escape that JSON has for it


def _no_value(column: str, value: object) -> Refused:
    return Refused(problem("archive_no_value", column=column, value=str(value)))


def _listed(value: object) -> list[object]:
    if not isinstance(value, list | tuple):
        raise TypeError(f"{value!r} is no list")
    return list(value)
