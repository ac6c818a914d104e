"""A program for the machine while it is written: equal instructions stand once, room is used again when it is free."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from kerong.rulebook.machine import kernel as k

Whole = npt.NDArray[np.int64]
WORD, BYTE = 8, 1
PAD = 320  # bytes between results, lest all of them fall on the same lines of the cache
# how many operands of an instruction are slots; all others are numbers
READS = {
    **dict.fromkeys((k.FILL_WORD, k.FILL_BYTE), 0),
    **dict.fromkeys((k.CHOOSE, k.CHOOSE_BYTE), 3),
    **dict.fromkeys((k.ADD, k.SUBTRACT, k.MULTIPLY, k.LEAST, k.GREATEST, k.EQUAL, k.LESS, k.LESS_EQUAL), 2),
    **dict.fromkeys((k.AND, k.OR, k.XOR, k.AND_NOT, k.MARK, k.DECIDE), 2),
}
COMMUTES = frozenset((k.ADD, k.MULTIPLY, k.LEAST, k.GREATEST, k.EQUAL, k.AND, k.OR, k.XOR))
GIVES_BYTES = frozenset((k.LOAD_BYTE, k.STORE_BYTE, k.FILL_BYTE, *range(k.EQUAL, k.DECIDE + 1)))


@dataclass(slots=True)
class Slot:
    """Memory beside the room of the program: its begin, bytes per row of the table, bytes per selected line."""

    address: int
    per_row: int = 0
    per_line: int = 0


@dataclass(slots=True)
class Memory:
    """What all sections share: slots beside the room, numbered -1, -2, …, and tables of numbers."""

    slots: list[Slot] = field(default_factory=list)
    table: list[int] = field(default_factory=list)
    _begun: dict[tuple[int, ...], int] = field(default_factory=dict)

    def slot(self, address: int, per_row: int = 0, per_line: int = 0) -> int:
        """The number of a new slot."""
        self.slots.append(Slot(address, per_row, per_line))
        return -len(self.slots)

    def tabled(self, numbers: Sequence[int]) -> tuple[int, int]:
        """Where a table begins, and its length; equal tables stand once."""
        wanted = tuple(numbers)
        if wanted not in self._begun:
            self._begun[wanted] = len(self.table)
            self.table += wanted
        return self._begun[wanted], len(wanted)


class Section:
    """Instructions over the same rows: all of them, or those that an outcome selects.

    A result is a number from 0 on until the program is laid out, a slot beside the room is below 0. `zero` and `one`
    are the bytes that are known beforehand: what is asked of them is answered at once.
    """

    def __init__(self, memory: Memory, by: int | None = None, places: int = -1) -> None:
        self.memory, self.by, self.places = memory, by, places
        self.lines: list[list[int]] = []
        self.sizes: list[int] = []
        self._known: dict[tuple[int, ...], int] = {}
        self._stored: list[tuple[int, int, int]] = []
        self.zero, self.one = self.emit(k.FILL_BYTE, number=0), self.emit(k.FILL_BYTE, number=1)

    def emit(self, op: int, *reads: int, number: int = 0, other: int = 0) -> int:
        """The result of an instruction."""
        if op in COMMUTES:
            reads = tuple(sorted(reads))
        key = (op, *reads, number, other)
        if key not in self._known:
            self._known[key] = len(self.sizes)
            self.lines.append([op, len(self.sizes), *(*reads, 0, 0, 0)[:3], number, other])
            self.sizes.append(BYTE if op in GIVES_BYTES else WORD)
        return self._known[key]

    def both(self, a: int, b: int) -> int:
        """a and b."""
        if self.zero in (a, b):
            return self.zero
        return b if a in (b, self.one) else a if b == self.one else self.emit(k.AND, a, b)

    def either(self, a: int, b: int) -> int:
        """a or b."""
        if self.one in (a, b):
            return self.one
        return b if a in (b, self.zero) else a if b == self.zero else self.emit(k.OR, a, b)

    def differs(self, a: int, b: int) -> int:
        """a or b, and not both."""
        if a == b:
            return self.zero
        return b if a == self.zero else a if b == self.zero else self.emit(k.XOR, a, b)

    def without(self, a: int, b: int) -> int:
        """a and not b."""
        if a in (b, self.zero) or b == self.one:
            return self.zero
        return a if b == self.zero else self.emit(k.AND_NOT, a, b)

    def chosen(self, holds: int, a: int, b: int) -> int:
        """a where it holds, else b."""
        if a == b or holds == self.one:
            return a
        if holds == self.zero:
            return b
        return self.emit(k.CHOOSE_BYTE if self.is_byte(a) else k.CHOOSE, holds, a, b)

    def is_byte(self, result: int) -> bool:
        """Whether a result is a byte; of slots beside the room those that have a byte for a row."""
        return (self.sizes[result] if result >= 0 else self.memory.slots[-result - 1].per_row) == BYTE

    def store(self, result: int, slot: int) -> None:
        """A result goes to a slot beside the room."""
        op = k.STORE_BYTE if self.is_byte(result) else k.STORE_WORD
        self.lines.append([op, slot, result, 0, 0, 0, 0])

    def decide(self, low: int, high: int, slot: int, count: int) -> None:
        """The outcome goes to a slot; how many are met is added to a count."""
        self.lines.append([k.DECIDE, slot, low, high, 0, count, 0])

    def laid_out(self) -> tuple[list[list[int]], list[int]]:
        """The lines that are of use, with places in the room for results, and the room's words and bytes.

        A result that is only stored is made where it is stored.
        """
        lines = self._direct(self._of_use())
        last = {at: number for number, line in enumerate(lines) for at in _reads(line)}
        free: dict[int, list[int]] = {WORD: [], BYTE: []}
        used, places = {WORD: 0, BYTE: 0}, dict[int, int]()
        for number, line in enumerate(lines):
            if line[1] >= 0:
                size = self.sizes[line[1]]
                if not free[size]:
                    free[size].append(used[size])
                    used[size] += 1
                places[line[1]] = free[size].pop()
            for at in set(_reads(line)):
                if at >= 0 and last[at] == number:
                    free[self.sizes[at]].append(places[at])
        return [self._placed(line, places) for line in lines], [used[WORD], used[BYTE]]

    def _of_use(self) -> list[list[int]]:
        read: set[int] = set()
        kept = []
        for line in reversed(self.lines):
            if line[1] < 0 or line[1] in read:
                read.update(_reads(line))
                kept.append(line)
        return kept[::-1]

    def _direct(self, lines: list[list[int]]) -> list[list[int]]:
        once = {
            at for at, count in Counter(at for line in lines for at in _reads(line)).items() if at >= 0 and count == 1
        }
        stored = {line[2]: line[1] for line in lines if line[0] in (k.STORE_WORD, k.STORE_BYTE) and line[2] in once}
        return [
            [line[0], stored.get(line[1], line[1]), *line[2:]]
            for line in lines
            if not (line[0] in (k.STORE_WORD, k.STORE_BYTE) and line[2] in stored)
        ]

    def _placed(self, line: list[int], places: dict[int, int]) -> list[int]:
        count = READS.get(line[0], 1)

        def slot(at: int) -> int:
            """A word's place is even, a byte's odd, until the slots are numbered."""
            return at if at < 0 else 2 * places[at] + (self.sizes[at] == BYTE)

        return [line[0], slot(line[1]), *(slot(at) if i < count else -1 for i, at in enumerate(line[2:5])), *line[5:]]


def _reads(line: list[int]) -> list[int]:
    return line[2 : 2 + READS.get(line[0], 1)]


@dataclass(frozen=True, slots=True)
class Program:
    """Sections laid out, as `kernel.run` takes them; `room` bytes are needed for a piece of `size` rows."""

    lines: Whole
    sections: Whole
    slots: Whole
    table: Whole
    outside: int
    room: int
    size: int

    def run(self, begin: int, end: int, before: Whole) -> Whole:
        """Runs it over rows from `begin` to `end`; answers with the counts. `before`: what earlier rows counted."""
        room = np.empty(self.room, np.uint8)
        slots, counts = self.slots.copy(), np.zeros_like(before)
        slots[self.outside :, 0] += room.ctypes.data
        sections = self.sections.copy()
        sections[:, 4] = before[: len(sections)]
        chosen = room.ctypes.data + self.room - 4 * self.size
        k.run(self.lines, sections, slots, self.table, counts, chosen, (begin, end, self.size))
        return counts


def laid_out(memory: Memory, sections: Sequence[Section], size: int) -> Program:
    """The program of sections that share memory, for pieces of `size` rows."""
    found = [section.laid_out() for section in sections]
    words, bytes_ = (max(room[i] for _, room in found) for i in (0, 1))
    slots = [[slot.address, slot.per_row, slot.per_line] for slot in memory.slots]
    word, byte = WORD * size + PAD, size + PAD
    slots += [[place * word, 0, 0] for place in range(words)]
    slots += [[words * word + place * byte, 0, 0] for place in range(bytes_)]

    def numbered(at: int) -> int:
        place, is_byte = divmod(at, 2)
        return -at - 1 if at < 0 else len(memory.slots) + place + (words if is_byte else 0)

    lines, bounds = list[list[int]](), list[list[int]]()
    for section, (own, _) in zip(sections, found, strict=True):
        by, places = (k.NO_SELECTION, 0) if section.by is None else (numbered(section.by), numbered(section.places))
        bounds.append([len(lines), len(lines) + len(own), by, places, 0])
        lines += [[line[0], *(numbered(at) for at in line[1:5]), *line[5:]] for line in own]
    return Program(
        lines=np.array(lines, np.int64).reshape(-1, 7),
        sections=np.array(bounds, np.int64).reshape(-1, 5),
        slots=np.array(slots, np.int64).reshape(-1, 3),
        table=np.array(memory.table, np.int64),
        outside=len(memory.slots),
        room=words * word + bytes_ * byte + 4 * size,
        size=size,
    )
