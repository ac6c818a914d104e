"""What the worker does with the outbox: notices into inboxes, files into the data folder, mail where there is a server.

A row is begun in one transaction and ended in another, so that one that kills its worker is counted too. A notice and
that it is delivered are one transaction; a file has one name and is put in its place whole; so what is delivered twice
stands once. Only mail may come twice after a kill: it carries the same Message-ID.
"""

import os
import re
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet

from kerong.engine.deal.moves import clash
from kerong.engine.deal.states import KINDS
from kerong.engine.money.ledger.chain import sm3
from kerong.web.base.models import Case, CaseMove, Deal, DealMove, Message, Objection, OutboxRow, Role, User
from kerong.web.base.models.outbox import ASIDE, DELIVERED, WAITING
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.selectors.cases import moves_of
from kerong.web.base.services import case_people, deal_people, objection
from kerong.web.base.services.alert import desk_of
from kerong.web.base.services.case_people import OFFICERS, hands
from kerong.web.base.services.idempotency import busy_told
from kerong.web.base.services.ledger_refusals import LedgerBusy
from kerong.web.base.services.outbox import INSTITUTION, PERSON, Audience, outbox_notice
from kerong.web.base.words import word

MOST_ATTEMPTS = 8
HELD = timedelta(seconds=60)  # so long a row stays with the one who began it
PAUSE = timedelta(seconds=30)  # after the first failure; twice as long after each further one
LONGEST_PAUSE = timedelta(hours=1)
LONGEST_ERROR = 2000
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,119}")
Worked = Case | Deal  # what goes by a table of moves and keeps a history of them
About = Worked | Objection | Audience  # an audience: the alerts that are its own


class RowRefused(ValueError):
    """The row can be delivered by nobody: it says what it must not, or is about nothing that there is."""


def outbox_deliver(*, now: datetime) -> dict[str, int]:
    """Delivers what is due at `now`, each row once; how many became delivered, waiting (again) or aside.

    Two workers at once deliver each row once: a row that was begun is nobody else's for a minute.
    """
    counts: Counter[str] = Counter()
    with reading_as(SYSTEM):
        while (row := _begun(now)) is not None:
            counts[_delivered(row, now)] += 1
    return dict(counts)


def outbox_due(now: datetime) -> "QuerySet[OutboxRow]":
    """What waits and may be begun."""
    return OutboxRow.objects.filter(state=WAITING, next_at__lte=now)


def outbox_retry(ids: list[int], *, now: datetime) -> int:
    """Lets rows that were put aside be tried again from the beginning; all of them where none is named. How many."""
    aside = OutboxRow.objects.filter(state=ASIDE)
    found = aside.filter(pk__in=ids) if ids else aside
    return found.update(state=WAITING, attempts=0, next_at=now, error="")


def people_told(row: OutboxRow) -> tuple[User, ...]:
    """Who of a notice's audience is told: who may see what it is about, did not do it, and may do what it waits for.

    Raises RowRefused for an audience or a thing that there is not.
    """
    about = about_of(row)
    did, state = _did(about, row.payload)
    waits_for, is_news = frozenset(row.payload["waits_for"]), bool(row.payload["is_news"])
    return tuple(
        person
        for person in _audience(Audience(row.role, row.code))
        if not hands(person) & did and is_seen(person, about) and (is_news or _may_do(person, about, state, waits_for))
    )


def about_of(row: OutboxRow) -> About:
    """What a row is about; alerts are those of its audience. Raises RowRefused where there is none."""
    about: About | None = None
    if row.about_kind == "case":
        about = Case.objects.select_related("call").filter(pk=row.about_id or 0).first()
    elif row.about_kind == "deal":
        about = Deal.objects.filter(pk=row.about_id or 0).first()
    elif row.about_kind == "objection":
        about = Objection.objects.filter(pk=row.about_id or 0).first()
    elif row.about_kind == "alerts":
        about = Audience(row.role, row.code)
    if about is None:
        raise RowRefused(f"there is no {row.about_kind} {row.about_id}")
    return about


def is_seen(person: User, about: About) -> bool:
    """May the person see it, by the rules of its pages?"""
    held: QuerySet[Any]
    if isinstance(about, Audience):
        return desk_of(person) == about
    if isinstance(about, Objection):
        held = objection.visible(person)
    elif isinstance(about, Case):
        held = case_people.visible(person, about.region)
    else:
        held = deal_people.visible(person, about.region)
    return held.filter(pk=about.pk).exists()


def _begun(now: datetime) -> OutboxRow | None:
    """The row that has waited longest, marked as begun; None where nothing is due."""
    with busy_told(), transaction.atomic():
        due = outbox_due(now).order_by("next_at", "id")
        row = due.select_for_update(skip_locked=True).first()
        if row is not None:
            row.attempts += 1
            row.next_at = now + HELD
            row.save(update_fields=["attempts", "next_at"])
        return row


def _delivered(row: OutboxRow, now: datetime) -> str:
    """Delivers one row; the state that it came to."""
    try:
        if row.attempts > MOST_ATTEMPTS:  # its workers died of it
            raise RowRefused("begun too often and never ended")
        OUTSIDE.get(row.kind, _nothing)(row)
        with busy_told(), transaction.atomic():
            held = OutboxRow.objects.select_for_update().get(pk=row.pk)
            if held.state == WAITING:
                INSIDE.get(held.kind, _nothing)(held)
                held.state, held.delivered_at, held.error = DELIVERED, now, ""
                held.save()
            return held.state
    except LedgerBusy:
        return WAITING
    except Exception as error:  # noqa: BLE001 (whatever a row is poisoned with, the others go on)
        return _failed(row, error, now)


