"""What is to be told or handed over, what came of it, and the nightly jobs.

An outbox row is written in the transaction of what it tells of, so neither stands without the other; the worker
delivers it afterwards, at least once, and what it leaves stands once.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

WAITING, DELIVERED, ASIDE = "waiting", "delivered", "aside"


class OutboxRow(models.Model):
    """One notice, mail or file. `key`: what is written twice under one key is one row.

    A notice is for the people of `role` and `code` (a firm, an institution; "" is the region's office, and for the role
    "person" the code is the id of a log-in) about the case, deal or objection `about_kind`, `about_id`, or about the
    alerts that are its audience's own; `payload` says what happened as keys, never as sentences. A file goes to the
    folder `code` of the outbox. `attempts`: how often it was begun, `next_at`: not before then again; `aside`: it was
    given up with `error`.
    """

    kind = models.CharField(max_length=10, choices=[(name, name) for name in ("notice", "mail", "file")])
    role = models.CharField(max_length=16, blank=True)
    code = models.CharField(max_length=200, blank=True)
    about_kind = models.CharField(max_length=20, blank=True)
    about_id = models.BigIntegerField(null=True, blank=True)
    payload = models.JSONField(default=dict)
    key = models.CharField(max_length=400, unique=True)
    state = models.CharField(max_length=10, default=WAITING, choices=[(s, s) for s in (WAITING, DELIVERED, ASIDE)])
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    error = models.TextField(blank=True)
    at = models.DateTimeField(auto_now_add=True)
    delivered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("id",)
        indexes = (
            models.Index(fields=["next_at", "id"], name="outbox_waiting", condition=Q(state=WAITING)),
            models.Index(fields=["state", "id"], name="outbox_by_state"),
        )

    def __str__(self) -> str:
        return f"{self.key}: {self.state}"


class Message(models.Model):
    """A notice in somebody's inbox. The sentence is made from the row when it is read, in the reader's language."""

    row = models.ForeignKey(OutboxRow, on_delete=models.PROTECT, related_name="messages")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages")
    read_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-row_id", "id")
        indexes = (models.Index(fields=["person", "read_at"]),)
        constraints = (models.UniqueConstraint(fields=["row", "person"], name="a_person_is_told_once"),)

    def __str__(self) -> str:
        return f"{self.person_id} {self.row_id}"


class JobRun(models.Model):
    """One nightly job of one day. `outcome`: what it did, in numbers; `why`: the problems that it ended with, as keys.

    `touched_at`: when its state changed last, or it was put into the queue.
    """

    day = models.DateField()
    job = models.CharField(max_length=20)
    state = models.CharField(max_length=10, default=WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    touched_at = models.DateTimeField()
    seconds = models.FloatField(null=True, blank=True)
    outcome = models.JSONField(default=dict)
    why = models.JSONField(default=list)

    class Meta:
        ordering = ("-day", "id")
        constraints = (models.UniqueConstraint(fields=["day", "job"], name="a_job_stands_once_a_day"),)

    def __str__(self) -> str:
        return f"{self.day} {self.job}: {self.state}"
