"""Recording who read what."""

from kerong.web.base.models import AccessLog, Consent, User
from kerong.web.base.models.access_log import EVERY_ENTERPRISE


def access_record(
    actor: User, what: str, purpose: str, enterprise_id: str = EVERY_ENTERPRISE, consent: Consent | None = None
) -> None:
    """Adds one line to the log of reads; without an enterprise it is about all of them."""
    AccessLog.objects.create(
        user=actor,
        role=actor.role,
        institution=actor.institution,
        enterprise_id=enterprise_id,
        what=what,
        purpose=purpose,
        consent=consent,
    )
