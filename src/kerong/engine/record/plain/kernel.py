"""Compiled loops over the cells of a column: the plain ones are read, the others are marked as odd.

A null is not odd: it stays unknown. What is called plain here must have one meaning only, the one that the reader of
the column's type gives it too. Numba keeps what it compiled, and compiles anew when this file changes.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import carray

from kerong.compiled import compiled, pointer

Whole = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
Bytes = npt.NDArray[np.uint8]

ZERO, NINE, MINUS, POINT, SLASH, BLANK, HASH = 48, 57, 45, 46, 47, 32, 35
INLINE = 12
LONGEST = 32_767
LOW, HIGH = np.uint64(0x7F7F7F7F7F7F7F7F), np.uint64(0x8080808080808080)
ABOVE, BELOW = np.uint64(0x0101010101010101), np.uint64(0x2121212121212121)
# what a character of three bytes is in `texts`: plain, and where in three of mojibake it may stand
PLAIN, FIRST, SECOND, THIRD = 1, 2, 4, 8
# of eight bytes: 0 in each, what makes all above 9 reach 128, and digits where 2024-01- and 2024-01 have them
ZEROS, ABOVE_NINE = np.uint64(0x3030303030303030), np.uint64(0x7676767676767676)
IN_MONTH = np.uint64(0x00FFFF00FFFFFFFF)
LAST = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
DIGITS = 18  # so many digits fit into 64 bits, whatever they are


@compiled
def _cell(views: int, buffers: Whole, row: int) -> Any:
    """The bytes of a cell."""
    head = carray(pointer(views + 16 * row), 4, np.int32)
    if head[0] <= INLINE:
        return carray(pointer(views + 16 * row + 4), head[0], np.uint8)
    return carray(pointer(buffers[head[2]] + np.int64(np.uint32(head[3]))), head[0], np.uint8)


@compiled
def credit_codes(views: int, buffers: Whole, valid: Bytes, places: Bytes, weights: Whole, odd: Bytes) -> int:
    """Marks what is no code of 18 characters with its check digit; `places`: of a byte in the alphabet, 255: none."""
    found = 0
    for row in range(len(odd)):
        odd[row] = 0
        if len(valid) and not valid[row]:
            continue
        text = _cell(views, buffers, row)
        is_plain = len(text) == 18
        if is_plain:
            total = np.int64(0)
            for at in range(18):
                place = places[text[at]]
                if place == 255 or (2 <= at < 8 and place > 9):
                    is_plain = False
                    break
                total += place * weights[at]
            is_plain = is_plain and total % 31 == 0
        if not is_plain:
            odd[row] = 1
            found += 1
    return found


@compiled
def texts(views: int, buffers: Whole, valid: Bytes, is_code: bool, classes: Bytes, odd: Bytes) -> int:
    """Marks all but printable ASCII with single blanks inside, that no spreadsheet has made of something else, and
    plain characters of three bytes, of which no three may be mojibake (`classes`: of each of the first 65,536).

    Of codes, small letters and all that is not ASCII are odd.
    """
    found = 0
    for row in range(len(odd)):
        odd[row] = 0
        if len(valid) and not valid[row]:
            continue
        text = _cell(views, buffers, row)
        length = len(text)
        is_plain = 0 < length <= LONGEST and text[0] != HASH and text[length - 1] != BLANK
        # 9.14E+17 begins so, whatever follows
        if is_plain and length > 1 and ZERO <= text[0] <= NINE and (text[1] == POINT or text[1] | 32 == 101):
            is_plain = False
        at = 0
        while is_plain and at + 8 <= length:  # eight letters or signs at once; a blank ends that
            word = carray(pointer(text.ctypes.data + at), 1, np.uint64)[0]
            # 128 in a byte that is above 126, or below 33
            if (((word & LOW) + ABOVE) | word | (~(((word & LOW) | HIGH) - BELOW))) & HIGH or is_code:
                break
            at += 8
        if is_plain and 8 <= at < length < at + 8 and not is_code:  # fewer than eight, with some before them
            word = carray(pointer(text.ctypes.data + length - 8), 1, np.uint64)[0]
            if not (((word & LOW) + ABOVE) | word | (~(((word & LOW) | HIGH) - BELOW))) & HIGH:
                at = length
        before = BLANK if at == 0 else text[at - 1]
        of_two, of_one = 0, 0  # classes of the character before the last, and of the last
        while is_plain and at < length:
            byte = text[at]
            if byte < 128:
                is_plain = BLANK <= byte <= 126 and (byte != BLANK or before != BLANK) and not (is_code and byte > 96)
                of_two, of_one = 0, 0
                before = byte
                at += 1
            elif is_code or byte & 0xF0 != 0xE0:
                is_plain = False
            else:
                kind = classes[(byte & 15) << 12 | (text[at + 1] & 63) << 6 | (text[at + 2] & 63)]
                is_plain = kind & PLAIN != 0 and not (of_two & FIRST and of_one & SECOND and kind & THIRD)
                of_two, of_one = of_one, kind
                before = byte
                at += 3
        if not is_plain:
            odd[row] = 1
            found += 1
    return found


@compiled
def codes(views: int, valid: Bytes, known: Whole, found_as: Bytes, odd: Bytes) -> int:
    """Which of the known views (two words each) a cell is; cells without a code are odd."""
    found = 0
    words = carray(pointer(views), 2 * len(odd), np.int64)
    for row in range(len(odd)):
        odd[row] = 0
        if len(valid) and not valid[row]:
            continue
        is_plain = False
        for number in range(len(known) // 2):
            if words[2 * row] == known[2 * number] and words[2 * row + 1] == known[2 * number + 1]:
                found_as[row] = number
                is_plain = True
                break
        if not is_plain:
            odd[row] = 1
            found += 1
    return found


@compiled
def days(views: int, buffers: Whole, valid: Bytes, with_day: bool, values: Days, odd: Bytes) -> int:
    """Days since 1970 of 2024-01-31 or 2024/01/31 (without day: of 2024-01), in the years 1900 to 2199."""
    found = 0
    for row in range(len(odd)):
        odd[row] = 0
        values[row] = 0
        if len(valid) and not valid[row]:
            continue
        # a plain day lies in its view: the length, and the text behind it
        head = carray(pointer(views + 16 * row), 4, np.int32)
        is_plain = head[0] == (10 if with_day else 7)
        if is_plain:
            text = carray(pointer(views + 16 * row + 4), 12, np.uint8)
            word = carray(pointer(views + 16 * row + 4), 1, np.uint64)[0]
            digits = (word ^ ZEROS) & IN_MONTH
            is_plain = not (digits | (digits + ABOVE_NINE)) & HIGH and (text[4] == MINUS or text[4] == SLASH)
            if with_day:
                is_plain &= text[7] == MINUS or text[7] == SLASH
                is_plain &= ZERO <= text[8] <= NINE and ZERO <= text[9] <= NINE
        if is_plain:
            year = (text[0] - 48) * 1000 + (text[1] - 48) * 100 + (text[2] - 48) * 10 + text[3] - 48
            month = (text[5] - 48) * 10 + text[6] - 48
            day = (text[8] - 48) * 10 + text[9] - 48 if with_day else 1
            is_leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
            last = LAST[min(month, 12)] + (month == 2 and is_leap)
            is_plain = 1900 <= year < 2200 and 1 <= month <= 12 and 1 <= day <= last
            if is_plain:
                # days from civil, with years that begin in March (Howard Hinnant)
                shifted = year - 1 if month <= 2 else year
                era = shifted // 400
                of_era = shifted - era * 400
                of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
                values[row] = era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
        if not is_plain:
            odd[row] = 1
            found += 1
    return found


@compiled
def wholes(views: int, buffers: Whole, valid: Bytes, exponent: int, values: Whole, odd: Bytes) -> int:
    """Numbers times 10 ** exponent: a sign, digits, and at most `exponent` digits after the point."""
    found = 0
    for row in range(len(odd)):
        odd[row] = 0
        values[row] = 0
        if len(valid) and not valid[row]:
            continue
        text = _cell(views, buffers, row)
        length = len(text)
        first = 1 if length and text[0] == MINUS else 0
        value, before, after, at = np.int64(0), 0, 0, first
        while at < length and before <= DIGITS and ZERO <= text[at] <= NINE:
            value = value * 10 + (text[at] - 48)
            before += 1
            at += 1
        is_plain = before > 0 and before + exponent <= DIGITS
        if is_plain and at < length and text[at] == POINT:
            at += 1
            while at < length and after < exponent and ZERO <= text[at] <= NINE:
                value = value * 10 + (text[at] - 48)
                after += 1
                at += 1
            is_plain = after > 0
        is_plain = is_plain and at == length and (value != 0 or first == 0)
        if is_plain:
            for _ in range(exponent - after):
                value *= 10
            values[row] = -value if first else value
        else:
            odd[row] = 1
            found += 1
    return found
