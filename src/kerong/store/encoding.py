"""Bytes of a text file to UTF-8: byte order marks, UTF-16, GB18030, line ends, and bytes that are none of these.

What cannot be decoded becomes U+FFFD and is counted, so that the reader can say where. Nothing is guessed from single
letters: a file counts as GB18030 when it is no UTF-8 and nearly all of it decodes into two-byte characters.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

CHUNK_BYTES = 1 << 24
PAIRS = re.compile("[\x00-\u07ff]")  # characters of at most two bytes in UTF-8
REPLACEMENT = "\ufffd".encode()
ASCII_BYTES = bytes(range(128))
WORD = re.compile(rb"[\x80-\xff][0-9@-\xff]*")  # a byte above 127 and what may belong to it in GB18030


@dataclass(frozen=True, slots=True)
class Decoded:
    """`data` is UTF-8 without mark; lines end in LF or CR LF; `invalid` places were replaced, the first on `line`."""

    data: bytes
    encoding: str
    invalid: int = 0
    line: int | None = None


class Undecodable(ValueError):
    """The file is no text: it has so many NUL bytes that it must be binary, or UTF-16 without a mark."""


def as_utf8(data: bytes, declared: str | None = None) -> Decoded:
    """The same text in UTF-8; `declared` is the encoding where it is known, else it is found out.

    Raises:
        Undecodable: the bytes are no text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or declared == "utf-16":
        data, declared = _from_utf16(data), "utf-8"
    while data.startswith(codecs.BOM_UTF8):
        data, declared = data[len(codecs.BOM_UTF8) :], "utf-8"
    if data.count(b"\0") * 100 > len(data):
        raise Undecodable
    if b"\n" not in data and b"\r" in data:
        data = data.replace(b"\r", b"\n")
    if declared is not None and declared != "utf-8":
        return _decoded(data, declared)
    if data.isascii() or all(_is_utf8(chunk) for chunk in _chunks(data)):
        return Decoded(data, "utf-8")
    if declared is None and _looks_like_gb18030(data):
        return _decoded(data, "gb18030")
    return _decoded(data, "utf-8")


def _from_utf16(data: bytes) -> bytes:
    try:
        return data.decode("utf-16").encode()
    except UnicodeDecodeError as error:
        raise Undecodable from error


def _chunks(data: bytes) -> Iterator[bytes]:
    """Pieces that end at a line end: neither encoding has a line end inside a character."""
    start = 0
    while start < len(data):
        end = min(start + CHUNK_BYTES, len(data))
        cut = data.find(b"\n", end)
        end = len(data) if cut < 0 else cut + 1
        yield data[start:end]
        start = end


def _is_utf8(chunk: bytes) -> bool:
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return False
    return True


def _looks_like_gb18030(data: bytes) -> bool:
    """Whether GB18030 explains the bytes above 127 and UTF-8 does not.

    A character of GB18030 nearly always has two such bytes; in a Western encoding they stand alone between letters.
    Each word counts once, and pairs of bytes speak for UTF-8 only where nearly all are letters there: those of 元
    happen to be one, and a column of units holds nothing else. Chinese in UTF-8 has three bytes a character, which
    GB18030 seldom imitates.
    """
    words = b"\n".join({word for chunk in _chunks(data) for word in WORD.findall(chunk)})
    high = len(words.translate(None, ASCII_BYTES))
    utf8 = words.decode("utf-8", "ignore")
    letters = len(utf8.encode().translate(None, ASCII_BYTES))
    threes = len(PAIRS.sub("", utf8).encode())
    text = words.decode("gb18030", "replace")
    broken = text.count("\ufffd")
    characters = len(text) - len(text.encode("ascii", "ignore"))
    is_utf8 = threes * 2 >= high or letters * 10 >= high * 9
    return not is_utf8 and broken * 50 <= characters and characters * 3 <= high * 2


def _decoded(data: bytes, encoding: str) -> Decoded:
    """Decoded piece by piece, with every byte that does not fit replaced by U+FFFD."""
    pieces: list[bytes] = []
    invalid, lines, first = 0, 0, None
    for chunk in _chunks(data):
        piece = chunk.decode(encoding, "replace").encode()
        found = piece.count(REPLACEMENT)
        if found and first is None:
            first = lines + piece.count(b"\n", 0, piece.index(REPLACEMENT)) + 1
        invalid += found
        lines += piece.count(b"\n")
        pieces.append(piece)
    return Decoded(b"".join(pieces), encoding, invalid, first)
