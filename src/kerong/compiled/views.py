"""The memory of a column of texts, without a copy: Arrow's C data interface, format "vu" (string views).

A view has 16 bytes: the length, then up to 12 bytes of text, or its first four, the number of a buffer and the offset
in it. Source: the Arrow columnar format, "Variable-size Binary View Layout" and "The Arrow C data interface".
"""

import ctypes

import numpy as np
import numpy.typing as npt
import polars as pl

VIEW_BYTES = 16


class _Array(ctypes.Structure):
    _fields_ = (
        ("length", ctypes.c_int64),
        ("null_count", ctypes.c_int64),
        ("offset", ctypes.c_int64),
        ("n_buffers", ctypes.c_int64),
        ("n_children", ctypes.c_int64),
        ("buffers", ctypes.POINTER(ctypes.c_void_p)),
        ("children", ctypes.c_void_p),
        ("dictionary", ctypes.c_void_p),
        ("release", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
        ("private_data", ctypes.c_void_p),
    )


class _Stream(ctypes.Structure):
    _fields_ = (
        ("get_schema", ctypes.c_void_p),
        ("get_next", ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)),
        ("get_last_error", ctypes.c_void_p),
        ("release", ctypes.c_void_p),
        ("private_data", ctypes.c_void_p),
    )


_address = ctypes.pythonapi.PyCapsule_GetPointer
_address.restype, _address.argtypes = ctypes.c_void_p, (ctypes.py_object, ctypes.c_char_p)


class Views:
    """Addresses of a column's views and of the bytes that they point into, while this object lives.

    `buffers`: addresses (int64) by number; `valid`: one byte per row, 0 where the cell is null.
    """

    def __init__(self, cells: pl.Series) -> None:
        self._cells = cells.rechunk()
        self._capsule = self._cells.__arrow_c_stream__()
        stream = _address(self._capsule, b"arrow_array_stream")
        self._array = _Array()
        if _Stream.from_address(stream).get_next(stream, ctypes.byref(self._array)):
            raise MemoryError("a column of texts gave no Arrow array")
        array = self._array
        self.length = int(array.length)
        held = [array.buffers[number] or 0 for number in range(array.n_buffers)]
        # the first buffer tells what is null, the last one the lengths of those between
        self.views = held[1] + VIEW_BYTES * array.offset
        self.buffers = np.array(held[2:-1] or [0], dtype=np.int64)
        self.valid: npt.NDArray[np.uint8] = np.empty(0, dtype=np.uint8)
        if cells.null_count():
            self.valid = self._cells.is_not_null().cast(pl.UInt8).to_numpy()

    def __del__(self) -> None:
        array = getattr(self, "_array", None)
        if array is not None and array.release:
            array.release(ctypes.addressof(array))
