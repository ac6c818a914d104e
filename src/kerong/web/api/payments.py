"""What a bank's or a treasury's machine calls back about one instruction: signed, one line a call."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema, Status
from ninja.params.functions import Header

from kerong.web.api.line import check_plain, length_of
from kerong.web.base.pages import run_or_404, today
from kerong.web.base.selectors.due import days_of
from kerong.web.base.services.ledger import LedgerBusy
from kerong.web.base.services.payment_callback import MOST_BYTES, CallbackRefused, payment_callback
from kerong.web.base.services.push import NotTaken, check_size
from kerong.web.base.words import word

router = Router(tags=["payments"])
STATUSES = {"forged": 401, "stale": 401, "tenant": 403, "body": 422}
BODY = {
    "requestBody": {
        "required": True,
        "description": "tenant (the region), instruction, serial (the bank's own number), outcome (paid, failed, "
        "partial), fen (a whole number), paid_on (2025-06-30); nothing else",
        "content": {"application/json": {"schema": {"type": "object"}}},
    }
}


class LineOut(Schema):
    """What became of the line; the same for the same line, however often it comes. `why`: empty where it counts."""

    state: str
    instruction: str
    serial: str
    why: str
    zh: str
    en: str


class Refused(Schema):
    """Why the call was not listened to: the key of a refusal and its sentences."""

    refused: str
    zh: str
    en: str


class Said(Schema):
    """Why the call was not taken."""

    detail: str


@router.post(
    "/{channel}/returns",
    auth=None,
    response={(200, 202): LineOut, (401, 403, 422): Refused, (400, 404, 409, 411, 413, 415): Said},
    url_name="payment_returns",
    openapi_extra=BODY,
)
def returns(
    request: HttpRequest,
    channel: str,
    at: str = Header("", alias="X-Signed-At", description="whole seconds since 1970"),
    signature: str = Header(
        "",
        alias="X-Signature",
        description="HMAC-SHA256, hexadecimal, by the channel's key over X-Signed-At, \\n, body",
    ),
) -> Status[Any]:
    """Takes one line.

    200 it has had its effect, now or before; 202 it is kept in quarantine and has none; 409 busy: call again; 401, 403,
    422 refused by name, in Chinese and English.
    """
    published = run_or_404()
    try:
        body = _body(request)
        moment = int(at) if at.isascii() and at.isdecimal() and len(at) <= 12 else 0
        told = payment_callback(
            channel, moment, signature, body, now=timezone.now(), today=today(), days=days_of(published)
        )
    except NotTaken as error:
        return Status(error.status, {"detail": error.detail})
    except LedgerBusy:
        return Status(409, {"detail": word("form.busy", "en")})
    except CallbackRefused as refused:
        key = str(refused)
        status = STATUSES[key.rpartition(".")[2]]
        return Status(status, {"refused": key, "zh": word(key, "zh"), "en": word(key, "en")})
    said = {lang: word(told.why, lang) if told.why else "" for lang in ("zh", "en")}
    line = {"state": told.state, "instruction": told.instruction, "serial": told.serial, "why": told.why, **said}
    return Status(202 if told.why else 200, line)


def _body(request: HttpRequest) -> bytes:
    """The body, whole. Raises NotTaken."""
    check_plain(request)
    if request.content_type != "application/json":
        raise NotTaken(415, "send application/json")
    length = length_of(request)
    check_size(length, MOST_BYTES)
    try:
        body = request.read(MOST_BYTES + 1)
    except OSError as error:
        raise NotTaken(400, "the line broke off") from error
    if len(body) != length:
        raise NotTaken(400, "the line broke off")
    return bytes(body)
