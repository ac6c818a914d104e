"""Compiled loops over plain delimited text: rows each with all their cells, and quotes only around whole cells, to
Arrow's string views.

Numba keeps what it compiled, and compiles anew when this file changes.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

import numpy as np
import numpy.typing as npt
from numba import carray, cfunc, njit, types
from numba.extending import intrinsic

P = ParamSpec("P")
R = TypeVar("R")
Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

PAD = 32  # bytes behind the text that may be read, of no matter what
TOO_MANY_ROWS, IRREGULAR = -1, -2
LOW, HIGH, ONES = np.uint64(0x7F7F7F7F7F7F7F7F), np.uint64(0x8080808080808080), np.uint64(0x0101010101010101)
NEWLINE, RETURN, QUOTE = 10, 13, 34
INLINE = 12
B0, B1, B3, B8, B32, B64 = (np.uint64(number) for number in (0, 1, 3, 8, 32, 64))
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
FIRST_FOUR = np.uint64(0xFFFFFFFF)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """The function in machine code, which is kept for the next process where a folder for it can be written."""
    options: dict[str, Any] = {"nogil": True, "error_model": "numpy"}
    try:
        return cast("Callable[P, R]", njit(cache=True, **options)(function))
    except RuntimeError:  # no place for a cache
        return cast("Callable[P, R]", njit(**options)(function))


def _as_pointer(typing: object, address: object) -> Any:
    def generated(context: object, builder: Any, signature: Any, arguments: Any) -> Any:
        from numba.core import cgutils

        return builder.inttoptr(arguments[0], cgutils.voidptr_t)

    return types.voidptr(types.int64), generated


def _trailing(typing: object, word: object) -> Any:
    def generated(context: object, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir  # type: ignore[import-untyped]

        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generated


pointer: Callable[[int], Any] = intrinsic(_as_pointer)
trailing_zeros: Callable[[Any], Any] = intrinsic(_trailing)


@compiled
def _set_view(view: Any, pair: Any, start: int, size: int) -> None:
    """The view of `size` bytes at `start`, of which `pair` holds the first sixteen."""
    first, second = pair[0], pair[1]
    if size > INLINE:
        view[0] = np.uint64(size) | (first << B32)
        view[1] = np.uint64(start) << B32
        return
    if size < 8:
        first = first & ((B1 << (np.uint64(size) * B8)) - B1)
        second = B0
    else:
        second = second & ((B1 << (np.uint64(size - 8) * B8)) - B1)
    view[0] = np.uint64(size) | (first << B32)
    view[1] = (first >> B32) | (second << B32)


@compiled
def split(
    text: int, length: int, separator: int, is_quoted: bool, width: int, views: int, stride: int, rows: int, filled: Any
) -> int:
    """The number of rows in `length` bytes at `text`, whose views are written; or why there is none.

    Views of a column begin `stride` bytes after those of the one before, and have room for `rows`. `filled` (int64 per
    column) counts the cells that are not empty. The text ends in a line end, and PAD bytes stand behind it. Quotes are
    looked for where `is_quoted`: one around a cell falls away; a doubled one, or a line end inside, is irregular.
    """
    commas, newlines, quotes = ONES * np.uint64(separator), ONES * np.uint64(NEWLINE), ONES * np.uint64(QUOTE)
    bytes_ = carray(pointer(text), length + PAD, np.uint8)
    start, row, column = 0, 0, 0
    closed, is_open = -1, False  # where the quote of this cell closed
    for at in range(0, length, 8):
        word = carray(pointer(text + at), 1, np.uint64)[0]
        one, other = word ^ commas, word ^ newlines
        # 128 in every byte that is a separator or a line end, exactly
        none = (((one & LOW) + LOW) | one | LOW) & (((other & LOW) + LOW) | other | LOW)
        if is_quoted:
            mark = word ^ quotes
            none &= ((mark & LOW) + LOW) | mark | LOW
        found = ~none
        while found:
            end = at + int(trailing_zeros(found) >> B3)
            found &= found - B1
            if end >= length:
                break
            byte = bytes_[end]
            if is_quoted and (is_open or byte == QUOTE):
                if byte == separator:
                    continue
                if byte != QUOTE or (end != start and not is_open) or (is_open and bytes_[end - 1] == RETURN):
                    return IRREGULAR
                if is_open:
                    closed = end
                is_open = not is_open
                continue
            is_last = byte == NEWLINE
            if is_last != (column == width - 1):
                return IRREGULAR
            if row == rows:
                return TOO_MANY_ROWS
            size = end - start
            if closed >= 0:
                behind = end - closed
                if behind != 1 and not (is_last and behind == 2 and bytes_[end - 1] == RETURN):
                    return IRREGULAR
                start, size, closed = start + 1, closed - start - 1, -1
            elif size > 0 and bytes_[end - 1] == RETURN:  # as Polars does, in any cell
                size -= 1
            view = carray(pointer(views + column * stride + row * 16), 2, np.uint64)
            _set_view(view, carray(pointer(text + start), 2, np.uint64), start, size)
            if size:
                filled[column] += 1
            start = end + 1
            if is_last:
                row += 1
                column = 0
            else:
                column += 1
    return IRREGULAR if is_open else row


@compiled
def quotes_regular(text: Bytes, is_inside: bool, separator: int) -> int:
    """1 or 0, whether a quoted cell is open at the end of `text`; IRREGULAR where a quote is neither the begin of a
    cell, nor its end, nor one of a pair. `is_inside`: whether one was open before.
    """
    length = len(text)
    address = text.ctypes.data
    quotes = ONES * np.uint64(QUOTE)
    for at in range(0, length, 8):
        if at + 8 <= length:
            mark = carray(pointer(address + at), 1, np.uint64)[0] ^ quotes
            found = ~(((mark & LOW) + LOW) | mark | LOW)
        else:
            found = B0
            for rest in range(at, length):
                if text[rest] == QUOTE:
                    found |= np.uint64(128) << (np.uint64(rest - at) * B8)
        while found:
            place = at + int(trailing_zeros(found) >> B3)
            found &= found - B1
            if is_inside:
                after = text[place + 1] if place + 1 < length else separator
                later = text[place + 2] if place + 2 < length else NEWLINE
                if after not in (separator, NEWLINE, QUOTE) and not (after == RETURN and later == NEWLINE):
                    return IRREGULAR
            elif place and text[place - 1] not in (separator, NEWLINE, QUOTE):
                return IRREGULAR
            is_inside = not is_inside
    return 1 if is_inside else 0


@compiled
def valid_until(text: Bytes) -> int:
    """How many bytes are whole characters of UTF-8 (RFC 3629): all of them, where it is that."""
    at, length = 0, len(text)
    address = text.ctypes.data
    while at < length:
        if at + 8 <= length:
            others = carray(pointer(address + at), 1, np.uint64)[0] & HIGH
            if not others:
                at += 8
                continue
            at += int(trailing_zeros(others) >> B3)
        first = text[at]
        if first < 0x80:
            at += 1
            continue
        if first < 0xC2 or first > 0xF4:
            return at
        size = 2 if first < 0xE0 else 3 if first < 0xF0 else 4
        if at + size > length:
            return at
        lowest = 0xA0 if first == 0xE0 else 0x90 if first == 0xF0 else 0x80
        highest = 0x9F if first == 0xED else 0x8F if first == 0xF4 else 0xBF
        if not lowest <= text[at + 1] <= highest:
            return at
        for further in range(at + 2, at + size):
            if text[further] & 0xC0 != 0x80:
                return at
        at += size
    return at


@compiled
def mark_known(views: int, rows: int, bits: int) -> None:
    """One bit per row, from the lowest of each byte on: whether its view is that of a text and not of nothing."""
    written = carray(pointer(bits), (rows + 7) // 8, np.uint8)
    for group in range((rows + 7) // 8):
        byte = 0
        for row in range(group * 8, min(group * 8 + 8, rows)):
            if carray(pointer(views + row * 16), 1, np.int32)[0]:
                byte |= 1 << (row & 7)
        written[group] = byte


def _fewer(typing: object, address: object) -> Any:
    def generated(context: object, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir

        word = ir.IntType(64)
        counter = builder.inttoptr(arguments[0], word.as_pointer())
        return builder.atomic_rmw("sub", counter, ir.Constant(word, 1), "seq_cst")

    return types.int64(types.int64), generated


_one_less: Callable[[int], int] = intrinsic(_fewer)
_free = types.ExternalFunction("free", types.void(types.voidptr))
# places of words in the structs of Arrow's C data interface
ARRAY_RELEASE, ARRAY_PRIVATE, ARRAY_WORDS = 8, 9, 10
SCHEMA_RELEASE, SCHEMA_WORDS = 7, 9


@compiled
def give_back(memory: int) -> None:
    """One user less of memory that begins with the number of its users; the last one frees it."""
    if _one_less(memory) == 1:
        _free(pointer(memory))


@cfunc(types.void(types.int64))  # type: ignore[untyped-decorator]
def release_array(array: int) -> None:
    """A column uses the memory that its private_data points to no longer."""
    words = carray(pointer(array), ARRAY_WORDS, np.int64)
    words[ARRAY_RELEASE] = 0
    give_back(words[ARRAY_PRIVATE])


@cfunc(types.void(types.int64))  # type: ignore[untyped-decorator]
def release_schema(schema: int) -> None:
    """A schema owns nothing."""
    carray(pointer(schema), SCHEMA_WORDS, np.int64)[SCHEMA_RELEASE] = 0
