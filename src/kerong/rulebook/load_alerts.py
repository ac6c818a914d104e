"""`events/<name>.toml`, and the part `[alert]` of rules and models that warn."""

from collections.abc import Collection, Mapping
from types import MappingProxyType

from kerong.rulebook.alerts import OWNERS, SEVERITIES, SUBJECTS, Alert
from kerong.rulebook.content import Statistic
from kerong.rulebook.facts import Register
from kerong.rulebook.load_events import event_of, reading_of
from kerong.rulebook.models import WarnedEvent
from kerong.rulebook.parse import nearest
from kerong.rulebook.sheets import Sheet

ALERT_KEYS = ("severity", "owner", "due_days", "action", "event", "lead_months", "subject", "on_trial")
MOST_DAYS, MOST_MONTHS = 366, 60


def warned_event_of(
    sheet: Sheet, registers: Mapping[str, Register], statistics: Mapping[str, Statistic] = MappingProxyType({})
) -> WarnedEvent:
    """One `events/<name>.toml`; raises Stop with its errors recorded."""
    sheet.only(["name", "title", "event"])
    parts = list(sheet.tables("event"))
    if not parts:
        raise sheet.fail("an event needs at least one [[event]]", hint="the rows of a register that are it")
    read = [item for item in parts if "statistic" in item.data]
    if read and len(read) < len(parts):
        raise sheet.fail("an event is of enterprises (register) or of institutions (statistic), not both")
    if read:
        readings = tuple(reading_of(item, statistics) for item in read)
        return WarnedEvent(sheet.name(), sheet.title(), (), sheet.place(), readings)
    return WarnedEvent(sheet.name(), sheet.title(), tuple(event_of(item, registers) for item in parts), sheet.place())


def alert_of(
    sheet: Sheet, institutions: Collection[str], events: Collection[str], is_model: bool = False
) -> Alert | None:
    """The part `[alert]` of a sheet, None where it has none; raises Stop with its errors recorded.

    `events`: names of `events/`, also of those with an error of their own. A model says `least_bp` as well.
    """
    if "alert" not in sheet.data:
        return None
    part = sheet.table("alert")
    part.only([*ALERT_KEYS, "least_bp"] if is_model else ALERT_KEYS)
    owner, owners = part.text("owner"), [*OWNERS, *institutions]
    if owner not in owners:
        raise part.fail(f"owner: there is no {owner}", "owner", hint=nearest(owner, owners))
    event = part.text("event", None)
    if event is not None and event not in events:
        raise part.fail(
            f"event: there is no {event}", "event", hint=nearest(event, sorted(events)) or "events/<name>.toml"
        )
    if (event is None) != ("lead_months" not in part.data):
        raise part.fail("event and lead_months go together", "event" if event else "lead_months")
    on_trial = part.get("on_trial", bool, "true or false", default=False)
    if on_trial and event is None:
        raise part.fail("an alert on trial is graded, and needs an event", "on_trial", hint='event = "…"')
    return Alert(
        severity=_within(part, "severity", SEVERITIES[0], SEVERITIES[-1]),
        owner=owner,
        due_days=_within(part, "due_days", 0, MOST_DAYS),
        action=part.title("action"),
        place=part.place(),
        event=event,
        lead_months=0 if event is None else _within(part, "lead_months", 1, MOST_MONTHS),
        subject_kind=part.choice("subject", SUBJECTS, SUBJECTS[0]),
        least_bp=_within(part, "least_bp", 1, 10_000) if is_model else None,
        is_on_trial=on_trial,
    )


def _within(part: Sheet, key: str, least: int, most: int) -> int:
    value = int(part.whole(key))
    if not least <= value <= most:
        raise part.fail(f"{key} = {value}", key, hint=f"from {least:,} to {most:,}")
    return value
