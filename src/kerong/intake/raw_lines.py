"""The cells of single lines of a text file, as they stand there: of rows that do not fit their header."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from kerong.store.delimited import form_of
from kerong.store.encoding import Decoding, text_of
from kerong.store.stream.source import Source


def cells_at(
    path: Path, name: str, encoding: str | None, lines: Iterable[int], headers: Sequence[str]
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """Line and header to cell, of `lines` (ascending); cells beyond the last header stand behind the last cell, so that
    none is lost.
    """
    source = Source(path, name.lower().endswith(".gz"))
    text = text_of(source, encoding)
    pieces = Decoding(source, text)
    separator = form_of(pieces, text.is_quoted).separator
    numbered = enumerate(_lines(pieces), start=1)
    for wanted in lines:
        line = next((line for number, line in numbered if number == wanted), None)
        if line is None:
            return
        written = [line]
        while text.is_quoted and sum(part.count('"') for part in written) % 2:  # a cell goes on in the next line
            _, line = next(numbered, (0, '"'))
            written.append(line)
        cells = next(csv.reader(["\n".join(written)], delimiter=separator), [])
        fitting, beyond = cells[: len(headers)], cells[len(headers) :]
        if beyond:
            fitting[-1] = separator.join([fitting[-1], *beyond])
        yield wanted, dict.fromkeys(headers) | dict(zip(headers, fitting, strict=False))


def _lines(pieces: Decoding) -> Iterator[str]:
    """Each line without its end; a long line may come in several pieces."""
    begun = b""
    for piece in pieces:
        first, *others = piece.split(b"\n")
        begun += first
        for line in others:
            yield begun.decode("utf-8", "replace").rstrip("\r")
            begun = line
    yield begun.decode("utf-8", "replace")
