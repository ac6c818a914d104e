"""Plain delimited text to a table of texts whose cells stay where they are: Arrow's C data interface, string views.

The text and its views lie in one piece of memory of the C library, which the last column that Polars drops gives back:
no Python is called for that, whatever thread drops it. Source: the Arrow columnar format, "Variable-size Binary View
Layout", and "The Arrow C data interface".
"""

import ctypes
from collections.abc import Sequence

import numpy as np
import polars as pl

from kerong.store import plain_kernel as kernel

VIEW_BYTES, WORD_BYTES = 16, 8
SAMPLE_BYTES = 1 << 16
SCHEMA_NAME, ARRAY_NAME, VIEWS_OF_TEXT = b"arrow_schema", b"arrow_array", b"vu"
NULLABLE = 2

_library = ctypes.CDLL(None)
_library.malloc.restype, _library.malloc.argtypes = ctypes.c_void_p, (ctypes.c_size_t,)
_library.free.restype, _library.free.argtypes = None, (ctypes.c_void_p,)
_capsule = ctypes.pythonapi.PyCapsule_New
_capsule.restype, _capsule.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p)
# tables may live until the process ends, and then the code that gives their memory back has to be there
for _function in (kernel.release_array, kernel.release_schema):
    ctypes.pythonapi.Py_IncRef(ctypes.py_object(_function))


class Memory:
    """Pieces of memory, used again when no table holds them any longer: new memory costs more than what it is for.

    A piece begins with the number of its users, of whom this is one.
    """

    def __init__(self) -> None:
        self._pieces: dict[int, int] = {}

    def piece(self, size: int) -> int:
        """The address of at least `size` bytes that nobody else uses."""
        for address, length in self._pieces.items():
            if length >= size and ctypes.c_int64.from_address(address).value == 1:
                return address
        address = _library.malloc(size)
        if address is None:
            raise MemoryError
        ctypes.c_int64.from_address(address).value = 1
        self._pieces[address] = size
        return int(address)

    def __del__(self) -> None:
        for address in self._pieces:
            kernel.give_back(address)


def plain_table(data: bytes, separator: str, width: int, memory: Memory) -> pl.DataFrame | None:
    """Columns "0", "1", … of rows of `width` cells, quoted as a whole or not; None where they are not so regular.

    An empty cell is null. `data` is UTF-8.
    """
    if not data.endswith(b"\n"):
        data += b"\n"
    sample = data[:SAMPLE_BYTES]
    room = min(sample.count(b"\n") * len(data) // len(sample) * 5 // 4 + 64, len(data) // width + 1)
    table = _table(data, ord(separator), width, room, memory)
    if not isinstance(table, pl.DataFrame) and table == kernel.TOO_MANY_ROWS:
        table = _table(data, ord(separator), width, data.count(b"\n"), memory)
    return table if isinstance(table, pl.DataFrame) else None


def _table(data: bytes, separator: int, width: int, room: int, memory: Memory) -> pl.DataFrame | int:
    """The table, or the kernel's word why there is none; `room` is the number of rows that there is room for."""
    # the number of users | per column: 4 addresses and a length | text | views | bits of what is known
    text_at = (1 + 5 * width) * WORD_BYTES
    views_at = text_at + (len(data) + kernel.PAD + VIEW_BYTES) // VIEW_BYTES * VIEW_BYTES
    stride, bits = room * VIEW_BYTES, (room + 63) // 64 * WORD_BYTES
    bits_at = views_at + width * stride
    piece = memory.piece(bits_at + width * bits)
    ctypes.memmove(piece + text_at, data, len(data))
    filled = np.zeros(width, dtype=np.int64)
    rows = kernel.split(
        piece + text_at, len(data), separator, b'"' in data, width, piece + views_at, stride, room, filled
    )
    if rows < 0:
        return rows
    ctypes.c_int64.from_address(piece).value = width + 1
    columns: list[pl.Series] = []
    for column in range(width):
        views, known, nulls = piece + views_at + column * stride, 0, rows - int(filled[column])
        if nulls:
            known = piece + bits_at + column * bits
            kernel.mark_known(views, rows, known)
        told = piece + (1 + 5 * column) * WORD_BYTES
        ctypes.c_int64.from_address(told + 4 * WORD_BYTES).value = len(data)
        addresses = [known, views, piece + text_at, told + 4 * WORD_BYTES]
        (ctypes.c_int64 * 4).from_address(told)[:] = list[ctypes.c_int64 | int](addresses)
        columns.append(pl.Series(_Column(piece, told, rows, nulls)).alias(str(column)))
    return pl.DataFrame(columns)


class _Column:
    """A column as Polars takes it over."""

    def __init__(self, memory: int, buffers: int, rows: int, nulls: int) -> None:
        # length, null_count, offset, n_buffers, n_children, buffers, children, dictionary, release, private_data
        self._array = _words((rows, nulls, 0, 4, 0, buffers, 0, 0, kernel.release_array.address, memory))
        self._format = ctypes.create_string_buffer(VIEWS_OF_TEXT)
        named = ctypes.addressof(self._format)
        # format, name, metadata, flags, n_children, children, dictionary, release, private_data
        self._schema = _words((named, 0, 0, NULLABLE, 0, 0, 0, kernel.release_schema.address, 0))

    def __arrow_c_array__(self, requested_schema: object = None) -> tuple[object, object]:
        """Capsules of schema and array."""
        return (
            _capsule(ctypes.addressof(self._schema), SCHEMA_NAME, None),
            _capsule(ctypes.addressof(self._array), ARRAY_NAME, None),
        )


def _words(values: Sequence[int]) -> "ctypes.Array[ctypes.c_int64]":
    return (ctypes.c_int64 * len(values))(*values)
