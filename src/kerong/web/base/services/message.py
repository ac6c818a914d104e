"""What a person does with the inbox: messages are marked as read, nothing else."""

from datetime import datetime

from kerong.web.base.models import User
from kerong.web.base.selectors.messages import of_person


def messages_read(actor: User, region: str, ids: list[int] | None, *, now: datetime) -> int:
    """Marks the person's messages as read, all where None; how many were unread."""
    held = of_person(actor, region).filter(read_at=None)
    if ids is not None:
        held = held.filter(pk__in=ids)
    return held.order_by().update(read_at=now)
