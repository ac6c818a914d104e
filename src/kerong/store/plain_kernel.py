"""Compiled loops over plain delimited text: rows each with all their cells, and quotes only around whole cells, to
Arrow's string views.

Numba keeps what it compiled, and compiles anew when this file changes.
"""

from collections.abc import Callable
from typing import Any, cast

import numpy as np
import numpy.typing as npt
from numba import carray, cfunc, types
from numba.extending import intrinsic

from kerong.compiled import compiled, pointer

Words = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]

PAD = 96  # bytes behind the text that may be read, of no matter what
STRETCH = 64  # bytes that are compared at once
TOO_MANY_ROWS, IRREGULAR = -1, -2
LOW, HIGH, ONES = np.uint64(0x7F7F7F7F7F7F7F7F), np.uint64(0x8080808080808080), np.uint64(0x0101010101010101)
NEWLINE, RETURN, QUOTE = 10, 13, 34
NULS, NEWLINES, RETURNS, QUOTES = range(4)  # what `looked_at` counts or has seen
INLINE = 12
B0, B1, B2, B3, B8 = (np.uint64(number) for number in (0, 1, 2, 3, 8))
B32, B61, B62, B63 = (np.uint64(number) for number in (32, 61, 62, 63))
ALL = np.uint64(0xFFFFFFFFFFFFFFFF)
FIRST_FOUR = np.uint64(0xFFFFFFFF)


def _trailing(typing: object, word: object) -> Any:
    def generated(context: object, builder: Any, signature: Any, arguments: Any) -> Any:
        from llvmlite import ir  # type: ignore[import-untyped]

        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generated


def _compared(operator: str) -> Callable[[Any, Any], Any]:
    """Of the 64 bytes at an address, one bit for each that stands so to the other byte, the first one lowest."""

    def compared(typing: object, address: object, byte: object) -> Any:
        def generated(context: object, builder: Any, signature: Any, arguments: Any) -> Any:
            from llvmlite import ir

            stretch = ir.VectorType(ir.IntType(8), STRETCH)
            nothing, first = ir.Constant(stretch, ir.Undefined), ir.Constant(ir.IntType(32), 0)
            found = builder.load(builder.inttoptr(arguments[0], stretch.as_pointer()))
            found.align = 1
            alone = builder.insert_element(nothing, arguments[1], first)
            places = ir.Constant(ir.VectorType(ir.IntType(32), STRETCH), [0] * STRETCH)
            others = builder.shuffle_vector(alone, nothing, places)
            return builder.bitcast(builder.icmp_unsigned(operator, found, others), ir.IntType(64))

        return types.uint64(types.int64, types.uint8), generated

    return cast("Callable[[Any, Any], Any]", intrinsic(compared))


equal, at_least = _compared("=="), _compared(">=")
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
    comma, newline, quote = np.uint8(separator), np.uint8(NEWLINE), np.uint8(QUOTE)
    bytes_ = carray(pointer(text), length + PAD, np.uint8)
    start, row, column = 0, 0, 0
    closed, is_open = -1, False  # where the quote of this cell closed
    for at in range(0, length, STRETCH):
        found = equal(text + at, comma) | equal(text + at, newline)
        if is_quoted:
            found |= equal(text + at, quote)
        while found:
            end = at + int(trailing_zeros(found))
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
def looked_at(text: Bytes, lacking: int, whole: int, seen: Any) -> bool:
    """Whether bytes from `lacking` up to `whole` are whole characters of UTF-8 (RFC 3629), and what else is in `text`.

    The `lacking` bytes (0 to 3) before them end a character of the text before: only that they continue one is asked.
    `seen` (int64): NULS counts these, the others become 1 where there is such a byte.
    """
    address, length, at = text.ctypes.data, len(text), 0
    is_sound = True
    due = (B1 << np.uint64(lacking)) - B1  # bytes that have to continue a character
    after_e0, after_ed, after_f0, after_f4 = B0, B0, B0, B0  # the next byte follows such a one
    while at + STRETCH <= whole:
        place = address + at
        at += STRETCH
        nuls = equal(place, np.uint8(0))
        while nuls:
            seen[NULS] += 1
            nuls &= nuls - B1
        seen[NEWLINES] |= equal(place, np.uint8(NEWLINE)) != 0
        seen[RETURNS] |= equal(place, np.uint8(RETURN)) != 0
        seen[QUOTES] |= equal(place, np.uint8(QUOTE)) != 0
        high = at_least(place, np.uint8(0x80))
        if not (high | due):
            continue
        others, two, three = (
            at_least(place, np.uint8(0xC0)),
            at_least(place, np.uint8(0xC2)),
            at_least(place, np.uint8(0xE0)),
        )
        four, none, upper = (
            at_least(place, np.uint8(0xF0)),
            at_least(place, np.uint8(0xF5)),
            at_least(place, np.uint8(0xA0)),
        )
        continues = high & ~others
        is_sound &= continues == ((two << B1) | (three << B2) | (four << B3) | due) and not (others & ~two) and not none
        e0, ed = equal(place, np.uint8(0xE0)), equal(place, np.uint8(0xED))
        is_sound &= not (((e0 << B1) | after_e0) & continues & ~upper) and not (
            ((ed << B1) | after_ed) & continues & upper
        )
        after_e0, after_ed = e0 >> B63, ed >> B63
        if four | after_f0 | after_f4:
            f0, f4, middle = equal(place, np.uint8(0xF0)), equal(place, np.uint8(0xF4)), at_least(place, np.uint8(0x90))
            is_sound &= not (((f0 << B1) | after_f0) & continues & ~middle)
            is_sound &= not (((f4 << B1) | after_f4) & continues & middle)
            after_f0, after_f4 = f0 >> B63, f4 >> B63
        due = (two >> B63) | (three >> B62) | (four >> B61)
    for further in range(at, length):
        byte = text[further]
        seen[NULS] += byte == 0
        seen[NEWLINES] |= byte == NEWLINE
        seen[RETURNS] |= byte == RETURN
        seen[QUOTES] |= byte == QUOTE
        is_sound &= further >= lacking or byte & 0xC0 == 0x80
    begin = at if at else lacking
    if at and due:  # back to where the character begins that is open here
        begin -= 1
        while begin and text[begin] & 0xC0 == 0x80:
            begin -= 1
    return is_sound and valid_until(text[begin:whole]) == whole - begin


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
