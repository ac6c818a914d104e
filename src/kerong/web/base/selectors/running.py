"""How the portal runs: the nightly jobs of the last days, the outbox, what went wrong."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count

from kerong.engine.problems import sentence
from kerong.rulebook.said import Text
from kerong.web.base.models import JobRun, OutboxRow
from kerong.web.base.models.outbox import ASIDE, DELIVERED, WAITING
from kerong.web.base.services.nightly import DONE, FAILED
from kerong.web.base.words import word

DAYS = 7
LATE_MINUTES = 5
MOST = 50


@dataclass(frozen=True, slots=True)
class JobLine:
    """A nightly job of a day: what it did in words, and why it failed."""

    row: JobRun
    title: Text
    state: Text
    did: Text
    why: tuple[Text, ...]

    @property
    def is_failed(self) -> bool:
        """Did it fail?"""
        return self.row.state == FAILED

    @property
    def is_well(self) -> bool:
        """Is it done?"""
        return self.row.state == DONE

    @property
    def sentence(self) -> Text:
        """Title, outcome and what it did."""
        zh, en = (
            f"{self.title.in_(lang)}{sep}{self.state.in_(lang)}"
            + (f"{stop}{self.did.in_(lang)}" if self.did.zh else "")
            for lang, sep, stop in (("zh", "：", "，"), ("en", ": ", ", "))
        )
        return Text(zh, en)


@dataclass(frozen=True, slots=True)
class OutboxLine:
    """A row of the outbox for those who keep it going; nothing of what it says."""

    pk: int
    kind: str
    about: str
    state: str
    attempts: int
    error: str
    at: datetime

    def plain(self) -> dict[str, object]:
        """All but the moment."""
        names = ("kind", "about", "state", "attempts", "error")
        return {"id": self.pk, **{name: getattr(self, name) for name in names}}


@dataclass(frozen=True, slots=True)
class Running:
    """The page: jobs by day, newest first; `late_minutes`: how long the oldest row has waited, where that is long."""

    days: tuple[tuple[date, tuple[JobLine, ...]], ...]
    counts: dict[str, int]
    late_minutes: int
    aside: tuple[OutboxLine, ...]


def running(now: datetime) -> Running:
    """How the portal runs at `now`."""
    days: dict[date, list[JobLine]] = {}
    known = list(JobRun.objects.order_by("-day").values_list("day", flat=True).distinct()[:DAYS])
    for row in JobRun.objects.filter(day__in=known):
        days.setdefault(row.day, []).append(job_told(row))
    oldest = OutboxRow.objects.filter(state=WAITING, next_at__lte=now).order_by("next_at").first()
    minutes = 0 if oldest is None else int((now - oldest.next_at).total_seconds()) // 60
    return Running(
        tuple((day, tuple(lines)) for day, lines in days.items()),
        outbox_counts(),
        minutes if minutes >= LATE_MINUTES else 0,
        outbox_rows(ASIDE, MOST),
    )


def outbox_counts() -> dict[str, int]:
    """How many rows are in each state."""
    found = OutboxRow.objects.order_by().values_list("state").annotate(count=Count("id"))
    return dict.fromkeys((WAITING, DELIVERED, ASIDE), 0) | dict(found)


def outbox_rows(state: str, most: int) -> tuple[OutboxLine, ...]:
    """The rows in a state, newest first."""
    return tuple(
        OutboxLine(row.pk, row.kind, _about(row), row.state, row.attempts, row.error, row.at)
        for row in OutboxRow.objects.filter(state=state).order_by("-id")[:most]
    )


def job_told(row: JobRun) -> JobLine:
    """A job in words."""
    return JobLine(
        row,
        _words(f"running.job.{row.job}"),
        _words(f"running.is.{row.state}"),
        _did(row),
        tuple(_why(one) for one in row.why),
    )


def _did(row: JobRun) -> Text:
    parts = []
    for name, value in row.outcome.items():
        title = _words(f"running.did.{name}")
        shown = _words(f"running.{value}") if name == "skipped" else Text(_plain(value), _plain(value))
        parts.append(Text(f"{title.zh} {shown.zh}", f"{title.en} {shown.en}"))
    return Text("，".join(one.zh for one in parts), ", ".join(one.en for one in parts))


def _plain(value: object) -> str:
    return f"{value:,}" if isinstance(value, int) else str(value)


def _why(told: dict[str, dict[str, object]]) -> Text:
    """A problem of the audit, or a key of the words with its facts."""
    if "problem" in told:
        return Text(sentence(told["problem"], "zh"), sentence(told["problem"], "en"))
    return _words(str(told["word"]), **told["facts"])


def _words(key: str, **facts: object) -> Text:
    return Text(word(key, "zh", **facts), word(key, "en", **facts))


def _about(row: OutboxRow) -> str:
    if row.kind == "file":
        return f"{row.code}/{row.payload.get('name', '')}"
    return f"{row.about_kind} {row.about_id}"
