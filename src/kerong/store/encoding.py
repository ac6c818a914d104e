"""Bytes of a text file to UTF-8: byte order marks, UTF-16, GB18030, line ends, and bytes that are none of these.

What cannot be decoded becomes U+FFFD and is counted, so that the reader can say where. Nothing is guessed from single
letters: a file counts as GB18030 when it is no UTF-8 and nearly all of it decodes into two-byte characters.
A file is looked at once to know what it is, and decoded in a second round: it need not fit into memory.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

import numpy as np

LINE_BYTES = 1 << 26  # no piece grows beyond this in search of a line end
LONG_BYTES = 1 << 22  # from here on a compiled loop pays
WORDS = 1 << 20  # so many different words show what the encoding is
PAIRS = re.compile("[\x00-\u07ff]")  # characters of at most two bytes in UTF-8
REPLACEMENT = "\ufffd".encode()
ASCII_BYTES = bytes(range(128))
WORD = re.compile(rb"[\x80-\xff][0-9@-\xff]*")  # a byte above 127 and what may belong to it in GB18030


class Undecodable(ValueError):
    """The file is no text: it has so many NUL bytes that it must be binary, or UTF-16 without a mark."""


@dataclass(frozen=True, slots=True)
class Text:
    """How bytes are text.

    `encoding`: its name; `is_sound`: all bytes are Unicode's own and fit; `has_lone_returns`: lines end in a carriage
    return alone; `is_quoted`: there is a quotation mark.
    """

    encoding: str
    is_sound: bool
    has_lone_returns: bool
    is_quoted: bool


def text_of(source: Iterable[bytes], declared: str | None = None) -> Text:
    """What the bytes are; `declared` is their encoding where it is known, though a mark in the file knows better.

    Raises:
        Undecodable: the bytes are no text.
    """
    chunks, known = _unmarked(source, declared)
    seen = _Seen()
    for chunk in chunks:
        seen.add(chunk)
    if seen.nuls * 100 > seen.length:
        raise Undecodable
    is_utf8 = seen.is_utf8 and not seen.rest
    encoding = known or ("gb18030" if not is_utf8 and _looks_like_gb18030(source) else "utf-8")
    is_sound = is_utf8 and encoding in ("utf-8", "utf-16")
    return Text(encoding, is_sound, seen.has_return and not seen.has_newline, seen.is_quoted)


class _Seen:
    """What there was in the chunks so far; `rest`: the begin of a character of UTF-8 that the last one does not end."""

    def __init__(self) -> None:
        self.length = self.nuls = 0
        self.has_newline = self.has_return = self.is_quoted = False
        self.is_utf8, self.rest = True, b""

    def add(self, chunk: bytes) -> None:
        """The next chunk."""
        self.length += len(chunk)
        if self.is_utf8 and len(chunk) >= LONG_BYTES:
            self._long(chunk)
            return
        self.nuls += chunk.count(b"\0") if b"\0" in chunk else 0
        self.has_newline = self.has_newline or b"\n" in chunk
        self.has_return = self.has_return or b"\r" in chunk
        self.is_quoted = self.is_quoted or b'"' in chunk
        if self.is_utf8 and not (chunk.isascii() and not self.rest):
            whole = self.rest + chunk
            end = _whole_characters(whole)
            self.is_utf8, self.rest = _is_utf8(whole[:end]), whole[end:]

    def _long(self, chunk: bytes) -> None:
        """All of it in one compiled loop."""
        from kerong.store import plain_kernel as kernel  # loads Numba

        lacking, end = _lacking(self.rest), _whole_characters(chunk)
        self.is_utf8 = _is_utf8(self.rest + chunk[:lacking])
        found = np.zeros(4, dtype=np.int64)
        self.is_utf8 &= kernel.looked_at(np.frombuffer(chunk, dtype=np.uint8), lacking, end, found)
        self.rest = chunk[end:]
        self.nuls += int(found[kernel.NULS])
        self.has_newline |= bool(found[kernel.NEWLINES])
        self.has_return |= bool(found[kernel.RETURNS])
        self.is_quoted |= bool(found[kernel.QUOTES])


class Decoding:
    """The same text in UTF-8 without marks, in pieces that end at line ends (LF or CR LF).

    A line of more than LINE_BYTES comes in several pieces. `invalid` places were replaced, the first on `line`: both
    are known when the last piece has come.
    """

    def __init__(self, source: Iterable[bytes], text: Text) -> None:
        self.source, self.text = source, text
        self.invalid = 0
        self.line: int | None = None

    def __iter__(self) -> Iterator[bytes]:
        """One round; a round that is begun again counts anew."""
        self.invalid, self.line = 0, None
        chunks = _unmarked(self.source, self.text.encoding)[0]
        if self.text.has_lone_returns:
            chunks = (chunk.replace(b"\r", b"\n") for chunk in chunks)
        pieces = _at_line_ends(chunks)
        return pieces if self.text.is_sound else self._decoded(pieces)

    def _decoded(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        lines = 0
        for raw in pieces:
            piece = raw.decode(self.text.encoding, "replace").encode()
            found = piece.count(REPLACEMENT)
            if found and self.line is None:
                self.line = lines + piece.count(b"\n", 0, piece.index(REPLACEMENT)) + 1
            self.invalid += found
            lines += piece.count(b"\n")
            yield piece


def _unmarked(source: Iterable[bytes], declared: str | None) -> tuple[Iterator[bytes], str | None]:
    """The chunks without marks, UTF-16 as UTF-8, and the encoding that is certain."""
    chunks = iter(source)
    head = _begun(b"", chunks, 2)
    if declared == "utf-16" or head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        chunks, declared = _from_utf16(chain([head], chunks)), "utf-16"
        head = b""
    head = _begun(head, chunks, len(codecs.BOM_UTF8))
    while head.startswith(codecs.BOM_UTF8):
        declared = declared if declared == "utf-16" else "utf-8"
        head = _begun(head[len(codecs.BOM_UTF8) :], chunks, len(codecs.BOM_UTF8))
    return chain([head], chunks) if head else chunks, declared


def _begun(head: bytes, chunks: Iterator[bytes], length: int) -> bytes:
    """At least `length` bytes, where there are so many."""
    while len(head) < length and (chunk := next(chunks, b"")):
        head += chunk
    return head


def _from_utf16(chunks: Iterable[bytes]) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder("utf-16")()
    try:
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError as error:
        raise Undecodable from error


def _at_line_ends(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Pieces that end at a line end: no encoding has a line end inside a character."""
    held: list[bytes | memoryview] = []
    length = 0
    for chunk in chunks:
        cut = chunk.rfind(b"\n") + 1
        if cut or length > LINE_BYTES:
            cut = cut or len(chunk)
            yield b"".join([*held, memoryview(chunk)[:cut]])
            held, length = [], 0
        if cut < len(chunk):
            held.append(chunk[cut:] if cut else chunk)
            length += len(chunk) - cut
    if held:
        yield b"".join(held)


