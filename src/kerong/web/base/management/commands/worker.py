"""The portal's worker: django-tasks' database worker, which also puts what is due into its own queue.

What is due stands in the outbox and in the rows of the nightly jobs, never in the queue alone: a worker that is killed
leaves nothing behind that the next one does not find.
"""

import logging
import os
import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks.base import Task
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from kerong.web.base import tasks
from kerong.web.base.services.delivery import outbox_due
from kerong.web.base.services.idempotency import busy_told
from kerong.web.base.services.ledger_refusals import LedgerBusy
from kerong.web.base.services.nightly import night_due, night_take

SECONDS = 1.0  # between two looks at what is due
logger = logging.getLogger("kerong.worker")


class PortalWorker(Worker):
    """Works until it is told to end, or until the process that started it is gone."""

    def __init__(self, parent: int | None) -> None:
        super().__init__(
            queue_names=["default"],
            interval=0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
            excluded_queue_names=[],
        )
        self.parent = parent

    def run(self) -> None:
        """Puts into the queue what is due and does what is in it, again and again."""
        since = timezone.now()
        while self.running and self.parent in (None, os.getppid()):
            try:
                with busy_told():
                    due_queued(timezone.now(), since)
                    if DBTaskResult.objects.ready().exists():
                        super().run()
            except LedgerBusy:
                logger.info("the database is busy; the worker tries again")
            if self.running:
                time.sleep(SECONDS)


def due_queued(now: datetime, since: datetime) -> None:
    """Puts delivery into the queue where rows are due, and today's jobs where they are."""
    day = night_due(now, hour=settings.NIGHT_HOUR, since=since)
    if day is not None:
        with transaction.atomic():
            if night_take(day, now, since):
                tasks.night.enqueue(day.isoformat())
    if outbox_due(now).exists() and not _is_queued(tasks.deliver):
        tasks.deliver.enqueue()


def _is_queued(task: Task[Any, Any]) -> bool:
    return DBTaskResult.objects.ready().filter(task_path=task.module_path).exists()


class Command(BaseCommand):
    help = "Delivers the outbox and does the nightly jobs, until it is ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--parent", type=int, default=None, help="ends when this process is no more its parent")

    def handle(self, *_: Any, **options: Any) -> None:
        worker = PortalWorker(options["parent"])
        worker.configure_signals()
        worker.run()
