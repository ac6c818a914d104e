"""What is done with an objection: made, withdrawn, upheld, refused, corrected. What the table lacks is refused."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from kerong.store.archive import Archive, ArchiveError
from kerong.web.base.models import Objection, Role, User
from kerong.web.base.models.objection import STANDING
from kerong.web.base.services.batch import is_same_person, signature
from kerong.web.base.services.outbox import objection_told

DECISION = "objection"  # its kind in the archive's log
DAYS_TO_ANSWER = 20
LONGEST_TEXT = 2000
STANDING_AT_MOST = 100  # of one enterprise
ANSWERERS = frozenset({Role.OFFICIAL, Role.STEWARD})
FIRM = frozenset({Role.ENTERPRISE})


@dataclass(frozen=True, slots=True)
class Move:
    """A move from one state to another: who may make it, and whether it needs words."""

    begin: str
    end: str
    by: frozenset[Role]
    needs_text: bool


MOVES: Mapping[tuple[str, str], Move] = {
    (move.begin, name): move
    for name, move in (
        ("withdraw", Move("open", "withdrawn", FIRM, needs_text=False)),
        ("uphold", Move("open", "upheld", ANSWERERS, needs_text=True)),
        ("refuse", Move("open", "refused", ANSWERERS, needs_text=True)),
        ("correct", Move("upheld", "corrected", ANSWERERS, needs_text=True)),
    )
}


class ObjectionRefused(ValueError):
    """It cannot be done as asked; the message is a key of the words."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is objected to: a field (`register` empty) or a row, and what stands there now, as texts."""

    register: str
    name: str
    seen: Mapping[str, str]


def objection_make(actor: User, subject: Subject, text: str, *, today: date, archive: Archive | None) -> Objection:
    """A new objection of the actor's enterprise: from now on the value is marked wherever it is shown.

    Raises PermissionDenied for anybody but an enterprise's person, ObjectionRefused where nothing is said, or the
    subject is in dispute already.
    """
    if actor.role != Role.ENTERPRISE or not actor.enterprise_id:
        raise PermissionDenied
    said = written(text)
    if not said or len(said) > LONGEST_TEXT:
        raise ObjectionRefused("objection.refused.text")
    standing = Objection.objects.filter(enterprise_id=actor.enterprise_id, state__in=STANDING)
    if standing.filter(register=subject.register, subject=subject.name).exists():
        raise ObjectionRefused("objection.refused.twice")
    if standing.count() >= STANDING_AT_MOST:
        raise ObjectionRefused("objection.refused.many")
    try:
        with transaction.atomic():
            made = Objection.objects.create(
                enterprise_id=actor.enterprise_id,
                register=subject.register,
                subject=subject.name,
                seen=dict(subject.seen),
                text=said,
                made_by=actor,
                made_on=today,
                due_on=today + timedelta(days=DAYS_TO_ANSWER),
            )
            objection_told(made, "make", actor)
            _logged(archive, made, "make", actor, said)
    except IntegrityError as error:
        raise ObjectionRefused("objection.refused.twice") from error
    return made


def objection_move(
    actor: User, objection_id: int, name: str, text: str = "", source: str = "", *, archive: Archive | None
) -> Objection | None:
    """Moves an objection on; None where the actor has none of that id.

    Raises PermissionDenied for a role that has no such move, ObjectionRefused where the table has no such move from
    this state, words or the source are missing, or the actor is a person of the enterprise.
    """
    with transaction.atomic():
        found = Objection.objects.select_for_update().filter(pk=objection_id).first()
        own = actor.role == Role.ENTERPRISE
        if found is None or (own and found.enterprise_id != actor.enterprise_id):
            return None
        if not any(actor.role in move.by for (_, known), move in MOVES.items() if known == name):
            raise PermissionDenied
        move = MOVES.get((found.state, name))
        if move is None:
            raise ObjectionRefused("objection.refused.state")
        said = written(text)
        if len(said) > LONGEST_TEXT or (move.needs_text and not said):
            raise ObjectionRefused("objection.refused.answer")
        if name == "uphold" and not source:
            raise ObjectionRefused("objection.refused.source")
        if not own and is_of_firm(actor, found.enterprise_id):
            raise ObjectionRefused("objection.refused.hands")
        _moved(found, move, actor, said, source)
        objection_told(found, name, actor)
        _logged(archive, found, name, actor, said)
    return found


def visible(actor: User) -> QuerySet[Objection]:
    """The objections that a person may see: those who answer all, a firm its own."""
    if not actor.is_active:
        return Objection.objects.none()
    if actor.role in ANSWERERS:
        return Objection.objects.all()
    is_firm = actor.role == Role.ENTERPRISE and actor.enterprise_id
    return Objection.objects.filter(enterprise_id=actor.enterprise_id) if is_firm else Objection.objects.none()


def may_answer(actor: User, objection: Objection) -> bool:
    """May this person answer it: by role, and as nobody of the enterprise?"""
    return actor.role in ANSWERERS and not is_of_firm(actor, objection.enterprise_id)


def is_of_firm(actor: User, enterprise_id: str) -> bool:
    """Is this natural person, under whichever log-in, also a person of the enterprise?"""
    people = User.objects.filter(enterprise_id=enterprise_id)
    return any(is_same_person(signature(person), actor) for person in people)


def objections_told(enterprise_id: str) -> None:
    """The enterprise has seen the answers."""
    Objection.objects.filter(enterprise_id=enterprise_id, told=False).update(told=True)


def written(text: str) -> str:
    """What somebody typed as a text that may be kept: no control or direction characters, line ends as one kind."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    kept = (c for c in lines if c == "\n" or unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp"))
    return "".join(kept).strip()


def _moved(found: Objection, move: Move, actor: User, said: str, source: str) -> None:
    found.state = move.end
    if actor.role in ANSWERERS:
        found.answer = f"{found.answer}\n\n{said}" if found.answer else said
        found.source = source or found.source
        found.answered_by, found.told = actor, False
    found.save()


def _logged(archive: Archive | None, found: Objection, name: str, actor: User, said: str) -> None:
    """The move in the archive's log, where there is one; without the log there is no move."""
    if archive is None:
        return
    content = {
        "objection": found.pk,
        "move": name,
        "state": found.state,
        "enterprise_id": found.enterprise_id,
        "register": found.register,
        "subject": found.subject,
        "seen": found.seen,
        "text": said,
        "source": found.source,
        "due_on": found.due_on.isoformat(),
    }
    try:
        archive.decide(DECISION, content, signature(actor), datetime.now(UTC))
    except ArchiveError as error:
        raise ObjectionRefused("objection.refused.archive") from error
