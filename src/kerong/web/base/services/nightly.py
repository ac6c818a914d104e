"""The nightly jobs, in order, each with its outcome kept: close of business, sealing, the audit, delivery, tidying.

Every job may be done again at any moment and by two at once: what was done is not done twice. A job that fails does not
keep the next one from its work.
"""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from time import monotonic
from typing import Any

import polars as pl
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kerong.engine.deal.calendar import working_days
from kerong.engine.money.ledger.exported import heads_text
from kerong.web.base.models import JobRun
from kerong.web.base.models.outbox import ASIDE, WAITING
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors import ledger
from kerong.web.base.selectors.published import current
from kerong.web.base.services.audit import deals_audit
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.deal_closing import days_close
from kerong.web.base.services.delivery import outbox_deliver
from kerong.web.base.services.ledger_refusals import LedgerBusy, LedgerRefused
from kerong.web.base.services.locks import lock
from kerong.web.base.services.outbox import outbox_file
from kerong.web.base.services.sealing import books_seal

RUNNING, DONE, FAILED = "running", "done", "failed"
MOST_ATTEMPTS = 3  # of the worker; whoever runs the jobs by hand may try as often as they like
PAUSE = timedelta(minutes=10)  # before a job that failed is tried again
LOST = timedelta(hours=2)  # a job that is at work for longer is nobody's any more
KEPT = timedelta(days=14)  # finished tasks
MOST_TOLD = 20
Outcome = Mapping[str, Any]


class JobFailed(Exception):
    """A job found what must not be; `why` are rows of the table of problems, `outcome` what was counted."""

    def __init__(self, outcome: Outcome, why: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(why)} problems")
        self.outcome, self.why = outcome, why


def night_due(now: datetime, *, hour: int, since: datetime) -> date | None:
    """The day whose jobs are to be put into the queue now; None where there is none.

    Due are jobs of today that nobody has put there yet, that failed a while ago, or that were left when their worker
    died: before `since`, when this worker began, or long ago.
    """
    local = timezone.localtime(now)
    if local.hour < hour:
        return None
    jobs = list(JobRun.objects.filter(day=local.date()))
    return local.date() if not jobs or any(_is_due(job, now, since) for job in jobs) else None


def night_take(day: date, now: datetime, since: datetime) -> bool:
    """Marks the day's jobs that are due as put into the queue, in the caller's transaction.

    Of two who ask at once one is told True.
    """
    lock("night")
    made = _opened(day, now)
    left = [job.pk for job in JobRun.objects.filter(day=day) if _is_due(job, now, since)]
    JobRun.objects.filter(pk__in=left).update(touched_at=now)
    return made or bool(left)


def night_run(day: date, *, clock: Callable[[], datetime], again: bool = False) -> tuple[JobRun, ...]:
    """Does the jobs of a day in their order, those that are done only where asked to do them again.

    Raises CaseRefused for a day to come.
    """
    if day > timezone.localdate(clock()):
        raise CaseRefused("deal.refused.to_come", on=day)
    with transaction.atomic():
        lock("night")
        _opened(day, clock())
    with reading_as(SYSTEM):
        return tuple(_ran(day, job, clock, again) for job in JOBS)


def _opened(day: date, now: datetime) -> bool:
    """The rows of a day's jobs; False where they stand already. The caller has the lock."""
    if JobRun.objects.filter(day=day).exists():
        return False
    JobRun.objects.bulk_create([JobRun(day=day, job=job, touched_at=now) for job in JOBS])
    return True


def _is_due(job: JobRun, now: datetime, since: datetime) -> bool:
    if job.state == FAILED:
        return job.attempts < MOST_ATTEMPTS and job.touched_at <= now - PAUSE
    return job.state != DONE and (job.touched_at < since or job.touched_at <= now - LOST)


def _ran(day: date, job: str, clock: Callable[[], datetime], again: bool) -> JobRun:
    row = JobRun.objects.get(day=day, job=job)
    if row.state == DONE and not again:
        return row
    row.state, row.attempts, row.touched_at = RUNNING, row.attempts + 1, clock()
    row.save()
    begun = monotonic()
    try:
        row.state, row.outcome, row.why = DONE, dict(JOBS[job](day, clock())), []
    except JobFailed as failure:
        row.state, row.outcome, row.why = FAILED, dict(failure.outcome), failure.why
    except (CaseRefused, LedgerRefused) as refused:
        facts = {name: str(fact) for name, fact in refused.facts.items()}
        row.state, row.outcome, row.why = FAILED, {}, [{"word": refused.key, "facts": facts}]
    except LedgerBusy as busy:
        row.state, row.outcome, row.why = FAILED, {}, [{"word": "running.busy", "facts": {"said": str(busy)}}]
    except Exception as error:  # noqa: BLE001 (a job that fails is told on a page, and the next one is done)
        said = f"{type(error).__name__}: {error}".replace("\0", "\\0")[:500]
        row.state, row.outcome, row.why = FAILED, {}, [{"word": "running.error", "facts": {"said": said}}]
    row.seconds, row.touched_at = round(monotonic() - begun, 3), clock()
    row.save()
    return row


def _days_closed(day: date, _: datetime) -> Outcome:
    """All business days before `day`; nothing where no run is published."""
    published = current()
    if published is None:
        return {"skipped": "nothing_published"}
    book = published.rulebook
    days = working_days(book.calendars)
    closed = days_close(book.region.name, day - timedelta(days=1), today=day, days=days)
    return {"through": closed.through.isoformat(), "deals": closed.deals, "days": closed.days}


def _sealed(day: date, now: datetime) -> Outcome:
    """What was posted is chained, and the heads of all chains go out as a file."""
    counts = books_seal(now=now)
    heads = ledger.heads()
    entries = sum(head.sequence for head in heads.values())
    if counts:
        outbox_file("heads", f"heads-{day}-{entries:012d}.json", heads_text(heads))
    return {"books": len(counts), "sealed": sum(counts.values())}


def _audited(_: date, __: datetime) -> Outcome:
    """The replay of all cases and deals is the stored ledger. Raises JobFailed where it is not."""
    found = deals_audit()
    wrong = found.problems.filter(pl.col("severity") != "noted")
    counts = {"cases": found.cases, "moves": found.moves, "transfers": found.transfers, "problems": wrong.height}
    if wrong.height:
        raise JobFailed(counts, [{"problem": dict(row)} for row in wrong.head(MOST_TOLD).iter_rows(named=True)])
    return counts


def _delivered(_: date, now: datetime) -> Outcome:
    counts = outbox_deliver(now=now)
    return {"delivered": counts.get("delivered", 0), "waiting": counts.get(WAITING, 0), "aside": counts.get(ASIDE, 0)}


def _tidied(_: date, now: datetime) -> Outcome:
    """Finished tasks of long ago go, and those whose worker died."""
    old = DBTaskResult.objects.finished().filter(finished_at__lt=now - KEPT)
    dead = DBTaskResult.objects.running().filter(started_at__lt=now - timedelta(days=1))
    return {"tasks": sum(found.delete()[0] for found in (old, dead))}


JOBS: Mapping[str, Callable[[date, datetime], Outcome]] = {
    "close_day": _days_closed,
    "seal": _sealed,
    "audit": _audited,
    "deliver": _delivered,
    "tidy": _tidied,
}
