"""Attachments of cases and deals, for whoever may see the case or the deal."""

from dataclasses import dataclass

from kerong.web.base.models import Attachment, DealAttachment, User
from kerong.web.base.models.attachment import AttachedFile
from kerong.web.base.services import deal_people
from kerong.web.base.services.attachment import KINDS, may_attach, place_of
from kerong.web.base.services.case_people import visible

__all__ = ["ACCEPTED", "FileHeld", "file_of_deal", "may_attach", "of_case", "of_deal", "opened_file"]
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
    return None if found is None else _held(found, found.case.enterprise_id)


def of_deal(deal_id: int) -> tuple[DealAttachment, ...]:
    """The attachments of a deal, oldest first."""
    return tuple(DealAttachment.objects.filter(deal=deal_id).select_related("by"))


def file_of_deal(actor: User, region: str, attachment_id: int) -> FileHeld | None:
    """A file of a deal that the person may see; None for any other."""
    deals = deal_people.visible(actor, region).values("pk")
    found = DealAttachment.objects.select_related("deal").filter(pk=attachment_id, deal__in=deals).first()
    return None if found is None else _held(found, found.deal.enterprise_id)


def _held(file: AttachedFile, enterprise_id: str) -> FileHeld | None:
    place = place_of(file.digest)
    return FileHeld(file.title, KINDS[file.kind], place.read_bytes(), enterprise_id) if place.is_file() else None
