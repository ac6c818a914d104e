"""An objection: an enterprise says that a value or a row of its record is wrong, and is answered within twenty days."""

from datetime import date

from django.conf import settings
from django.db import models

STATES = ("open", "upheld", "refused", "corrected", "withdrawn")
STANDING = ("open", "upheld")  # the value is marked as long as one of these holds


class Objection(models.Model):
    """What is objected to: a field of the enterprise (`register` empty), or a row of a register.

    `subject` is the field, or the row's place; `seen` what stood there when the objection was made (texts); `source`
    the register that has to be corrected where it was upheld.
    """

    enterprise_id = models.CharField(max_length=200)
    register = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=500)
    seen = models.JSONField()
    text = models.TextField()
    state = models.CharField(max_length=12, default="open", choices=[(name, name) for name in STATES])
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    made_on = models.DateField()
    due_on = models.DateField()
    answer = models.TextField(blank=True)
    source = models.CharField(max_length=200, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    moved_at = models.DateTimeField(auto_now=True)
    told = models.BooleanField(default=True)  # has the enterprise seen the state that it is in?

    class Meta:
        ordering = ("due_on", "id")
        indexes = (models.Index(fields=["enterprise_id", "state"]), models.Index(fields=["state", "due_on"]))
        constraints = (
            models.UniqueConstraint(
                fields=["enterprise_id", "register", "subject"],
                condition=models.Q(state__in=STANDING),
                name="one_standing_objection_per_subject",
            ),
            models.CheckConstraint(
                name="an_answer_says_something",
                condition=~models.Q(state__in=["upheld", "refused", "corrected"]) | ~models.Q(answer=""),
            ),
        )

    def __str__(self) -> str:
        return f"{self.enterprise_id} {self.register} {self.subject}: {self.state}"

    def is_overdue(self, today: date) -> bool:
        """Has nobody answered in time?"""
        return self.state == "open" and today > self.due_on
