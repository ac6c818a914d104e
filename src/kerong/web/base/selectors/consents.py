"""Consents and the log of reads, as the enterprise and the institutions see them."""

from dataclasses import dataclass
from datetime import date

from kerong.web.base.models import AccessLog, Consent
from kerong.web.base.models.access_log import EVERY_ENTERPRISE
from kerong.web.base.models.consent import PURPOSES, SECTIONS
from kerong.web.base.selectors.published import Published

READS_SHOWN = 50
READERS = ("bank", "guarantor", "insurer", "fund")
__all__ = [
    "PURPOSES",
    "READERS",
    "SECTIONS",
    "ConsentLine",
    "Read",
    "consenting",
    "consents_of",
    "names_of",
    "reads_of",
]


@dataclass(frozen=True, slots=True)
class ConsentLine:
    """A consent with its state on the day of asking."""

    id: int
    enterprise_id: str
    institution: str
    purpose: str
    sections: tuple[str, ...]
    starts_on: date
    expires_on: date
    state: str


@dataclass(frozen=True, slots=True)
class Read:
    """One line of the log as the enterprise sees it."""

    at: object
    role: str
    institution: str
    what: str
    purpose: str


def consents_of(enterprise_id: str, today: date) -> list[ConsentLine]:
    """All consents that the enterprise ever gave, newest first."""
    return [_line(item, today) for item in Consent.objects.filter(enterprise_id=enterprise_id)]


def consenting(institution: str, today: date) -> list[ConsentLine]:
    """Consents under which the institution may read today, newest first."""
    standing = Consent.objects.filter(
        institution=institution, revoked_at=None, starts_on__lte=today, expires_on__gte=today
    )
    return [_line(item, today) for item in standing]


def reads_of(enterprise_id: str) -> list[Read]:
    """The last reads of the enterprise's data, newest first; its own are left out."""
    log = AccessLog.objects.filter(enterprise_id__in=[enterprise_id, EVERY_ENTERPRISE]).exclude(purpose="own_data")
    return [Read(row.at, row.role, row.institution, row.what, row.purpose) for row in log[:READS_SHOWN]]


def names_of(published: Published, ids: list[str]) -> dict[str, str]:
    """Enterprise names by id, for lists of consents."""
    sheet = published.sheet
    found = sheet.filter(sheet["enterprise_id"].is_in(ids))
    return dict(zip(found["enterprise_id"], found["name"].fill_null(found["enterprise_id"]), strict=True))


def _line(item: Consent, today: date) -> ConsentLine:
    return ConsentLine(
        id=item.pk,
        enterprise_id=item.enterprise_id,
        institution=item.institution,
        purpose=item.purpose,
        sections=tuple(item.sections),
        starts_on=item.starts_on,
        expires_on=item.expires_on,
        state=item.state(today),
    )