def _whole_characters(data: bytes) -> int:
    """Where the last whole character of UTF-8 ends; the bytes after it may be the begin of one."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if needed > back else len(data)
        if byte < 0x80:
            break
    return len(data)


def _lacking(begun: bytes) -> int:
    """How many bytes the begin of a character asks for."""
    if not begun:
        return 0
    return (2 if begun[0] < 0xE0 else 3 if begun[0] < 0xF0 else 4) - len(begun)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _looks_like_gb18030(source: Iterable[bytes]) -> bool:
    """Whether GB18030 explains the bytes above 127 and UTF-8 does not.

    A character of GB18030 nearly always has two such bytes; in a Western encoding they stand alone between letters.
    Each word counts once, and pairs of bytes speak for UTF-8 only where nearly all are letters there: those of 元
    happen to be one, and a column of units holds nothing else. Chinese in UTF-8 has three bytes a character, which
    GB18030 seldom imitates.
    """
    found: set[bytes] = set()
    for piece in _at_line_ends(source):
        found.update(WORD.findall(piece))
        if len(found) > WORDS:
            break
    words = b"\n".join(found)
    high = len(words.translate(None, ASCII_BYTES))
    utf8 = words.decode("utf-8", "ignore")
    letters = len(utf8.encode().translate(None, ASCII_BYTES))
    threes = len(PAIRS.sub("", utf8).encode())
    text = words.decode("gb18030", "replace")
    broken = text.count("\ufffd")
    characters = len(text) - len(text.encode("ascii", "ignore"))
    is_utf8 = threes * 2 >= high or letters * 10 >= high * 9
    return not is_utf8 and broken * 50 <= characters and characters * 3 <= high * 2
