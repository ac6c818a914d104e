"""The machine: a loop over instructions, each a loop over a piece of a table, compiled once by Numba for all rules.

Numba keeps what it compiled, and compiles anew when this file changes: so all that is compiled stands here, with the
numbers of the instructions. Words are int64 (numbers, days, codes), bytes are 0 or 1 (flags, what is unknown) or small
numbers. A result never lies where an operand lies. What stands in unknown rows is of no matter and may wrap.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
from numba import carray

from kerong.compiled import compiled, pointer
from kerong.rulebook.outcomes import FAILED, MET, UNKNOWN

Whole = npt.NDArray[np.int64]

# What an instruction reads: LOADED goes through the selection, WORDS give words, ASKED bytes from words, BYTES bytes.
LOAD_WORD, LOAD_HALF, LOAD_BYTE, STORE_WORD, STORE_BYTE, FILL_WORD, FILL_BYTE = range(7)
ADD, SUBTRACT, MULTIPLY, LEAST, GREATEST, CHOOSE = range(10, 16)
ADD_TO, SUBTRACT_FROM, MULTIPLY_BY, LEAST_OF, GREATEST_OF = range(20, 25)
DIVIDE, DIVIDE_SHORT, STEP, MARGINAL, TAKE = range(30, 35)
EQUAL, LESS, LESS_EQUAL, EQUAL_TO, BELOW, ABOVE, AMONG = range(40, 47)
AND, OR, XOR, AND_NOT, CHOOSE_BYTE, MARK, DECIDE = range(50, 57)
NO_SELECTION = -1
SHORT = 1 << 49  # quotients below this are not missed by more than one


@compiled
def _words(address: int, n: int) -> Any:
    return carray(pointer(address), n, np.int64)


@compiled
def _halves(address: int, n: int) -> Any:
    return carray(pointer(address), n, np.int32)


@compiled
def _bytes(address: int, n: int) -> Any:
    return carray(pointer(address), n, np.uint8)


@compiled
def _moved(op: int, to: int, a: int, number: int, n: int, chosen: int, rows: int) -> None:
    """Loads through the selection `chosen` of a piece of `rows` rows, stores, fills."""
    picks, is_whole = _halves(chosen, n), n == rows
    if op == LOAD_WORD:
        words, from_words = _words(to, n), _words(a, rows)
        for i in range(n):
            words[i] = from_words[i if is_whole else picks[i]]
    elif op == LOAD_HALF:
        words, from_halves = _words(to, n), _halves(a, rows)
        for i in range(n):
            words[i] = from_halves[i if is_whole else picks[i]]
    elif op == LOAD_BYTE:
        found, from_bytes = _bytes(to, n), _bytes(a, rows)
        for i in range(n):
            found[i] = from_bytes[i if is_whole else picks[i]]
    elif op == STORE_WORD:
        words, from_words = _words(to, n), _words(a, n)
        for i in range(n):
            words[i] = from_words[i]
    elif op == STORE_BYTE:
        found, from_bytes = _bytes(to, n), _bytes(a, n)
        for i in range(n):
            found[i] = from_bytes[i]
    elif op == FILL_WORD:
        words = _words(to, n)
        for i in range(n):
            words[i] = number
    else:
        found = _bytes(to, n)
        for i in range(n):
            found[i] = number


@compiled
def _of_words(op: int, to: int, a: int, b: int, c: int, n: int) -> None:
    if op == CHOOSE:
        chosen, holds, these, those = _words(to, n), _bytes(a, n), _words(b, n), _words(c, n)
        for i in range(n):
            chosen[i] = these[i] if holds[i] != 0 else those[i]
        return
    found, x, y = _words(to, n), _words(a, n), _words(b, n)
    if op == ADD:
        for i in range(n):
            found[i] = x[i] + y[i]
    elif op == SUBTRACT:
        for i in range(n):
            found[i] = x[i] - y[i]
    elif op == MULTIPLY:
        for i in range(n):
            found[i] = x[i] * y[i]
    elif op == LEAST:
        for i in range(n):
            found[i] = min(x[i], y[i])
    else:
        for i in range(n):
            found[i] = max(x[i], y[i])


@compiled
def _with_number(op: int, to: int, a: int, number: int, n: int) -> None:
    found, x = _words(to, n), _words(a, n)
    if op == ADD_TO:
        for i in range(n):
            found[i] = x[i] + number
    elif op == SUBTRACT_FROM:
        for i in range(n):
            found[i] = number - x[i]
    elif op == MULTIPLY_BY:
        for i in range(n):
            found[i] = x[i] * number
    elif op == LEAST_OF:
        for i in range(n):
            found[i] = min(x[i], number)
    else:
        for i in range(n):
            found[i] = max(x[i], number)


@compiled
def _divided(to: int, a: int, divisor: int, more_from: int, n: int) -> None:
    """Whole parts, to zero, and one more from a rest of `more_from` on; |a| below 2^63, divisor below 2^60.

    The quotient of decimals misses by little, that of what it leaves by less than one: no division of whole numbers,
    which costs ten times as much.
    """
    found, x, share = _words(to, n), _words(a, n), 1.0 / divisor
    for i in range(n):
        size = abs(x[i])
        whole = np.int64(np.float64(size) * share)
        rest = size - whole * divisor
        again = np.int64(np.float64(rest) * share)
        whole, rest = whole + again, rest - again * divisor
        beyond = np.int64(rest >= divisor) - np.int64(rest < 0)
        whole, rest = whole + beyond, rest - beyond * divisor
        whole += np.int64(rest >= more_from)
        found[i] = -whole if x[i] < 0 else whole


@compiled
def _divided_short(to: int, a: int, divisor: int, more_from: int, n: int) -> None:
    """The same where a is not negative and the quotient is short."""
    found, x, share = _words(to, n), _words(a, n), 1.0 / divisor
    for i in range(n):
        whole = np.int64(np.float64(x[i]) * share)
        rest = x[i] - whole * divisor
        beyond = np.int64(rest >= divisor) - np.int64(rest < 0)
        whole, rest = whole + beyond, rest - beyond * divisor
        found[i] = whole + np.int64(rest >= more_from)


@compiled
def _tabled(op: int, to: int, a: int, table: Whole, n: int) -> None:
    """Of pairs (start, value): the last that x reaches, or the sum of what x exceeds starts by; or the entry of x."""
    found, x = _words(to, n), _words(a, n)
    if op == TAKE:
        for i in range(n):
            found[i] = table[x[i]]
        return
    for i in range(n):
        found[i] = 0
    for line in range(len(table) // 2):
        start, value = table[2 * line], table[2 * line + 1]
        if op == STEP:
            for i in range(n):
                found[i] = value if x[i] >= start else found[i]
        else:
            for i in range(n):
                found[i] += value * (x[i] - start) if x[i] > start else 0


@compiled
def _asked(op: int, to: int, a: int, b: int, number: int, n: int) -> None:
    found, x = _bytes(to, n), _words(a, n)
    if op == EQUAL_TO:
        for i in range(n):
            found[i] = x[i] == number
        return
    if op == BELOW:
        for i in range(n):
            found[i] = x[i] < number
        return
    if op == ABOVE:
        for i in range(n):
            found[i] = x[i] > number
        return
    y = _words(b, n)
    if op == EQUAL:
        for i in range(n):
            found[i] = x[i] == y[i]
    elif op == LESS:
        for i in range(n):
            found[i] = x[i] < y[i]
    else:
        for i in range(n):
            found[i] = x[i] <= y[i]


@compiled
def _among(to: int, a: int, table: Whole, n: int) -> None:
    found, x = _bytes(to, n), _words(a, n)
    for i in range(n):
        found[i] = 0
    for option in table:
        for i in range(n):
            found[i] |= x[i] == option


@compiled
def _of_bytes(op: int, to: int, a: int, b: int, c: int, number: int, n: int) -> None:
    found, x, y = _bytes(to, n), _bytes(a, n), _bytes(b, n)
    if op == AND:
        for i in range(n):
            found[i] = x[i] & y[i]
    elif op == OR:
        for i in range(n):
            found[i] = x[i] | y[i]
    elif op == XOR:
        for i in range(n):
            found[i] = x[i] ^ y[i]
    elif op == AND_NOT:
        for i in range(n):
            found[i] = x[i] > y[i]
    elif op == MARK:
        for i in range(n):
            found[i] = y[i] if x[i] != 0 else number
    elif op == DECIDE:  # met where it surely holds, failed where it cannot hold
        for i in range(n):
            found[i] = MET if x[i] != 0 else UNKNOWN if y[i] != 0 else FAILED
    else:
        z = _bytes(c, n)
        for i in range(n):
            found[i] = (x[i] & y[i]) | ((x[i] ^ 1) & z[i])


@compiled
def _selected(outcome: int, chosen: int, n: int) -> int:
    """Writes the numbers of the rows that are met; answers how many there are."""
    met, picks, count = _bytes(outcome, n), _halves(chosen, n), np.int64(0)
    for i in range(n):
        picks[count] = i
        count += np.int64(met[i] == MET)
    return int(count)


@compiled
def _counted(outcome: int, n: int) -> int:
    met, count = _bytes(outcome, n), np.int64(0)
    for i in range(n):
        count += np.int64(met[i] == MET)
    return int(count)


@compiled
def run(
    lines: Whole, sections: Whole, slots: Whole, table: Whole, counts: Whole, chosen: int, bounds: tuple[int, int, int]
) -> None:
    """Runs a program over the rows from the first to the second of `bounds`, in pieces of the third.

    lines[line]: op, result, three operands (slots), two numbers. sections[section]: first line, end, the slot of the
    outcome that selects its rows (or NO_SELECTION), the slot in which their numbers are written, the number of lines
    that came before. slots[slot]: address, bytes per row of the table, bytes per line of a section. counts[section]
    becomes how many rows it selected so far; for an outcome that is made (DECIDE), counts[number] how many are met.
    chosen: the address of int32 room for a piece.
    """
    begin, end, size = bounds
    for row in range(begin, end, size):
        rows = min(size, end - row)
        for section in range(len(sections)):
            first, last, by, places = (
                sections[section, 0],
                sections[section, 1],
                sections[section, 2],
                sections[section, 3],
            )
            n, done = rows, sections[section, 4] + counts[section]
            if by != NO_SELECTION:
                n = _selected(slots[by, 0] + row * slots[by, 1], chosen, rows)
                if n == 0:
                    continue
                written = carray(pointer(slots[places, 0] + done * 4), n, np.uint32)
                picks = _halves(chosen, n)
                for i in range(n):
                    written[i] = row + picks[i]
                counts[section] += n
            for at in range(first, last):
                _step(lines[at], slots, table, counts, chosen, (row, done, n, rows))


@compiled
def _step(
    line: Whole, slots: Whole, table: Whole, counts: Whole, chosen: int, where: tuple[int, int, int, int]
) -> None:
    row, done, n, rows = where
    op, number, other = line[0], line[5], line[6]
    to = slots[line[1], 0] + row * slots[line[1], 1] + done * slots[line[1], 2]
    a = slots[line[2], 0] + row * slots[line[2], 1]
    b = slots[line[3], 0] + row * slots[line[3], 1]
    c = slots[line[4], 0] + row * slots[line[4], 1]
    if op < ADD:
        _moved(op, to, a, number, n, chosen, rows)
    elif op < ADD_TO:
        _of_words(op, to, a, b, c, n)
    elif op < DIVIDE:
        _with_number(op, to, a, number, n)
    elif op == DIVIDE:
        _divided(to, a, number, other, n)
    elif op == DIVIDE_SHORT:
        _divided_short(to, a, number, other, n)
    elif op < EQUAL:
        _tabled(op, to, a, table[number : number + other], n)
    elif op == AMONG:
        _among(to, a, table[number : number + other], n)
    elif op < AND:
        _asked(op, to, a, b, number, n)
    else:
        _of_bytes(op, to, a, b, c, number, n)
        if op == DECIDE:
            counts[number] += _counted(to, n)
