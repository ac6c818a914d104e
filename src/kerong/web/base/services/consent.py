"""What an enterprise does with its consents: grant and revoke."""

from collections.abc import Collection
from datetime import date, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from kerong.web.base.models import Consent, Role, User
from kerong.web.base.models.consent import PURPOSES, SECTIONS

LONGEST_DAYS = 366


class ConsentRefused(ValueError):
    """The consent as asked for cannot stand; the message is a key of the words."""


def consent_grant(
    actor: User,
    institution: str,
    institutions: Collection[str],
    purpose: str,
    sections: Collection[str],
    *,
    today: date,
    term_days: int,
) -> Consent:
    """A new consent of the actor's enterprise from `today` for `term_days`; it replaces a standing one.

    `institutions` are the codes that exist in the region. Raises PermissionDenied for anyone but an enterprise's
    person, ConsentRefused where institution, purpose, sections or term make no sense.
    """
    _only_enterprise(actor)
    if institution not in institutions:
        raise ConsentRefused("consent.refused.institution")
    if purpose not in PURPOSES:
        raise ConsentRefused("consent.refused.purpose")
    if not sections or not set(sections) <= set(SECTIONS):
        raise ConsentRefused("consent.refused.sections")
    if not 1 <= term_days <= LONGEST_DAYS:
        raise ConsentRefused("consent.refused.term")
    with transaction.atomic():
        Consent.objects.filter(enterprise_id=actor.enterprise_id, institution=institution, revoked_at=None).update(
            revoked_at=timezone.now()
        )
        return Consent.objects.create(
            enterprise_id=actor.enterprise_id,
            institution=institution,
            purpose=purpose,
            sections=[name for name in SECTIONS if name in sections],
            starts_on=today,
            expires_on=today + timedelta(days=term_days - 1),
            granted_by=actor,
        )


def consent_revoke(actor: User, consent_id: int) -> bool:
    """Ends a consent of the actor's enterprise at once; False where it has none with that id."""
    _only_enterprise(actor)
    own = Consent.objects.filter(pk=consent_id, enterprise_id=actor.enterprise_id)
    own.filter(revoked_at=None).update(revoked_at=timezone.now())
    return own.exists()


def _only_enterprise(actor: User) -> None:
    if actor.role != Role.ENTERPRISE or not actor.enterprise_id:
        raise PermissionDenied
