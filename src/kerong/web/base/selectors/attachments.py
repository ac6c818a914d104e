"""Attachments of cases, for whoever may see the case."""

from dataclasses import dataclass

from kerong.web.base.models import Attachment, User
from kerong.web.base.services.attachment import KINDS, may_attach, place_of
from kerong.web.base.services.case_people import visible

__all__ = ["ACCEPTED", "FileHeld", "may_attach", "of_case", "opened_file"]
ACCEPTED = ".pdf,.jpg,.jpeg,.png,.xlsx"


@dataclass(frozen=True, slots=True)
class FileHeld:
    """A file as it is served: its name, its type and its bytes."""

    title: str
    content_type: str
    data: bytes
    enterprise_id: str


def of_case(case_id: int) -> tuple[Attachment, ...]:
    """The attachments of a case, oldest first."""
    return tuple(Attachment.objects.filter(case=case_id).select_related("by"))


def opened_file(actor: User, region: str, attachment_id: int) -> FileHeld | None:
    """A file of a case that the person may see; None for any other."""
    cases = visible(actor, region).values("pk")
    found = Attachment.objects.select_related("case").filter(pk=attachment_id, case__in=cases).first()
    if found is None or not place_of(found.digest).is_file():
        return None
    data = place_of(found.digest).read_bytes()
    return FileHeld(found.title, KINDS[found.kind], data, found.case.enterprise_id)
