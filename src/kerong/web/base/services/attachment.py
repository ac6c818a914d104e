"""Files of cases and deals: taken for what they are, not for what they are called, and kept under their digest."""

import io
import os
import tempfile
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Manager

from kerong.engine.money.ledger.chain import sm3
from kerong.web.base.models import Attachment, Case, User
from kerong.web.base.models.attachment import LONGEST_TITLE
from kerong.web.base.services.case_people import is_of_applicant, may_apply, visible
from kerong.web.base.services.case_refusals import CaseRefused
from kerong.web.base.services.idempotency import busy_told

MOST_BYTES = 10 << 20
MOST_FILES = 30
KINDS = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
KINDS["xlsx"] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEET = {"[Content_Types].xml", "xl/workbook.xml"}
_MACROS = "vbaproject.bin"


def kind_of(data: bytes) -> str | None:
    """What the bytes are, by their first and last ones (a workbook: by its parts); None for anything else."""
    if data.startswith(b"%PDF-") and b"%%EOF" in data[-1024:]:
        return "pdf"
    if data.startswith(b"\xff\xd8\xff") and data.rstrip(b"\0").endswith(b"\xff\xd9"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n") and b"IEND" in data[-16:]:
        return "png"
    if data.startswith(b"PK\x03\x04"):
        try:
            names = set(zipfile.ZipFile(io.BytesIO(data)).namelist())
        except zipfile.BadZipFile:
            return None
        has_macros = any(PurePosixPath(name).name.casefold() == _MACROS for name in names)
        return "xlsx" if names >= _SHEET and not has_macros else None
    return None


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was taken for what it is: the title it is shown by, its kind, its digest, its bytes."""

    title: str
    kind: str
    digest: str
    data: bytes = field(repr=False)

    @property
    def named(self) -> str:
        """How a history names it."""
        return f"{self.title} ({self.digest[:12]})"


def file_read(name: str, data: bytes) -> FileRead:
    """A file as somebody handed it in. Raises CaseRefused for one that is empty, too large or of no accepted kind."""
    if not 0 < len(data) <= MOST_BYTES:
        raise CaseRefused("attachment.refused.size", most=MOST_BYTES >> 20)
    kind = kind_of(data)
    if kind is None:
        raise CaseRefused("attachment.refused.kind")
    return FileRead(titled(name, kind), kind, sm3(data).hex(), data)


def attachment_add(actor: User, region: str, case_id: int, name: str, data: bytes) -> Attachment | None:
    """Adds a file to a case; the same bytes again change nothing. None where the actor may see no such case.

    Raises CaseRefused for a file that is empty, too large or of no accepted kind, or a case that is at its end;
    LedgerBusy where a lock was not to be had in time.
    """
    with busy_told(), transaction.atomic():
        case = (
            Case.objects.select_for_update(of=("self",))
            .filter(pk__in=visible(actor, region).filter(pk=case_id).values("pk"))
            .first()
        )
        if case is None:
            return None
        if not may_attach(actor, case):
            raise CaseRefused("attachment.refused.closed")
        file = file_read(name, data)
        found, _ = case.attachments.get_or_create(digest=file.digest, defaults=added(actor, file, case.attachments))
        return found


def added(actor: User, file: FileRead, held: "Manager[Any]") -> Mapping[str, Any]:
    """What a new row of `held` says of the file, whose bytes are kept from here on.

    Raises CaseRefused where there are as many files as one case or deal takes.
    """
    if held.filter(digest=file.digest).exists():
        return {}
    if held.count() >= MOST_FILES:
        raise CaseRefused("attachment.refused.many", most=MOST_FILES)
    _kept(file.digest, file.data)
    return {"title": file.title, "kind": file.kind, "bytes": len(file.data), "by": actor}


def may_attach(actor: User, case: Case) -> bool:
    """The applicant, and officials who are not of the applicant's, while the case goes on."""
    if case.state in ("withdrawn", "rejected", "lapsed", "clawed_back"):
        return False
    if may_apply(actor, case.enterprise_id, case.payee_kind, case.payee):
        return True
    return actor.role == "official" and not is_of_applicant(actor, case)


def titled(name: str, kind: str) -> str:
    """The name of a file as it is shown and given back: no path, nothing that does not print, its true ending."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rsplit("/", 1)[-1]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip(" .")
    stem = shown.rsplit(".", 1)[0] if "." in shown else shown
    return f"{(stem or 'file')[: LONGEST_TITLE - 6]}.{kind}"


def place_of(digest: str) -> Path:
    """Where the bytes of a digest lie."""
    return Path(settings.DATA) / "attachments" / digest[:2] / digest


def _kept(digest: str, data: bytes) -> None:
    """Writes the bytes so that the place holds all of them or nothing, also after a crash."""
    place = place_of(digest)
    if place.exists():
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(dir=place.parent)
    with os.fdopen(handle, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    Path(beside).replace(place)
