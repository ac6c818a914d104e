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
from kerong.web.base.models import Case, Deal, Message, User
from kerong.web.base.selectors.cases import line_of
from kerong.web.base.selectors.published import Published
from kerong.web.base.services import case_people, deal_people
from kerong.web.base.words import word

PAGE = 30
MOST_COUNTED = 99


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
    return None if message is None else _address(message.row.about_kind, message.row.about_id)


def of_person(person: User, region: str) -> "QuerySet[Message]":
    """The messages of a person about what the person may see now."""
    cases, deals = case_people.visible(person, region), deal_people.visible(person, region)
    return Message.objects.filter(
        Q(row__about_kind="case", row__about_id__in=cases.order_by().values("pk"))
        | Q(row__about_kind="deal", row__about_id__in=deals.order_by().values("pk")),
        person=person,
    ).order_by("-row_id")


def _lines(found: list[Message], published: Published, today: date) -> tuple[MessageLine, ...]:
    ids = {
        kind: [one.row.about_id for one in found if one.row.about_kind == kind and one.row.about_id is not None]
        for kind in ("case", "deal")
    }
    about: dict[tuple[str, int], Case | Deal] = {}
    about |= {("case", case.pk): case for case in Case.objects.select_related("call").filter(pk__in=ids["case"])}
    about |= {("deal", deal.pk): deal for deal in Deal.objects.filter(pk__in=ids["deal"])}
    return tuple(
        _line(one, about[one.row.about_kind, one.row.about_id], published, today)
        for one in found
        if one.row.about_id is not None
    )


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
    address = _address(message.row.about_kind, message.row.about_id)
    return MessageLine(message.pk, message.row.at, message.read_at is not None, said, waits_for, now, address)


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


def _address(kind: str, number: int | None) -> str:
    """The page of a case or a deal; "" where there is no such page."""
    try:
        return reverse(kind, kwargs={f"{kind}_id": number})
    except NoReverseMatch:
        return ""
