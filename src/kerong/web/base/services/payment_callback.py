"""What a bank's machine calls back about a payment: signed with the channel's key, for its own region, and fresh."""

import hmac
import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction

from kerong.engine.deal.calendar import WorkingDays
from kerong.engine.deal.payment import DAY, NUMBER, SERIAL, ReturnLine
from kerong.engine.money.ledger.transfers import MOST_FEN
from kerong.web.base.models import Budget, PaymentChannel, Role, User
from kerong.web.base.models.payment import OUTCOMES
from kerong.web.base.readers import SYSTEM, reading_as
from kerong.web.base.services.case_payment import Settled, return_settle

FRESH = timedelta(minutes=5)
MOST_BYTES = 4_096
KEYS = {"tenant", "instruction", "serial", "outcome", "fen", "paid_on"}
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}", re.ASCII)


class CallbackRefused(ValueError):
    """The call is none of the channel's, or says nothing that can be read; the message is a key of the words."""


class ChannelRefused(ValueError):
    """No such channel can be opened; the message is a key of the words."""


def channel_open(actor: User, name: str, region: str, level: str) -> tuple[PaymentChannel, str]:
    """A channel for the machine of a level's bank or treasury, and its key (hexadecimal), which nobody can read again.

    Opening it again gives a new key and ends the old one; a channel stays its region's and level's.
    Raises PermissionDenied for anybody but an administrator, ChannelRefused.
    """
    if actor.role != Role.ADMIN:
        raise PermissionDenied
    if not NAME.fullmatch(name):
        raise ChannelRefused("channels.refused.name")
    if not Budget.objects.filter(region=region, level=level).exists():
        raise ChannelRefused("channels.refused.level")
    with transaction.atomic():
        told = {"region": region, "level": level}
        channel, is_new = PaymentChannel.objects.select_for_update().get_or_create(name=name, defaults=told)
        if (channel.region, channel.level) != (region, level):
            raise ChannelRefused("channels.refused.bound")
        if not is_new:
            channel.generation, channel.is_open = channel.generation + 1, True
            channel.save()
    return channel, key_of(channel).hex()


def channel_close(actor: User, channel_id: int) -> bool:
    """Ends a channel's key at once; False where there is none with that id. Raises PermissionDenied."""
    if actor.role != Role.ADMIN:
        raise PermissionDenied
    return bool(PaymentChannel.objects.filter(pk=channel_id).update(is_open=False))


def key_of(channel: PaymentChannel) -> bytes:
    """The channel's key, worked out from the portal's own: it is kept nowhere."""
    told = f"payment channel\n{channel.name}\n{channel.region}\n{channel.generation}"
    return hmac.digest(settings.SECRET_KEY.encode(), told.encode(), "sha256")


def signature(key: bytes, at: datetime, body: bytes) -> str:
    """HMAC-SHA256 over the moment (whole seconds since 1970) and the body, hexadecimal."""
    return hmac.digest(key, f"{int(at.timestamp())}\n".encode() + body, "sha256").hex()


def payment_callback(
    channel: str, at: int, signed: str, body: bytes, *, now: datetime, today: date, days: WorkingDays
) -> Settled:
    """Settles what the call says; the same call again has no further effect.

    Raises CallbackRefused: "forged" (no such channel, or the signature does not fit), "stale" (not within FRESH: a
    replay), "tenant" (another region's), "body" (not as it must be). Misfits are quarantined as in `return_settle`.
    """
    found = PaymentChannel.objects.filter(name=channel, is_open=True).first()
    key = key_of(found) if found is not None else b"none"
    wanted = hmac.digest(key, f"{at}\n".encode() + body, "sha256").hex()
    if len(body) > MOST_BYTES or not hmac.compare_digest(wanted.encode(), signed.encode()) or found is None:
        raise CallbackRefused("callback.refused.forged")
    if abs(now.timestamp() - at) > FRESH.total_seconds():
        raise CallbackRefused("callback.refused.stale")
    told = _read(body)
    if told["tenant"] != found.region:
        raise CallbackRefused("callback.refused.tenant")
    line = ReturnLine(
        str(told["instruction"]),
        str(told["serial"]),
        str(told["outcome"]),
        told["fen"] if isinstance(told["fen"], int) else 0,
        date.fromisoformat(str(told["paid_on"])),
    )
    with reading_as(SYSTEM):  # nobody is logged in: the channel speaks for its level
        source = f"channel {found.name}"
        return return_settle(None, found.region, line, source, today=today, days=days, level=found.level)


def _read(body: bytes) -> Mapping[str, object]:
    """The body: six keys, each once, texts and a whole number."""
    try:
        told = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_float=_never, parse_constant=_never)
        is_whole = isinstance(told, dict) and told.keys() == KEYS
        fits = (
            is_whole
            and all(isinstance(told[key], str) for key in KEYS - {"fen"})
            and type(told["fen"]) is int
            and 1 <= told["fen"] <= MOST_FEN
            and NUMBER.fullmatch(told["instruction"])
            and SERIAL.fullmatch(told["serial"])
            and told["outcome"] in OUTCOMES
            and DAY.fullmatch(told["paid_on"])
            and date.fromisoformat(told["paid_on"])
        )
    except (ValueError, RecursionError) as error:
        raise CallbackRefused("callback.refused.body") from error
    if not fits or not isinstance(told, dict):
        raise CallbackRefused("callback.refused.body")
    return told


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a key stands twice")
    return found


def _never(text: str) -> object:
    raise ValueError(text)
