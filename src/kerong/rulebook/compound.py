"""Several texts as one, such as the number of a loan and of its bank: different parts never give the same text.

The parts stand with "|" between them; a "|" or "\\" of their own has a "\\" before it.
"""

import re
from collections.abc import Iterable

import polars as pl

BETWEEN = "|"
_PART = re.compile(r"((?:[^|\\]|\\.)*)(?:\||$)", re.S)
_OWN = re.compile(r"\\(.)", re.S)


def compound(parts: Iterable[str]) -> str:
    """One text of the parts."""
    return BETWEEN.join(part.replace("\\", "\\\\").replace("|", "\\|") for part in parts)


def compound_column(parts: Iterable[pl.Expr]) -> pl.Expr:
    """The same by columns of texts; null where a part is."""
    own = [part.str.replace_all("\\", "\\\\", literal=True).str.replace_all("|", "\\|", literal=True) for part in parts]
    return pl.concat_str(own, separator=BETWEEN)


def parted(text: str) -> list[str]:
    """The parts of a text of at least one; a "\\" that stands before nothing is a part's own."""
    found: list[str] = []
    place = 0
    while True:
        part = _PART.match(text, place)
        if part is None:  # a last "\\"
            return [*found, _OWN.sub(r"\1", text[place:])]
        found.append(_OWN.sub(r"\1", part[1]))
        place = part.end()
        if place == len(text) and (not text or part.end(1) == place):
            return found
