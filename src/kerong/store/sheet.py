"""What reading delimited text gives: a table of texts with its lines, the text's form, and why it cannot be read."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Sheet:
    """`frame` has columns "0", "1", …, all texts; `lines` (UInt32) are those of the file.

    `ragged`: line and number of cells of every row that does not fit the header.
    """

    frame: pl.DataFrame
    lines: pl.Series
    ragged: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Form:
    """How the text is to be read; its header takes the first `header_bytes` and `header_lines`."""

    names: tuple[str, ...]
    separator: str
    is_strict: bool
    header_bytes: int
    header_lines: int


class BrokenQuote(ValueError):
    """A quoted cell is not closed, or goes on after its closing quote; it begins on `line`, in column `index`."""

    def __init__(self, line: int, index: int, start: str) -> None:
        super().__init__(line, index, start)
        self.line, self.index, self.start = line, index, start


class MixedLineEnds(ValueError):
    """On `line` a carriage return alone ends a row, and other rows end otherwise: what follows it would be lost."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line


class EndlessRow(ValueError):
    """The row on `line` has more bytes than a row may have, without any line end."""

    def __init__(self, line: int) -> None:
        super().__init__(line)
        self.line = line
