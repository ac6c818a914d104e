"""An alert: a warning of a run as a case that somebody takes, deals with and closes; its history only grows."""

from datetime import date

from django.conf import settings
from django.db import models

STATES = ("open", "taken", "acting", "closed", "lapsed")
WAITING = ("open", "taken")  # nothing has been done about it yet
STANDING = (*WAITING, "acting")
DISPOSALS = ("contact", "bridge_loan", "creditor_coordination", "restructuring", "exit")
OUTCOMES = ("recovered", "stable", "worsened", "failed", "false_alarm")


class Alert(models.Model):
    """One warning of one subject in one region, however many runs repeat it.

    `on`: the day on which it was last opened; `seen_on`, `run_id`: the latest run that was compared with it. `holds`:
    whether that run still warns. `peak`: the gravest severity since it was opened. `owner`: an office, a kind of
    institution ("lending_bank"), or the code of an institution; empty where the rule names nobody. `version`: how many
    moves its history has.
    """

    region = models.CharField(max_length=100)
    kind = models.CharField(max_length=200)
    subject_kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    on = models.DateField()
    seen_on = models.DateField()
    run_id = models.CharField(max_length=64)
    holds = models.BooleanField(default=True)
    severity = models.PositiveSmallIntegerField()
    peak = models.PositiveSmallIntegerField()
    owner = models.CharField(max_length=100, blank=True)
    due = models.DateField(null=True, blank=True)
    action = models.JSONField(default=dict)
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default="open", choices=[(name, name) for name in STATES])
    disposal = models.CharField(max_length=24, blank=True, choices=[(name, name) for name in DISPOSALS])
    outcome = models.CharField(max_length=12, blank=True, choices=[(name, name) for name in OUTCOMES])
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("due", "id")
        indexes = (models.Index(fields=["region", "state", "due"]), models.Index(fields=["region", "subject"]))
        constraints = (
            models.UniqueConstraint(
                fields=["region", "kind", "subject_kind", "subject"], name="one_alert_per_warning_and_subject"
            ),
            models.CheckConstraint(
                name="a_closed_alert_has_an_outcome_and_no_other_has",
                condition=models.Q(state="closed") ^ models.Q(outcome=""),
            ),
            models.CheckConstraint(
                name="an_alert_that_is_dealt_with_has_a_disposal",
                condition=~models.Q(state__in=["acting", "closed"]) | ~models.Q(disposal=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.subject}: {self.state}"

    def is_overdue(self, today: date) -> bool:
        """Has nothing been done about it in time?"""
        return self.state in WAITING and self.due is not None and today > self.due


class AlertMove(models.Model):
    """One move of an alert; `by` is None for what a newer run did. Rows are only ever added."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="moves")
    version = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    name = models.CharField(max_length=12)
    begin = models.CharField(max_length=8, blank=True)
    end = models.CharField(max_length=8)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16, blank=True)
    institution = models.CharField(max_length=100, blank=True)
    note = models.TextField(blank=True)
    detail = models.CharField(max_length=24, blank=True)  # the disposal or outcome chosen
    severity = models.PositiveSmallIntegerField()
    run_id = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("alert", "version")
        constraints = (models.UniqueConstraint(fields=["alert", "version"], name="one_move_per_version_of_an_alert"),)

    def __str__(self) -> str:
        return f"{self.alert_id}.{self.version} {self.name}"


class AlertParty(models.Model):
    """An institution that owns an alert because it has standing business with the subject."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="parties")
    institution = models.CharField(max_length=100)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["alert", "institution"], name="an_institution_owns_an_alert_once"),
        )
        indexes = (models.Index(fields=["institution"]),)

    def __str__(self) -> str:
        return f"{self.alert_id} {self.institution}"
