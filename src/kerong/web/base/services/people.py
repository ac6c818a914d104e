"""The people of a demo: one log-in per role, bound to institutions and to an enterprise of the published run."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.web.base.models import Consent, Role, User
from kerong.web.base.models.consent import SECTIONS
from kerong.web.base.pages import today
from kerong.web.base.selectors.demo import enterprise_worth_showing, institution_worth_showing
from kerong.web.base.selectors.published import Published
from kerong.web.base.services.consent import consent_grant
from kerong.web.base.words import word

DEMO_PASSWORD = "kerong-demo"
# what one steward hands in another publishes; who reviews, who approves and who releases money are three people
MORE_HANDS = (
    (Role.STEWARD, "steward_2"),
    (Role.OFFICIAL, "official_2"),
    (Role.OFFICIAL, "official_3"),
    (Role.BANK, "bank_2"),
    (Role.BANK, "bank_3"),
    (Role.GUARANTOR, "guarantor_2"),
    (Role.GUARANTOR, "guarantor_3"),
)
DEMO_NAMES = {
    Role.OFFICIAL: "official",
    Role.BANK: "bank",
    Role.GUARANTOR: "guarantor",
    Role.INSURER: "insurer",
    Role.FUND: "fund",
    Role.ENTERPRISE: "enterprise",
    Role.ANALYST: "analyst",
    Role.STEWARD: "steward",
}
UNBOUND = (Role.OFFICIAL, Role.ANALYST, Role.STEWARD)
DEMO_PURPOSES = {Role.BANK: "loan_application", Role.FUND: "investment_talks"}


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """One demo log-in as the log-in page lists it."""

    role: str
    name: str
    password: str


def demo_logins() -> list[tuple[str, str, str]]:
    """(role in words, user name, password) of the demo people that exist, in the order of the roles."""
    return [
        (f"{word(f'role.{login.role}', 'zh')} {word(f'role.{login.role}', 'en')}", login.name, login.password)
        for login in demo_people()
    ]


def demo_people() -> list[DemoLogin]:
    """The demo log-ins that exist; none unless the settings say demo."""
    if not settings.DEMO:
        return []
    listed = [*DEMO_NAMES.items(), *MORE_HANDS]
    there = set(User.objects.filter(username__in=[name for _, name in listed]).values_list("username", flat=True))
    return [DemoLogin(role, name, DEMO_PASSWORD) for role, name in listed if name in there]


def demo_people_make(published: Published) -> list[DemoLogin]:
    """Makes the demo people, or binds them anew to what the run holds; a role that the region lacks is left out.

    Raises PermissionDenied unless the settings say demo: the passwords are known to everybody.
    """
    if not settings.DEMO:
        raise PermissionDenied("demo people are made only where KERONG_DEMO is set")
    with transaction.atomic():
        for role, name in (*DEMO_NAMES.items(), *MORE_HANDS):
            bound = _bound(published, role)
            if bound is not None:
                _person(name, role, bound)
        _first_consents()
    return demo_people()


def _first_consents() -> None:
    """The demo enterprise lets the demo bank and fund in, once, so that their desks show how it looks."""
    enterprise = User.objects.filter(username=DEMO_NAMES[Role.ENTERPRISE]).first()
    readers = User.objects.filter(username__in=[DEMO_NAMES[role] for role in DEMO_PURPOSES])
    if enterprise is None or Consent.objects.filter(enterprise_id=enterprise.enterprise_id).exists():
        return
    for reader in readers:
        purpose, institution = DEMO_PURPOSES[Role(reader.role)], reader.institution
        consent_grant(enterprise, institution, {institution}, purpose, SECTIONS, today=today(), term_days=180)


def _bound(published: Published, role: Role) -> dict[str, str] | None:
    """What the role is bound to in this run; None where there is nothing of that kind."""
    if role in UNBOUND:
        return {"enterprise_id": "", "institution": ""}
    if role == Role.ENTERPRISE:
        enterprise = enterprise_worth_showing(published)
        return {"enterprise_id": enterprise, "institution": ""} if enterprise else None
    institution = institution_worth_showing(published, role)
    return {"enterprise_id": "", "institution": institution} if institution else None


def _person(name: str, role: Role, bound: dict[str, str]) -> None:
    user = User.objects.filter(username=name).first()
    if user is None:
        User.objects.create_user(username=name, password=DEMO_PASSWORD, role=role, **bound)
        return
    if (user.role, user.enterprise_id, user.institution) != (role, bound["enterprise_id"], bound["institution"]):
        User.objects.filter(pk=user.pk).update(role=role, **bound)
