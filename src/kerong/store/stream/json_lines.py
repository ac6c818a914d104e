"""JSON lines to columns of texts: an object a line, its keys are headers, numbers stay as they are written.

What is nested is no cell, and a key that stands twice in an object would lose one of its values: both are refused with
line and key. The keys of all lines are the columns, in the order in which they first appear.
"""

import json
from collections.abc import Iterable, Iterator

import polars as pl

from kerong.store.parts import Unusable
from kerong.store.stream.heading import COLUMNS

LINE_BYTES = 1 << 26
Pairs = list[tuple[str, object]]


class _Nested(ValueError):
    """The value of the key is an object or a list."""


class _Twice(ValueError):
    """The key stands twice in one object."""


def keys_of(pieces: Iterable[bytes]) -> list[str]:
    """The keys of all objects, in the order in which they first appear; raises Unusable."""
    found: dict[str, None] = {}
    for _, pairs in _lines(pieces):
        found.update(dict.fromkeys(key for key, _ in pairs))
        if len(found) > COLUMNS:
            raise Unusable("too_many_columns", line=1, value=str(len(found)))
    return list(found)


def objects(pieces: Iterable[bytes], keys: list[str], rows: int = 1 << 16) -> Iterator[tuple[pl.DataFrame, list[int]]]:
    """Blocks of at most `rows` rows: columns "0", "1", … of texts in the order of `keys`, and the line of every row."""
    places = {key: place for place, key in enumerate(keys)}
    held: list[list[str | None]] = []
    lines: list[int] = []
    schema = {str(place): pl.String() for place in range(len(keys))}
    for line, pairs in _lines(pieces):
        row: list[str | None] = [None] * len(keys)
        for key, value in pairs:
            row[places[key]] = _text(value)
        held.append(row)
        lines.append(line)
        if len(held) >= rows:
            yield pl.DataFrame(held, schema=schema, orient="row"), lines
            held, lines = [], []
    if held:
        yield pl.DataFrame(held, schema=schema, orient="row"), lines


def _lines(pieces: Iterable[bytes]) -> Iterator[tuple[int, Pairs]]:
    line = 0
    for piece in pieces:
        if len(piece) > LINE_BYTES and b"\n" not in piece:
            raise Unusable("row_endless", line=line + 1)
        for written in piece.removesuffix(b"\n").split(b"\n"):
            line += 1
            if written.strip():
                yield line, _object(written.decode(), line)


def _object(written: str, line: int) -> Pairs:
    """Keys and values of the one object on a line."""
    try:
        found = _DECODER.decode(written)
    except _Nested as error:
        raise Unusable("json_nested", line=line, column=str(error)[:80]) from error
    except _Twice as error:
        raise Unusable("json_key_twice", line=line, column=str(error)[:80]) from error
    except (ValueError, RecursionError) as error:
        raise Unusable("json_unreadable", line=line, value=written[:80]) from error
    if not isinstance(found, _Object):
        raise Unusable("json_unreadable", line=line, value=written[:80])
    return found.pairs


class _Object:
    """An object as its pairs, which are looked at only where it is the whole line."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs
        for key, value in pairs:
            if isinstance(value, _Object | list):
                raise _Nested(key)
        if len({key for key, _ in pairs}) < len(pairs):
            keys = [key for key, _ in pairs]
            raise _Twice(next(key for key in keys if keys.count(key) > 1))


# numbers as they are written: 12345678901234567890.12 is no float, and NaN is for the reader of the column to name
_DECODER = json.JSONDecoder(object_pairs_hook=_Object, parse_float=str, parse_int=str, parse_constant=str, strict=False)


def _text(value: object) -> str | None:
    if value is None or isinstance(value, bool):
        return None if value is None else str(value).lower()
    text = str(value)
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text or None
