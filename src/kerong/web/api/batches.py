"""Files pushed by the office that sends a feed: the body is the file, the token says whose it is."""

from typing import Any
from urllib.parse import unquote

from django.http import HttpRequest
from ninja import Router, Schema, Status
from ninja.errors import HttpError
from ninja.params.functions import Header
from ninja.security import HttpBearer

from kerong.web.api.line import check_plain, length_of
from kerong.web.base.selectors.archive import city_or_404
from kerong.web.base.services.feed_token import feed_token_admits
from kerong.web.base.services.push import NotTaken, push

router = Router(tags=["batches"])
BODY = {
    "requestBody": {
        "required": True,
        "description": "the file as it is: CSV, CSV.GZ, XLSX, Parquet or JSON lines, as its name ends",
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


class FeedBearer(HttpBearer):
    """`Authorization: Bearer TOKEN`, a token of the feed in the address."""

    openapi_name = "FeedToken"

    def __call__(self, request: HttpRequest) -> Any:
        """The token, or None. Raises HttpError 404 for a feed that the city does not have."""
        match = request.resolver_match
        feed = match.kwargs.get("feed", "") if match else ""
        if feed not in city_or_404().feeds:
            raise HttpError(404, "there is no such feed")
        return super().__call__(request)

    def authenticate(self, request: HttpRequest, token: str) -> Any:
        """The standing token of this feed, or None."""
        match = request.resolver_match
        return feed_token_admits(match.kwargs["feed"], token) if match else None


class Finding(Schema):
    """What a gate found of a batch: "held" keeps it from counting, "noted" does not."""

    kind: str
    severity: str
    zh: str
    en: str


class BatchOut(Schema):
    """What became of the file. `state`: "published", "held" or "stale"; the same for the same bytes, whenever sent."""

    state: str
    batch: str
    feed: str
    file: str
    rows: int
    set_aside: int
    periods: list[str]
    as_of: str | None
    findings: list[Finding]


class Wrong(Schema):
    """Why a file cannot be used, and where in it."""

    kind: str
    line: int | None
    column: str | None
    value: str | None
    zh: str
    en: str


class RefusedOut(Schema):
    """A file that was refused whole: nothing of it is kept."""

    state: str
    feed: str | None
    file: str
    problems: list[Wrong]


class Said(Schema):
    """Why the file was not taken."""

    detail: str


@router.post(
    "/{feed}/batches",
    auth=FeedBearer(),
    response={
        (200, 201, 202, 409): BatchOut,
        422: RefusedOut,
        (400, 401, 404, 408, 411, 413, 415, 429): Said,
    },
    url_name="feed_batches",
    openapi_extra=BODY,
)
def batches(
    request: HttpRequest,
    feed: str,
    file_name: str = Header("", alias="X-File-Name", description="name of the file, per-cent-encoded UTF-8"),
    totals: str = Header(
        "", alias="X-Totals", description='JSON, as {"rows": 24, "sales_fen": 100, "period": "2025-06"}'
    ),
) -> Status[Any]:
    """Receives one file of a feed.

    201 published; 200 the same bytes were sent before: the first answer again; 202 held by a gate; 409 kept, but a
    newer file counts, or opening balances stand; 422 refused, with what is wrong in Chinese and English.
    """
    token = request.auth  # type: ignore[attr-defined]
    try:
        check_plain(request)
        told = push(city_or_404(), token, unquote(file_name), totals, length_of(request), request.read)
    except NotTaken as error:
        return Status(error.status, {"detail": error.detail})
    return Status(told.status, told.content)
