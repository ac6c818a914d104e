"""Files in forms: streamed to disk, only for whoever may send one to that page, never larger than its limit."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.urls import Resolver404, resolve

from kerong.engine.deal.payment import MOST_BYTES as RETURN_BYTES
from kerong.web.base.permissions import ROUTES, role_of
from kerong.web.base.services.attachment import MOST_BYTES as ATTACHMENT_BYTES

__all__ = ["RETURN_BYTES", "ForThoseWhoMay", "is_too_large"]
FILES_AT_ONCE = 3  # of the largest size; more that are smaller
# routes that take files, and the most bytes of all files of a form; None: the portal's own limit
TAKERS: Mapping[str, int | None] = MappingProxyType(
    {
        "batch_upload": None,
        "attachment_add": ATTACHMENT_BYTES,
        "payment_return": RETURN_BYTES,
        **dict.fromkeys(("deal_attach", "deal_move", "deal_open"), FILES_AT_ONCE * ATTACHMENT_BYTES),
    }
)


class ForThoseWhoMay(TemporaryFileUploadHandler):
    """Django reads a form before a view is asked: what nobody may send is not even written."""

    received = 0
    most = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Passes over the file unless the person may open the route, and the route takes files."""
        request: HttpRequest | None = self.request
        route = _route(request.path_info) if request is not None else ""
        if request is None or route not in TAKERS or role_of(request.user) not in ROUTES[route]:
            raise SkipFile
        most = TAKERS[route]
        self.most = settings.FILE_BYTES if most is None else min(most, settings.FILE_BYTES)
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Writes a piece; ends the form where all files together are too large."""
        self.received += len(raw_data)
        if self.received > self.most:
            self.file.close()
            if self.request is not None:
                self.request.META["kerong.too_large"] = True
            raise StopUpload
        super().receive_data_chunk(raw_data, start)
        return None


def is_too_large(request: HttpRequest) -> bool:
    """Was a file of this form larger than the limit?"""
    request.POST  # noqa: B018  reading the form is what finds out
    return bool(request.META.get("kerong.too_large"))


def _route(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
