"""Files as they are sent: which feed each is of, and what its sender states beside it."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from kerong.intake.quarantine import BATCH, is_sent_back
from kerong.rulebook import Rulebook
from kerong.rulebook.content import Register
from kerong.rulebook.feeds import feeds_of, mapping_of
from kerong.store.archive.periods import days_of
from kerong.store.files import RawPart, Unusable, fitting
from kerong.store.stream import blocks
from kerong.store.stream.source import Source

SIDECAR = ".totals.json"
HEAD_BYTES = 1 << 13
WHOLE = re.compile(r"-?[0-9]{1,30}", re.ASCII)  # an archive's largest sum has fewer digits
WORDS = ("rows", "period", "as_of")


@dataclass(frozen=True, slots=True)
class Statement:
    """What the sender states of a file: the day whose state it tells, its period, sums by column and "rows"."""

    as_of: date | None = None
    period: str | None = None
    totals: Mapping[str, int] = field(default_factory=dict)

    def over(self, other: "Statement") -> "Statement":
        """This, and of the other what this does not say."""
        return Statement(self.as_of or other.as_of, self.period or other.period, {**other.totals, **self.totals})


def feeds_for(rulebook: Rulebook, name: str) -> list[str]:
    """The feeds whose patterns a file's name (relative to its folder) fits, sorted."""
    return sorted(feed for feed in feeds_of(rulebook) if fitting([name], mapping_of(rulebook, feed).files))


def feed_by_name(rulebook: Rulebook, path: Path, name: str) -> str | None:
    """The one feed whose patterns the name fits; None for a quarantine that comes back, whose rows name their batch.

    Raises:
        Unusable: it fits no feed, or several.
    """
    feeds = feeds_for(rulebook, name)
    if len(feeds) == 1:
        return feeds[0]
    if is_returned(path, name):
        return None
    raise Unusable("feed_unclear", value=", ".join(feeds)) if feeds else Unusable("feed_unknown")


def stated_beside(path: Path, register: Register) -> Statement:
    """What `<file>.totals.json` beside the file states; nothing where there is none.

    Raises:
        Unusable: it is no such file, or states a sum of something that is no amount or count.
    """
    beside = path.with_name(path.name + SIDECAR)
    if not os.path.isfile(beside):  # false also where its name would be longer than a name can be
        return Statement()
    try:
        told = json.loads(beside.read_bytes())
    except (ValueError, OSError, RecursionError) as error:
        raise Unusable("totals_unreadable", value=str(error)[:80]) from error
    if not isinstance(told, dict):
        raise Unusable("totals_unreadable", value=str(told)[:80])
    return statement(told, register)


def statement(told: Mapping[str, object], register: Register) -> Statement:
    """Keys "as_of" (a day), "period", "rows" and names of columns (whole numbers: fen, counts).

    Raises:
        Unusable: a key is none of these, or its value cannot be read.
    """
    totals = {name: _total(name, value, register) for name, value in told.items() if name not in ("period", "as_of")}
    return Statement(_day(told.get("as_of")), _period(told.get("period")), totals)


def _total(name: str, value: object, register: Register) -> int:
    column = register.columns.get(name)
    if name != "rows" and (column is None or column.type not in ("fen", "count")):
        raise Unusable("total_of_no_amount", column=name)
    if isinstance(value, str) and WHOLE.fullmatch(value.strip()):
        return int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise Unusable("total_not_whole", column=name, value=str(value)[:80])
    return value


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise Unusable("as_of_no_day", value=str(value)[:80]) from error


def _period(value: object) -> str | None:
    if value is None:
        return None
    try:
        days_of(str(value))
    except ValueError as error:
        raise Unusable("period_unreadable", value=str(value)[:80]) from error
    return str(value)


def files_of(paths: Iterable[Path]) -> list[tuple[Path, str]]:
    """Every file, and its name relative to the folder that was given; of folders all files in them, sorted by name."""
    found: list[tuple[Path, str]] = []
    for path in paths:
        if path.is_dir():
            inside = [item for item in path.rglob("*") if item.is_file()]
            found += [(item, item.relative_to(path).as_posix()) for item in inside]
        else:
            found.append((path, path.name))
    shown = [(path, name) for path, name in found if not name.endswith(SIDECAR) and not _is_hidden(name)]
    return sorted(shown, key=lambda item: item[1])


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "~$")) for part in name.split("/"))


def is_returned(path: Path, name: str) -> bool:
    """Whether the file is a quarantine that comes back, by its header; only a file that may be one is read."""
    if is_marked(path, name) is False:
        return False
    try:
        first = next(iter(blocks(path, name, rows=1)), None)
    except (Unusable, OSError):
        return False
    return isinstance(first, RawPart) and is_sent_back(first.frame.columns)


def is_marked(path: Path, name: str) -> bool | None:
    """Whether the beginning of a text file has the mark of a quarantine, in whatever encoding; None: it is no text.

    Then the encoding that the feed declares is not that of the file: we wrote it, or the steward's spreadsheet did.
    """
    if not name.lower().endswith((".csv", ".csv.gz")):
        return None
    try:
        head = next(iter(Source(path, name.lower().endswith(".gz"), chunk_bytes=HEAD_BYTES)), b"")
    except (Unusable, OSError):
        return False
    return BATCH.encode() in head[:HEAD_BYTES].replace(b"\0", b"")
