"""Who may see and move a case: by role, by whose case it is, and by natural person, never by log-in."""

from collections.abc import Collection, Mapping

from django.db.models import Q, QuerySet

from kerong.engine.deal.moves import clash
from kerong.engine.deal.subsidy import spelt
from kerong.web.base.models import Case, CaseMove, Role, User
from kerong.web.base.models.user import INSTITUTION_ROLES
from kerong.web.base.permissions import FULL_VIEW

OFFICERS = frozenset(Role(name) for name in INSTITUTION_ROLES)
OF_INSTITUTIONS = ("institution", "fund")
MACHINE = "machine"
NAMED = ("person", "username")  # of an account: what names the natural person


def role_of_actor(actor: User | None) -> str:
    """The role as the tables of moves call it."""
    return MACHINE if actor is None else str(actor.role)


def hands(actor: User) -> frozenset[str]:
    """Every name under which the natural person is known: the staff number and the log-in."""
    return _names(actor.person, actor.username)


def _names(person: str, username: str) -> frozenset[str]:
    return frozenset({spelt(person), spelt(username)} - {""})


def person_of(actor: User | None) -> str:
    """The natural person as a history keeps it."""
    return "" if actor is None else spelt(actor.person) or spelt(actor.username)


def visible(actor: User, region: str) -> QuerySet[Case]:
    """The cases that a person may see: officials and analysts all, others those that they may apply for."""
    held = Case.objects.filter(region=region)
    if actor.role in FULL_VIEW:
        return held
    if actor.role == Role.ENTERPRISE and actor.enterprise_id:
        return held.filter(Q(enterprise_id=actor.enterprise_id) & ~Q(payee_kind__in=OF_INSTITUTIONS))
    if actor.role in OFFICERS and actor.institution:
        return held.filter(payee_kind__in=OF_INSTITUTIONS, payee=actor.institution)
    return held.none()


def may_apply(actor: User, enterprise_id: str, payee_kind: str, payee: str) -> bool:
    """Is the person the applicant: of the firm, or of the institution that is paid?"""
    if payee_kind in OF_INSTITUTIONS:
        return actor.role in OFFICERS and bool(actor.institution) and actor.institution == payee
    return actor.role == Role.ENTERPRISE and bool(actor.enterprise_id) and actor.enterprise_id == enterprise_id


def is_of_applicant(actor: User, case: Case) -> bool:
    """Is the natural person, under whichever log-in, also one of the firm's or of the institution that is paid?"""
    return bool(hands(actor) & names_of_applicants([case])[case.pk])


def names_of_applicants(cases: Collection[Case]) -> Mapping[int, frozenset[str]]:
    """By case every name of a natural person who is of the firm's or of the institution that is paid."""
    firms = {case.enterprise_id for case in cases}
    institutions = {case.payee for case in cases if case.payee_kind in OF_INSTITUTIONS}
    held = User.objects.filter(Q(enterprise_id__in=firms) | Q(institution__in=institutions))
    people = [
        (firm, institution, _names(person, username))
        for firm, institution, person, username in held.values_list(*("enterprise_id", "institution", *NAMED))
    ]
    return {
        case.pk: frozenset(
            name
            for firm, institution, names in people
            if firm == case.enterprise_id or (case.payee_kind in OF_INSTITUTIONS and institution == case.payee)
            for name in names
        )
        for case in cases
    }


def acted_on(cases: Collection[int]) -> Mapping[int, list[tuple[frozenset[str], str]]]:
    """By case the (names, duty) of every person who has moved it."""
    found: dict[int, list[tuple[frozenset[str], str]]] = {case: [] for case in cases}
    moves = CaseMove.objects.filter(case__in=cases, by__isnull=False)
    columns = ("case_id", "person", "duty", *(f"by__{name}" for name in NAMED))
    for case, kept, duty, person, username in moves.values_list(*columns):
        found[case].append((_names(person, username) | {kept}, duty))
    return found


def earlier_duty(actor: User, case: Case, duty: str) -> str | None:
    """The separated duty that the natural person already had on the case; None where the hands are apart."""
    return clash(duty, hands(actor), acted_on([case.pk])[case.pk])
