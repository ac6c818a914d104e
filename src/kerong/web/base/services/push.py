"""A file that the machine of a feed pushes: taken from the line piece by piece, received, and answered."""

import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache

from kerong.engine.problems import sentence
from kerong.engine.record.gate_words import found as found_in_words
from kerong.intake import Receipt
from kerong.store.archive import Batch
from kerong.web.base.models import FeedToken
from kerong.web.base.selectors.archive import City
from kerong.web.base.services.batch import batch_push

CHUNK_BYTES = 1 << 20
STATUSES = {"published": 201, "repeated": 200, "held": 202, "stale": 409, "refused": 422}
OPENING = "gate_opening"
Read = Callable[[int], bytes]


class NotTaken(Exception):
    """The file is not taken; `status` of the answer, and why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status, self.detail = status, detail


@dataclass(frozen=True, slots=True)
class Answer:
    """The status of the answer and its content."""

    status: int
    content: dict[str, Any]


def push(city: City, token: FeedToken, name: str, totals: str, length: int | None, read: Read) -> Answer:
    """Receives `length` bytes as a file of the token's feed. `totals`: what the sender states, as JSON; may be empty.

    Raises NotTaken where the file was not even looked into; nothing of it is kept then.
    """
    check_size(length, settings.FILE_BYTES)
    _check_rate(token.feed)
    said = _said(totals)
    with tempfile.TemporaryDirectory(prefix="kerong-push-") as folder:
        path = Path(folder) / "file"
        _keep(path, length or 0, read)
        receipt = batch_push(city, path, name, token.feed, said, f"token {token.key}")
    return answer(city, receipt)


def check_size(length: int | None, most: int) -> None:
    """The size must be said beforehand: a line that breaks off is told from a file that ends. Raises NotTaken."""
    if length is None:
        raise NotTaken(411, "say Content-Length")
    if length > most:
        raise NotTaken(413, f"a body may have {most} bytes")


def answer(city: City, receipt: Receipt) -> Answer:
    """What the sender is told; of a file that was there already the same as at first."""
    if receipt.batch is None:
        problems = [_told(row) for row in receipt.problems]
        return Answer(422, {"state": "refused", "feed": receipt.feed, "file": receipt.file, "problems": problems})
    batch = receipt.batch
    state = _first_state(city, batch) if receipt.state == "repeated" else receipt.state
    opening = any(finding["kind"] == OPENING for finding in batch.findings)
    content = {
        "state": state,
        "batch": batch.id,
        "feed": batch.feed,
        "file": batch.file,
        "rows": batch.rows,
        "set_aside": batch.set_aside,
        "periods": list(batch.periods),
        "as_of": batch.as_of.isoformat() if batch.as_of else None,
        "findings": _findings(city, batch),
    }
    status = 409 if opening and receipt.state == "held" else STATUSES[receipt.state]
    return Answer(status, content)


def _first_state(city: City, batch: Batch) -> str:
    """What became of a batch when it came: read off the log, whatever was decided since."""
    events = city.archive.events()[batch.sequence : batch.sequence + 1]
    if not events or (events[0].kind, events[0].batch, events[0].at) != ("published", batch.id, batch.received_at):
        return "held"
    counted = any(part.id == batch.id for part in city.archive.view(sequence=batch.sequence + 1).batches)
    return "published" if counted or batch.kind == "supplement" or not batch.rows else "stale"


def _findings(city: City, batch: Batch) -> list[dict[str, Any]]:
    register, currency = city.mapping(batch.feed), city.book.region.currency
    return [
        {
            "kind": finding["kind"],
            "severity": finding["severity"],
            "zh": found_in_words(finding, register, "zh", currency),
            "en": found_in_words(finding, register, "en", currency),
        }
        for finding in batch.findings
    ]


def _told(problem: Any) -> dict[str, Any]:
    kept = {name: None if problem.get(name) is None else str(problem[name]) for name in ("kind", "column", "value")}
    return {**kept, "line": problem.get("line"), "zh": sentence(problem, "zh"), "en": sentence(problem, "en")}


def _said(totals: str) -> dict[str, object]:
    try:
        told = json.loads(totals) if totals.strip() else {}
    except (ValueError, RecursionError) as error:
        raise NotTaken(400, "X-Totals is no JSON") from error
    if not isinstance(told, dict):
        raise NotTaken(400, 'X-Totals is an object, as {"rows": 24, "period": "2025-06"}')
    return told


def _check_rate(feed: str) -> None:
    """Counts what comes of a feed within a minute."""
    key = f"pushes:{feed}:{int(time.time() // 60)}"
    cache.add(key, 0, timeout=120)
    if cache.incr(key) > settings.PUSHES_PER_MINUTE:
        raise NotTaken(429, "too many files within a minute")


def _keep(path: Path, length: int, read: Read) -> None:
    """Writes exactly `length` bytes; a line that broke off or is too slow leaves nothing."""
    until, left = time.monotonic() + settings.PUSH_SECONDS, length
    with path.open("wb") as file:
        while left:
            try:
                chunk = read(min(CHUNK_BYTES, left))
            except OSError as error:
                raise NotTaken(400, "the line broke off") from error
            if not chunk:
                raise NotTaken(400, "the line broke off")
            if time.monotonic() > until:
                raise NotTaken(408, "too slow")
            left -= len(chunk)
            file.write(chunk)
