"""The nightly jobs: in order, once a day, each with its outcome; a failure is seen and stops no other job."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from kerong.web.base.management.commands.worker import PortalWorker, due_queued
from kerong.web.base.models import JobRun, OutboxRow, Role, Transfer
from kerong.web.base.models.outbox import DELIVERED
from kerong.web.base.services import nightly
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.nightly import JOBS, night_due, night_run, night_take
from tests.web.cases.town import Town
from tests.web.deals.town import LendingTown
from tests.web.outbox.told import told_to

pytestmark = pytest.mark.database
NOON = datetime(2025, 6, 30, 4, tzinfo=UTC)  # in Shanghai
DAY = date(2025, 6, 30)
LONG_AGO = NOON - timedelta(days=30)
HOUR = timedelta(hours=1)


def states() -> dict[str, str]:
    return dict(JobRun.objects.order_by("id").values_list("job", "state"))


def failing(monkeypatch: pytest.MonkeyPatch, job: str, error: Exception) -> None:
    def failed(_: date, __: datetime) -> Mapping[str, Any]:
        raise error

    monkeypatch.setattr(nightly, "JOBS", {**JOBS, job: failed})


def test_a_night_closes_the_day_before_seals_audits_and_delivers_and_the_second_does_nothing(
    lending: LendingTown,
) -> None:
    lending.pooled(1)
    rows = night_run(DAY, clock=lambda: NOON)
    assert states() == dict.fromkeys(JOBS, "done")
    told = {row.job: row.outcome for row in rows}
    assert told["close_day"]["through"] == "2025-06-29"
    assert told["close_day"]["deals"] == 1
    assert told["seal"]["sealed"] == Transfer.objects.count() > 0
    assert told["audit"]["problems"] == 0
    again = night_run(DAY, clock=lambda: NOON + HOUR)
    assert [(row.job, row.attempts, row.outcome) for row in again] == [(row.job, 1, row.outcome) for row in rows]


def test_the_heads_of_the_chains_go_out_as_a_file(town: Town) -> None:
    night_run(DAY, clock=timezone.now)
    night_run(DAY, clock=timezone.now, again=True)
    row = OutboxRow.objects.get(kind="file")
    assert (row.code, row.state) == ("heads", DELIVERED)
    assert "budget" in row.payload["text"]


def test_a_job_that_fails_is_kept_with_its_reason_and_the_next_ones_are_done(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    failing(monkeypatch, "close_day", CaseRefused("calendar.refused.none"))
    night_run(DAY, clock=lambda: NOON)
    assert states() == {**dict.fromkeys(JOBS, "done"), "close_day": "failed"}
    client = Client()
    client.force_login(town.people["lin"])
    for lang, words in (("zh", "本地区没有节假日安排"), ("en", "This region has no calendar")):
        client.cookies["kerong_language"] = lang
        assert words in client.get("/running/").content.decode()
    monkeypatch.undo()
    assert {row.job: row.attempts for row in night_run(DAY, clock=lambda: NOON)}["close_day"] == 2
    assert states() == dict.fromkeys(JOBS, "done")


def test_what_the_audit_finds_is_a_failure_that_names_the_difference(town: Town) -> None:
    case = town.at("reserved")
    type(case).objects.filter(pk=case.pk).update(state="verified")
    rows = {row.job: row for row in night_run(DAY, clock=lambda: NOON)}
    assert rows["audit"].state == "failed"
    assert rows["audit"].outcome["problems"] == len(rows["audit"].why) > 0
    client = Client()
    client.force_login(town.people["lin"])
    assert f"case:{case.pk}" in client.get("/running/").content.decode()


def test_jobs_of_a_day_to_come_are_refused(town: Town) -> None:
    with pytest.raises(CaseRefused):
        night_run(DAY + timedelta(days=1), clock=lambda: NOON)


def test_a_night_is_due_once_a_day_from_its_hour_on(town: Town) -> None:
    assert night_due(NOON, hour=13, since=LONG_AGO) is None
    assert night_due(NOON, hour=12, since=LONG_AGO) == DAY
    assert night_take(DAY, NOON, LONG_AGO)
    assert night_due(NOON, hour=12, since=LONG_AGO) is None
    assert not night_take(DAY, NOON, LONG_AGO)
    assert night_due(NOON + timedelta(days=1), hour=12, since=LONG_AGO) == DAY + timedelta(days=1)


def test_jobs_whose_worker_died_are_due_for_the_next_worker_and_failed_ones_three_times(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    night_take(DAY, NOON, LONG_AGO)
    JobRun.objects.filter(job="seal").update(state="running")
    assert night_due(NOON + timedelta(minutes=1), hour=0, since=LONG_AGO) is None
    assert night_due(NOON + timedelta(minutes=1), hour=0, since=NOON + timedelta(seconds=1)) == DAY
    failing(monkeypatch, "audit", OSError("no space left"))
    now, tries = NOON, 0
    while night_due(now + HOUR, hour=0, since=LONG_AGO) or tries == 0:
        now += HOUR
        night_run(DAY, clock=lambda now=now: now)  # type: ignore[misc]
        tries += 1
    assert tries == 3
    assert JobRun.objects.get(job="audit").why == [
        {"word": "running.error", "facts": {"said": "OSError: no space left"}}
    ]


@pytest.mark.usefixtures("one_connection")
def test_the_worker_puts_a_night_and_a_delivery_into_the_queue_once_and_does_both(town: Town) -> None:
    town.applied(1)
    now = timezone.now()
    for _ in range(3):
        due_queued(now + timedelta(seconds=1), now)
    paths = sorted(DBTaskResult.objects.values_list("task_path", flat=True))
    expected = ["kerong.web.base.tasks.deliver"]
    if timezone.localtime(now).hour >= 1:
        expected.append("kerong.web.base.tasks.night")
    assert paths == expected
    worker = PortalWorker(None)
    super(PortalWorker, worker).run()
    assert not DBTaskResult.objects.exclude(status="SUCCESSFUL").exists()
    assert told_to(town.people["lin"]) == ["apply>applied accept? return?"]
    due_queued(now + timedelta(seconds=1), now)
    assert DBTaskResult.objects.count() == len(expected)


def test_a_worker_whose_parent_is_gone_ends() -> None:
    PortalWorker(parent=1 << 22).run()


def test_old_tasks_and_those_of_dead_workers_are_tidied_away(town: Town) -> None:
    town.applied(1)
    due_queued(timezone.now() + timedelta(seconds=1), timezone.now())
    DBTaskResult.objects.update(status="RUNNING", started_at=timezone.now() - timedelta(days=2))
    count = DBTaskResult.objects.count()
    assert JOBS["tidy"](timezone.localdate(), timezone.now()) == {"tasks": count}
    assert not DBTaskResult.objects.exists()


def test_the_page_of_operations_tells_what_was_put_aside_and_that_nobody_delivers(town: Town) -> None:
    town.applied(1)
    OutboxRow.objects.update(next_at=timezone.now() - timedelta(minutes=7))
    OutboxRow.objects.create(
        kind="file", code="bank", payload={"name": "a"}, key="x", state="aside", error="no such <disk>"
    )
    client = Client()
    client.force_login(town.people["lin"])
    page = client.get("/running/").content.decode()
    assert "no such &lt;disk&gt;" in page
    assert "已等待 7 分钟" in page
    client.force_login(town.person("ana", Role.ANALYST))
    assert client.get("/running/").status_code == 403
