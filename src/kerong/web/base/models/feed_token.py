"""A token by which the office that sends a feed pushes its files; the token itself is kept nowhere."""

from django.conf import settings
from django.db import models


class FeedToken(models.Model):
    """One token of one feed. `key` names it in the log; `digest`: SHA-256 (hexadecimal) of the whole token."""

    feed = models.CharField(max_length=200)
    label = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("feed", "-id")

    def __str__(self) -> str:
        return f"{self.feed} {self.key}"
