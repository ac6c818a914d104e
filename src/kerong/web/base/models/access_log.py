"""The log of reads: who looked at which enterprise, when, on which ground. Rows are only ever added."""

from django.conf import settings
from django.db import models

from kerong.web.base.models.consent import Consent

EVERY_ENTERPRISE = "*"


class AccessLog(models.Model):
    """One read of one enterprise's data, or of all of them (`enterprise_id` is "*", as for an export)."""

    at = models.DateTimeField(auto_now_add=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=16)
    institution = models.CharField(max_length=100, blank=True)
    enterprise_id = models.CharField(max_length=200)
    what = models.CharField(max_length=40)
    purpose = models.CharField(max_length=40)
    consent = models.ForeignKey(Consent, null=True, blank=True, on_delete=models.PROTECT, related_name="reads")

    class Meta:
        ordering = (
            "-at",
            "-id",
        )
        indexes = (models.Index(fields=["enterprise_id", "-at"]),)

    def __str__(self) -> str:
        return f"{self.at:%F %T} {self.user_id} {self.what} {self.enterprise_id}"
