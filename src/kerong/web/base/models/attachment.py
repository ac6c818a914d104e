"""What is attached to a case or a deal: a file under its digest in the data folder, and who laid it there."""

from django.conf import settings
from django.db import models

from kerong.web.base.models.case import Case
from kerong.web.base.models.deal import Deal

LONGEST_TITLE = 200


class AttachedFile(models.Model):
    """A file. `digest`: SM3 of its bytes, its name in the data folder; `kind`: found from them."""

    title = models.CharField(max_length=LONGEST_TITLE)
    kind = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    bytes = models.PositiveIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True


class Attachment(AttachedFile):
    """One file of one case."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["case", "digest"], name="a_file_is_attached_to_a_case_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.title}"


class DealAttachment(AttachedFile):
    """One file of one deal: all of its parties see it."""

    deal = models.ForeignKey(Deal, on_delete=models.PROTECT, related_name="attachments")

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=["deal", "digest"], name="a_file_is_attached_to_a_deal_once"),)

    def __str__(self) -> str:
        return f"{self.deal_id} {self.title}"
