"""What is done with an alert: taken, a disposal chosen, closed with an outcome. What the table lacks is refused."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from kerong.web.base.models import Alert, AlertMove, Role, User
from kerong.web.base.models.alert import DISPOSALS, OUTCOMES
from kerong.web.base.models.user import INSTITUTION_ROLES
from kerong.web.base.permissions import FULL_VIEW
from kerong.web.base.services.objection import is_of_firm, written
from kerong.web.base.services.outbox import INSTITUTION, Audience

LONGEST_NOTE = 2000
OFFICERS = frozenset(Role(name) for name in INSTITUTION_ROLES)
ACTORS = OFFICERS | {Role.OFFICIAL}


@dataclass(frozen=True, slots=True)
class Move:
    """A move from one state to another: who may make it, whether it needs words, and what it chooses from."""

    begin: str
    end: str
    by: frozenset[Role]
    needs_note: bool = True
    choices: tuple[str, ...] = ()


# what people do
MOVES: Mapping[tuple[str, str], Move] = {
    (move.begin, name): move
    for name, move in (
        ("take", Move("open", "taken", ACTORS, needs_note=False)),
        ("choose", Move("taken", "acting", ACTORS, choices=DISPOSALS)),
        ("choose", Move("acting", "acting", ACTORS, choices=DISPOSALS)),
        ("close", Move("acting", "closed", ACTORS, choices=OUTCOMES)),
    )
}
# what a newer run does: one in whose hands somebody acts is never closed under him
RUN_MOVES: Mapping[tuple[str, str], str] = {
    ("", "warn"): "open",
    ("open", "worsen"): "open",
    ("taken", "worsen"): "taken",
    ("acting", "worsen"): "acting",
    ("open", "lapse"): "lapsed",
    ("taken", "lapse"): "lapsed",
    ("closed", "reopen"): "open",
    ("lapsed", "reopen"): "open",
}


class AlertRefused(ValueError):
    """It cannot be done as asked; the message is a key of the words."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wants to do with the alert as it was when the page was made (`version`)."""

    name: str
    version: int
    note: str = ""
    detail: str = ""


def alert_move(actor: User, alert_id: int, wish: Wish, region: str) -> Alert | None:
    """Moves an alert on and adds to its history; None where the actor may see none of that id in the region.

    Raises PermissionDenied for a role that has no such move, AlertRefused where somebody else moved it since the page
    was made, the table has no such move from this state, words or the choice are missing, or the actor is of the firm.
    """
    with transaction.atomic():
        found = visible(actor, region).filter(pk=alert_id).first()
        if found is None:
            return None
        move = _allowed(actor, found, wish)
        said = written(wish.note)
        if len(said) > LONGEST_NOTE or (move.needs_note and not said):
            raise AlertRefused("alert.refused.note")
        if is_of_firm(actor, found.subject):
            raise AlertRefused("alert.refused.hands")
        changed = {"state": move.end, "version": wish.version + 1}
        if move.choices:
            changed["disposal" if move.choices is DISPOSALS else "outcome"] = wish.detail
        # who comes second changes nothing, however the two are interleaved
        if not Alert.objects.filter(pk=found.pk, version=wish.version).update(**changed):
            raise AlertRefused("alert.refused.version")
        AlertMove.objects.create(
            alert=found,
            version=wish.version + 1,
            name=wish.name,
            begin=move.begin,
            end=move.end,
            by=actor,
            role=actor.role,
            institution=actor.institution,
            note=said,
            detail=wish.detail if move.choices else "",
            severity=found.severity,
        )
    found.refresh_from_db()
    return found


def visible(actor: User, region: str) -> QuerySet[Alert]:
    """The alerts that a person may see: officials and analysts all, an officer those that the institution owns."""
    held = Alert.objects.filter(region=region)
    if actor.role in FULL_VIEW:
        return held
    if actor.role in OFFICERS and actor.institution:
        return held.filter(parties__institution=actor.institution, subject_kind="enterprise")
    return held.none()


def desk_of(actor: User) -> Audience | None:
    """As whose desk a person is told of alerts: the office's or the institution's; None for everybody else."""
    if not actor.is_active:
        return None
    if actor.role in OFFICERS and actor.institution:
        return Audience(INSTITUTION, actor.institution)
    return Audience(Role.OFFICIAL) if actor.role == Role.OFFICIAL else None


def _allowed(actor: User, found: Alert, wish: Wish) -> Move:
    if not any(actor.role in move.by for (_, known), move in MOVES.items() if known == wish.name):
        raise PermissionDenied
    if found.version != wish.version:
        raise AlertRefused("alert.refused.version")
    move = MOVES.get((found.state, wish.name))
    if move is None:
        raise AlertRefused("alert.refused.state")
    if move.choices and wish.detail not in move.choices:
        raise AlertRefused("alert.refused.choice")
    return move
