"""What reading gives: a file's rows as texts with their lines, a register's files, and why a file cannot be used."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

Problem = dict[str, object]


@dataclass(frozen=True, slots=True)
class RawPart:
    """One file or a block of it: its name in the folder, its columns as in the header, the file's line of every row.

    `lines` is UInt32 (None: row + 2). `feed`: who sent it, where its name tells; else empty.
    """

    file: str
    frame: pl.DataFrame
    lines: pl.Series | None = None
    feed: str = ""


@dataclass(frozen=True, slots=True)
class RawTable:
    """All files of one register, in order of their names, with what was wrong while they were read."""

    register: str
    parts: list[RawPart] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


class Unusable(ValueError):
    """The file cannot be used; `found` holds kind, and line, column and value where they are known."""

    def __init__(self, kind: str, **found: object) -> None:
        super().__init__(kind, found)
        self.found: Mapping[str, object] = {"kind": kind, **found}
