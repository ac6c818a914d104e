"""Somebody's inbox. Sentences are made when they are read, of what the reader may see at that moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.urls import NoReverseMatch, reverse

from kerong.engine.deal.moves import Kind
from kerong.engine.deal.states import KINDS
from kerong.rulebook.said import Text
from kerong.web.base.models import Case, Deal, Message, Objection, Role, User
from kerong.web.base.selectors.cases import line_of
from kerong.web.base.selectors.objections import named_subject
from kerong.web.base.selectors.published import Published
from kerong.web.base.services import case_people, deal_people, objection
from kerong.web.base.services.alert import desk_of
from kerong.web.base.words import word

PAGE = 30
MOST_COUNTED = 99
COUNTS = ("raised", "handed")  # of alerts


@dataclass(frozen=True, slots=True)
class MessageLine:
    """A message. `waits_for`: what it asks of the reader, while the thing stands where it stood; else `now` says where
    it stands. `address`: its page, "" where it has none."""

    pk: int
    at: datetime
    is_read: bool
    said: Text
    waits_for: Text | None
    now: Text | None
    address: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """One page of somebody's messages, the newest first."""

    lines: tuple[MessageLine, ...]
    unread: int
    page: int
    pages: int


def inbox(person: User, published: Published, number: int, *, today: date) -> Inbox:
    """A page of the inbox."""
    held = of_person(person, published.rulebook.region.name)
    found = Paginator(held.select_related("row"), PAGE).get_page(number)
    unread = held.filter(read_at=None).count()
    lines = _lines(list(found), published, today)
    return Inbox(lines, unread, found.number, found.paginator.num_pages)


def messages_counted(person: User, region: str) -> str:
    """How many messages are unread, for the bell: "" for none, "99+" for many."""
    count = of_person(person, region).filter(read_at=None)[: MOST_COUNTED + 1].count()
    return "" if not count else str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"


def message_address(person: User, region: str, message_id: int) -> str | None:
    """Where a message leads, "" for nowhere; None where the person has no such message, or may not see it any more."""
    message = of_person(person, region).select_related("row").filter(pk=message_id).first()
    return None if message is None else _address(message)


def of_person(person: User, region: str) -> "QuerySet[Message]":
    """The messages of a person about what the person may see now."""
    cases, deals = case_people.visible(person, region), deal_people.visible(person, region)
    objected, desk = objection.visible(person), desk_of(person)
    alerts = Q(row__about_kind="alerts", row__payload__region=region)
    own = Q(pk__in=()) if desk is None else alerts & Q(row__role=desk.role, row__code=desk.code)
    return Message.objects.filter(
        Q(row__about_kind="case", row__about_id__in=cases.order_by().values("pk"))
        | Q(row__about_kind="objection", row__about_id__in=objected.order_by().values("pk"))
        | own
        | Q(row__about_kind="deal", row__about_id__in=deals.order_by().values("pk")),
        person=person,
    ).order_by("-row_id")


def _lines(found: list[Message], published: Published, today: date) -> tuple[MessageLine, ...]:
    ids = {
        kind: [one.row.about_id for one in found if one.row.about_kind == kind and one.row.about_id is not None]
        for kind in ("case", "deal", "objection")
    }
    about: dict[tuple[str, int], Case | Deal | Objection] = {}
    about |= {("case", case.pk): case for case in Case.objects.select_related("call").filter(pk__in=ids["case"])}
    about |= {("deal", deal.pk): deal for deal in Deal.objects.filter(pk__in=ids["deal"])}
    about |= {("objection", one.pk): one for one in Objection.objects.filter(pk__in=ids["objection"])}
    return tuple(_told(one, about.get((one.row.about_kind, one.row.about_id or 0)), published, today) for one in found)


def _told(message: Message, about: Case | Deal | Objection | None, published: Published, today: date) -> MessageLine:
    """The line by what it is about; about alerts it says only how many."""
    if about is None:
        counts = {name: Text(str(message.row.payload[name]), str(message.row.payload[name])) for name in COUNTS}
        return _said(message, _both("messages.alerts", **counts))
    if isinstance(about, Objection):
        return _objected(message, about, published)
    return _line(message, about, published, today)


def _objected(message: Message, about: Objection, published: Published) -> MessageLine:
    """A new objection, to those who answer; its answer, to the firm."""
    told, subject = message.row.payload["state"], named_subject(published.rulebook, about)
    now = None if about.state == told else _both("messages.now", state=_both(f"objection.state.{about.state}"))
    if message.row.role == Role.ENTERPRISE:
        said = _both("messages.answered", subject=subject, state=_both(f"objection.state.{told}"))
        return _said(message, said, now=now)
    firm = str((published.enterprise(about.enterprise_id) or {}).get("name") or about.enterprise_id)
    said = _both("messages.objected", firm=Text(firm, firm), subject=subject)
    due = about.due_on.isoformat()
    return _said(message, said, None if now else _both("messages.answer", due=Text(due, due)), now)


def _said(message: Message, said: Text, waits_for: Text | None = None, now: Text | None = None) -> MessageLine:
    is_read = message.read_at is not None
    return MessageLine(message.pk, message.row.at, is_read, said, waits_for, now, _address(message))


def _line(message: Message, about: Case | Deal, published: Published, today: date) -> MessageLine:
    told, kind = message.row.payload, KINDS[about.kind]
    title, firm = _named(about, published, today)
    state = _state(kind, told["state"])
    said = _both("messages.moved", title=title, firm=Text(firm, firm), state=state)
    waits_for = None
    if told["waits_for"] and about.state == told["state"]:
        moves = [_move(kind, told["state"], name) for name in told["waits_for"]]
        listed = Text("、".join(one.zh for one in moves), ", ".join(one.en for one in moves))
        waits_for = _both("messages.waits_for", moves=listed)
    now = None if about.state == told["state"] else _both("messages.now", state=_state(kind, about.state))
    return _said(message, said, waits_for, now)


def _named(about: Case | Deal, published: Published, today: date) -> tuple[Text, str]:
    """What it is, and whose."""
    if isinstance(about, Case):
        line = line_of(about, published, today)
        return line.title, line.firm
    rule = published.rulebook.rules.get(about.product)
    firm = published.enterprise(about.enterprise_id) or {}
    return rule.title if rule is not None else KINDS[about.kind].title, str(firm.get("name") or about.enterprise_id)


def _state(kind: Kind, name: str) -> Text:
    state = kind.states.get(name)
    return state.title if state is not None else Text(name, name)


def _move(kind: Kind, begin: str, name: str) -> Text:
    """The title of a move; its name where the table has lost it since."""
    move = kind.move(begin, name)
    return move.title if move is not None else Text(name, name)


def _both(key: str, **facts: Text) -> Text:
    """The words with facts in both languages."""
    told: Mapping[str, Mapping[str, str]] = {
        lang: {name: fact.in_(lang) for name, fact in facts.items()} for lang in ("zh", "en")
    }
    return Text(word(key, "zh", **told["zh"]), word(key, "en", **told["en"]))


def _address(message: Message) -> str:
    """The page of what a message is about; "" where there is none."""
    row = message.row
    if row.about_kind == "alerts":
        return reverse("alerts")
    if row.about_kind == "objection" and row.role == Role.ENTERPRISE:
        return reverse("enterprise_record", kwargs={"enterprise_id": row.code}) + "#objections"
    if row.about_kind == "objection":
        return reverse("objections")
    try:
        return reverse(row.about_kind, kwargs={f"{row.about_kind}_id": row.about_id})
    except NoReverseMatch:
        return ""
