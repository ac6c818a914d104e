"""How a function becomes a loop in machine code, and addresses in it; importing this loads Numba.

Numba keeps what it compiled beside the file of the function, and compiles anew when that file changes, not this one.
"""

from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar, cast

from numba import njit, types
from numba.extending import intrinsic

P = ParamSpec("P")
R = TypeVar("R")


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


pointer: Callable[[int], Any] = intrinsic(_as_pointer)
"""In compiled code: the pointer of an address."""
