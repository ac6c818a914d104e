"""Who may open what: one table of routes and roles, and one function for one enterprise.

A route that is not in the table is refused to everybody; a test walks all routes and all roles.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse

from kerong.web.base.models import Consent, Role, User
from kerong.web.base.models.consent import SECTIONS
from kerong.web.base.models.user import INSTITUTION_ROLES

ANYONE = "anyone"
FULL_VIEW: frozenset[str] = frozenset({Role.OFFICIAL, Role.ANALYST})  # exact numbers, every enterprise
_OFFICERS = frozenset(Role(name) for name in INSTITUTION_ROLES)
_LOGGED_IN = frozenset(Role)
_PUBLIC = frozenset({ANYONE})
_STEWARD = frozenset({Role.STEWARD})
_KEEPERS = FULL_VIEW | _STEWARD  # who may see how good the city's data are
_ADMIN = frozenset({Role.ADMIN})
_OFFICIAL = frozenset({Role.OFFICIAL})
_ANSWERERS = frozenset({Role.OFFICIAL, Role.STEWARD})  # of objections
_ENTERPRISE = frozenset({Role.ENTERPRISE})
_CASES = FULL_VIEW | _OFFICERS | _ENTERPRISE  # each sees the cases that it may apply for, officials all
_DEALS = _OFFICIAL | _OFFICERS | _ENTERPRISE  # each sees the deals that it is part of
_KEEP_BOOKS = frozenset({Role.GUARANTOR, Role.INSURER, Role.FUND})  # each its own institution's

ROUTES: Mapping[str, frozenset[str]] = {
    "overview": _PUBLIC,
    "rules": _PUBLIC,
    "rule": _PUBLIC,
    "sources": _PUBLIC,
    "waterfall": _PUBLIC,
    "systems": _PUBLIC,
    "systems_firm": FULL_VIEW | _ENTERPRISE,
    "health": _PUBLIC,
    "language": _PUBLIC,
    "account_login": _PUBLIC,
    "account_logout": _LOGGED_IN,
    **dict.fromkeys(("home", "messages", "message_open", "messages_all_read"), _LOGGED_IN),
    "running": _OFFICIAL,
    "office": FULL_VIEW,
    "enterprises": FULL_VIEW,
    "enterprises_export": frozenset({Role.OFFICIAL}),
    "quality": FULL_VIEW,
    "runs": FULL_VIEW | {Role.ADMIN},
    "models": FULL_VIEW,
    "model": FULL_VIEW,
    "alerts": FULL_VIEW | _OFFICERS,
    "alerts_export": frozenset({Role.OFFICIAL}) | _OFFICERS,
    "alert": FULL_VIEW | _OFFICERS,
    "alert_move": frozenset({Role.OFFICIAL}) | _OFFICERS,
    "risk_map": FULL_VIEW,
    "registers": _PUBLIC,
    "register": _KEEPERS,
    "batch": _KEEPERS,
    "steward": _STEWARD,
    "batch_upload": _STEWARD,
    "batch_decide": _STEWARD,
    "batch_quarantine": _STEWARD,
    "feed_tokens": _ADMIN,
    "feed_token_revoke": _ADMIN,
    "payment_channels": _ADMIN,
    "payment_channel_close": _ADMIN,
    "enterprise": FULL_VIEW | _OFFICERS | _ENTERPRISE,
    "enterprise_values": FULL_VIEW | _OFFICERS | _ENTERPRISE,
    "enterprise_value": FULL_VIEW | _OFFICERS | _ENTERPRISE,
    "enterprise_index": FULL_VIEW | _OFFICERS | _ENTERPRISE,
    "enterprise_index_pdf": FULL_VIEW | _OFFICERS | _ENTERPRISE,
    **dict.fromkeys(("enterprise_support", "enterprise_support_pdf"), FULL_VIEW | _ENTERPRISE),
    "enterprise_network": FULL_VIEW | _ENTERPRISE,
    "enterprise_credit": _OFFICERS | _ENTERPRISE,
    "enterprise_record": FULL_VIEW | _ENTERPRISE,
    "enterprise_rows": FULL_VIEW | _ENTERPRISE,
    "objection_make": _ENTERPRISE,
    "objection_move": _ANSWERERS | _ENTERPRISE,
    "objections": _ANSWERERS,
    **dict.fromkeys(("tasks", "case", "case_move", "attachment_add", "attachment"), _CASES),
    "apply": _OFFICERS | _ENTERPRISE,
    **dict.fromkeys(("deals", "deal", "deal_move", "deal_attach", "deal_attachment", "deal_open"), _DEALS),
    **dict.fromkeys(("pools", "pool"), FULL_VIEW | _OFFICERS),
    **dict.fromkeys(("pool_open", "pool_money"), _OFFICIAL),
    **dict.fromkeys(("books", "book_open", "book_money"), _KEEP_BOOKS),
    "notices": _PUBLIC,
    **dict.fromkeys(("calls", "call", "budgets", "budget", "payments"), FULL_VIEW),
    **dict.fromkeys(("call_open", "call_propose", "budget_open", "budget_export"), _OFFICIAL),
    **dict.fromkeys(("budget_change", "budget_change_decide"), _OFFICIAL),
    **dict.fromkeys(("payment_send", "payment_file", "payment_return"), _OFFICIAL),
    "consent_grant": _ENTERPRISE,
    "consent_revoke": _ENTERPRISE,
    "institution": _OFFICERS - {Role.FUND},
    "fund": frozenset({Role.FUND}),
    "api:openapi-json": _PUBLIC,
    "api:api-root": _PUBLIC,
    "api:rules": _PUBLIC,
    "api:rule": _PUBLIC,
    "api:enterprises": FULL_VIEW,
    "api:enterprise": FULL_VIEW | _OFFICERS | _ENTERPRISE,
    "api:offers": FULL_VIEW | _OFFICERS | _ENTERPRISE,
    "api:payment_returns": _PUBLIC,  # whoever has the key of the channel
    "api:feed_batches": _PUBLIC,  # whoever has the token of the feed; nobody's log-in counts there
}

SWITCHES: Mapping[str, str] = {"enterprise_credit": "CREDIT_VIEW"}  # routes that stand only where a setting is on


def is_switched_off(name: str) -> bool:
    """Whether a setting takes the route away: then it answers everybody as if it were not there."""
    return name in SWITCHES and not getattr(settings, SWITCHES[name])


def roles_of_route(name: str) -> frozenset[str]:
    """The roles that may open a route. Raises ImproperlyConfigured for a route that nobody declared."""
    if name not in ROUTES:
        raise ImproperlyConfigured(f"route {name!r} is not in the table of permissions")
    return ROUTES[name]


def role_of(user: User | AnonymousUser) -> str:
    """The role of a person; the empty string for somebody who is not logged in."""
    return user.role if isinstance(user, User) and user.is_active else ""


def home_address(user: User) -> str:
    """Where a person starts: an enterprise on its own page, everybody else at the desk of the role."""
    if user.role == Role.ENTERPRISE:
        return reverse("enterprise", kwargs={"enterprise_id": user.enterprise_id})
    desks = {Role.OFFICIAL: "office", Role.ANALYST: "office", Role.FUND: "fund", Role.ADMIN: "runs"}
    desks[Role.STEWARD] = "steward"
    return reverse(desks.get(Role(user.role), "institution"))


@dataclass(frozen=True, slots=True)
class Reach:
    """What a person may read of one enterprise, and on which ground (it goes into the log)."""

    sections: frozenset[str]
    purpose: str
    own: bool = False
    provider: str | None = None
    consent: Consent | None = None

    def covers(self, section: str) -> bool:
        """May this section be shown?"""
        return section in self.sections


def reach(user: User, enterprise_id: str, today: date) -> Reach | None:
    """What `user` may read of the enterprise on `today`; None is answered as if the enterprise did not exist."""
    if user.role in FULL_VIEW:
        return Reach(frozenset(SECTIONS), "public_duty")
    if user.role == Role.ENTERPRISE:
        return Reach(frozenset(SECTIONS), "own_data", own=True) if user.enterprise_id == enterprise_id else None
    if user.role not in _OFFICERS:
        return None
    standing = Consent.objects.filter(
        enterprise_id=enterprise_id,
        institution=user.institution,
        revoked_at=None,
        starts_on__lte=today,
        expires_on__gte=today,
    ).first()
    if standing is None:
        return None
    return Reach(frozenset(standing.sections), standing.purpose, provider=user.institution, consent=standing)
