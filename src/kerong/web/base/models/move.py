"""What the histories of cases and of deals have in common."""

from django.conf import settings
from django.db import models


class Move(models.Model):
    """One move: who, in which hand, when, on which version of facts and rules, about how much. Only ever added.

    `person`: the natural person as the portal knows it (a staff number, else the log-in); `by` is None for a machine.
    `on`: the business day, `at`: when it was written. `detail`: what else the move said.
    """

    version = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    on = models.DateField()
    name = models.CharField(max_length=20)
    begin = models.CharField(max_length=20, blank=True)
    end = models.CharField(max_length=20)
    duty = models.CharField(max_length=20)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    person = models.CharField(max_length=150, blank=True)
    role = models.CharField(max_length=16, blank=True)
    institution = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    fen = models.BigIntegerField()
    run_id = models.CharField(max_length=64)
    rulebook = models.CharField(max_length=64)
    detail = models.JSONField(default=dict)

    class Meta:
        abstract = True
