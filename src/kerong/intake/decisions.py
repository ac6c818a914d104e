"""Decisions of stewards in an archive's log: made, checked, and as a run knows them.

`identity`: left_id (how rows name a firm), right_id (the enterprise), decision ("same" or "different"), reason.
`settlement`: enterprise_id, field, value (as the table of conflicts writes it), until (a day, or null), reason.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime

import polars as pl

from kerong.engine.record.decided import IDENTITY, NOTHING_DECIDED, SETTLEMENTS, Decided, pairs
from kerong.store.archive import Archive, Event
from kerong.store.registers import ArchiveRegisters

SAID = ("same", "different")


class NotDecided(ValueError):
    """A decision that cannot be made; the text says why, Chinese first."""


def decided_of(facts: object) -> Decided:
    """What stewards had decided when these facts were in force; nothing for facts that are of no archive."""
    if not isinstance(facts, ArchiveRegisters):
        return NOTHING_DECIDED
    return as_decided(facts.archive.events()[: facts.view.sequence])


def as_decided(events: Iterable[Event]) -> Decided:
    """The decisions among events, as tables in their order."""
    told: dict[str, list[dict[str, object]]] = {"identity": [], "settlement": []}
    for event in events:
        if event.decision in told:
            until = event.content.get("until")
            at = event.at.astimezone(UTC).replace(tzinfo=None)
            day = date.fromisoformat(str(until)) if until else None
            told[event.decision].append({**event.content, "until": day, "by": event.by, "at": at})
    return Decided(_table(told["identity"], IDENTITY), _table(told["settlement"], SETTLEMENTS))


def decide_identity(
    archive: Archive, left_id: str, right_id: str, decision: str, reason: str, by: str, at: datetime
) -> Event:
    """Rows that name a firm as `left_id` are the enterprise `right_id` ("same"), or are not ("different").

    Raises:
        NotDecided: it says nothing, or contradicts what holds.
        ArchiveError: the archive cannot be written.
    """
    _check_reason(reason)
    if decision not in SAID or not left_id or not right_id or left_id == right_id:
        raise NotDecided(f"{left_id} / {right_id}：不是一个裁定 / this decides nothing")
    content = {"left_id": left_id, "right_id": right_id, "decision": decision, "reason": reason}
    before = as_decided(archive.events())
    one = {**content, "by": by, "at": at.astimezone(UTC).replace(tzinfo=None)}
    _, wrong = pairs(pl.concat([before.identity, _table([one], IDENTITY)]))
    _, old = pairs(before.identity)
    new = [value for value in wrong["value"].to_list() if value not in set(old["value"].to_list())]
    if new:
        raise NotDecided(f"与已有裁定矛盾：{new[0]} / contradicts what was decided: {new[0]}")
    return archive.decide("identity", content, by, at)


def decide_settlement(
    archive: Archive, choice: Mapping[str, str], until: date | None, reason: str, by: str, at: datetime
) -> Event:
    """One statement of a field counts, until a day: `choice` has enterprise_id, field and value.

    Raises:
        NotDecided: no reason, or a part is missing.
        ArchiveError: the archive cannot be written.
    """
    _check_reason(reason)
    if set(choice) != {"enterprise_id", "field", "value"} or not all(choice.values()):
        raise NotDecided("缺少企业、字段或取值 / the enterprise, the field or the value is missing")
    content = {**choice, "until": until.isoformat() if until else None, "reason": reason}
    return archive.decide("settlement", content, by, at)


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise NotDecided("裁定须说明理由 / a decision needs a reason")


def _table(rows: list[dict[str, object]], schema: pl.Schema) -> pl.DataFrame:
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in rows], schema=schema)
