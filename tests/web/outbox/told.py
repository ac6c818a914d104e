"""What was told to whom, and the laws that hold of it at any moment."""

from datetime import datetime, timedelta

from django.utils import timezone

from kerong.web.base.models import Message, OutboxRow, User
from kerong.web.base.selectors.messages import of_person
from kerong.web.base.services.delivery import about_of, is_seen, outbox_deliver
from kerong.web.base.services.delivery import people_told as audience
from tests.web.cases.town import REGION

LATER = timedelta(days=400)


def later() -> datetime:
    """When everything that waits is due."""
    return timezone.now() + LATER


def delivered() -> dict[str, int]:
    """Delivers all there is."""
    return outbox_deliver(now=later())


def told_to(person: User) -> list[str]:
    """The moves that somebody was told of, the oldest first, as "move>state", with what it waits for."""
    rows = OutboxRow.objects.filter(messages__person=person).order_by("id")
    return [
        f"{row.payload['move']}>{row.payload['state']}" + "".join(f" {name}?" for name in row.payload["waits_for"])
        for row in rows
    ]


def wrong() -> list[str]:
    """What must not be: a row delivered to others than its audience, twice, or to somebody who may not see it."""
    found = []
    for row in OutboxRow.objects.filter(kind="notice"):
        people = sorted(row.messages.values_list("person", flat=True))
        wanted = sorted(person.pk for person in audience(row)) if row.state == "delivered" else []
        if people != wanted:
            found.append(f"{row.key} ({row.state}): told {people}, not {wanted}")
    for message in Message.objects.select_related("row", "person"):
        if not is_seen(message.person, about_of(message.row)):
            found.append(f"{message.person} was told of {message.row.key}")
        if not of_person(message.person, REGION).filter(pk=message.pk).exists():
            found.append(f"{message.person} cannot read {message.row.key}")
    return found
