"""What the worker is asked to do, as tasks of django-tasks: two typed lines each. They may run twice and at once."""

from datetime import date

from django.utils import timezone
from django_tasks import task

from kerong.web.base.services.delivery import outbox_deliver
from kerong.web.base.services.nightly import night_run


@task()
def deliver() -> dict[str, int]:
    """Delivers what is due in the outbox."""
    return outbox_deliver(now=timezone.now())


@task()
def night(day: str) -> dict[str, str]:
    """Does the nightly jobs of a day (as 2025-12-31); by job how it ended."""
    return {row.job: row.state for row in night_run(date.fromisoformat(day), clock=timezone.now)}
