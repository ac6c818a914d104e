"""A long column through a compiled loop: plain cells are read there, odd ones by the reader of the column's type.

The reading is that of the reader, cell by cell: a law of the tests.
"""

from collections.abc import Callable, Mapping
from functools import cache

import numpy as np
import numpy.typing as npt
import polars as pl

from kerong.engine.record.values import BLANKS, REPLACED, Reading, mojibake_classes, spelling

LONG = 1 << 10  # cells; a table of shorter columns is done before the loops are loaded
INLINE_BYTES = 12
CODES = 24
# ideographs of the first block; 、。《》「」【】〔〕; letters, digits and signs of full width
CHINESE = ((0x4E00, 0x9FFF), (0x3001, 0x3002), (0x3008, 0x3011), (0x3014, 0x3015), (0xFF01, 0xFF5E))
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

Bytes = npt.NDArray[np.uint8]
# cells, and where a cell is odd: values (those of odd cells are of no matter) and the number of odd cells; None: no way
Loop = Callable[[pl.Series, Bytes], tuple[pl.Series, int] | None]
Reader = Callable[[pl.Series], Reading]


def plainly(cells: pl.Series, loop: Loop | None, read: Reader) -> Reading:
    """What `read` makes of the cells; where they are many, it is asked only for those that `loop` calls odd."""
    if loop is None or len(cells) < LONG:
        return read(cells)
    odd = np.empty(len(cells), dtype=np.uint8)
    found = loop(cells, odd)
    if found is None:
        return read(cells)
    values, count = found
    if not count:
        return Reading(values, pl.repeat(None, len(cells), dtype=pl.Null, eager=True))  # takes no memory
    faults = pl.repeat(None, len(cells), dtype=pl.String, eager=True)
    at = pl.Series(np.flatnonzero(odd))
    others = read(cells.gather(at))
    values = values.clone()  # scatter changes the column that it is called on, which may be that of the cells
    return Reading(values.scatter(at, others.values.cast(values.dtype)), faults.scatter(at, others.faults))


def credit_codes(cells: pl.Series, odd: Bytes) -> tuple[pl.Series, int]:
    """Codes of GB 32100-2015 as they are to be written."""
    from kerong.compiled.views import Views
    from kerong.engine.record.plain import kernel

    places = np.full(256, 255, dtype=np.uint8)
    places[np.frombuffer(ALPHABET.encode(), dtype=np.uint8)] = np.arange(len(ALPHABET), dtype=np.uint8)
    weights = np.array([*(pow(3, place, 31) for place in range(17)), 1], dtype=np.int64)
    seen = Views(cells)
    return cells, kernel.credit_codes(seen.views, seen.buffers, seen.valid, places, weights, odd)


def texts(is_code: bool = False) -> Loop:
    """Texts in printable ASCII and common Chinese; `is_code`: in ASCII without small letters."""

    def loop(cells: pl.Series, odd: Bytes) -> tuple[pl.Series, int]:
        from kerong.compiled.views import Views
        from kerong.engine.record.plain import kernel

        seen = Views(cells)
        return cells, kernel.texts(seen.views, seen.buffers, seen.valid, is_code, _classes(), odd)

    return loop


@cache
def _classes() -> Bytes:
    """What `kernel.texts` has to know of a character: whether it is plain, and its places in mojibake."""
    from kerong.engine.record.plain import kernel

    found = np.zeros(1 << 16, dtype=np.uint8)
    for first, last in CHINESE:
        found[first : last + 1] = kernel.PLAIN
    first_places, second_places, third_places = mojibake_classes()
    for place, characters in (
        (kernel.FIRST, first_places),
        (kernel.SECOND, second_places),
        (kernel.THIRD, third_places),
    ):
        found[[ord(character) for character in characters if ord(character) < len(found)]] |= np.uint8(place)
    found[ord(REPLACED[0])] = 0
    return found


def codes(declared: Mapping[str, tuple[str, ...]]) -> Loop:
    """Codes by their declared spellings, as these are written."""

    def loop(cells: pl.Series, odd: Bytes) -> tuple[pl.Series, int] | None:
        from kerong.compiled.views import Views
        from kerong.engine.record.plain import kernel

        by_spelling = {spelling(text): code for code, written in declared.items() for text in written}
        known = {
            text: by_spelling[spelling(text)]
            for written in declared.values()
            for text in written
            if 0 < len(text.encode()) <= INLINE_BYTES and text.strip(BLANKS) == text
        }
        if not known or len(known) > CODES:
            return None
        held = b"".join(len(text.encode()).to_bytes(4, "little") + text.encode().ljust(12, b"\0") for text in known)
        seen = Views(cells)
        found_as = np.zeros(len(cells), dtype=np.uint8)
        count = kernel.codes(seen.views, seen.valid, np.frombuffer(held, dtype=np.int64), found_as, odd)
        values = pl.Series(list(known.values())).gather(pl.Series(found_as))
        return (values.set(cells.is_null(), None) if len(seen.valid) else values), count

    return loop


def days(with_day: bool = True) -> Loop:
    """Days, or months as their first day, in ISO's order."""

    def loop(cells: pl.Series, odd: Bytes) -> tuple[pl.Series, int]:
        from kerong.compiled.views import Views
        from kerong.engine.record.plain import kernel

        seen = Views(cells)
        values = np.empty(len(cells), dtype=np.int32)
        count = kernel.days(seen.views, seen.buffers, seen.valid, with_day, values, odd)
        return _known(pl.Series(values).cast(pl.Date), cells), count

    return loop


def wholes(exponent: int) -> Loop:
    """Numbers times 10 ** `exponent`."""

    def loop(cells: pl.Series, odd: Bytes) -> tuple[pl.Series, int]:
        from kerong.compiled.views import Views
        from kerong.engine.record.plain import kernel

        seen = Views(cells)
        values = np.empty(len(cells), dtype=np.int64)
        count = kernel.wholes(seen.views, seen.buffers, seen.valid, exponent, values, odd)
        return _known(pl.Series(values), cells), count

    return loop


def _known(values: pl.Series, cells: pl.Series) -> pl.Series:
    return values.set(cells.is_null(), None) if cells.null_count() else values
