"""Files in forms: streamed to disk, only for a steward on the page that takes them, never larger than the limit."""

from typing import Any

from django.conf import settings
from django.core.files.uploadhandler import SkipFile, StopUpload, TemporaryFileUploadHandler
from django.http import HttpRequest
from django.urls import reverse

from kerong.web.base.models import Role
from kerong.web.base.permissions import role_of


class ForStewards(TemporaryFileUploadHandler):
    """Django reads a form before a view is asked: what nobody may send is not even written."""

    received = 0

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Passes over the file unless a steward sends it to where files are taken."""
        request: HttpRequest | None = self.request
        if request is None or request.path != reverse("batch_upload") or role_of(request.user) != Role.STEWARD:
            raise SkipFile
        super().new_file(*args, **kwargs)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Writes a piece; ends the form where all files together are too large."""
        self.received += len(raw_data)
        if self.received > settings.FILE_BYTES:
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
