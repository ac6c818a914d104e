"""A consent: an enterprise lets one institution read named sections for one purpose until a day."""

from datetime import date

from django.conf import settings
from django.db import models

SECTIONS = ("profile", "score", "offers")
PURPOSES = ("loan_application", "guarantee_application", "insurance_application", "investment_talks", "credit_review")


class Consent(models.Model):
    """Who lets whom read what, for which purpose, from when until when; revocation is final."""

    enterprise_id = models.CharField(max_length=200)
    institution = models.CharField(max_length=100)
    purpose = models.CharField(max_length=40, choices=[(name, name) for name in PURPOSES])
    sections = models.JSONField()
    starts_on = models.DateField()
    expires_on = models.DateField()
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = (
            "-granted_at",
            "-id",
        )
        indexes = (models.Index(fields=["enterprise_id", "institution"]),)
        constraints = (
            models.UniqueConstraint(
                fields=["enterprise_id", "institution"],
                condition=models.Q(revoked_at=None),
                name="one_standing_consent_per_institution",
            ),
            models.CheckConstraint(
                name="a_consent_ends_after_it_starts",
                condition=models.Q(expires_on__gte=models.F("starts_on")),
            ),
        )

    def __str__(self) -> str:
        return f"{self.enterprise_id} -> {self.institution}: {self.purpose}"

    def state(self, today: date) -> str:
        """Is it "active", "revoked", "expired" or "waiting" on `today`?"""
        if self.revoked_at is not None:
            return "revoked"
        if today > self.expires_on:
            return "expired"
        return "active" if today >= self.starts_on else "waiting"
