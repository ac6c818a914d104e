"""The chain of a book: every sealed row carries a hash over itself and all rows before it.

h_0 = SM3(the book's own text), h_n = SM3(h_n-1 + the text of row n). SM3 is GB/T 32905-2016; it comes from OpenSSL.
"""

import hashlib
import json
from collections.abc import Mapping

from kerong.engine.money.ledger.accounts import Book

FORMAT = 1
_ENCODER = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


class NoSM3(RuntimeError):
    """This machine's OpenSSL has no SM3: chains can be neither made nor checked here."""

    def __init__(self) -> None:
        super().__init__(
            "本机的 OpenSSL 不提供 SM3（GB/T 32905），无法计算或核对哈希链 / "
            "OpenSSL of this machine has no SM3 (GB/T 32905): hash chains can be neither made nor checked"
        )


def sm3(data: bytes) -> bytes:
    """The 32 bytes of SM3.

    Raises:
        NoSM3: OpenSSL here was built without it.
    """
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        raise NoSM3 from None


def text_of(row: Mapping[str, str | int]) -> str:
    """The one way to write a row: JSON with sorted keys, without blanks, whole numbers and texts only.

    Raises:
        TypeError: a value is neither a text nor a whole number.
    """
    for name, value in row.items():
        if type(value) not in (str, int):
            raise TypeError(f"{name} is {type(value).__name__}, neither a text nor a whole number")
    return canonical(row)


def canonical(value: object) -> str:
    """JSON with sorted keys and without blanks; texts as they are."""
    return _ENCODER.encode(value)


def genesis(book: Book) -> str:
    """The text that a book's chain begins with: whose chain it is cannot be changed later."""
    return text_of({"book": book.code, "currency": book.currency, "format": FORMAT, "kind": book.kind, "type": "book"})


def first(book: Book) -> bytes:
    """The hash before the first row."""
    return sm3(genesis(book).encode())


def link(previous: bytes, text: str) -> bytes:
    """The hash of a row, from the hash before it and the row's text."""
    return sm3(previous + text.encode())
