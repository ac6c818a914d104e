"""What every route for machines asks of the line before anything is read."""

from django.http import HttpRequest

from kerong.web.base.services.push import NotTaken


def length_of(request: HttpRequest) -> int | None:
    """The size that the sender says; None where none is said."""
    told = request.META.get("CONTENT_LENGTH") or ""
    return int(told) if told.isascii() and told.isdecimal() else None


def check_plain(request: HttpRequest) -> None:
    """Nothing is unpacked on the way in. Raises NotTaken."""
    if request.headers.get("Content-Encoding", "identity") != "identity":
        raise NotTaken(415, "send the file as it is; a .csv.gz stays one")
