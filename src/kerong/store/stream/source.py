"""Where bytes come from: a file or bytes in memory, gzipped or not, piece by piece and as often as they are asked."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kerong.store.parts import Unusable

CHUNK_BYTES = 1 << 23
INFLATED_BYTES = 1 << 34  # pieces are small: what is limited is the time that a bomb can take
BLANK = b" \t\r\n\0\xef\xbb\xbf"


class Source:
    """The bytes of one file, of which no more than a piece is held (unless they are given as bytes)."""

    def __init__(self, held: Path | bytes, is_gzip: bool = False, chunk_bytes: int | None = None) -> None:
        """Raises Unusable where a path is no plain file or cannot be opened."""
        self.held, self.is_gzip, self.chunk_bytes = held, is_gzip, chunk_bytes or CHUNK_BYTES
        if isinstance(held, Path):
            if not held.is_file():
                raise Unusable("file_not_plain")
            try:
                with held.open("rb") as file:
                    self._state = _state(file)
            except OSError as error:
                raise Unusable("file_not_opened", value=error.strerror or type(error).__name__) from error

    def __iter__(self) -> Iterator[bytes]:
        """The bytes, inflated where they are gzipped; raises Unusable where they cannot be read to the end."""
        return self._inflated() if self.is_gzip else self._stored()

    def whole(self) -> bytes:
        """All bytes as they are stored."""
        return self.held if isinstance(self.held, bytes) else b"".join(self._stored())

    def size(self) -> int:
        """How many bytes are stored."""
        return len(self.held) if isinstance(self.held, bytes) else self.held.stat().st_size

    def is_blank(self) -> bool:
        """Whether there is nothing but blanks and marks."""
        return all(not chunk.strip(BLANK) for chunk in self)

    def _stored(self) -> Iterator[bytes]:
        if isinstance(self.held, bytes):
            for start in range(0, len(self.held), self.chunk_bytes):
                yield self.held[start : start + self.chunk_bytes]
            return
        try:
            with self.held.open("rb") as file:
                while chunk := file.read(self.chunk_bytes):
                    if _state(file) != self._state:  # what an earlier round found out is true no longer
                        raise Unusable("file_changed")
                    yield chunk
        except OSError as error:
            raise Unusable("file_not_opened", value=error.strerror or type(error).__name__) from error

    def _inflated(self) -> Iterator[bytes]:
        """What all gzip members hold; one that breaks off, or bytes after the last that are no member, are refused."""
        left = INFLATED_BYTES
        engine, is_begun = zlib.decompressobj(wbits=31), False
        try:
            for stored in self._stored():
                chunk = stored
                while chunk:
                    if not is_begun:
                        chunk = chunk.lstrip(b"\0") if left < INFLATED_BYTES else chunk
                        is_begun = bool(chunk)
                    piece = engine.decompress(chunk, self.chunk_bytes)
                    left -= len(piece)
                    if left < 0:
                        raise Unusable("file_inflates")
                    if piece:
                        yield piece
                    chunk = engine.unconsumed_tail
                    if engine.eof:
                        chunk, engine, is_begun = engine.unused_data, zlib.decompressobj(wbits=31), False
                        left = min(left, INFLATED_BYTES - 1)
        except zlib.error as error:
            raise Unusable("file_is_no_gzip") from error
        if is_begun:
            raise Unusable("file_is_no_gzip")


def _state(file: BinaryIO) -> tuple[int, int, int]:
    """Which file it is, its size and when it was last written to."""
    found = os.fstat(file.fileno())
    return found.st_ino, found.st_size, found.st_mtime_ns