def _failed(row: OutboxRow, error: Exception, now: datetime) -> str:
    """Keeps why, and when it is tried again; what nobody can deliver, or failed too often, goes aside."""
    is_over = isinstance(error, RowRefused) or row.attempts >= MOST_ATTEMPTS
    state = ASIDE if is_over else WAITING
    pause = min(PAUSE * 2 ** (row.attempts - 1), LONGEST_PAUSE)
    told = f"{type(error).__name__}: {error}"[:LONGEST_ERROR].replace("\0", "\\0")
    with busy_told(), transaction.atomic():
        OutboxRow.objects.filter(pk=row.pk, state=WAITING).update(state=state, next_at=now + pause, error=told)
    return state


def _nothing(_: OutboxRow) -> None:
    """Of this kind nothing is done here."""


def _into_inboxes(row: OutboxRow) -> None:
    """A message for everybody who is told, and a mail where there is a server and an address."""
    people = people_told(row)
    Message.objects.bulk_create([Message(row=row, person=person) for person in people], ignore_conflicts=True)
    about = (row.about_kind, int(row.about_id or 0))
    for person in people if settings.EMAIL_HOST else ():
        if person.email:
            outbox_notice(Audience(PERSON, str(person.pk)), about, f"mail:{row.pk}:{person.pk}", {}, kind="mail")


def _mailed(row: OutboxRow) -> None:
    """Says in both languages that there is a message, and nothing of what it says."""
    person = User.objects.filter(pk=int(row.code), is_active=True).exclude(email="").first()
    if person is None or not settings.EMAIL_HOST:
        return
    subject, body = (" / ".join(word(key, lang) for lang in ("zh", "en")) for key in ("mail.subject", "mail.body"))
    name = f"<{sm3(row.key.encode()).hex()}@kerong>"
    EmailMessage(subject, body, to=[person.email], headers={"Message-ID": name}).send()


def _into_folder(row: OutboxRow) -> None:
    """The file under its name in the folder of its channel: whole, and durable before the row is ended.

    Raises RowRefused for a name that is none, or where another file has it.
    """
    name, content = str(row.payload["name"]), str(row.payload["text"]).encode()
    if not NAME.fullmatch(row.code) or not NAME.fullmatch(name):
        raise RowRefused(f"no name of a channel and a file: {row.code!r}, {name!r}")
    folder = Path(settings.OUTBOX) / row.code
    folder.mkdir(parents=True, exist_ok=True)
    path, beside = folder / name, folder / f".{name}.{os.getpid()}.part"
    if path.exists() and path.read_bytes() != content:
        raise RowRefused(f"{name} is there already and says something else")
    if not path.exists():
        try:
            with beside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    _synced(folder)


def _synced(folder: Path) -> None:
    """Its names are on the disk."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


OUTSIDE: Mapping[str, Callable[[OutboxRow], None]] = {"file": _into_folder, "mail": _mailed}
INSIDE: Mapping[str, Callable[[OutboxRow], None]] = {"notice": _into_inboxes}


def _did(about: About, payload: Mapping[str, Any]) -> tuple[frozenset[str], str]:
    """Who did what is told of, as natural persons (nobody: a run), and the state that it came to."""
    if isinstance(about, Objection | Audience):
        by = User.objects.filter(pk=payload.get("by") or 0).first()
        return (hands(by) if by is not None else frozenset()), str(payload["state"])
    record = _record(about, int(payload["version"]))
    return (hands(record.by) | {record.person} if record.by is not None else frozenset()), record.end


def _record(about: Worked, version: int) -> CaseMove | DealMove:
    moves: QuerySet[Any] = about.moves.select_related("by").filter(version=version)
    found: CaseMove | DealMove | None = moves.first()
    if found is None:
        raise RowRefused(f"{about} has no move {version}")
    return found


def _audience(to: Audience) -> "QuerySet[User]":
    people = User.objects.filter(is_active=True).order_by("id")
    if to.role == PERSON:
        return people.filter(pk=int(to.code))
    if to.role == INSTITUTION:
        return people.filter(role__in=OFFICERS, institution=to.code)
    if to.role == Role.ENTERPRISE:
        return people.filter(role=Role.ENTERPRISE, enterprise_id=to.code)
    if to.role not in Role.values:
        raise RowRefused(f"there is no role {to.role!r}")
    return people.filter(Q(institution=to.code) if to.role in OFFICERS else Q(), role=to.role)


def _may_do(person: User, about: About, state: str, names: frozenset[str]) -> bool:
    """Is one of the moves open to the natural person, as it stood then?"""
    if isinstance(about, Audience):
        return True
    if isinstance(about, Objection):
        return objection.may_answer(person, about)
    if isinstance(about, Case):
        about.state = state
        return any(move.name in names for move in moves_of(person, [about])[about.pk])
    if person.role != Role.ENTERPRISE and deal_people.is_of_firm(person, about):
        return False
    done = about.moves.select_related("by")
    acted = [(hands(one.by) | {one.person}, one.duty) for one in done if one.by is not None]
    ways_on = (move for move in KINDS[about.kind].moves_from(state) if move.name in names)
    return any(person.role in move.roles and clash(move.duty, hands(person), acted) is None for move in ways_on)
