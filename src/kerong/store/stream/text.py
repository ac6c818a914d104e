"""Delimited text and JSON lines to blocks: what the readers of bytes refuse is said as a steward reads it."""

from collections.abc import Iterator

import polars as pl

from kerong.store.delimited import BrokenQuote, EndlessRow, MixedLineEnds, form_of, sheets
from kerong.store.encoding import Decoding, Undecodable, text_of
from kerong.store.parts import Problem, RawPart, Unusable
from kerong.store.stream.heading import Heading
from kerong.store.stream.json_lines import keys_of, objects
from kerong.store.stream.source import BLANK, Source


def delimited_blocks(source: Source, name: str, encoding: str | None) -> Iterator[RawPart | Problem]:
    """Blocks and problems of delimited text; raises Unusable."""
    try:
        text = text_of(source, encoding)
        pieces = _filled(Decoding(source, text))
        form = form_of(pieces, text.is_quoted)
        heading = Heading(name, form.names)
        for sheet in sheets(pieces, form):
            yield heading.part(sheet.frame, sheet.lines)
            yield from heading.ragged(sheet.ragged)
    except Undecodable as error:
        raise Unusable("file_is_not_text") from error
    except BrokenQuote as error:
        column = f"{error.index + 1}"
        raise Unusable("quote_not_closed", line=error.line, column=column, value=error.start[:80]) from error
    except MixedLineEnds as error:
        raise Unusable("line_ends_mixed", line=error.line) from error
    except EndlessRow as error:
        raise Unusable("row_endless", line=error.line) from error
    yield heading.nothing()
    yield from _invalid_bytes(pieces)
    yield from heading.counted()


def json_blocks(source: Source, name: str, encoding: str | None) -> Iterator[RawPart | Problem]:
    """Blocks and problems of JSON lines, an object a line; raises Unusable."""
    try:
        text = text_of(source, encoding)
        pieces = _filled(Decoding(source, text))
        keys = keys_of(pieces)
        heading = Heading(name, [key.strip() for key in keys])
        if heading.nameless:
            raise Unusable("header_empty", line=1, column=str(int(heading.nameless[0]) + 1))
        for frame, lines in objects(pieces, keys):
            yield heading.part(frame, pl.Series(lines, dtype=pl.UInt32))
    except Undecodable as error:
        raise Unusable("file_is_not_text") from error
    yield heading.nothing()
    yield from _invalid_bytes(pieces)
    yield from heading.counted()


def _filled(pieces: Decoding) -> Decoding:
    """The pieces, when there is something in them: a mark of UTF-16 alone is no text."""
    if all(not piece.strip(BLANK) for piece in pieces):
        raise Unusable("file_empty")
    return pieces


def _invalid_bytes(pieces: Decoding) -> Iterator[Problem]:
    """How many bytes did not fit the encoding, and where the first one was."""
    if pieces.invalid:
        yield {"severity": "noted", "kind": "invalid_bytes", "line": pieces.line, "value": str(pieces.invalid)}
