"""One file to blocks of rows: which reader its kind has, and what every reader owes.

A reader yields `RawPart`s in the order of the file and problems (mappings with "severity", "kind" and what is known of
"line", "column", "value"). Whoever takes the blocks must throw them away when `Unusable` comes after some of them: a
file is refused whole.
"""

from collections.abc import Iterator
from pathlib import Path

from kerong.store.files import Problem, RawPart, read_part

ROWS = 1 << 18


def blocks(path: Path, name: str, encoding: str | None = None, rows: int = ROWS) -> Iterator[RawPart | Problem]:
    """The file at `path` as blocks of at most `rows` rows, called `name`, and its problems ("stage", "file" filled in).

    `encoding`: the name of the text's encoding where it is declared; else it is found out.

    Raises:
        Unusable: the file cannot be used, which may turn out after some blocks.
    """
    part, noted = read_part(path, name, encoding)
    for start in range(0, max(part.frame.height, 1), rows):
        lines = None if part.lines is None else part.lines.slice(start, rows)
        yield RawPart(name, part.frame.slice(start, rows), lines)
    for problem in noted:
        yield {"stage": "read", "file": name, **problem}
